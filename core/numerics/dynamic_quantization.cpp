#include "core/numerics/dynamic_quantization.h"

#include <algorithm>
#include <cmath>

namespace quantscope::numerics {

namespace {

// Beyond int32 the conversion is undefined; NaN counts as the lower limit.
int8_t code(float rounded, float low) {
  if (rounded > 127.0f) return 127;
  return static_cast<int8_t>(rounded >= low ? rounded : low);
}

}  // namespace

DynamicScale quantizeSymmetric(std::span<const float> values, int8_t* codes) {
  float low = 0.0f, high = 0.0f;
  for (const float v : values) {
    low = std::min(low, v);
    high = std::max(high, v);
  }
  const float range = std::max(std::abs(low), std::abs(high));
  if (range == 0.0f) {
    std::fill_n(codes, values.size(), int8_t{0});
    return {};
  }
  const float inverse = 127.0f / range;
  for (size_t i = 0; i < values.size(); ++i) codes[i] = code(std::round(values[i] * inverse), -127.0f);
  return {range / 127.0f, 0};
}

DynamicScale quantizeAsymmetric(std::span<const float> values, int8_t* codes) {
  float low = 0.0f, high = 0.0f;
  for (const float v : values) {
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (low == high) {
    std::fill_n(codes, values.size(), int8_t{0});
    return {};
  }
  const double scale = static_cast<double>(high - low) / 255.0;
  const double fromLow = -128.0 - low / scale, fromHigh = 127.0 - high / scale;
  const double errorLow = 128.0 + std::abs(low / scale), errorHigh = 127.0 + std::abs(high / scale);
  const double exact = errorLow < errorHigh ? fromLow : fromHigh;
  const int32_t zeroPoint = exact <= -128.0 ? -128 : exact >= 127.0 ? 127 : static_cast<int32_t>(std::round(exact));
  const float stored = static_cast<float>(scale);
  const float inverse = 1.0f / stored, offset = static_cast<float>(zeroPoint);
  for (size_t i = 0; i < values.size(); ++i) codes[i] = code(std::round(values[i] * inverse) + offset, -128.0f);
  return {stored, zeroPoint};
}

}  // namespace quantscope::numerics
