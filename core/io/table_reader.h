#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"
#include "core/io/schema_survey.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"

namespace quantscope::io {

/// Turns the tables of a verified flatbuffer into a Model. One use.
class TableReader {
public:
  /// `file` is the whole file, `flatbuffer` its verified beginning; `owner` keeps them alive.
  TableReader(std::shared_ptr<const void> owner, std::span<const std::byte> file,
              std::span<const std::byte> flatbuffer);

  /// Errors: Malformed (an index or a range that leaves its list or the file), ResourceLimit, Cancelled.
  /// `where` of the errors names the part only; the caller adds the file.
  Result<void> read(const tflite::Model& root, Model& model, Progress* progress);

private:
  Result<void> readHead(const tflite::Model& root);
  Result<void> readBuffers(const tflite::Model& root);
  Result<void> readSubgraph(const tflite::SubGraph& table, size_t index, Progress* progress);
  Result<void> readTensor(const tflite::Tensor& table, Tensor& tensor, const std::string& where);
  Result<void> readQuantization(const tflite::QuantizationParameters& table, Quantization& quantization);
  Result<void> readOperator(const tflite::Operator& table, Operator& op, const Subgraph& subgraph,
                            const std::string& where);
  Result<void> readOptions(const tflite::Operator& table, Operator& op);
  Result<void> readCustomOptions(const tflite::Operator& table, Operator& op, const std::string& where);
  Result<void> readSignatures(const tflite::Model& root);
  Result<void> readExternalBuffers(const tflite::Model& root);
  void findTrailing();

  /// Counts what decoding costs in memory; an error where it is beyond all reason.
  Result<void> charge(uint64_t bytes);
  Result<TableFacts> survey(const flatbuffers::Table& table, const flatbuffers::TypeTable* type, const char* name);
  /// The table of a union field; where the file has only its kind, one without fields and a mark in `empty`.
  Result<const flatbuffers::Table*> unionValue(const void* value, const flatbuffers::TypeTable* type, const char* name,
                                               EmptyFields& empty);
  /// A range of the file outside the flatbuffer.
  Result<Buffer> outside(uint64_t offset, uint64_t size, const std::string& where);
  Buffer inside(const flatbuffers::Vector<uint8_t>& data) const;

  std::shared_ptr<const void> m_owner;
  std::span<const std::byte> m_file;
  SchemaSurvey m_survey;
  Model* m_model = nullptr;
  std::vector<std::string> m_contradictions;
  uint64_t m_cost = 0;
  uint64_t m_end = 0;  ///< of everything outside the flatbuffer
};

}  // namespace quantscope::io
