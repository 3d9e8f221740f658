#include "core/quantization/targets/advice.h"

#include <algorithm>
#include <map>

#include "core/quantization/assumed_ranges.h"
#include "core/quantization/quantize.h"

namespace quantscope {
namespace {

struct ModeFacts {
  std::string_view mode;
  Precision precision;
  bool needsSamples;
  int loss;  ///< how much accuracy it tends to cost, 0 none .. 3 much
};

// What each mode asks for and tends to cost. Accuracy: the published results of post-training quantization agree in the
// order, not in the figures; `evaluate` has those of the model at hand.
constexpr ModeFacts kModes[] = {
    {"int8", Precision::Int8, true, 1},
    {"int8-full", Precision::Int8, true, 1},
    {"dynamic-range", Precision::DynamicRange, false, 1},
    {"float16", Precision::Float16, false, 0},
    {"int16x8", Precision::Int16x8, true, 0},
    {"weight-only-int8", Precision::WeightOnlyInt8, false, 1},
    {"int4x8", Precision::Int4x8, true, 3},
    {"dynamic-range-int4", Precision::DynamicRangeInt4, false, 3},
    {"weight-only-int4", Precision::WeightOnlyInt4, false, 3},
};

std::string percent(int64_t part, int64_t whole) {
  return whole <= 0 ? "?" : std::to_string((100 * part + whole / 2) / whole) + " %";
}

class Adviser {
public:
  Adviser(std::shared_ptr<const Model> model, const Target& target, bool samples)
      : m_model(std::move(model)), m_target(target), m_ranges(assumedRanges(*m_model)) {
    m_advice.target = target.name;
    m_advice.samples = samples;
  }

  Result<Advice> run() {
    for (const ModeFacts& facts : kModes) QS_TRY(consider(facts));
    const std::string present = presentPrecision();
    m_advice.mode = present.empty() ? choose() : "keep";
    std::stable_sort(m_advice.options.begin(), m_advice.options.end(), [&](const auto& a, const auto& b) {
      auto order = [&](const AdviceOption& o) { return o.mode == m_advice.mode ? 0 : o.suits ? 1 : 2; };
      return order(a) < order(b);
    });
    explain();
    if (!present.empty()) {
      m_advice.reasons.insert(m_advice.reasons.begin(),
                              "the model is quantized already (" + present +
                                  "): quantizing again wins nothing back; begin with the float model it was made of");
    }
    return m_advice;
  }

private:
  Result<void> consider(const ModeFacts& facts) {
    QS_ASSIGN(Recipe recipe, recipeForMode(facts.mode));
    recipe.requireInteger = false;
    recipe.target = m_target.name;
    const auto planned = planQuantization(m_model, recipe, &m_ranges);
    if (!planned) {
      if (planned.error().code != ErrorCode::InvalidArgument) return planned.error();
      m_advice.options.push_back({std::string(facts.mode), false, planned.error().message(), 0, 0, 0});
      return {};
    }
    const QuantizationPlan& plan = **planned;
    m_floatBytes = plan.bytesBefore;
    AdviceOption option;
    option.mode = facts.mode;
    option.bytes = plan.predictedBytes;
    for (const PlannedOperator& op : plan.operators) {
      option.operators += op.effective == facts.precision;
      option.refused += !op.targetRefusal.empty();
      if (!op.targetRefusal.empty() && facts.mode == m_target.mode) note(plan, op);
    }
    judge(facts, option);
    m_advice.options.push_back(std::move(option));
    return {};
  }

  // The integer form that most operators have in the source; empty where the model is float.
  std::string presentPrecision() const {
    std::map<Precision, size_t> counts;
    for (const Precision precision : effectivePrecisions(*m_model, SubgraphIndex(0))) ++counts[precision];
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == counts.end() || most->first == Precision::Float32 || most->first == Precision::Float16) return {};
    return std::string(precisionName(most->first));
  }

  void note(const QuantizationPlan& plan, const PlannedOperator& op) {
    const Operator& source = plan.source->subgraphs[0].operators[op.index.position()];
    m_advice.remarks.push_back("operator " + std::to_string(op.index.value) + " " + operatorName(*plan.source, source) +
                               ": " + op.targetRefusal);
  }

  void judge(const ModeFacts& facts, AdviceOption& option) const {
    const std::string size = percent(option.bytes, m_floatBytes) + " of the size";
    if (!(m_target.all & formOf(facts.precision))) {
      option.why = std::string(m_target.title) + " does not compute in this form";
    } else if (m_target.integerOnly && facts.mode != "int8-full") {
      option.why = std::string(m_target.title) + " wants integers from input to output";
    } else if (facts.needsSamples && !m_advice.samples) {
      option.why = "needs samples to calibrate on; " + size;
    } else if (option.operators == 0) {
      option.why = "no operator of this model can be had in this form";
    } else {
      option.suits = true;
      option.why = size;
      if (facts.loss == 0) option.why += ", hardly any loss";
      if (facts.loss == 3) option.why += ", but expect a loss: evaluate it, and try better rounding";
      if (option.refused > 0) option.why += "; " + std::to_string(option.refused) + " operators stay on the CPU";
    }
  }

  const AdviceOption* find(std::string_view mode) const {
    for (const AdviceOption& option : m_advice.options)
      if (option.mode == mode) return &option;
    return nullptr;
  }

  std::string choose() const {
    const std::string_view first = m_advice.samples ? m_target.mode : m_target.modeWithoutSamples;
    if (first == "float32") return "float32";
    if (const AdviceOption* option = find(first); option && option->suits) return option->mode;
    for (const AdviceOption& option : m_advice.options)
      if (option.suits) return option.mode;
    return m_target.integerOnly ? std::string(m_target.mode) : "float32";
  }

  void explain() {
    auto& reasons = m_advice.reasons;
    reasons.push_back(std::string(m_target.title) + ": " + std::string(m_target.about));
    if (m_advice.mode == "keep") return;
    const AdviceOption* chosen = find(m_advice.mode);
    if (chosen && chosen->suits) reasons.push_back(m_advice.mode + ": " + chosen->why);
    if (!m_advice.samples && m_target.integerOnly) {
      reasons.push_back(
          "integer activations need samples: a hundred inputs like those it will meet are enough, labels "
          "are not needed");
    } else if (!m_advice.samples && m_target.name == "cpu") {
      reasons.push_back(
          "without samples activations stay float and are quantized while running; with samples int8 is "
          "quicker");
    } else if (!m_advice.samples && m_advice.mode == "float32") {
      reasons.push_back("without samples nothing that this device computes gets smaller; with samples int8 does");
    }
    if (m_advice.samples && (m_advice.mode == "int8" || m_advice.mode == "int8-full"))
      reasons.push_back("with samples every range is known, so that activations can be int8 too");
    if (chosen && chosen->refused > 0) {
      reasons.push_back(m_target.hostFallback ? "operators it refuses run on the CPU, and cost a round trip each"
                                              : "it has no kernels for some operators: the model does not run on it as "
                                                "it is");
    }
  }

  std::shared_ptr<const Model> m_model;
  const Target& m_target;
  CalibrationResult m_ranges;
  Advice m_advice;
  int64_t m_floatBytes = 0;
};

}  // namespace

Result<Advice> advise(std::shared_ptr<const Model> model, const Target& target, bool samples) {
  if (!model) return Error{ErrorCode::InvalidArgument, "there is no model to advise on", "", "", ""};
  return Adviser(std::move(model), target, samples).run();
}

}  // namespace quantscope
