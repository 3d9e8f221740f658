#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/numerics/activation_range.h"
#include "core/numerics/fixed_point.h"

/// From sums of products to output codes (spec/tflite-kernels.md sections 1.3 and 6.1).
namespace quantscope::reference {

/// clamp(sum * multiplier[c] + zeroPoint) in fixed point.
struct Requantization {
  std::vector<numerics::Multiplier> multipliers;  ///< one for each output channel
  int32_t zeroPoint = 0;
  numerics::ActivationRange<int32_t> range;

  /// Sum is int32_t or int64_t, which select the 32-bit or the 64-bit product.
  template <typename Sum>
  int32_t operator()(Sum sum, size_t channel) const {
    const int32_t scaled = numerics::multiply(sum, multipliers[channel]);
    return range.clamp(numerics::wrap32(int64_t{scaled} + zeroPoint));
  }
};

/// clamp(round(sum * factor[c]) + zeroPoint) in double: FULLY_CONNECTED.
struct DoubleRequantization {
  std::vector<double> factors;  ///< one for each output channel
  int32_t zeroPoint = 0;
  numerics::ActivationRange<int32_t> range;
  /// Results beyond int32 as the x86 build of the reference kernels gives them; otherwise they saturate.
  bool imitatesOverflow = false;

  template <typename Sum>
  int32_t operator()(Sum sum, size_t channel) const {
    const double rounded = std::round(static_cast<double>(sum) * factors[channel]);
    if (std::abs(rounded) < 2147483648.0) {
      const int64_t code = static_cast<int64_t>(rounded) + zeroPoint;
      return range.clamp(imitatesOverflow ? numerics::wrap32(code) : numerics::saturate32(code));
    }
    if (imitatesOverflow) return range.clamp(numerics::wrap32(int64_t{INT32_MIN} + zeroPoint));
    return rounded > 0 ? range.high : range.low;
  }
};

}  // namespace quantscope::reference
