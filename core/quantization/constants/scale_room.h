#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/quantization/plan/graph_plan.h"
#include "core/quantization/plan/graph_view.h"

namespace quantscope::quantization {

/// The widest sum that a kernel may meet when it adds up products of 8-bit inputs in 32 bits.
struct DeepSum {
  int64_t depth = 0;         ///< products in one result
  int64_t largestInput = 0;  ///< magnitude of a code less its zero point, at most
  int64_t largestWeight = 0;
  /// Whether codes exist whose sum does not fit int32.
  bool mayOverflow() const;
  /// Whether coarser scales could prevent that. Half of the 32 bits stays for the weights themselves.
  bool canBePrevented() const;
};
/// Of an operator with weights in this precision; nothing where it sums in 64 bits, in float, or has no weights.
std::optional<DeepSum> deepSum(const GraphView& view, OperatorIndex op, Precision precision);

/// What the scales of weights must leave room for in the 32 bits of their kernel: the bias (section 4.7) and, where a
/// result sums very many products, that sum for any inputs.
class ScaleRoom {
public:
  ScaleRoom(const GraphView& view, const GraphPlan& plan, const PlannedConstant& weights);

  bool finite() const;
  struct Raised {
    size_t forBias = 0, forSums = 0;
    size_t all() const { return forBias + forSums; }
  };
  /// Raises the scales of the slices from `first` on, of `all`; returns how many times.
  Raised raise(std::span<float> scales, size_t first, size_t all) const;

private:
  void measureSums(const GraphView& view, const PlannedConstant& weights, const DeepSum& sum);

  float m_inputScale = 0;
  std::span<const float> m_biases;
  std::vector<double> m_leastScales;  ///< by channel, for the sums; empty: they fit anyhow
};

}  // namespace quantscope::quantization
