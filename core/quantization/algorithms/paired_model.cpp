#include "core/quantization/algorithms/paired_model.h"

#include <algorithm>

#include "core/model/edit.h"

namespace quantscope::quantization {
namespace {

// Operators that a tensor depends on, and those that keep state beside them.
std::vector<bool> neededOperators(const GraphView& view, TensorIndex wanted) {
  const auto& operators = view.graph.operators;
  std::vector<bool> neededTensors(view.graph.tensors.size(), false), needed(operators.size(), false);
  if (wanted.valid()) neededTensors[wanted.position()] = true;
  for (size_t i = operators.size(); i-- > 0;) {
    const Operator& op = operators[i];
    const bool made = std::any_of(op.outputs.begin(), op.outputs.end(),
                                  [&](TensorIndex t) { return t.valid() && neededTensors[t.position()]; });
    if (!made && !op.outputs.empty() && view.model.code(op) != tflite::BuiltinOperator_CALL_ONCE) continue;
    needed[i] = true;
    for (TensorIndex input : op.inputs)
      if (input.valid()) neededTensors[input.position()] = true;
  }
  return needed;
}

bool keepsState(const GraphView& view, const Operator& op) {
  using enum tflite::BuiltinOperator;
  const auto code = view.model.code(op);
  if (code == BuiltinOperator_READ_VARIABLE || code == BuiltinOperator_ASSIGN_VARIABLE) return true;
  return std::any_of(op.inputs.begin(), op.inputs.end(),
                     [&](TensorIndex t) { return t.valid() && view.tensor(t).isVariable; });
}

}  // namespace

void PairedModel::replace(OperatorIndex op, size_t operand, std::span<const float> values) {
  m_replaced[{op.value, operand}] = Buffer::fromValues<float>(values);
}

PairedModel::Runnable PairedModel::make(TensorIndex wanted) const {
  const auto needed = neededOperators(m_view, wanted);
  auto model = std::make_shared<Model>(m_view.model);
  model->signatures.clear();
  model->metadata.clear();
  Subgraph& graph = model->subgraphs[m_view.index.position()];
  std::vector<Operator> operators;
  std::vector<TensorIndex> copyOf(graph.tensors.size());  // invalid: the copy has the same values
  for (size_t i = 0; i < m_view.graph.operators.size(); ++i) {
    if (!needed[i]) continue;
    const Operator& op = m_view.graph.operators[i];
    operators.push_back(op);
    Operator copy = op;
    bool differs = false;
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (!op.inputs[k].valid()) continue;
      if (const auto found = m_replaced.find({static_cast<int32_t>(i), k}); found != m_replaced.end()) {
        Tensor constant = m_view.tensor(op.inputs[k]);
        constant.type = ElementType::Float32;
        constant.quantization.reset();
        constant.buffer = addBuffer(*model, found->second);
        copy.inputs[k] = addTensor(graph, std::move(constant));
        differs = true;
      } else if (copyOf[op.inputs[k].position()].valid()) {
        copy.inputs[k] = copyOf[op.inputs[k].position()];
        differs = true;
      }
    }
    // A second user of the same state would disturb the first.
    if (!differs || keepsState(m_view, op)) continue;
    for (TensorIndex& output : copy.outputs) {
      if (!output.valid()) continue;
      const TensorIndex original = output;
      output = addTensor(graph, m_view.tensor(original));
      copyOf[original.position()] = output;
    }
    operators.push_back(std::move(copy));
  }
  graph.operators = std::move(operators);
  Runnable result;
  graph.outputs = {wanted};
  if (copyOf[wanted.position()].valid()) {
    graph.outputs.push_back(copyOf[wanted.position()]);
    result.paired = true;
  }
  result.model = std::move(model);
  return result;
}

}  // namespace quantscope::quantization
