#include "core/model/model.h"

#include <algorithm>

namespace quantscope {

static_assert(static_cast<int>(ElementType::Float8E5M2) == tflite::TensorType_FLOAT8_E5M2);
static_assert(static_cast<int>(ElementType::Int4) == tflite::TensorType_INT4);

Buffer Buffer::fromBytes(std::vector<std::byte> bytes) {
  auto owned = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  Buffer buffer;
  buffer.bytes = *owned;
  buffer.owner = std::move(owned);
  buffer.present = true;
  return buffer;
}

const tflite::BlockwiseQuantizationT* Quantization::blockwise() const {
  return details ? details->AsBlockwiseQuantization() : nullptr;
}

tflite::BuiltinOperator OperatorCode::code() const {
  return std::max(builtinCode, static_cast<tflite::BuiltinOperator>(deprecatedBuiltinCode));
}

OperatorCode OperatorCode::builtin(tflite::BuiltinOperator code, int32_t version) {
  OperatorCode result;
  result.builtinCode = code;
  result.deprecatedBuiltinCode =
      static_cast<int8_t>(std::min<int>(code, tflite::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES));
  result.version = version;
  return result;
}

std::string operatorName(const Model& model, const Operator& op) {
  if (op.opcodeIndex >= model.operatorCodes.size()) return "unknown";
  const OperatorCode& code = model.operatorCodes[op.opcodeIndex];
  if (code.code() == tflite::BuiltinOperator_CUSTOM && !code.customCode.empty()) return code.customCode;
  const char* name = tflite::EnumNameBuiltinOperator(code.code());
  return *name ? name : "operator " + std::to_string(static_cast<int>(code.code()));
}

bool isConstant(const Model& model, const Tensor& tensor) {
  return tensor.buffer.value > 0 && tensor.buffer.position() < model.buffers.size() &&
         model.buffers[tensor.buffer.position()].present;
}

std::span<const std::byte> constantBytes(const Model& model, const Tensor& tensor) {
  return isConstant(model, tensor) ? model.buffers[tensor.buffer.position()].bytes : std::span<const std::byte>();
}

std::string shapeText(std::span<const int32_t> shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const int32_t dimension : shape) {
    if (!text.empty()) text += "×";
    text += dimension < 0 ? "?" : std::to_string(dimension);
  }
  return text;
}

std::vector<TensorUses> tensorUses(const Subgraph& subgraph) {
  std::vector<TensorUses> uses(subgraph.tensors.size());
  auto known = [&](TensorIndex index) { return index.valid() && index.position() < uses.size(); };
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const OperatorIndex op(i);
    for (const TensorIndex output : subgraph.operators[i].outputs) {
      if (known(output)) uses[output.position()].producer = op;
    }
    for (const TensorIndex input : subgraph.operators[i].inputs) {
      if (!known(input)) continue;
      auto& consumers = uses[input.position()].consumers;
      if (consumers.empty() || consumers.back() != op) consumers.push_back(op);
    }
  }
  for (const TensorIndex input : subgraph.inputs) {
    if (known(input)) uses[input.position()].graphInput = true;
  }
  for (const TensorIndex output : subgraph.outputs) {
    if (known(output)) uses[output.position()].graphOutput = true;
  }
  return uses;
}

}  // namespace quantscope
