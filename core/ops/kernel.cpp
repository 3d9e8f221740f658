#include "core/ops/kernel.h"

#include "core/base/checked.h"

namespace quantscope {

int64_t Operand::elementCount() const {
  return checkedElementCount(shape).value_or(0);
}

const std::vector<float>& Operand::scales() const {
  static const std::vector<float> none;
  return quantized() ? tensor->quantization->scale : none;
}

float Operand::scale(size_t channel) const {
  const auto& all = scales();
  if (all.empty()) return 0.0f;
  return all.size() == 1 ? all[0] : all[channel];
}

int32_t Operand::zeroPoint(size_t channel) const {
  if (!quantized()) return 0;
  const auto& all = tensor->quantization->zeroPoint;
  if (all.empty()) return 0;
  return static_cast<int32_t>(all.size() == 1 ? all[0] : all[channel]);
}

PrepareContext::PrepareContext(const Model& model_, const Operator& op_, OperatorIndex index_,
                               std::vector<Operand> inputs, std::vector<Operand> outputs, KernelOptions options_,
                               SubgraphIndex subgraphIndex_)
    : model(model_),
      op(op_),
      index(index_),
      subgraphIndex(subgraphIndex_),
      options(options_),
      m_inputs(std::move(inputs)),
      m_outputs(std::move(outputs)),
      m_decided(m_outputs.size(), 0),
      m_constants(m_outputs.size()) {}

namespace {

std::string countText(size_t least, size_t most) {
  return least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
}

template <typename Present>
Result<void> requirePresent(const PrepareContext& context, const char* kind, size_t least, Present present) {
  for (size_t i = 0; i < least; ++i) {
    if (!present(i)) return context.malformed(std::string(kind) + " " + std::to_string(i) + " is left out");
  }
  return {};
}

}  // namespace

Result<void> PrepareContext::requireInputs(size_t least, size_t most) const {
  if (inputCount() < least || inputCount() > most) {
    return malformed("it has " + std::to_string(inputCount()) + " inputs, needs " + countText(least, most));
  }
  return requirePresent(*this, "input", least, [this](size_t i) { return m_inputs[i].present(); });
}

Result<void> PrepareContext::requireOutputs(size_t least, size_t most) const {
  if (outputCount() < least || outputCount() > most) {
    return malformed("it has " + std::to_string(outputCount()) + " outputs, needs " + countText(least, most));
  }
  return requirePresent(*this, "output", least, [this](size_t i) { return m_outputs[i].present(); });
}

Result<void> PrepareContext::setOutputShape(size_t i, std::vector<int32_t> shape) {
  const auto count = checkedElementCount(shape);
  if (!count || (bitsPerElement(m_outputs[i].type) > 0 && !byteSize(m_outputs[i].type, *count))) {
    return malformed("its output would have the impossible shape " + shapeText(shape));
  }
  m_outputs[i].shape = std::move(shape);
  m_outputs[i].shapeKnown = true;
  m_decided[i] = 1;
  return {};
}

Result<void> PrepareContext::setOutputConstant(size_t i, std::vector<int32_t> shape, std::vector<std::byte> values) {
  QS_TRY(setOutputShape(i, std::move(shape)));
  if (byteSize(m_outputs[i].type, m_outputs[i].elementCount()) != static_cast<int64_t>(values.size())) {
    return malformed("its result cannot be held by " + std::string(elementTypeName(m_outputs[i].type)));
  }
  m_constants[i] = std::move(values);
  return {};
}

void PrepareContext::setOutputDynamic(size_t i) {
  m_outputs[i].shapeKnown = false;
  m_decided[i] = 1;
}

bool PrepareContext::valuesKnown(std::initializer_list<size_t> positions) {
  for (size_t position : positions) {
    if (hasInput(position) && !m_inputs[position].isConstant) awaited.push_back(position);
  }
  return awaited.empty();
}

size_t PrepareContext::addScratch(size_t bytes) {
  scratchBytes.push_back(bytes);
  return scratchBytes.size() - 1;
}

namespace {

Error operatorError(const PrepareContext& context, ErrorCode code, std::string why, std::string remedy) {
  std::string where = "operator " + std::to_string(context.index.value) + " " + operatorName(context.model, context.op);
  if (context.subgraphIndex.value != 0) where += " of subgraph " + std::to_string(context.subgraphIndex.value);
  return {code, "cannot run the model", std::move(where), std::move(why), std::move(remedy)};
}

}  // namespace

Error PrepareContext::unsupported(std::string why, std::string remedy) const {
  return operatorError(*this, ErrorCode::Unsupported, std::move(why), std::move(remedy));
}

Error PrepareContext::malformed(std::string why, std::string remedy) const {
  return operatorError(*this, ErrorCode::Malformed, std::move(why), std::move(remedy));
}

}  // namespace quantscope
