#include <algorithm>
#include <cstring>

#include "core/runtime/graph_instance.h"

namespace quantscope::runtime {

namespace {

Error dataError(std::string why) {
  return {ErrorCode::Malformed, "", "", std::move(why), ""};
}

}  // namespace

bool GraphInstance::calleeFits(const GraphInstance& callee, const std::vector<TensorIndex>& arguments,
                               size_t first) const {
  for (size_t k = 0; k + first < arguments.size(); ++k) {
    const TensorPlan& input = callee.plan().tensor(callee.graph().inputs[k]);
    const TensorView now = view(arguments[first + k]);
    if (!std::ranges::equal(now.shape, input.shape)) return false;
    if (input.storage == Storage::Constant && !std::ranges::equal(now.bytes, input.constant)) return false;
  }
  return true;
}

/// The instance of callee c for these arguments, with its inputs bound; planned anew where shapes changed.
Result<GraphInstance*> GraphInstance::callee(Step& step, const StepPlan& plan, size_t c,
                                             const std::vector<TensorIndex>& arguments, size_t first) {
  Callee& callee = step.callees[c];
  if (!callee.fixed && !(callee.instance && calleeFits(*callee.instance, arguments, first))) {
    std::vector<GraphInput> inputs;
    for (size_t k = first; k < arguments.size(); ++k) {
      const TensorView now = view(arguments[k]);
      inputs.push_back({{now.shape.begin(), now.shape.end()}, false, {}});
      // Handles of variables must be known to plan.
      if (now.type == ElementType::Resource) inputs.back() = {inputs.back().shape, true, now.bytes};
    }
    callee.instance.reset();
    QS_ASSIGN(auto planned, planGraph(*m_session.environment, plan.callees[c], inputs, m_depth + 1));
    callee.instance = std::make_unique<GraphInstance>(std::move(planned), m_session, nullptr, m_depth + 1);
    if (!callee.instance->ready()) return memoryLimitError(*m_session.environment, std::nullopt, "");
  }
  for (size_t k = 0; k + first < arguments.size(); ++k) {
    QS_TRY(callee.instance->bindInput(k, view(arguments[first + k])));
  }
  return callee.instance.get();
}

/// Copies a value into one of this graph's tensors; a heap tensor takes its shape.
Result<void> GraphInstance::copyTo(TensorIndex own, const TensorView& value) {
  if (m_plan->tensor(own).storage == Storage::Heap) {
    QS_TRY(resize(own, {value.shape.begin(), value.shape.end()}, static_cast<int64_t>(value.bytes.size())));
  } else if (static_cast<size_t>(m_plan->tensor(own).bytes) != value.bytes.size()) {
    return dataError("its result has another size than it was prepared for");
  }
  if (!value.bytes.empty() && data(own) != value.bytes.data()) {
    std::memmove(data(own), value.bytes.data(), value.bytes.size());
  }
  return {};
}

Result<size_t> GraphInstance::chosenBranch(const StepPlan& plan) const {
  if (plan.kind == StepKind::Composite) return size_t{0};
  const TensorView condition = view(operatorOf(plan).inputs[0]);
  if (plan.kind == StepKind::If) {
    if (condition.bytes.size() != 1) return dataError("its condition has not one value");
    return size_t{condition.values<uint8_t>()[0] != 0 ? 0u : 1u};
  }
  if (condition.bytes.size() != sizeof(int32_t)) return dataError("its branch number has not one value");
  const int32_t branch = condition.values<int32_t>()[0];
  // As StableHLO defines it: a number out of range means the last branch.
  if (branch < 0 || static_cast<size_t>(branch) >= plan.callees.size()) return plan.callees.size() - 1;
  return static_cast<size_t>(branch);
}

Result<void> GraphInstance::runBranch(Step& step, const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  QS_ASSIGN(const size_t branch, chosenBranch(plan));
  QS_ASSIGN(GraphInstance * called, callee(step, plan, branch, op.inputs, plan.kind == StepKind::Composite ? 0 : 1));
  QS_TRY(called->run());
  for (size_t o = 0; o < op.outputs.size(); ++o)
    QS_TRY(copyTo(op.outputs[o], called->view(called->graph().outputs[o])));
  return {};
}

/// The loop variables live in the operator's outputs; condition and body read them there.
Result<void> GraphInstance::runWhile(Step& step, const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  for (size_t k = 0; k < op.inputs.size(); ++k) QS_TRY(copyTo(op.outputs[k], view(op.inputs[k])));
  while (true) {
    if (m_session.progress && !m_session.progress->goOn()) return Error::cancelled();
    QS_ASSIGN(GraphInstance * condition, callee(step, plan, 0, op.outputs, 0));
    QS_TRY(condition->run());
    const TensorView answer = condition->view(condition->graph().outputs[0]);
    if (answer.bytes.size() != 1) return dataError("its condition has not one value");
    if (answer.values<uint8_t>()[0] == 0) return {};

    QS_ASSIGN(GraphInstance * body, callee(step, plan, 1, op.outputs, 0));
    QS_TRY(body->run());
    const Subgraph& graph = body->graph();
    // Variables that exchange places are read before any is written.
    std::vector<std::pair<size_t, std::vector<std::byte>>> exchanged;
    std::vector<std::vector<int32_t>> shapes;
    for (size_t k = 0; k < op.outputs.size(); ++k) {
      const bool fromInput =
          std::find(graph.inputs.begin(), graph.inputs.end(), graph.outputs[k]) != graph.inputs.end();
      if (!fromInput || graph.outputs[k] == graph.inputs[k]) continue;
      const TensorView value = body->view(graph.outputs[k]);
      exchanged.emplace_back(k, std::vector<std::byte>(value.bytes.begin(), value.bytes.end()));
      shapes.emplace_back(value.shape.begin(), value.shape.end());
    }
    for (size_t k = 0; k < op.outputs.size(); ++k) {
      const bool later = std::any_of(exchanged.begin(), exchanged.end(), [&](const auto& e) { return e.first == k; });
      if (!later && graph.outputs[k] != graph.inputs[k]) QS_TRY(copyTo(op.outputs[k], body->view(graph.outputs[k])));
    }
    for (size_t e = 0; e < exchanged.size(); ++e) {
      const auto& [k, bytes] = exchanged[e];
      QS_TRY(copyTo(op.outputs[k], {m_plan->tensor(op.outputs[k]).type, shapes[e], bytes}));
    }
  }
}

Result<void> GraphInstance::runCallOnce(Step& step, const StepPlan& plan) {
  uint8_t& initialized = m_session.initialized[plan.callees[0].position()];
  if (initialized) return {};
  QS_TRY(step.callees[0].instance->run());
  initialized = 1;
  return {};
}

Result<void> GraphInstance::runVariable(const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  SessionState::Resource& resource = m_session.resources[static_cast<size_t>(plan.resource)];
  if (plan.kind == StepKind::AssignVariable) {
    const TensorView value = view(op.inputs[1]);
    QS_TRY(m_session.allocate(resource.value, {value.shape.begin(), value.shape.end()},
                              static_cast<int64_t>(value.bytes.size())));
    if (!value.bytes.empty()) std::memcpy(resource.value.memory.data(), value.bytes.data(), value.bytes.size());
    resource.type = value.type;
    resource.assigned = true;
    return {};
  }
  if (!resource.assigned) return dataError("the variable is read before anything is assigned to it");
  const TensorPlan& output = m_plan->tensor(op.outputs[0]);
  if (resource.type != output.type) return dataError("the variable has another element type than its reader");
  if (output.storage != Storage::Heap && resource.value.shape != output.shape) {
    return dataError("the variable has the shape " + shapeText(resource.value.shape) +
                     ", its reader was prepared for " + shapeText(output.shape));
  }
  return copyTo(op.outputs[0],
                {resource.type, resource.value.shape, {resource.value.memory.data(), resource.value.bytes}});
}

Result<void> GraphInstance::runTable(const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  HashTable& table = m_session.resources[static_cast<size_t>(plan.resource)].table;
  if (plan.kind == StepKind::HashtableImport) return table.import(view(op.inputs[1]), view(op.inputs[2]));
  const TensorIndex output = op.outputs[0];
  const ElementType type = m_plan->tensor(output).type;
  if (plan.kind == StepKind::HashtableSize) {
    const auto size = static_cast<int64_t>(table.size());
    const std::vector<int32_t> shape{1};
    return copyTo(output, {type, shape, std::as_bytes(std::span(&size, 1))});
  }
  const TensorView keys = view(op.inputs[1]);
  QS_ASSIGN(const auto found, table.find(keys, view(op.inputs[2])));
  return copyTo(output, {type, {keys.shape.begin(), keys.shape.end()}, found});
}

}  // namespace quantscope::runtime
