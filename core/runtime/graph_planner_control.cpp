#include <algorithm>

#include "core/runtime/graph_planner.h"
#include "core/runtime/hash_table.h"
#include "core/runtime/model_check.h"

/// Control flow and resource variables: spec/tflite-format.md sections 8.1 and 8.2.
namespace quantscope::runtime {

namespace {

std::vector<GraphInput> graphInputs(const std::vector<Operand>& operands, size_t first) {
  std::vector<GraphInput> inputs;
  for (size_t i = first; i < operands.size(); ++i) {
    inputs.push_back({operands[i].shape, operands[i].isConstant, operands[i].constant});
  }
  return inputs;
}

bool allShapesKnown(const std::vector<Operand>& operands) {
  return std::all_of(operands.begin(), operands.end(), [](const Operand& o) { return o.shapeKnown; });
}

int64_t totalMacs(const std::vector<std::shared_ptr<const GraphPlan>>& plans) {
  int64_t macs = 0;
  for (const auto& plan : plans) {
    for (const StepPlan& step : plan->steps) macs += step.macs;
  }
  return macs;
}

}  // namespace

Error GraphPlanner::malformed(OperatorIndex index, std::string why) const {
  return {ErrorCode::Malformed, "cannot run the model", operatorPlace(m_model, m_index, index), std::move(why), ""};
}

Result<std::shared_ptr<const GraphPlan>> GraphPlanner::planCallee(SubgraphIndex callee,
                                                                  const std::vector<GraphInput>& inputs) {
  return GraphPlanner(m_environment, callee, m_depth + 1, m_state).plan(inputs);
}

/// The callee exists and takes inputs[firstArgument..] of the operator; `resultsToo`: gives its outputs.
Result<void> GraphPlanner::checkCallee(OperatorIndex index, SubgraphIndex callee, size_t firstArgument,
                                       bool resultsToo) const {
  const Operator& op = m_graph.operators[index.position()];
  const std::string name = "subgraph " + std::to_string(callee.value);
  if (!callee.valid() || callee.position() >= m_model.subgraphs.size()) {
    return malformed(index, "it runs " + name + ", which does not exist");
  }
  if (m_depth + 1 >= kMaxCallDepth) {
    return malformed(index, "subgraphs call each other more than " + std::to_string(kMaxCallDepth) + " levels deep");
  }
  // The callee's own check comes when it is planned; until then nothing of it is trusted.
  const Subgraph& graph = m_model.subgraphs[callee.position()];
  const auto sameTypes = [&](const std::vector<TensorIndex>& mine, size_t first,
                             const std::vector<TensorIndex>& theirs) {
    for (size_t i = 0; i < theirs.size(); ++i) {
      const TensorIndex own = mine[first + i];
      if (!own.valid() || !theirs[i].valid() || theirs[i].position() >= graph.tensors.size()) return false;
      if (m_graph.tensor(own).type != graph.tensor(theirs[i]).type) return false;
    }
    return true;
  };
  if (op.inputs.size() != graph.inputs.size() + firstArgument || !sameTypes(op.inputs, firstArgument, graph.inputs)) {
    return malformed(index, "its arguments do not match the inputs of " + name);
  }
  if (resultsToo && (op.outputs.size() != graph.outputs.size() || !sameTypes(op.outputs, 0, graph.outputs))) {
    return malformed(index, "its results do not match the outputs of " + name);
  }
  return {};
}

Result<void> GraphPlanner::planCall(OperatorIndex index, const std::vector<Operand>& inputs) {
  const Operator& op = m_graph.operators[index.position()];
  const auto callees = calledSubgraphs(m_model, op);
  if (callees.empty()) return malformed(index, "it names no subgraph");
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].present()) return malformed(index, "input " + std::to_string(i) + " is left out");
  }
  switch (m_model.code(op)) {
    case tflite::BuiltinOperator_WHILE:
      return planWhile(index, inputs);
    case tflite::BuiltinOperator_CALL_ONCE:
      return planCallOnce(index);
    case tflite::BuiltinOperator_STABLEHLO_COMPOSITE:
      return planBranches(index, inputs, 0);
    default:
      return planBranches(index, inputs, 1);
  }
}

/// IF, STABLEHLO_CASE (the first argument chooses) and STABLEHLO_COMPOSITE (only one branch).
Result<void> GraphPlanner::planBranches(OperatorIndex index, const std::vector<Operand>& inputs, size_t firstArgument) {
  const Operator& op = m_graph.operators[index.position()];
  const auto code = m_model.code(op);
  const auto callees = calledSubgraphs(m_model, op);
  if (inputs.size() < firstArgument) return malformed(index, "it has no condition");
  const bool isIf = code == tflite::BuiltinOperator_IF;
  if (firstArgument == 1) {
    if (inputs[0].type != (isIf ? ElementType::Bool : ElementType::Int32)) {
      return malformed(index, "its condition is " + std::string(elementTypeName(inputs[0].type)));
    }
    if (inputs[0].shapeKnown && inputs[0].elementCount() != 1)
      return malformed(index, "its condition has not one value");
  }
  for (SubgraphIndex callee : callees) QS_TRY(checkCallee(index, callee, firstArgument, true));

  std::vector<std::shared_ptr<const GraphPlan>> plans(callees.size());
  bool sameShapes = allShapesKnown(inputs);
  for (size_t c = 0; sameShapes && c < callees.size(); ++c) {
    QS_ASSIGN(plans[c], planCallee(callees[c], graphInputs(inputs, firstArgument)));
    const Subgraph& graph = m_model.subgraphs[callees[c].position()];
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
      const TensorPlan& result = plans[c]->tensor(graph.outputs[o]);
      const TensorPlan& first = plans[0]->tensor(m_model.subgraphs[callees[0].position()].outputs[o]);
      sameShapes =
          sameShapes && result.shapeKnown && result.shape == first.shape && storageBytes(result.type, result.shape);
    }
  }
  const StepKind kind = isIf ? StepKind::If : firstArgument == 1 ? StepKind::Case : StepKind::Composite;
  defer(index, kind);
  StepPlan& step = m_plan->steps.back();
  step.callees = callees;
  step.plans.resize(callees.size());
  if (!sameShapes) return {};
  step.plans = std::move(plans);
  step.macs = m_plan->macs[index.position()] = totalMacs(step.plans);
  const auto shared = step.plans;
  for (size_t o = 0; o < op.outputs.size(); ++o) {
    const auto& graph = m_model.subgraphs[callees[0].position()];
    QS_TRY(setKnown(op.outputs[o], shared[0]->tensor(graph.outputs[o]).shape));
  }
  return {};
}

Result<void> GraphPlanner::planWhile(OperatorIndex index, const std::vector<Operand>& inputs) {
  const Operator& op = m_graph.operators[index.position()];
  const auto callees = calledSubgraphs(m_model, op);
  QS_TRY(checkCallee(index, callees[0], 0, false));
  QS_TRY(checkCallee(index, callees[1], 0, true));
  const Subgraph& cond = m_model.subgraphs[callees[0].position()];
  const Subgraph& body = m_model.subgraphs[callees[1].position()];
  if (cond.outputs.size() != 1 || !cond.outputs[0].valid() || cond.outputs[0].position() >= cond.tensors.size() ||
      cond.tensor(cond.outputs[0]).type != ElementType::Bool) {
    return malformed(index, "its condition, subgraph " + std::to_string(callees[0].value) + ", does not give one bool");
  }
  if (op.inputs.size() != op.outputs.size()) return malformed(index, "it has not as many results as arguments");

  std::vector<GraphInput> arguments = graphInputs(inputs, 0);
  for (size_t k = 0; k < arguments.size(); ++k) {
    // What the body hands through unchanged keeps its known value; everything else changes.
    if (body.outputs[k] != body.inputs[k]) arguments[k].isConstant = false;
  }
  std::vector<std::shared_ptr<const GraphPlan>> plans(2);
  bool fixedShapes = allShapesKnown(inputs);
  if (fixedShapes) {
    QS_ASSIGN(plans[0], planCallee(callees[0], arguments));
    QS_ASSIGN(plans[1], planCallee(callees[1], arguments));
    for (size_t k = 0; k < arguments.size(); ++k) {
      const TensorPlan& result = plans[1]->tensor(body.outputs[k]);
      fixedShapes = fixedShapes && result.shapeKnown && result.shape == arguments[k].shape &&
                    storageBytes(result.type, result.shape);
    }
  }
  defer(index, StepKind::While);
  StepPlan& step = m_plan->steps.back();
  step.callees = callees;
  step.plans.resize(2);
  if (!fixedShapes) return {};
  step.plans = std::move(plans);
  step.macs = m_plan->macs[index.position()] = totalMacs(step.plans);
  for (size_t k = 0; k < arguments.size(); ++k) QS_TRY(setKnown(op.outputs[k], arguments[k].shape));
  return {};
}

Result<void> GraphPlanner::planCallOnce(OperatorIndex index) {
  const Operator& op = m_graph.operators[index.position()];
  const auto callees = calledSubgraphs(m_model, op);
  if (!op.inputs.empty() || !op.outputs.empty()) return malformed(index, "it has operands");
  QS_TRY(checkCallee(index, callees[0], 0, true));
  QS_ASSIGN(auto plan, planCallee(callees[0], {}));
  defer(index, StepKind::CallOnce);
  m_plan->steps.back().callees = callees;
  m_plan->steps.back().plans = {std::move(plan)};
  return {};
}

Result<void> GraphPlanner::setHandle(TensorIndex output, int32_t number) {
  AlignedBytes& handle = m_plan->owned.emplace_back(AlignedBytes::allocate(sizeof number));
  if (!handle) return memoryLimitError(m_environment, sizeof number, "");
  *reinterpret_cast<int32_t*>(handle.data()) = number;
  setConstant(output, {1}, handle.bytes());
  return {};
}

Result<int32_t> GraphPlanner::handleOf(OperatorIndex index, const Operand& input) const {
  if (!input.isConstant || input.constant.size() < sizeof(int32_t)) {
    return Error{ErrorCode::Unsupported, "cannot run the model", operatorPlace(m_model, m_index, index),
                 "which variable or table it means is known only while running", ""};
  }
  const int32_t number = input.constantAs<int32_t>()[0];
  if (number < 0 || static_cast<size_t>(number) >= m_environment.resources.size() + m_environment.tables.size()) {
    return malformed(index, "its variable or table does not exist");
  }
  return number;
}

Result<void> GraphPlanner::planTable(OperatorIndex index, const std::vector<Operand>& inputs) {
  const Operator& op = m_graph.operators[index.position()];
  const auto code = m_model.code(op);
  for (const Operand& input : inputs) {
    if (!input.present()) return malformed(index, "an input is left out");
  }
  const bool hasOutput = op.outputs.size() == 1 && op.outputs[0].valid();
  if (code == tflite::BuiltinOperator_HASHTABLE) {
    const auto* options = op.options.AsHashtableOptions();
    if (!options || !hasOutput || !inputs.empty()) return malformed(index, "it names no table");
    return setHandle(op.outputs[0], m_environment.tables.at(options->table_id));
  }
  const bool import = code == tflite::BuiltinOperator_HASHTABLE_IMPORT;
  const bool size = code == tflite::BuiltinOperator_HASHTABLE_SIZE;
  if (inputs.size() != (size ? 1u : 3u) || (import ? !op.outputs.empty() : !hasOutput) ||
      inputs[0].type != ElementType::Resource) {
    return malformed(index, "its operands are not those of a table");
  }
  QS_ASSIGN(const int32_t number, handleOf(index, inputs[0]));
  if (size && m_graph.tensor(op.outputs[0]).type != ElementType::Int64) {
    return malformed(index, "its output must be int64");
  }
  if (!size && !HashTable::takes(inputs[1].type, inputs[2].type)) {
    return malformed(index, "a table maps int64 to string or string to int64, not " +
                                std::string(elementTypeName(inputs[1].type)) + " to " +
                                std::string(elementTypeName(inputs[2].type)));
  }
  if (!size && !import && m_graph.tensor(op.outputs[0]).type != inputs[2].type) {
    return malformed(index, "its output has another type than its default");
  }
  defer(index, import ? StepKind::HashtableImport : size ? StepKind::HashtableSize : StepKind::HashtableFind);
  m_plan->steps.back().resource = number;
  if (size) return setKnown(op.outputs[0], {1});
  if (!import && inputs[1].shapeKnown && inputs[2].type == ElementType::Int64) {
    return setKnown(op.outputs[0], inputs[1].shape);
  }
  return {};
}

Result<void> GraphPlanner::planResource(OperatorIndex index, const std::vector<Operand>& inputs) {
  const Operator& op = m_graph.operators[index.position()];
  const auto code = m_model.code(op);
  if (code == tflite::BuiltinOperator_VAR_HANDLE) {
    const auto* options = op.options.AsVarHandleOptions();
    if (!options || op.outputs.size() != 1 || !op.outputs[0].valid()) return malformed(index, "it names no variable");
    return setHandle(op.outputs[0], m_environment.resources.at({options->container, options->shared_name}));
  }
  const bool read = code == tflite::BuiltinOperator_READ_VARIABLE;
  if (op.inputs.size() != (read ? 1u : 2u) || op.outputs.size() != (read ? 1u : 0u) || !inputs[0].present() ||
      (read ? !op.outputs[0].valid() : !inputs[1].present()) || inputs[0].type != ElementType::Resource) {
    return malformed(index, "its operands are not those of a variable");
  }
  QS_ASSIGN(const int32_t number, handleOf(index, inputs[0]));
  defer(index, read ? StepKind::ReadVariable : StepKind::AssignVariable);
  m_plan->steps.back().resource = number;
  auto& shapes = m_state.resourceShapes;
  if (!read) {
    std::optional<std::vector<int32_t>> shape;
    if (inputs[1].shapeKnown) shape = inputs[1].shape;
    const auto [known, added] = shapes.emplace(number, shape);
    if (!added && known->second != shape) known->second.reset();
    return {};
  }
  const auto known = shapes.find(number);
  const Tensor& result = m_graph.tensor(op.outputs[0]);
  const bool open =
      std::find(result.shapeSignature.begin(), result.shapeSignature.end(), -1) != result.shapeSignature.end();
  if (m_state.whileRunning || (known != shapes.end() ? !known->second : open)) return {};
  return setKnown(op.outputs[0], known != shapes.end() ? *known->second : result.shape);
}

}  // namespace quantscope::runtime
