#include "tests/core/io/raw_models.h"

#include "core/io/model_diff.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/schema/reflection.h"
#include "tests/support/catch.h"

namespace quantscope::tests {

namespace {

template <typename T>
std::vector<T> randomValues(std::mt19937& random, size_t count) {
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(random());
  return values;
}

}  // namespace

uint32_t RandomTables::child(const flatbuffers::TypeTable* type, size_t slot, uint8_t tag) {
  const auto base = schema::elementaryType(type, slot);
  const bool repeats = type->type_codes[slot].is_repeating;
  const size_t count = below(5);
  if (base == flatbuffers::ET_STRING) return m_builder.CreateString(std::string(count, 'x')).o;
  if (base == flatbuffers::ET_SEQUENCE) {
    const flatbuffers::TypeTable* what = schema::fieldType(type, slot);
    if (what->st == flatbuffers::ST_UNION) return table(schema::unionMember(type, slot, tag)).o;
    if (!repeats) return table(what).o;
    std::vector<flatbuffers::Offset<flatbuffers::Table>> tables;
    for (size_t i = 0; i < count; ++i) tables.push_back(table(what));
    return m_builder.CreateVector(tables).o;
  }
  if (base == flatbuffers::ET_BOOL) {
    std::vector<uint8_t> values(count);
    for (auto& value : values) value = static_cast<uint8_t>(below(2));
    return m_builder.CreateVector(values).o;
  }
  switch (schema::scalarSize(base)) {
    case 1:
      return m_builder.CreateVector(randomValues<uint8_t>(m_random, count)).o;
    case 2:
      return m_builder.CreateVector(randomValues<uint16_t>(m_random, count)).o;
    case 4:
      // Enumerators only where it is a list of an enumeration.
      if (schema::fieldType(type, slot)) return m_builder.CreateVector(std::vector<uint32_t>(count, 1)).o;
      return m_builder.CreateVector(randomValues<uint32_t>(m_random, count)).o;
    default:
      return m_builder.CreateVector(randomValues<uint64_t>(m_random, count)).o;
  }
}

flatbuffers::Offset<flatbuffers::Table> RandomTables::table(const flatbuffers::TypeTable* type) {
  std::vector<Child> children;
  std::vector<uint8_t> tags(type->num_elems, 0);
  for (size_t slot = 0; slot < type->num_elems; ++slot) {
    const auto base = schema::elementaryType(type, slot);
    const bool isChild =
        type->type_codes[slot].is_repeating || base == flatbuffers::ET_STRING || base == flatbuffers::ET_SEQUENCE;
    if (base == flatbuffers::ET_UTYPE)
      tags[slot] = static_cast<uint8_t>(below(schema::fieldType(type, slot)->num_elems));
    if (!isChild) continue;
    const bool isUnion = base == flatbuffers::ET_SEQUENCE && schema::fieldType(type, slot)->st == flatbuffers::ST_UNION;
    const uint8_t tag = slot > 0 ? tags[slot - 1] : 0;
    if (isUnion ? tag != 0 : below(4) != 0) children.push_back({slot, child(type, slot, tag)});
  }
  const auto start = m_builder.StartTable();
  for (const Child& entry : children) {
    m_builder.AddOffset(schema::slotOffset(entry.slot), flatbuffers::Offset<void>(entry.offset));
  }
  for (size_t slot = 0; slot < type->num_elems; ++slot) {
    const auto base = schema::elementaryType(type, slot);
    const auto field = schema::slotOffset(slot);
    if (type->type_codes[slot].is_repeating || base == flatbuffers::ET_STRING || base == flatbuffers::ET_SEQUENCE)
      continue;
    if (base == flatbuffers::ET_UTYPE) {
      if (tags[slot] != 0) m_builder.AddElement<uint8_t>(field, tags[slot]);
    } else if (const auto* values = schema::fieldType(type, slot)) {
      const auto value = below(values->num_elems);
      schema::scalarSize(base) == 1 ? m_builder.AddElement<uint8_t>(field, static_cast<uint8_t>(value))
                                    : m_builder.AddElement<uint32_t>(field, value);
    } else if (base == flatbuffers::ET_BOOL) {
      m_builder.AddElement<uint8_t>(field, static_cast<uint8_t>(below(2)));
    } else if (base == flatbuffers::ET_FLOAT) {
      m_builder.AddElement<float>(field, static_cast<float>(below(1000)) / 8);
    } else if (below(4) != 0) {
      switch (schema::scalarSize(base)) {
        case 1:
          m_builder.AddElement<uint8_t>(field, static_cast<uint8_t>(m_random()));
          break;
        case 4:
          m_builder.AddElement<uint32_t>(field, m_random());
          break;
        default:
          m_builder.AddElement<uint64_t>(field, (uint64_t{m_random()} << 32) | m_random());
          break;
      }
    }
  }
  return flatbuffers::Offset<flatbuffers::Table>(m_builder.EndTable(start));
}

std::vector<std::byte> rawModel(flatbuffers::FlatBufferBuilder& builder, const RawParts& parts) {
  auto tensors = parts.tensors;
  if (tensors.empty()) tensors.push_back(tflite::CreateTensor(builder));
  auto buffers = parts.buffers;
  auto codes = parts.operatorCodes;
  if (codes.empty()) codes.push_back(tflite::CreateOperatorCode(builder));
  if (buffers.empty()) buffers.push_back(tflite::CreateBuffer(builder));
  const auto tensorList = builder.CreateVector(tensors);
  const auto operatorList = builder.CreateVector(parts.operators);
  tflite::SubGraphBuilder subgraph(builder);
  subgraph.add_tensors(tensorList);
  subgraph.add_operators(operatorList);
  if (parts.moreSubgraph) parts.moreSubgraph(subgraph);
  const auto subgraphs = builder.CreateVector(std::vector{subgraph.Finish()});
  const auto codeList = builder.CreateVector(codes);
  const auto bufferList = builder.CreateVector(buffers);
  const auto metadata = builder.CreateVector(parts.metadata);
  tflite::ModelBuilder model(builder);
  model.add_version(3);
  model.add_operator_codes(codeList);
  model.add_subgraphs(subgraphs);
  model.add_buffers(bufferList);
  if (!parts.metadata.empty()) model.add_metadata(metadata);
  if (parts.more) parts.more(model);
  builder.Finish(model.Finish(), tflite::ModelIdentifier());
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

std::shared_ptr<const Model> readGood(std::vector<std::byte> bytes) {
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
  auto model = readModelFromBytes(owner, *owner, "the test's model");
  if (!model.ok()) FAIL(model.error().message());
  return *model;
}

std::shared_ptr<const Model> rewritten(const Model& model, uint64_t maximumFlatbuffer) {
  auto bytes = serializeModel(model, {maximumFlatbuffer});
  if (!bytes.ok()) FAIL(bytes.error().message());
  CHECK(serializedSize(model, {maximumFlatbuffer}).value() == bytes->size());
  return readGood(std::move(*bytes));
}

void checkSame(const Model& a, const Model& b) {
  for (const ModelDifference& d : diffModels(a, b)) {
    FAIL_CHECK(d.where << ": " << d.what << ": " << d.a << " / " << d.b);
  }
}

}  // namespace quantscope::tests
