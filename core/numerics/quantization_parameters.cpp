#include "core/numerics/quantization_parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantscope::numerics {

namespace {

// Halves away from zero; NaN counts as the lower limit.
template <typename Integer, typename Real>
Integer roundClamped(Real value, Integer low, Integer high) {
  const Real rounded = std::round(value);
  if (rounded >= static_cast<Real>(high)) return high;
  return rounded > static_cast<Real>(low) ? static_cast<Integer>(rounded) : low;
}

}  // namespace

QuantizationParameters asymmetricInt8(float min, float max) {
  double low = std::min(static_cast<double>(min), 0.0), high = std::max(static_cast<double>(max), 0.0);
  if (std::abs(high - low) < 1e-6) {
    low -= 1e-6;
    high += 1e-6;
  }
  const float width = static_cast<float>(high) - static_cast<float>(low);
  // The reference computes in float; a range wider than the largest float has no scale there.
  const float scale = std::isfinite(width) ? width / 255.0f : static_cast<float>((high - low) / 255.0);
  const auto exact = static_cast<float>(-128.0 - low / static_cast<double>(scale));
  return {scale, roundClamped<int32_t>(exact, -128, 127)};
}

QuantizationParameters asymmetricUInt8(float min, float max) {
  const auto signedOne = asymmetricInt8(min, max);
  return {signedOne.scale, signedOne.zeroPoint + 128};
}

QuantizationParameters symmetricInt16(float min, float max) {
  const float bound = std::max(std::abs(std::min(min, 0.0f)), std::abs(std::max(max, 0.0f)));
  const float scale = bound / 32767.0f;
  return {scale > 0.0f ? scale : 1e-6f / 32767.0f, 0};
}

QuantizationParameters asymmetricInDouble(double min, double max, int32_t qmin, int32_t qmax) {
  const double low = std::min(min, 0.0), high = std::max(max, 0.0);
  if (std::abs(high - low) < 0x1p-52) return {1.0f, qmin};
  const double scale = (high - low) / (static_cast<double>(qmax) - qmin);
  const double fromLow = qmin - low / scale, fromHigh = qmax - high / scale;
  const double errorLow = std::abs(static_cast<double>(qmin)) + std::abs(low / scale);
  const double errorHigh = std::abs(static_cast<double>(qmax)) + std::abs(high / scale);
  return {static_cast<float>(scale), roundClamped<int32_t>(errorLow < errorHigh ? fromLow : fromHigh, qmin, qmax)};
}

float symmetricScale(float maxAbs, int32_t qmax) {
  double bound = maxAbs;
  if (2.0 * bound <= 1e-6) bound = std::max(bound, 0.5e-6);
  const auto single = static_cast<float>(bound);
  const float width = single - -single;
  return std::isfinite(width) ? width / static_cast<float>(2 * qmax) : static_cast<float>(bound / qmax);
}

float symmetricScaleSingle(float maxAbs, int32_t qmax) {
  return maxAbs > 0.0f ? maxAbs / static_cast<float>(qmax) : 1.0f;
}

int32_t quantizeByReciprocal(float value, float scale, int32_t qmin, int32_t qmax) {
  const float inverse = 1.0f / scale;
  return roundClamped(value * inverse, qmin, qmax);
}

int32_t quantizeInDouble(float value, double scale, int32_t zeroPoint, int32_t qmin, int32_t qmax) {
  return roundClamped(static_cast<double>(value) / scale + zeroPoint, qmin, qmax);
}

int32_t quantizeByDivision(float value, float scale, int32_t zeroPoint, int32_t qmin, int32_t qmax) {
  const float rounded = std::round(value / scale);
  const double shifted = static_cast<double>(rounded) + zeroPoint;
  return roundClamped(shifted, qmin, qmax);
}

float biasScale(float inputScale, float weightScale) {
  return static_cast<float>(static_cast<double>(inputScale) * static_cast<double>(weightScale));
}

int32_t quantizeBias32(float value, float scale) {
  if (scale == 0.0f) return 0;
  const float inverse = 1.0f / scale;
  constexpr int32_t limit = std::numeric_limits<int32_t>::max();
  return roundClamped(static_cast<double>(value * inverse), -limit, limit);
}

int64_t quantizeBias64(float value, float scale) {
  if (scale == 0.0f) return 0;
  const float inverse = 1.0f / scale;
  constexpr int64_t limit = std::numeric_limits<int64_t>::max();
  return roundClamped(static_cast<double>(value * inverse), -limit, limit);
}

std::optional<RaisedScales> raiseScalesForBias(float biasMagnitude, float inputScale, float weightScale) {
  constexpr double limit = 1073741823.0;  // floor((2^31 - 1) / 2): one bit of headroom for the sum
  const double magnitude = std::abs(static_cast<double>(biasMagnitude));
  const double product = static_cast<double>(inputScale) * static_cast<double>(weightScale);
  if (!(magnitude / product > limit)) return std::nullopt;
  const double raised = magnitude / limit;
  return RaisedScales{static_cast<float>(raised / static_cast<double>(inputScale)), static_cast<float>(raised)};
}

}  // namespace quantscope::numerics
