#include "core/quantization/simulate.h"

#include <algorithm>
#include <cmath>

#include "core/model/edit.h"
#include "core/ops/operator_versions.h"
#include "core/quantization/algorithms/choose_weights.h"
#include "core/quantization/algorithms/registry.h"
#include "core/quantization/passes/tensor_names.h"
#include "core/quantization/plan/eligibility.h"

namespace quantscope {
namespace {

using namespace quantization;

Result<void> checkWidths(const SimulatedWidths& widths, const CalibrationResult* ranges) {
  auto refuse = [](std::string where, std::string why, std::string remedy) {
    return Error{ErrorCode::InvalidArgument, "cannot simulate these widths", std::move(where), std::move(why),
                 std::move(remedy)};
  };
  auto possible = [](int bits) { return bits >= 2 && bits <= 16; };
  if (!possible(widths.weightBits)) return refuse("weights", "", "use 2 to 16 bits");
  if (widths.activationBits != 0 && !possible(widths.activationBits))
    return refuse("activations", "", "use 2 to 16 bits");
  if (widths.granularity == Granularity::Blockwise && widths.blockSize < 1)
    return refuse("block size", "", "use 1 or more");
  if (widths.activationBits != 0 && !ranges)
    return refuse("activations", "their ranges are not known", "calibrate on samples first (--data or --ranges)");
  Recipe recipe;
  recipe.defaultScheme.algorithms = widths.algorithms;
  return checkAlgorithms(recipe);
}

class Simulation {
public:
  Simulation(const Model& source, const SimulatedWidths& widths, const CalibrationResult* ranges,
             const QuantizeOptions& options, Progress& progress)
      : m_source(source),
        m_model(source),
        m_widths(widths),
        m_ranges(ranges),
        m_options(options),
        m_progress(progress) {}

  Result<std::shared_ptr<const Model>> run() {
    for (size_t g = 0; g < m_source.subgraphs.size(); ++g) {
      const GraphView view(m_source, SubgraphIndex(g));
      QS_TRY(roundWeights(view));
      if (m_widths.activationBits != 0) roundActivations(view);
    }
    pruneUnused(m_model);
    return std::make_shared<const Model>(std::move(m_model));
  }

private:
  void remark(const std::string& text) {
    if (m_options.remarks) m_options.remarks->push_back(text);
  }

  Result<void> roundWeights(const GraphView& view) {
    std::vector<WeightTask> tasks;
    for (size_t i = 0; i < view.graph.operators.size(); ++i) {
      for (const size_t operand : weightOperands(view, OperatorIndex(i))) {
        WeightTask task;
        task.op = OperatorIndex(i);
        task.operand = operand;
        task.nearest = true;
        task.algorithms = m_widths.algorithms;
        if (view.index.value != 0) {
          std::erase_if(task.algorithms, [](const std::string& name) { return findAlgorithm(name)->needsSamples; });
        }
        task.axis = m_widths.granularity == Granularity::PerTensor ? std::nullopt : channelAxis(view, task.op, operand);
        task.grid.bits = m_widths.weightBits;
        task.grid.symmetric = m_widths.symmetricWeights;
        task.grid.oneScale = !task.axis;
        if (m_widths.powerOfTwo) task.grid.scales = GridRules::Scales::PowerOfTwo;
        if (m_widths.granularity == Granularity::Blockwise && task.axis) {
          const int64_t depth = view.constantCount(view.op(task.op).inputs[operand]) /
                                view.tensor(view.op(task.op).inputs[operand]).shape[static_cast<size_t>(*task.axis)];
          if (depth % m_widths.blockSize == 0) {
            task.grid.block = m_widths.blockSize;
          } else {
            remark(view.describe(task.op) + ": its depth " + std::to_string(depth) +
                   " is no multiple of the block size, one scale per channel instead");
          }
        }
        tasks.push_back(std::move(task));
      }
    }
    QS_ASSIGN(const ChosenParameters chosen, chooseWeights(view, tasks, m_options, m_progress));
    for (const std::string& text : chosen.remarks) remark(text);
    for (size_t t = 0; t < tasks.size(); ++t) {
      if (!chosen.weights[t]) continue;
      setConstant(view, tasks[t].op, tasks[t].operand, chosen.weights[t]->values);
      if (!chosen.weights[t]->bias.empty())
        setConstant(view, tasks[t].op, static_cast<size_t>(view.rules[tasks[t].op.position()]->biasInput),
                    chosen.weights[t]->bias);
    }
    return {};
  }

  void setConstant(const GraphView& view, OperatorIndex op, size_t operand, std::span<const float> values) {
    Subgraph& graph = m_model.subgraphs[view.index.position()];
    TensorIndex& input = graph.operators[op.position()].inputs[operand];
    Tensor tensor = graph.tensor(input);
    tensor.type = ElementType::Float32;
    tensor.quantization.reset();
    tensor.buffer = addBuffer(m_model, Buffer::fromValues<float>(values));
    const TensorUses& uses = view.uses[input.position()];
    if (uses.consumers.size() == 1 && !uses.graphOutput && !uses.producer.valid()) {
      graph.tensor(input) = std::move(tensor);
    } else {
      input = addTensor(graph, std::move(tensor));
    }
  }

  // Range whose ends are codes, as FAKE_QUANT keeps it (spec/tflite-kernels.md: it moves the range onto the codes).
  Range onCodes(const Range& range, bool& symmetric) const {
    const int bits = m_widths.activationBits;
    symmetric = m_widths.symmetricActivations;
    const double low = std::min(static_cast<double>(range.min), 0.0),
                 high = std::max(static_cast<double>(range.max), 0.0);
    GridRules rules;
    rules.scales = m_widths.powerOfTwo ? GridRules::Scales::PowerOfTwo : GridRules::Scales::Float;
    if (symmetric) {
      const int limit = (1 << (bits - 1)) - 1;
      const float scale = storedScale(std::max({-low, high, 1e-6}) / limit, rules);
      return {-scale * static_cast<float>(limit), scale * static_cast<float>(limit)};
    }
    const int steps = (1 << bits) - 1;
    const auto scale = static_cast<double>(storedScale(std::max(high - low, 1e-6) / steps, rules));
    const double zero = std::clamp(std::round(-low / scale), 0.0, static_cast<double>(steps));
    return {static_cast<float>(-zero * scale), static_cast<float>((steps - zero) * scale)};
  }

  void roundActivations(const GraphView& view) {
    const RangeSource ranges(view, Recipe(), m_ranges);
    Subgraph& graph = m_model.subgraphs[view.index.position()];
    TensorNames names(graph);
    std::vector<TensorIndex> exact(view.graph.tensors.size());  // what the producer writes where the tensor is rounded
    std::vector<TensorIndex> rounded(view.graph.tensors.size());
    std::vector<Operator> first;
    std::vector<std::vector<Operator>> after(view.graph.operators.size());
    for (size_t t = 0; t < view.graph.tensors.size(); ++t) {
      const TensorIndex tensor(t);
      const TensorUses& uses = view.uses[t];
      const bool given =
          std::find(view.graph.inputs.begin(), view.graph.inputs.end(), tensor) != view.graph.inputs.end();
      if (!view.isActivation(tensor) || (!given && !uses.producer.valid())) continue;
      const OperatorRules* rules = given ? nullptr : view.rules[uses.producer.position()];
      // Values that are only handed on lie on codes already; those of operators without integer form stay float.
      if (!given && (!rules || !rules->int8 || rules->scale == ScaleRule::Same)) continue;
      const auto range = ranges.find(tensor);
      if (!range) {
        remark(view.describe(tensor) + ": no range was recorded for it, it stays float32");
        continue;
      }
      bool symmetric = false;
      const Range codes = onCodes(*range, symmetric);
      Tensor extra = view.tensor(tensor);
      extra.quantization.reset();
      extra.name = names.make("simulated", tensor);
      const TensorIndex other = addTensor(graph, std::move(extra));
      Operator op;
      op.inputs = {given ? tensor : other};
      op.outputs = {given ? other : tensor};
      tflite::FakeQuantOptionsT fake;
      fake.min = codes.min;
      fake.max = codes.max;
      fake.num_bits = m_widths.activationBits;
      fake.narrow_range = symmetric;
      op.options.Set(std::move(fake));
      if (given) {
        rounded[t] = other;
        first.push_back(std::move(op));
      } else {
        exact[t] = other;
        after[uses.producer.position()].push_back(std::move(op));
      }
    }
    place(graph, std::move(first), std::move(after), exact, rounded);
  }

  void place(Subgraph& graph, std::vector<Operator> first, std::vector<std::vector<Operator>> after,
             const std::vector<TensorIndex>& exact, const std::vector<TensorIndex>& rounded) {
    std::vector<Operator> operators;
    auto insert = [&](Operator op) {
      op.opcodeIndex = addOperatorCode(m_model, OperatorCode::builtin(tflite::BuiltinOperator_FAKE_QUANT));
      OperatorCode code = m_model.operatorCode(op);
      code.version = operatorVersion(m_model, graph, op);
      op.opcodeIndex = addOperatorCode(m_model, code);
      operators.push_back(std::move(op));
    };
    for (Operator& op : first) insert(std::move(op));
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      Operator op = std::move(graph.operators[i]);
      for (TensorIndex& input : op.inputs)
        if (input.valid() && input.position() < rounded.size() && rounded[input.position()].valid())
          input = rounded[input.position()];
      for (TensorIndex& output : op.outputs)
        if (output.valid() && exact[output.position()].valid()) output = exact[output.position()];
      operators.push_back(std::move(op));
      for (Operator& rounding : after[i]) insert(std::move(rounding));
    }
    graph.operators = std::move(operators);
  }

  const Model& m_source;
  Model m_model;
  const SimulatedWidths& m_widths;
  const CalibrationResult* m_ranges;
  const QuantizeOptions& m_options;
  Progress& m_progress;
};

}  // namespace

Result<std::shared_ptr<const Model>> simulateWidths(const std::shared_ptr<const Model>& model,
                                                    const SimulatedWidths& widths, const CalibrationResult* ranges,
                                                    const QuantizeOptions& options, Progress& progress) {
  if (!model) return Error{ErrorCode::InvalidArgument, "there is no model to simulate", "", "", ""};
  QS_TRY(checkIndices(*model));
  QS_TRY(checkWidths(widths, ranges));
  return Simulation(*model, widths, ranges, options, progress).run();
}

}  // namespace quantscope
