#include <deque>
#include <map>

#include "core/quantization/algorithms/choose_weights.h"
#include "core/quantization/algorithms/registry.h"
#include "core/quantization/constants/constant_data.h"
#include "core/quantization/passes/graph_edit.h"
#include "core/quantization/quantize.h"

namespace quantscope {
namespace {

using namespace quantization;

struct ConstantUser {
  OperatorIndex op;
  size_t operand = 0;
};

// Who reads each planned constant.
std::vector<std::vector<ConstantUser>> constantUsers(const GraphPlan& plan) {
  std::vector<std::vector<ConstantUser>> users(plan.constants.size());
  for (size_t i = 0; i < plan.operators.size(); ++i) {
    const auto& inputs = plan.operators[i].inputs;
    for (size_t k = 0; k < inputs.size(); ++k)
      if (inputs[k].kind == OperandPlan::Kind::Constant)
        users[static_cast<size_t>(inputs[k].index)].push_back({OperatorIndex(i), k});
  }
  return users;
}

GridRules gridRules(const PlannedConstant& constant) {
  GridRules rules;
  rules.bits = constant.type == ElementType::Int4 ? 4 : 8;
  rules.oneScale = constant.granularity == Granularity::PerTensor;
  if (constant.granularity == Granularity::Blockwise) {
    rules.block = constant.blockSize;
    rules.scales = GridRules::Scales::Half;
  }
  return rules;
}

// The model and plans that are carried out, once algorithms have had their part.
class Application {
public:
  Application(const QuantizationPlan& plan, const QuantizeOptions& options, Progress& progress)
      : m_source(*plan.source), m_options(options), m_progress(progress) {
    for (const auto& graph : plan.graphs) m_plans.push_back(*graph);
  }

  Result<std::shared_ptr<const Model>> run() {
    std::vector<ChosenByConstant> chosen(m_plans.size());
    for (size_t g = 0; g < m_plans.size(); ++g) QS_TRY(runAlgorithms(g, chosen[g]));
    std::deque<GraphView> views;
    std::vector<const GraphPlan*> plans;
    uint64_t bytes = 0;
    for (size_t g = 0; g < m_plans.size(); ++g) {
      views.emplace_back(m_source, SubgraphIndex(g));
      plans.push_back(&m_plans[g]);
      for (const PlannedConstant& constant : m_plans[g].constants)
        bytes += static_cast<uint64_t>(constantElements(views.back(), constant)) * sizeof(float);
    }
    m_progress.begin("Quantizing constants", bytes, "bytes");
    std::vector<std::vector<ConstantData>> constants;
    for (size_t g = 0; g < plans.size(); ++g) {
      QS_ASSIGN(auto computed, computeConstants(views[g], *plans[g], chosen[g], m_options.threads, m_progress));
      for (const ConstantData& data : computed)
        if (!data.remark.empty()) remark(data.remark);
      constants.push_back(std::move(computed));
    }
    if (!m_progress.goOn()) return Error::cancelled();
    return std::make_shared<const Model>(editModel(m_source, plans, constants, true));
  }

private:
  void remark(const std::string& text) {
    if (m_options.remarks) m_options.remarks->push_back(text);
  }

  Result<void> runAlgorithms(size_t g, ChosenByConstant& chosen) {
    const GraphPlan& plan = m_plans[g];
    const GraphView view(m_source, SubgraphIndex(g));
    const auto users = constantUsers(plan);
    std::vector<WeightTask> tasks;
    std::vector<size_t> constants;
    bool wanted = false;
    // Constants of one source come out equal and are stored once, as long as nothing rounds each in its own way.
    auto sourceOf = [&](const PlannedConstant& constant) { return view.tensor(view.storedAs(constant.source)).buffer; };
    std::map<BufferIndex, int> forms;
    for (const PlannedConstant& constant : plan.constants)
      if (constant.use == ConstantUse::Weight) ++forms[sourceOf(constant)];
    for (size_t c = 0; c < plan.constants.size(); ++c) {
      const PlannedConstant& constant = plan.constants[c];
      if (constant.use != ConstantUse::Weight || users[c].empty()) continue;
      WeightTask task;
      task.op = users[c].front().op;
      task.operand = users[c].front().operand;
      task.grid = gridRules(constant);
      if (constant.granularity == Granularity::PerChannel) task.axis = constant.axis;
      task.respect = [&view, &plan, c](std::vector<float>& scales) {
        // A bias that is not finite is reported when it is quantized.
        (void)respectRoom(view, plan, plan.constants[c], scales);
      };
      task.algorithms = possible(constant.algorithms, g, view, users[c], forms[sourceOf(constant)] > 1);
      wanted |= !task.algorithms.empty();
      tasks.push_back(std::move(task));
      constants.push_back(c);
    }
    if (!wanted) return {};
    QS_ASSIGN(ChosenParameters parameters, chooseWeights(view, tasks, m_options, m_progress));
    for (const std::string& text : parameters.remarks) remark(text);
    for (size_t t = 0; t < tasks.size(); ++t) {
      if (!parameters.weights[t]) continue;
      if (!parameters.weights[t]->bias.empty()) setBias(g, tasks[t].op, parameters.weights[t]->bias);
      chosen.emplace(constants[t], std::move(*parameters.weights[t]));
    }
    return {};
  }

  // The algorithms of later stages that can work on a constant; `stored` is whether others are made of its source.
  std::vector<std::string> possible(const std::vector<std::string>& names, size_t g, const GraphView& view,
                                    const std::vector<ConstantUser>& users, bool stored) {
    std::vector<std::string> result;
    std::string refused;
    for (const std::string& name : names) {
      const Algorithm* algorithm = findAlgorithm(name);
      if (!algorithm || algorithm->stage == AlgorithmStage::Graph) continue;
      const bool apart = users.size() > 1 || (stored && algorithm->stage == AlgorithmStage::Rounding);
      if (algorithm->needsSamples && (apart || g > 0)) {
        refused += (refused.empty() ? "" : ", ") + name;
      } else {
        result.push_back(name);
      }
    }
    if (!refused.empty())
      remark(view.describe(users.front().op) + ": " +
             (g > 0 ? "samples do not show what graphs see that operators call"
                    : "its weights are shared with other operators") +
             "; " + refused + " left out");
    return result;
  }

  // The bias may be shared: it becomes the operator's own.
  void setBias(size_t g, OperatorIndex op, std::span<const float> values) {
    GraphPlan& plan = m_plans[g];
    Subgraph& graph = m_source.subgraphs[g];
    Operator& user = graph.operators[op.position()];
    const auto operand = static_cast<size_t>(findRules(m_source.code(user))->biasInput);
    Tensor tensor = graph.tensor(user.inputs[operand]);
    tensor.type = ElementType::Float32;
    tensor.quantization.reset();
    tensor.buffer = addBuffer(m_source, Buffer::fromValues<float>(values));
    const TensorIndex own = addTensor(graph, std::move(tensor));
    user.inputs[operand] = own;
    const OperandPlan& planned = plan.operators[op.position()].inputs[operand];
    if (planned.kind == OperandPlan::Kind::Constant) plan.constants[static_cast<size_t>(planned.index)].source = own;
  }

  Model m_source;
  std::vector<GraphPlan> m_plans;
  const QuantizeOptions& m_options;
  Progress& m_progress;
};

}  // namespace

Result<std::shared_ptr<const Model>> applyPlan(const QuantizationPlan& plan, const CalibrationResult* /*ranges*/,
                                               const QuantizeOptions& options, Progress& progress) {
  return Application(plan, options, progress).run();
}

}  // namespace quantscope
