#include "core/runtime/prepared_model.h"

#include <algorithm>
#include <new>
#include <set>

#include "core/runtime/cpu_level.h"
#include "core/runtime/model_check.h"

namespace quantscope {

namespace {

using namespace runtime;

Error invalid(std::string why) {
  return {ErrorCode::InvalidArgument, "cannot run the model", "", std::move(why), ""};
}

Result<CpuLevel> chosenLevel(const InterpreterOptions& options) {
  const CpuLevel best = detectCpuLevel();
  if (!options.cpu) return best;
  if (*options.cpu > best) {
    return invalid("this processor has no " + std::string(cpuLevelName(*options.cpu)) + ", only " +
                   std::string(cpuLevelName(best)));
  }
  return *options.cpu;
}

/// Shapes to run with: the caller's, else the file's, with 1 for unknown dimensions.
Result<std::vector<GraphInput>> graphInputs(const Subgraph& graph, const InterpreterOptions& options) {
  if (!options.inputShapes.empty() && options.inputShapes.size() != graph.inputs.size()) {
    return invalid("there are " + std::to_string(options.inputShapes.size()) + " input shapes for " +
                   std::to_string(graph.inputs.size()) + " graph inputs");
  }
  std::vector<GraphInput> inputs;
  for (size_t k = 0; k < graph.inputs.size(); ++k) {
    const TensorIndex index = graph.inputs[k];
    if (!index.valid() || index.position() >= graph.tensors.size()) {
      return Error{ErrorCode::Malformed, "cannot run the model", "graph inputs",
                   "input " + std::to_string(k) + " is no tensor", ""};
    }
    GraphInput& input = inputs.emplace_back();
    if (options.inputShapes.empty()) {
      input.shape = graph.tensor(index).shape;
      std::replace(input.shape.begin(), input.shape.end(), -1, 1);
    } else {
      input.shape = options.inputShapes[k];
      if (std::any_of(input.shape.begin(), input.shape.end(), [](int32_t d) { return d < 0; })) {
        return invalid("the shape " + shapeText(input.shape) + " for input " + std::to_string(k) + " is impossible");
      }
    }
  }
  return inputs;
}

void numberResources(Environment& environment) {
  for (const Subgraph& graph : environment.model->subgraphs) {
    for (const Operator& op : graph.operators) {
      if (op.opcodeIndex >= environment.model->operatorCodes.size()) continue;
      const auto code = environment.model->code(op);
      const auto number = static_cast<int>(environment.resources.size() + environment.tables.size());
      const auto* variable = op.options.AsVarHandleOptions();
      const auto* table = op.options.AsHashtableOptions();
      if (variable && code == tflite::BuiltinOperator_VAR_HANDLE) {
        environment.resources.emplace(std::pair(variable->container, variable->shared_name), number);
      } else if (table && code == tflite::BuiltinOperator_HASHTABLE) {
        environment.tables.emplace(table->table_id, number);
      }
    }
  }
}

int64_t totalShared(const GraphPlan& plan, std::set<const GraphPlan*>& seen) {
  if (!seen.insert(&plan).second) return 0;
  int64_t bytes = plan.sharedBytes;
  for (const StepPlan& step : plan.steps) {
    for (const auto& called : step.plans) bytes += called ? totalShared(*called, seen) : 0;
  }
  return bytes;
}

Result<std::shared_ptr<const GraphPlan>> planModel(const Environment& environment) {
  const Model& model = *environment.model;
  const SubgraphIndex index = environment.options.subgraph;
  if (!index.valid() || index.position() >= model.subgraphs.size()) {
    return invalid("subgraph " + std::to_string(index.value) + " does not exist");
  }
  QS_ASSIGN(auto inputs, graphInputs(model.subgraphs[index.position()], environment.options));
  QS_TRY(checkOperators(model, index));
  return planGraph(environment, index, inputs, 0);
}

}  // namespace

PreparedModel::PreparedModel() : m_state(std::make_unique<State>()) {}
PreparedModel::~PreparedModel() = default;

Result<std::shared_ptr<const PreparedModel>> PreparedModel::prepare(std::shared_ptr<const Model> model,
                                                                    const InterpreterOptions& options) {
  auto environment = std::make_shared<Environment>();
  environment->model = std::move(model);
  environment->options = options;
  environment->kernelOptions.kernels = options.kernels;
  QS_ASSIGN(environment->kernelOptions.cpu, chosenLevel(options));
  numberResources(*environment);
  try {
    QS_ASSIGN(auto plan, planModel(*environment));
    std::shared_ptr<PreparedModel> prepared(new PreparedModel);
    std::set<const GraphPlan*> seen;
    prepared->m_state->sharedBytes = totalShared(*plan, seen);
    prepared->m_state->environment = std::move(environment);
    prepared->m_state->plan = std::move(plan);
    return std::shared_ptr<const PreparedModel>(std::move(prepared));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::ResourceLimit, "cannot run the model", "", "the system has not enough memory", ""};
  }
}

const Model& PreparedModel::model() const {
  return *m_state->environment->model;
}

const Subgraph& PreparedModel::subgraph() const {
  return model().subgraphs[m_state->plan->subgraph.position()];
}

const InterpreterOptions& PreparedModel::options() const {
  return m_state->environment->options;
}

CpuLevel PreparedModel::cpuLevel() const {
  return m_state->environment->kernelOptions.cpu;
}

int64_t PreparedModel::sessionBytes() const {
  return m_state->plan->arenaBytes + m_state->plan->variableBytes;
}

int64_t PreparedModel::sharedBytes() const {
  return m_state->sharedBytes;
}

std::optional<std::vector<int32_t>> PreparedModel::shape(TensorIndex tensor) const {
  if (!tensor.valid() || tensor.position() >= m_state->plan->tensors.size()) return std::nullopt;
  const TensorPlan& plan = m_state->plan->tensor(tensor);
  if (!plan.shapeKnown) return std::nullopt;
  return plan.shape;
}

std::vector<int64_t> PreparedModel::macs() const {
  return m_state->plan->macs;
}

}  // namespace quantscope
