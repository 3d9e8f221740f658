#include "core/numerics/activation_range.h"

#include <algorithm>
#include <cmath>

namespace quantscope::numerics {

std::optional<ActivationRange<int32_t>> quantizedActivationRange(FusedActivation activation, float scale,
                                                                 int32_t zeroPoint, int32_t qmin, int32_t qmax) {
  const auto code = [&](float bound) -> std::optional<int32_t> {
    const float steps = std::round(bound / scale);
    if (!(std::abs(steps) < 2147483648.0f)) return std::nullopt;
    const int64_t value = int64_t{zeroPoint} + static_cast<int64_t>(steps);
    if (value > std::numeric_limits<int32_t>::max() || value < std::numeric_limits<int32_t>::min()) return std::nullopt;
    return static_cast<int32_t>(value);
  };
  std::optional<int32_t> low = qmin, high = qmax;
  if (activation == FusedActivation::Relu || activation == FusedActivation::Relu6) low = code(0.0f);
  if (activation == FusedActivation::ReluN1To1) low = code(-1.0f), high = code(1.0f);
  if (activation == FusedActivation::Relu6) high = code(6.0f);
  if (!low || !high) return std::nullopt;
  return ActivationRange<int32_t>{std::max(qmin, *low), std::min(qmax, *high)};
}

}  // namespace quantscope::numerics
