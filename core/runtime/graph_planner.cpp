#include "core/runtime/graph_planner.h"

#include <algorithm>
#include <cstring>

#include "core/base/checked.h"
#include "core/runtime/model_check.h"

namespace quantscope::runtime {

namespace {

/// More steps than any model has; subgraphs that call others several times could multiply without end.
constexpr int64_t kMaxSteps = 1'000'000;
/// What kernels may assume of constants.
constexpr uintptr_t kConstantAlignment = 16;

/// Operators whose result is not a function of their inputs.
bool isPure(tflite::BuiltinOperator code) {
  switch (code) {
    case tflite::BuiltinOperator_RANDOM_UNIFORM:
    case tflite::BuiltinOperator_RANDOM_STANDARD_NORMAL:
    case tflite::BuiltinOperator_MULTINOMIAL:
      return false;
    default:
      return true;
  }
}

bool allConstant(const std::vector<Operand>& operands) {
  bool any = false;
  for (const Operand& operand : operands) {
    if (!operand.present()) continue;
    if (!operand.isConstant) return false;
    any = true;
  }
  return any;
}

/// Every result is known without running.
bool allKnown(const PreparedOperator& prepared, const std::vector<Operand>& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].present() && !prepared.outputs[i].values) return false;
  }
  return true;
}

}  // namespace

GraphPlanner::GraphPlanner(const Environment& environment, SubgraphIndex subgraph, int depth, PlanningState& state)
    : m_environment(environment),
      m_model(*environment.model),
      m_index(subgraph),
      m_graph(m_model.subgraphs[subgraph.position()]),
      m_depth(depth),
      m_state(state),
      m_plan(std::make_shared<GraphPlan>()) {}

Result<std::shared_ptr<const GraphPlan>> GraphPlanner::plan(const std::vector<GraphInput>& inputs) {
  m_plan->subgraph = m_index;
  m_plan->tensors.resize(m_graph.tensors.size());
  m_plan->macs.resize(m_graph.operators.size(), 0);
  QS_TRY(checkGraph(m_model, m_index));
  QS_TRY(seedTensors(inputs));
  for (size_t i = 0; i < m_graph.operators.size(); ++i) {
    if (++m_state.steps > kMaxSteps) {
      return Error{ErrorCode::ResourceLimit, "cannot run the model", "",
                   "its subgraphs call each other more than " + std::to_string(kMaxSteps) + " operators deep", ""};
    }
    const auto planned = planOperator(OperatorIndex(i));
    if (planned.ok()) continue;
    if (planned.error().code != ErrorCode::Unsupported) {
      // What follows an unsupported operator was only guessed; the guess is no reason to complain.
      if (!m_unsupported.empty()) break;
      return planned.error();
    }
    if (!m_firstUnsupported) m_firstUnsupported = planned.error();
    m_unsupported.push_back((planned.error().where.empty() ? "" : planned.error().where + ": ") + planned.error().why);
    if (!assumeFileShapes(m_graph.operators[i]).ok()) break;
  }
  if (m_unsupported.size() == 1) return *m_firstUnsupported;
  if (!m_unsupported.empty()) return unsupportedOperators(m_unsupported);
  QS_TRY(planArena());
  QS_TRY(sumMemory());
  return std::shared_ptr<const GraphPlan>(std::move(m_plan));
}

Result<void> GraphPlanner::seedConstant(size_t index) {
  const Tensor& tensor = m_graph.tensors[index];
  std::span<const std::byte> bytes = constantBytes(m_model, tensor);
  if (!tensor.sparsity) {
    if (const auto needed = storageBytes(tensor.type, tensor.shape)) {
      if (*needed > static_cast<int64_t>(bytes.size())) {
        return Error{
            ErrorCode::Malformed, "cannot run the model", "tensor " + std::to_string(index) + " " + tensor.name,
            "its buffer has " + std::to_string(bytes.size()) + " bytes and its shape needs " + std::to_string(*needed),
            "make the file again"};
      }
      bytes = bytes.first(static_cast<size_t>(*needed));
    }
  }
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kConstantAlignment != 0) {
    AlignedBytes copy = AlignedBytes::allocate(bytes.size());
    if (!copy) return memoryLimitError(m_environment, static_cast<int64_t>(bytes.size()), "constants");
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    bytes = copy.bytes();
    m_plan->sharedBytes += static_cast<int64_t>(bytes.size());
    m_plan->owned.push_back(std::move(copy));
  }
  setConstant(TensorIndex(index), tensor.shape, bytes);
  return {};
}

Result<void> GraphPlanner::seedTensors(const std::vector<GraphInput>& inputs) {
  std::vector<uint8_t> used(m_graph.tensors.size(), 0);
  const auto use = [&](const std::vector<TensorIndex>& indices) {
    for (TensorIndex index : indices) {
      if (index.valid()) used[index.position()] = 1;
    }
  };
  for (const Operator& op : m_graph.operators) use(op.inputs);
  use(m_graph.outputs);
  for (size_t i = 0; i < m_graph.tensors.size(); ++i) {
    const Tensor& tensor = m_graph.tensors[i];
    TensorPlan& plan = m_plan->tensors[i];
    plan.type = tensor.type;
    plan.shape = tensor.shape;
    if (!used[i]) continue;
    const bool empty = std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
    if (isConstant(m_model, tensor)) {
      QS_TRY(seedConstant(i));
    } else if (tensor.isVariable) {
      QS_TRY(setKnown(TensorIndex(i), tensor.shape));
      plan.storage = Storage::Variable;
    } else if (empty && checkedElementCount(tensor.shape)) {
      setConstant(TensorIndex(i), tensor.shape, {});  // until something writes it
    }
  }
  for (size_t k = 0; k < m_graph.inputs.size(); ++k) {
    const TensorIndex index = m_graph.inputs[k];
    if (inputs[k].isConstant) {
      setConstant(index, inputs[k].shape, inputs[k].constant);
      continue;
    }
    if (m_graph.tensor(index).type == ElementType::String) {
      setHeap(index);
      m_plan->tensors[index.position()].shape = inputs[k].shape;
      m_plan->tensors[index.position()].shapeKnown = true;
      continue;
    }
    QS_TRY(setKnown(index, inputs[k].shape));
    if (m_depth > 0) m_plan->tensors[index.position()].storage = Storage::Bound;
  }
  return {};
}

Operand GraphPlanner::operand(TensorIndex index) const {
  Operand result;
  result.index = index;
  if (!index.valid()) return result;
  const TensorPlan& plan = m_plan->tensor(index);
  result.tensor = &m_graph.tensor(index);
  result.type = plan.type;
  result.shape = plan.shape;
  result.shapeKnown = plan.shapeKnown;
  result.isConstant = plan.storage == Storage::Constant;
  result.constant = plan.constant;
  return result;
}

Operand GraphPlanner::outputOperand(TensorIndex index) const {
  Operand result;
  result.index = index;
  if (!index.valid()) return result;
  result.tensor = &m_graph.tensor(index);
  result.type = result.tensor->type;
  result.shape = result.tensor->shape;
  result.shapeKnown = false;
  return result;
}

void GraphPlanner::setConstant(TensorIndex index, std::vector<int32_t> shape, std::span<const std::byte> bytes) {
  TensorPlan& plan = m_plan->tensors[index.position()];
  plan.shape = std::move(shape);
  plan.shapeKnown = true;
  plan.storage = Storage::Constant;
  plan.constant = bytes;
  plan.bytes = static_cast<int64_t>(bytes.size());
}

Result<void> GraphPlanner::setKnown(TensorIndex index, std::vector<int32_t> shape) {
  TensorPlan& plan = m_plan->tensors[index.position()];
  const auto bytes = storageBytes(plan.type, shape);
  if (!bytes) {
    return Error{ErrorCode::Unsupported, "cannot run the model",
                 "tensor " + std::to_string(index.value) + " " + m_graph.tensor(index).name,
                 "a tensor of type " + std::string(elementTypeName(plan.type)) + " and shape " + shapeText(shape) +
                     " cannot be held in memory",
                 ""};
  }
  if (*bytes > m_environment.options.memoryLimit) {
    return memoryLimitError(m_environment, *bytes, "tensor " + std::to_string(index.value));
  }
  plan.shape = std::move(shape);
  plan.shapeKnown = true;
  plan.bytes = *bytes;
  plan.storage = Storage::Arena;
  plan.constant = {};
  return {};
}

void GraphPlanner::setHeap(TensorIndex index) {
  TensorPlan& plan = m_plan->tensors[index.position()];
  plan.shapeKnown = false;
  plan.storage = Storage::Heap;
  plan.constant = {};
}

Result<void> GraphPlanner::planOperator(OperatorIndex index) {
  const Operator& op = m_graph.operators[index.position()];
  std::vector<Operand> inputs;
  for (TensorIndex input : op.inputs) inputs.push_back(operand(input));
  for (const Operand& input : inputs) {
    if (!input.isConstant || !input.tensor->sparsity || m_model.code(op) == tflite::BuiltinOperator_DENSIFY) continue;
    return Error{ErrorCode::Unsupported, "cannot run the model", operatorPlace(m_model, m_index, index),
                 "tensor " + std::to_string(input.index.value) + " is stored sparse", ""};
  }
  switch (m_model.code(op)) {
    case tflite::BuiltinOperator_IF:
    case tflite::BuiltinOperator_WHILE:
    case tflite::BuiltinOperator_CALL_ONCE:
    case tflite::BuiltinOperator_STABLEHLO_COMPOSITE:
    case tflite::BuiltinOperator_STABLEHLO_CASE:
      return planCall(index, inputs);
    case tflite::BuiltinOperator_VAR_HANDLE:
    case tflite::BuiltinOperator_READ_VARIABLE:
    case tflite::BuiltinOperator_ASSIGN_VARIABLE:
      return planResource(index, inputs);
    case tflite::BuiltinOperator_HASHTABLE:
    case tflite::BuiltinOperator_HASHTABLE_IMPORT:
    case tflite::BuiltinOperator_HASHTABLE_FIND:
    case tflite::BuiltinOperator_HASHTABLE_SIZE:
      return planTable(index, inputs);
    default:
      return planKernel(index, std::move(inputs));
  }
}

void GraphPlanner::defer(OperatorIndex index, StepKind kind) {
  StepPlan& step = m_plan->steps.emplace_back();
  step.index = index;
  step.kind = kind;
  m_inPlace.emplace_back(-1, -1);
  for (TensorIndex output : m_graph.operators[index.position()].outputs) {
    if (output.valid()) setHeap(output);
  }
}

Result<void> GraphPlanner::planKernel(OperatorIndex index, std::vector<Operand> inputs) {
  const Operator& op = m_graph.operators[index.position()];
  for (const Operand& input : inputs) {
    if (input.present() && !input.shapeKnown) {
      defer(index, StepKind::Deferred);
      return {};
    }
  }
  std::vector<Operand> outputs;
  for (TensorIndex output : op.outputs) outputs.push_back(outputOperand(output));
  QS_ASSIGN(PreparedOperator prepared, prepareOperator(m_environment, m_index, index, inputs, outputs));
  if (!prepared.kernel) {
    defer(index, StepKind::Deferred);
    return {};
  }
  m_plan->sharedBytes += prepared.sharedBytes;
  if (allKnown(prepared, outputs)) return takeValues(index, std::move(prepared));
  if (allConstant(inputs) && isPure(m_model.code(op))) return fold(index, prepared, inputs, outputs);

  m_plan->macs[index.position()] = prepared.macs;
  StepPlan& step = m_plan->steps.emplace_back();
  m_inPlace.push_back(prepared.inPlace);
  step.index = index;
  step.kernel = std::move(prepared.kernel);
  step.scratchBytes = std::move(prepared.scratchBytes);
  step.macs = prepared.macs;
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    if (!op.outputs[i].valid()) continue;
    if (prepared.outputs[i].shapeKnown) {
      QS_TRY(setKnown(op.outputs[i], prepared.outputs[i].shape));
    } else {
      setHeap(op.outputs[i]);
    }
  }
  return {};
}

Result<void> GraphPlanner::takeValues(OperatorIndex index, PreparedOperator prepared) {
  const Operator& op = m_graph.operators[index.position()];
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    if (!op.outputs[i].valid()) continue;
    const std::vector<std::byte>& values = *prepared.outputs[i].values;
    AlignedBytes& copy = m_plan->owned.emplace_back(AlignedBytes::allocate(values.size()));
    if (!copy) return memoryLimitError(m_environment, static_cast<int64_t>(values.size()), "constants");
    if (!values.empty()) std::memcpy(copy.data(), values.data(), values.size());
    m_plan->sharedBytes += static_cast<int64_t>(values.size());
    setConstant(op.outputs[i], std::move(prepared.outputs[i].shape), copy.bytes());
  }
  return {};
}

Result<void> GraphPlanner::fold(OperatorIndex index, const PreparedOperator& prepared,
                                const std::vector<Operand>& inputs, const std::vector<Operand>& outputs) {
  QS_ASSIGN(auto folded, foldOperator(m_environment, m_index, index, prepared, inputs, outputs));
  const Operator& op = m_graph.operators[index.position()];
  for (size_t i = 0; i < folded.size(); ++i) {
    if (!op.outputs[i].valid()) continue;
    setConstant(op.outputs[i], std::move(folded[i].shape), {folded[i].memory.data(), folded[i].bytes});
    m_plan->sharedBytes += static_cast<int64_t>(folded[i].bytes);
    m_plan->owned.push_back(std::move(folded[i].memory));
  }
  if (m_plan->sharedBytes <= m_environment.options.memoryLimit) return {};
  return memoryLimitError(m_environment, m_plan->sharedBytes, "constants");
}

Result<void> GraphPlanner::assumeFileShapes(const Operator& op) {
  for (TensorIndex output : op.outputs) {
    if (output.valid()) QS_TRY(setKnown(output, m_graph.tensor(output).shape));
  }
  return {};
}

Result<std::shared_ptr<const GraphPlan>> planGraph(const Environment& environment, SubgraphIndex subgraph,
                                                   const std::vector<GraphInput>& inputs, int depth) {
  PlanningState state;
  state.whileRunning = depth > 0;
  return GraphPlanner(environment, subgraph, depth, state).plan(inputs);
}

}  // namespace quantscope::runtime
