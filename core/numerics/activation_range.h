#pragma once

#include <cstdint>
#include <limits>
#include <optional>

/// Fused activations as clamps (spec/tflite-kernels.md section 3).
namespace quantscope::numerics {

/// The numbers are those of the file format (ActivationFunctionType).
enum class FusedActivation : int8_t { None = 0, Relu = 1, ReluN1To1 = 2, Relu6 = 3, Tanh = 4, SignBit = 5 };

template <typename T>
struct ActivationRange {
  T low = std::numeric_limits<T>::lowest();
  T high = std::numeric_limits<T>::max();
  /// min(max(v, low), high): also the treatment of NaN of the reference kernels.
  constexpr T clamp(T v) const {
    v = v < low ? low : v;
    return high < v ? high : v;
  }
};

/// Range of a result that is not quantized. Tanh and SignBit are no clamps: the full range.
template <typename T>
constexpr ActivationRange<T> activationRange(FusedActivation activation) {
  switch (activation) {
    case FusedActivation::Relu:
      return {T{0}, std::numeric_limits<T>::max()};
    case FusedActivation::ReluN1To1:
      return {T(-1), T(1)};
    case FusedActivation::Relu6:
      return {T{0}, T(6)};
    default:
      return {};
  }
}

/// Range of a quantized result with storage limits qmin..qmax. Nothing where a bound has no int32 code.
std::optional<ActivationRange<int32_t>> quantizedActivationRange(FusedActivation activation, float scale,
                                                                 int32_t zeroPoint, int32_t qmin, int32_t qmax);

}  // namespace quantscope::numerics
