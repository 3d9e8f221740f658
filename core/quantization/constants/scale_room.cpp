#include "core/quantization/constants/scale_room.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numerics/quantization_parameters.h"
#include "core/quantization/constants/weight_codes.h"
#include "core/quantization/plan/eligibility.h"

namespace quantscope::quantization {

namespace {

constexpr int64_t kLargestSum = std::numeric_limits<int32_t>::max();
constexpr int64_t kAnyInput = 255, kSymmetricInput = 127;

}  // namespace

bool DeepSum::mayOverflow() const {
  return depth * largestInput * largestWeight > kLargestSum;
}

bool DeepSum::canBePrevented() const {
  // Each code may be one more than its weight over its scale, by rounding up.
  return depth * largestInput <= kLargestSum / 2;
}

std::optional<DeepSum> deepSum(const GraphView& view, OperatorIndex op, Precision precision) {
  const bool dynamic = precision == Precision::DynamicRange || precision == Precision::DynamicRangeInt4;
  if (!dynamic && computeType(precision) != ElementType::Int8) return std::nullopt;
  const OperatorRules* rules = view.rules[op.position()];
  if (!rules || rules->weightInput < 0) return std::nullopt;
  const auto operand = static_cast<size_t>(rules->weightInput);
  const TensorIndex weights = view.op(op).input(operand);
  const auto axis = weights.valid() ? channelAxis(view, op, operand) : std::nullopt;
  if (!axis) return std::nullopt;
  const SliceLayout layout = sliceLayout(view.tensor(weights).shape, *axis);
  return DeepSum{layout.outer * layout.inner, dynamic ? kSymmetricInput : kAnyInput,
                 weightBits(precision) == 4 ? int64_t{7} : int64_t{127}};
}

ScaleRoom::ScaleRoom(const GraphView& view, const GraphPlan& plan, const PlannedConstant& weights) {
  if (weights.partner >= 0 && weights.input >= 0) {
    const PlannedConstant& partner = plan.constants[static_cast<size_t>(weights.partner)];
    if (partner.type == ElementType::Int32) {
      m_inputScale = plan.values[static_cast<size_t>(weights.input)].form.scale;
      m_biases = view.floatConstant(partner.source);
    }
  }
  if (weights.op.position() >= plan.effective.size()) return;  // weights by themselves
  const auto sum = deepSum(view, weights.op, plan.effective[weights.op.position()]);
  if (sum && sum->mayOverflow() && sum->canBePrevented()) measureSums(view, weights, *sum);
}

// Codes q of weights w with scale s have |q| <= |w| / s + 1, so that a channel's sum of products with inputs up to x,
// and its bias b in steps of s times the input's scale, stay within L for s >= (x sum|w| + |b| / inputScale) / (L - x
// depth).
void ScaleRoom::measureSums(const GraphView& view, const PlannedConstant& weights, const DeepSum& sum) {
  const auto operand = static_cast<size_t>(view.rules[weights.op.position()]->weightInput);
  if (view.op(weights.op).input(operand) != weights.source) return;
  const auto values = view.floatConstant(weights.source);
  const SliceLayout layout = sliceLayout(view.tensor(weights.source).shape, *channelAxis(view, weights.op, operand));
  m_leastScales.assign(static_cast<size_t>(layout.slices), 0.0);
  for (int64_t p = 0; p < layout.count(); p += layout.inner) {
    const float* const run = values.data() + p;
    double& total = m_leastScales[static_cast<size_t>(p / layout.inner % layout.slices)];
    for (int64_t i = 0; i < layout.inner; ++i) total += std::abs(static_cast<double>(run[i]));
  }
  const auto input = static_cast<double>(sum.largestInput);
  const double room = static_cast<double>(kLargestSum) - input * static_cast<double>(sum.depth);
  for (size_t c = 0; c < m_leastScales.size(); ++c) {
    const double bias = c < m_biases.size() ? std::abs(static_cast<double>(m_biases[c])) : 0;
    const double biasSteps = bias > 0 ? bias / static_cast<double>(m_inputScale) : 0;
    m_leastScales[c] = (input * m_leastScales[c] + biasSteps) / room;
  }
}

bool ScaleRoom::finite() const {
  return std::all_of(m_biases.begin(), m_biases.end(), [](float b) { return std::isfinite(b); });
}

ScaleRoom::Raised ScaleRoom::raise(std::span<float> scales, size_t first, size_t all) const {
  Raised raised;
  auto channelsOf = [&](size_t count) {
    return std::pair(all == 1 ? 0 : std::min(count, first), all == 1 ? count : std::min(count, first + scales.size()));
  };
  const auto [biasBegin, biasEnd] = channelsOf(m_biases.size());
  for (size_t i = biasBegin; i < biasEnd; ++i) {
    float& scale = scales[all == 1 ? 0 : i - first];
    if (const auto room = numerics::raiseScalesForBias(m_biases[i], m_inputScale, scale)) {
      scale = room->weightScale;
      ++raised.forBias;
    }
  }
  const auto [sumBegin, sumEnd] = channelsOf(m_leastScales.size());
  for (size_t i = sumBegin; i < sumEnd; ++i) {
    float& scale = scales[all == 1 ? 0 : i - first];
    if (static_cast<double>(scale) >= m_leastScales[i]) continue;
    scale = std::nextafter(static_cast<float>(m_leastScales[i]), std::numeric_limits<float>::infinity());
    ++raised.forSums;
  }
  return raised;
}

}  // namespace quantscope::quantization
