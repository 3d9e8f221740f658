#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "core/model/model.h"

/// Models put together as flatbuffers by hand, to have in a file what a Model cannot hold or must tell apart.
namespace quantscope::tests {

/// Tables of any kind of the schema with random content, by reflection: fields absent, empty or filled.
class RandomTables {
public:
  RandomTables(flatbuffers::FlatBufferBuilder& builder, uint32_t seed) : m_builder(builder), m_random(seed) {}
  flatbuffers::Offset<flatbuffers::Table> table(const flatbuffers::TypeTable* type);

private:
  struct Child {
    size_t slot;
    uint32_t offset;
  };
  uint32_t child(const flatbuffers::TypeTable* type, size_t slot, uint8_t tag);
  uint32_t below(size_t limit) { return static_cast<uint32_t>(m_random() % limit); }

  flatbuffers::FlatBufferBuilder& m_builder;
  std::mt19937 m_random;
};

/// Parts of a file with one subgraph; those left empty are the least that the format asks for.
struct RawParts {
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
  std::vector<flatbuffers::Offset<tflite::Operator>> operators;
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers;
  std::vector<flatbuffers::Offset<tflite::Metadata>> metadata;
  std::vector<flatbuffers::Offset<tflite::OperatorCode>> operatorCodes;
  std::function<void(tflite::ModelBuilder&)> more;  ///< further fields of the model
  std::function<void(tflite::SubGraphBuilder&)> moreSubgraph;
};
/// The finished file. Has at least one buffer, tensor and operator code (ADD).
std::vector<std::byte> rawModel(flatbuffers::FlatBufferBuilder& builder, const RawParts& parts);

/// Reads bytes that the test knows to be good.
std::shared_ptr<const Model> readGood(std::vector<std::byte> bytes);
/// Writes and reads; fails the test where that is refused.
std::shared_ptr<const Model> rewritten(const Model& model, uint64_t maximumFlatbuffer = uint64_t{1} << 30);
/// Fails the test for every difference.
void checkSame(const Model& a, const Model& b);

}  // namespace quantscope::tests
