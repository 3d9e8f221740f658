#include <algorithm>
#include <cstring>

#include "core/runtime/graph_instance.h"
#include "core/runtime/model_check.h"

namespace quantscope::runtime {

Operand GraphInstance::currentOperand(TensorIndex index, bool withValue) const {
  Operand operand;
  operand.index = index;
  if (!index.valid()) return operand;
  const TensorPlan& plan = m_plan->tensor(index);
  const TensorView now = view(index);
  operand.tensor = &m_graph.tensor(index);
  operand.type = plan.type;
  operand.shape.assign(now.shape.begin(), now.shape.end());
  operand.shapeKnown = true;
  operand.isConstant = withValue || plan.storage == Storage::Constant;
  if (operand.isConstant) operand.constant = now.bytes;
  return operand;
}

Result<void> GraphInstance::prepareDeferred(Step& step, const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  auto fresh = std::make_unique<Step::Deferred>();
  for (TensorIndex input : op.inputs) {
    const TensorView now = input.valid() ? view(input) : TensorView();
    fresh->shapes.emplace_back(now.shape.begin(), now.shape.end());
  }
  // The kernel may ask for one value after it has seen another.
  for (size_t attempt = 0; attempt <= op.inputs.size(); ++attempt) {
    std::vector<Operand> inputs, outputs;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const bool awaited = std::find(fresh->awaited.begin(), fresh->awaited.end(), i) != fresh->awaited.end();
      inputs.push_back(currentOperand(op.inputs[i], awaited));
    }
    for (TensorIndex output : op.outputs) {
      Operand& operand = outputs.emplace_back();
      operand.index = output;
      operand.shapeKnown = false;
      if (!output.valid()) continue;
      operand.tensor = &m_graph.tensor(output);
      operand.type = operand.tensor->type;
      operand.shape = operand.tensor->shape;
    }
    QS_ASSIGN(fresh->prepared, prepareOperator(*m_session.environment, m_plan->subgraph, plan.index, std::move(inputs),
                                               std::move(outputs)));
    if (fresh->prepared.kernel) break;
    fresh->awaited.insert(fresh->awaited.end(), fresh->prepared.awaited.begin(), fresh->prepared.awaited.end());
  }
  if (!fresh->prepared.kernel) {
    return Error{ErrorCode::Internal, "cannot run the model", operatorPlace(m_model, m_plan->subgraph, plan.index),
                 "its preparation never ends", ""};
  }
  for (size_t i : fresh->awaited) {
    const auto bytes = view(op.inputs[i]).bytes;
    fresh->values.emplace_back(bytes.begin(), bytes.end());
  }
  if (step.deferred) fresh->scratch = std::move(step.deferred->scratch);
  step.deferred = std::move(fresh);
  return {};
}

Result<void> GraphInstance::runDeferred(Step& step, const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  const auto stillFits = [&] {
    if (!step.deferred) return false;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i].valid() && !std::ranges::equal(view(op.inputs[i]).shape, step.deferred->shapes[i])) return false;
    }
    for (size_t k = 0; k < step.deferred->awaited.size(); ++k) {
      if (!std::ranges::equal(view(op.inputs[step.deferred->awaited[k]]).bytes, step.deferred->values[k])) return false;
    }
    return true;
  };
  if (!stillFits()) QS_TRY(prepareDeferred(step, plan));

  Step::Deferred& deferred = *step.deferred;
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    if (!op.outputs[i].valid()) continue;
    const auto& output = deferred.prepared.outputs[i];
    if (output.shapeKnown) {
      QS_ASSIGN(step.outputs[i], resize(op.outputs[i], output.shape, output.bytes));
    } else {
      QS_ASSIGN(step.outputs[i], resize(op.outputs[i], {0}, 0));
    }
  }
  deferred.scratch.resize(std::max(deferred.scratch.size(), deferred.prepared.scratchBytes.size()));
  step.scratch.clear();
  for (size_t i = 0; i < deferred.prepared.scratchBytes.size(); ++i) {
    QS_ASSIGN(std::byte * scratch,
              m_session.allocate(deferred.scratch[i], {}, static_cast<int64_t>(deferred.prepared.scratchBytes[i])));
    step.scratch.push_back(scratch);
  }
  step.context.scratch = step.scratch;
  return deferred.prepared.kernel->run(step.context);
}

}  // namespace quantscope::runtime
