#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/io/flat_nodes.h"
#include "core/model/metadata_names.h"
#include "core/model/model.h"

namespace quantscope::io {

/// Bytes that go after the flatbuffer, and the field that tells where.
struct OutsideBytes {
  NodeId table;
  size_t slot;
  std::span<const std::byte> bytes;
};

/// Turns a Model into the nodes of its flatbuffer. The Model must outlive the nodes: they point to its constants.
class ModelNodes {
public:
  enum class Constants { Inside, Outside };
  ModelNodes(const Model& model, Constants constants);

  FlatNodes& nodes() { return m_nodes; }
  NodeId root() const { return m_root; }
  /// In the order in which the bytes should follow the flatbuffer; equal tables appear once.
  const std::vector<OutsideBytes>& outside() const { return m_outside; }

private:
  NodeId buildRoot();
  NodeId buildBuffer(const Buffer& buffer, bool inside);
  NodeId buildBuffers();
  NodeId buildMetadata();
  NodeId buildOperatorCode(const OperatorCode& code);
  NodeId buildSubgraph(const Subgraph& subgraph);
  NodeId buildTensor(const Tensor& tensor);
  NodeId buildQuantization(const Quantization& quantization);
  NodeId buildOperator(const Operator& op);
  NodeId buildSignature(const Signature& signature);
  /// A table from an object of the schema's own kind: packed by its code, then taken over field by field.
  template <typename Object>
  NodeId packed(const Object& object, const flatbuffers::TypeTable* type, std::span<const EmptyFields>& empty);
  NodeId imported(const flatbuffers::Table* table, const flatbuffers::TypeTable* type,
                  std::span<const EmptyFields>& empty, const flatbuffers::Table* defaults = nullptr);
  NodeId importedField(const flatbuffers::Table* table, const flatbuffers::TypeTable* type, size_t slot,
                       std::span<const EmptyFields>& empty);
  /// An object of the union's present kind with nothing set, as a table with all its defaults.
  template <typename Union>
  const flatbuffers::Table* defaultsOf(const Union& value, const flatbuffers::TypeTable* type);
  /// A union's table; kNoNode where it is NONE or the file had its kind only.
  template <typename Union>
  NodeId packedUnion(const Union& value, const flatbuffers::TypeTable* type, EmptyFields empty);

  template <typename T>
  NodeId numbers(const std::vector<T>& values, EmptyFields empty, size_t slot) {
    return values.empty() && (empty >> slot & 1) == 0 ? kNoNode : m_nodes.numbers(std::span<const T>(values));
  }
  NodeId indices(const std::vector<TensorIndex>& values, EmptyFields empty, size_t slot);
  NodeId text(const std::string& text, bool has) { return has ? m_nodes.text(text) : kNoNode; }
  template <typename List, typename Build>
  NodeId list(const List& items, bool evenEmpty, Build build);

  const Model& m_model;
  Constants m_constants;
  bool m_addsMark = false;  ///< whether the file needs a mark that the model has not
  FlatNodes m_nodes;
  NodeId m_root = kNoNode;
  std::vector<OutsideBytes> m_outside;
  flatbuffers::FlatBufferBuilder m_scratch;
  std::unordered_map<const flatbuffers::TypeTable*, flatbuffers::DetachedBuffer> m_defaults;
};

/// True where the model's file had its constants after the flatbuffer, and says so.
bool markedOutside(const Model& model);

}  // namespace quantscope::io
