// The part of TableReader that reads operators, signatures and what lies outside the flatbuffer.
#include <algorithm>

#include "core/io/flatbuffer_values.h"
#include "core/io/table_reader.h"

namespace quantscope::io {

namespace {

// Zero bytes at the end that only fill up to an alignment: writers add up to 16 after the flatbuffer, and
// twice as much more after constants outside of it.
constexpr uint64_t kMaximumPadding = 47;

bool allZero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

Result<void> TableReader::readOperator(const tflite::Operator& table, Operator& op, const Subgraph& subgraph,
                                       const std::string& where) {
  QS_ASSIGN(const TableFacts facts, survey(asTable(table), tflite::OperatorTypeTable(), "Operator"));
  op.emptyFields = facts.emptyFields & kOperatorLists;
  op.opcodeIndex = table.opcode_index();
  if (op.opcodeIndex >= m_model->operatorCodes.size()) {
    return malformed(where, "it names operator code " + std::to_string(op.opcodeIndex) + ", but the model has " +
                                std::to_string(m_model->operatorCodes.size()));
  }
  const size_t tensors = subgraph.tensors.size();
  QS_TRY(copyIndices(table.inputs(), tensors, Missing::Allowed, where, "inputs", op.inputs));
  QS_TRY(copyIndices(table.outputs(), tensors, Missing::Allowed, where, "outputs", op.outputs));
  QS_TRY(copyIndices(table.intermediates(), tensors, Missing::Allowed, where, "intermediates", op.intermediates));
  copyVector(table.mutating_variable_inputs(), op.mutatingVariableInputs);
  op.customOptionsFormat = table.custom_options_format();
  op.debugMetadataIndex = table.debug_metadata_index();
  QS_TRY(readOptions(table, op));
  return readCustomOptions(table, op, where);
}

Result<void> TableReader::readOptions(const tflite::Operator& table, Operator& op) {
  constexpr size_t kOptionsSlot = 4, kOptions2Slot = 12;
  const auto tag = table.builtin_options_type();
  op.options.type = tag;
  if (const auto* type = unionMember(tflite::OperatorTypeTable(), kOptionsSlot, tag)) {
    QS_ASSIGN(const flatbuffers::Table* value,
              unionValue(table.builtin_options(), type, tflite::EnumNameBuiltinOptions(tag), op.emptyOptions));
    op.options.value = tflite::BuiltinOptionsUnion::UnPack(value, tag, nullptr);
  }
  const auto tag2 = table.builtin_options_2_type();
  op.options2.type = tag2;
  if (const auto* type = unionMember(tflite::OperatorTypeTable(), kOptions2Slot, tag2)) {
    QS_ASSIGN(const flatbuffers::Table* value,
              unionValue(table.builtin_options_2(), type, tflite::EnumNameBuiltinOptions2(tag2), op.emptyOptions2));
    op.options2.value = tflite::BuiltinOptions2Union::UnPack(value, tag2, nullptr);
  }
  return {};
}

Result<void> TableReader::readCustomOptions(const tflite::Operator& table, Operator& op, const std::string& where) {
  const bool isOutside = table.large_custom_options_offset() >= kFirstRealOffset;
  if (table.custom_options()) {
    op.customOptions = inside(*table.custom_options());
    if (isOutside) m_contradictions.push_back(where + " has custom options inside and outside; those inside count");
  } else if (isOutside) {
    QS_ASSIGN(op.customOptions, outside(table.large_custom_options_offset(), table.large_custom_options_size(),
                                        where + ", custom options"));
  }
  return {};
}

Result<void> TableReader::readSignatures(const tflite::Model& root) {
  const auto* tables = root.signature_defs();
  if (!tables) return {};
  QS_TRY(charge(tables->size() * sizeof(Signature)));
  m_model->signatures.reserve(tables->size());
  auto readMap = [this](const auto* maps, std::vector<SignatureMapping>& mappings) -> Result<void> {
    if (!maps) return {};
    QS_TRY(charge(maps->size() * sizeof(SignatureMapping)));
    mappings.reserve(maps->size());
    for (const tflite::TensorMap* table : *maps) {
      QS_TRY(survey(asTable(*table), tflite::TensorMapTypeTable(), "TensorMap"));
      SignatureMapping& mapping = mappings.emplace_back();
      copyString(table->name(), mapping.name, mapping.hasName);
      mapping.tensor = TensorIndex(static_cast<size_t>(table->tensor_index()));
    }
    return {};
  };
  for (const tflite::SignatureDef* table : *tables) {
    QS_ASSIGN(const TableFacts facts, survey(asTable(*table), tflite::SignatureDefTypeTable(), "SignatureDef"));
    Signature& signature = m_model->signatures.emplace_back();
    signature.emptyFields = facts.emptyFields & kSignatureLists;
    signature.subgraphIndex = table->subgraph_index();
    copyString(table->signature_key(), signature.key, signature.hasKey);
    if (const auto* tag = table->deprecated_tag()) signature.deprecatedTag = tag->str();
    QS_TRY(readMap(table->inputs(), signature.inputs));
    QS_TRY(readMap(table->outputs(), signature.outputs));
  }
  return {};
}

Result<void> TableReader::readExternalBuffers(const tflite::Model& root) {
  auto& empty = m_model->emptyExternal;
  auto readAll = [&](const auto* tables, const flatbuffers::TypeTable* type, const char* name,
                     auto& list) -> Result<void> {
    if (!tables) return {};
    QS_TRY(charge(tables->size() * sizeof(list[0])));
    list.reserve(tables->size());
    for (const auto* table : *tables) {
      QS_ASSIGN(const TableFacts facts, survey(asTable(*table), type, name));
      empty.push_back(facts.emptyFields);
      table->UnPackTo(&list.emplace_back());
    }
    return {};
  };
  QS_TRY(readAll(root.external_buffer_groups(), tflite::ExternalBufferGroupTypeTable(), "ExternalBufferGroup",
                 m_model->externalBufferGroups));
  QS_TRY(
      readAll(root.external_buffers(), tflite::ExternalBufferTypeTable(), "ExternalBuffer", m_model->externalBuffers));
  if (std::all_of(empty.begin(), empty.end(), [](EmptyFields f) { return f == 0; })) empty.clear();
  return {};
}

void TableReader::findTrailing() {
  const uint64_t end = std::max(m_survey.end(), m_end);
  if (end >= m_file.size()) return;
  const auto rest = m_file.subspan(end);
  if (rest.size() <= kMaximumPadding && allZero(rest)) return;
  m_model->trailing = {m_owner, rest, true, end};
}

}  // namespace quantscope::io
