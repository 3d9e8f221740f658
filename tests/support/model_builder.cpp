#include "tests/support/model_builder.h"

namespace quantscope::tests {

ModelBuilder::ModelBuilder() {
  model.buffers.emplace_back();
  beginSubgraph();
}

size_t ModelBuilder::beginSubgraph() {
  model.subgraphs.emplace_back();
  return model.subgraphs.size() - 1;
}

TensorIndex ModelBuilder::tensor(std::vector<int32_t> shape, ElementType type, std::string name) {
  Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.type = type;
  tensor.hasRank = true;
  tensor.name = name.empty() ? "t" + std::to_string(graph().tensors.size()) : std::move(name);
  graph().tensors.push_back(std::move(tensor));
  return TensorIndex(graph().tensors.size() - 1);
}

TensorIndex ModelBuilder::constant(std::vector<int32_t> shape, std::span<const float> values, std::string name) {
  const TensorIndex index = tensor(std::move(shape), ElementType::Float32, std::move(name));
  model.buffers.push_back(Buffer::fromValues(values));
  graph().tensor(index).buffer = BufferIndex(model.buffers.size() - 1);
  return index;
}

TensorIndex ModelBuilder::randomConstant(std::vector<int32_t> shape, std::string name, uint32_t seed) {
  size_t count = 1;
  for (int32_t dimension : shape) count *= static_cast<size_t>(dimension);
  std::vector<float> values(count);
  uint32_t state = seed * 2654435761u + 12345u;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(static_cast<int32_t>(state >> 8) - (1 << 23)) / static_cast<float>(1 << 23);
  }
  return constant(std::move(shape), values, std::move(name));
}

TensorIndex ModelBuilder::indices(std::vector<int32_t> shape, std::span<const int32_t> values) {
  const TensorIndex index = tensor(std::move(shape), ElementType::Int32);
  model.buffers.push_back(Buffer::fromValues(values));
  graph().tensor(index).buffer = BufferIndex(model.buffers.size() - 1);
  return index;
}

TensorIndex ModelBuilder::indices(std::initializer_list<int32_t> values) {
  return indices({static_cast<int32_t>(values.size())}, std::span<const int32_t>(values.begin(), values.size()));
}

Operator& ModelBuilder::op(tflite::BuiltinOperator code, std::vector<TensorIndex> inputs,
                           std::vector<TensorIndex> outputs) {
  size_t opcode = 0;
  while (opcode < model.operatorCodes.size() && model.operatorCodes[opcode].code() != code) ++opcode;
  if (opcode == model.operatorCodes.size()) model.operatorCodes.push_back(OperatorCode::builtin(code));
  Operator op;
  op.opcodeIndex = static_cast<uint32_t>(opcode);
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  graph().operators.push_back(std::move(op));
  return graph().operators.back();
}

Operator& ModelBuilder::conv2d(TensorIndex x, TensorIndex w, TensorIndex bias, TensorIndex y) {
  Operator& result = op(tflite::BuiltinOperator_CONV_2D, {x, w, bias}, {y});
  tflite::Conv2DOptionsT options;
  options.stride_w = options.stride_h = 1;
  result.options.Set(std::move(options));
  return result;
}

Operator& ModelBuilder::fullyConnected(TensorIndex x, TensorIndex w, TensorIndex bias, TensorIndex y) {
  Operator& result = op(tflite::BuiltinOperator_FULLY_CONNECTED, {x, w, bias}, {y});
  result.options.Set(tflite::FullyConnectedOptionsT{});
  return result;
}

Operator& ModelBuilder::add(TensorIndex a, TensorIndex b, TensorIndex y) {
  Operator& result = op(tflite::BuiltinOperator_ADD, {a, b}, {y});
  result.options.Set(tflite::AddOptionsT{});
  return result;
}

}  // namespace quantscope::tests
