#include "core/io/model_nodes.h"

#include <algorithm>

#include "core/io/schema_survey.h"

namespace quantscope::io {

namespace {

// Custom options longer than this leave the flatbuffer together with the constants.
constexpr size_t kLargeCustomOptions = size_t{1} << 16;

constexpr bool bit(EmptyFields fields, size_t slot) {
  return (fields >> slot & 1) != 0;
}

// Not twice, and not where the mark's buffer would give content to metadata that names a missing one.
bool canAddMark(const Model& model) {
  const auto next = static_cast<int64_t>(model.buffers.size());
  return !markedOutside(model) &&
         std::ranges::none_of(model.metadata, [next](const auto& entry) { return entry.buffer.value == next; }) &&
         std::ranges::none_of(model.metadataBuffer, [next](int32_t index) { return index == next; });
}

}  // namespace

bool markedOutside(const Model& model) {
  return std::any_of(model.metadata.begin(), model.metadata.end(),
                     [](const auto& e) { return e.name == kOutsideMark; });
}

ModelNodes::ModelNodes(const Model& model, Constants constants)
    : m_model(model), m_constants(constants), m_addsMark(constants == Constants::Outside && canAddMark(model)) {
  m_root = buildRoot();
}

NodeId ModelNodes::indices(const std::vector<TensorIndex>& values, EmptyFields empty, size_t slot) {
  static_assert(sizeof(TensorIndex) == sizeof(int32_t));
  if (values.empty() && !bit(empty, slot)) return kNoNode;
  return m_nodes.numbers(std::span(reinterpret_cast<const int32_t*>(values.data()), values.size()));
}

template <typename List, typename Build>
NodeId ModelNodes::list(const List& items, bool evenEmpty, Build build) {
  if (items.empty() && !evenEmpty) return kNoNode;
  std::vector<NodeId> ids;
  ids.reserve(items.size());
  for (const auto& item : items) ids.push_back(build(item));
  return m_nodes.list(ids);
}

NodeId ModelNodes::buildRoot() {
  TableFields fields;
  const EmptyFields empty = m_model.emptyFields;
  fields.number<uint32_t>(0, m_model.version);
  fields.reference(1, list(m_model.operatorCodes, true, [&](const auto& code) { return buildOperatorCode(code); }));
  fields.reference(2, list(m_model.subgraphs, true, [&](const auto& subgraph) { return buildSubgraph(subgraph); }));
  fields.reference(3, text(m_model.description, m_model.hasDescription));
  fields.reference(4, buildBuffers());
  fields.reference(5, numbers(m_model.metadataBuffer, empty, 5));
  fields.reference(6, buildMetadata());
  fields.reference(7, list(m_model.signatures, bit(empty, 7), [&](const auto& s) { return buildSignature(s); }));
  std::span<const EmptyFields> external = m_model.emptyExternal;
  fields.reference(8, list(m_model.externalBufferGroups, bit(empty, 8), [&](const auto& group) {
                     return packed(group, tflite::ExternalBufferGroupTypeTable(), external);
                   }));
  fields.reference(9, list(m_model.externalBuffers, bit(empty, 9), [&](const auto& buffer) {
                     return packed(buffer, tflite::ExternalBufferTypeTable(), external);
                   }));
  return m_nodes.table(std::move(fields));
}

NodeId ModelNodes::buildBuffer(const Buffer& buffer, bool inside) {
  TableFields fields;
  if (!buffer.present) return m_nodes.table(std::move(fields));
  if (inside || buffer.bytes.empty()) {
    fields.reference(0, m_nodes.data(buffer.bytes));
    return m_nodes.table(std::move(fields));
  }
  // Until the length of the flatbuffer is known the address in memory stands for the offset, so that
  // buffers with the same bytes stay one.
  fields.present<uint64_t>(1, reinterpret_cast<uintptr_t>(buffer.bytes.data()));
  fields.present<uint64_t>(2, buffer.bytes.size());
  const size_t before = m_nodes.size();
  const NodeId table = m_nodes.table(std::move(fields));
  const bool isNew = table >= before;
  if (isNew) m_outside.push_back({table, 1, buffer.bytes});
  return table;
}

NodeId ModelNodes::buildBuffers() {
  // The runtime looks for metadata inside the flatbuffer only.
  std::vector<bool> inside(m_model.buffers.size(), m_constants == Constants::Inside);
  auto keepInside = [&](size_t index) {
    if (index < inside.size()) inside[index] = true;
  };
  for (const MetadataEntry& entry : m_model.metadata) keepInside(static_cast<uint32_t>(entry.buffer.value));
  for (const int32_t index : m_model.metadataBuffer) keepInside(static_cast<uint32_t>(index));
  std::vector<NodeId> ids;
  ids.reserve(m_model.buffers.size() + 1);
  for (size_t i = 0; i < m_model.buffers.size(); ++i) ids.push_back(buildBuffer(m_model.buffers[i], inside[i]));
  if (m_addsMark) {
    TableFields mark;
    mark.reference(0, m_nodes.data(std::as_bytes(std::span(kOutsideMarkContent))));
    ids.push_back(m_nodes.table(std::move(mark)));
  }
  return m_nodes.list(ids);
}

NodeId ModelNodes::buildMetadata() {
  std::vector<NodeId> ids;
  auto add = [&](NodeId name, uint32_t buffer) {
    TableFields fields;
    fields.reference(0, name);
    fields.number<uint32_t>(1, buffer);
    ids.push_back(m_nodes.table(std::move(fields)));
  };
  for (const MetadataEntry& entry : m_model.metadata) {
    add(text(entry.name, entry.hasName), static_cast<uint32_t>(entry.buffer.value));
  }
  if (m_addsMark) {
    add(m_nodes.text(kOutsideMark), static_cast<uint32_t>(m_model.buffers.size()));
  }
  return ids.empty() && !bit(m_model.emptyFields, 6) ? kNoNode : m_nodes.list(ids);
}

NodeId ModelNodes::buildOperatorCode(const OperatorCode& code) {
  TableFields fields;
  fields.number<int8_t>(0, code.deprecatedBuiltinCode);
  fields.reference(1, text(code.customCode, code.hasCustomCode));
  fields.number<int32_t>(2, code.version, 1);
  fields.number<int32_t>(3, code.builtinCode);
  return m_nodes.table(std::move(fields));
}

NodeId ModelNodes::buildSubgraph(const Subgraph& subgraph) {
  TableFields fields;
  fields.reference(0, list(subgraph.tensors, true, [&](const auto& tensor) { return buildTensor(tensor); }));
  fields.reference(1, indices(subgraph.inputs, subgraph.emptyFields, 1));
  fields.reference(2, indices(subgraph.outputs, subgraph.emptyFields, 2));
  fields.reference(3, list(subgraph.operators, true, [&](const auto& op) { return buildOperator(op); }));
  fields.reference(4, text(subgraph.name, subgraph.hasName));
  fields.number<int32_t>(5, subgraph.debugMetadataIndex, -1);
  return m_nodes.table(std::move(fields));
}

NodeId ModelNodes::buildTensor(const Tensor& tensor) {
  TableFields fields;
  std::span<const EmptyFields> nested = tensor.emptyNested;
  fields.reference(0, numbers(tensor.shape, tensor.emptyFields, 0));
  fields.number<int8_t>(1, static_cast<int8_t>(tensor.type));
  fields.number<uint32_t>(2, static_cast<uint32_t>(tensor.buffer.value));
  fields.reference(3, text(tensor.name, tensor.hasName));
  if (tensor.quantization) fields.reference(4, buildQuantization(*tensor.quantization));
  fields.number<uint8_t>(5, tensor.isVariable ? 1 : 0);
  if (tensor.sparsity) fields.reference(6, packed(*tensor.sparsity, tflite::SparsityParametersTypeTable(), nested));
  fields.reference(7, numbers(tensor.shapeSignature, tensor.emptyFields, 7));
  fields.number<uint8_t>(8, tensor.hasRank ? 1 : 0);
  fields.reference(9, list(tensor.variantTensors, bit(tensor.emptyFields, 9), [&](const auto& variant) {
                     return packed(*variant, tflite::VariantSubTypeTypeTable(), nested);
                   }));
  fields.number<uint32_t>(10, tensor.externalBuffer);
  return m_nodes.table(std::move(fields));
}

NodeId ModelNodes::buildQuantization(const Quantization& quantization) {
  TableFields fields;
  fields.reference(0, numbers(quantization.min, quantization.emptyFields, 0));
  fields.reference(1, numbers(quantization.max, quantization.emptyFields, 1));
  fields.reference(2, numbers(quantization.scale, quantization.emptyFields, 2));
  fields.reference(3, numbers(quantization.zeroPoint, quantization.emptyFields, 3));
  if (quantization.details) {
    constexpr size_t kDetailsSlot = 5;
    const auto* type = unionMember(tflite::QuantizationParametersTypeTable(), kDetailsSlot, quantization.details->type);
    fields.number<uint8_t>(4, quantization.details->type);
    fields.reference(kDetailsSlot, packedUnion(*quantization.details, type, quantization.emptyDetails));
  }
  fields.number<int32_t>(6, quantization.quantizedDimension);
  return m_nodes.table(std::move(fields));
}

NodeId ModelNodes::buildOperator(const Operator& op) {
  TableFields fields;
  fields.number<uint32_t>(0, op.opcodeIndex);
  fields.reference(1, indices(op.inputs, op.emptyFields, 1));
  fields.reference(2, indices(op.outputs, op.emptyFields, 2));
  constexpr size_t kOptionsSlot = 4, kOptions2Slot = 12;
  const auto* type = unionMember(tflite::OperatorTypeTable(), kOptionsSlot, op.options.type);
  fields.number<uint8_t>(3, op.options.type);
  fields.reference(kOptionsSlot, packedUnion(op.options, type, op.emptyOptions));
  fields.number<int8_t>(6, op.customOptionsFormat);
  fields.reference(7, numbers(op.mutatingVariableInputs, op.emptyFields, 7));
  fields.reference(8, indices(op.intermediates, op.emptyFields, 8));
  const auto* type2 = unionMember(tflite::OperatorTypeTable(), kOptions2Slot, op.options2.type);
  fields.number<uint8_t>(11, op.options2.type);
  fields.reference(kOptions2Slot, packedUnion(op.options2, type2, op.emptyOptions2));
  fields.number<int32_t>(13, op.debugMetadataIndex, -1);
  const bool outside =
      m_constants == Constants::Outside && op.customOptions && op.customOptions->bytes.size() > kLargeCustomOptions;
  if (op.customOptions && !outside) {
    fields.reference(5, m_nodes.numbers(std::span(op.customOptions->bytes)));
  } else if (outside) {
    fields.present<uint64_t>(9, reinterpret_cast<uintptr_t>(op.customOptions->bytes.data()));
    fields.present<uint64_t>(10, op.customOptions->bytes.size());
  }
  const size_t before = m_nodes.size();
  const NodeId table = m_nodes.table(std::move(fields));
  if (outside && table >= before) m_outside.push_back({table, 9, op.customOptions->bytes});
  return table;
}

NodeId ModelNodes::buildSignature(const Signature& signature) {
  TableFields fields;
  auto mapping = [&](const SignatureMapping& entry) {
    TableFields map;
    map.reference(0, text(entry.name, entry.hasName));
    map.number<uint32_t>(1, static_cast<uint32_t>(entry.tensor.value));
    return m_nodes.table(std::move(map));
  };
  fields.reference(0, list(signature.inputs, bit(signature.emptyFields, 0), mapping));
  fields.reference(1, list(signature.outputs, bit(signature.emptyFields, 1), mapping));
  fields.reference(2, text(signature.key, signature.hasKey));
  if (signature.deprecatedTag) fields.reference(3, m_nodes.text(*signature.deprecatedTag));
  fields.number<uint32_t>(4, signature.subgraphIndex);
  return m_nodes.table(std::move(fields));
}

}  // namespace quantscope::io
