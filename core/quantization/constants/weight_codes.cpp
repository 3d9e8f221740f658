#include "core/quantization/constants/weight_codes.h"

#include <algorithm>
#include <cmath>

#include "core/numerics/float16.h"
#include "core/numerics/quantization_parameters.h"

namespace quantscope::quantization {
namespace {

// Half away from zero. Exact for doubles below 2^52, which every quotient here is after clamping.
inline int roundHalfAway(double value) {
  return static_cast<int>(value + std::copysign(0.5, value));
}

inline int8_t clampedCode(double quotient, double limit) {
  const double clamped = std::min(std::max(quotient, -limit), limit);
  return static_cast<int8_t>(roundHalfAway(clamped));
}

// The reciprocal rule rounds a float product; as a double it is exact, so the same rounding serves both.
void codeRow(std::span<const float> values, float scale, double limit, CodeRule rule, int8_t* codes) {
  if (rule == CodeRule::Reciprocal) {
    const float inverse = 1.0f / scale;
    for (size_t i = 0; i < values.size(); ++i) codes[i] = clampedCode(static_cast<double>(values[i] * inverse), limit);
  } else {
    const auto divisor = static_cast<double>(scale);
    for (size_t i = 0; i < values.size(); ++i) codes[i] = clampedCode(static_cast<double>(values[i]) / divisor, limit);
  }
}

}  // namespace

SliceLayout sliceLayout(std::span<const int32_t> shape, int32_t axis) {
  SliceLayout layout;
  for (size_t d = 0; d < shape.size(); ++d) {
    const auto position = static_cast<int32_t>(d);
    (axis < 0 || position > axis ? layout.inner : position < axis ? layout.outer : layout.slices) *= shape[d];
  }
  return layout;
}

std::vector<float> sliceMagnitudes(std::span<const float> values, const SliceLayout& layout) {
  std::vector<float> magnitudes(static_cast<size_t>(layout.slices), 0.0f);
  size_t position = 0;
  // A NaN or an infinity makes the sum NaN; finite values times zero do not.
  float poison = 0;
  for (int64_t o = 0; o < layout.outer; ++o) {
    for (float& magnitude : magnitudes) {
      float largest = magnitude;
      for (int64_t i = 0; i < layout.inner; ++i) {
        const float v = values[position++];
        poison += v * 0.0f;
        largest = std::max(largest, std::abs(v));
      }
      magnitude = largest;
    }
  }
  if (std::isnan(poison)) return {};
  return magnitudes;
}

void symmetricCodes(std::span<const float> values, const SliceLayout& layout, std::span<const float> scales, int limit,
                    CodeRule rule, std::span<int8_t> codes) {
  const auto inner = static_cast<size_t>(layout.inner);
  size_t position = 0;
  for (int64_t o = 0; o < layout.outer; ++o) {
    for (const float scale : scales) {
      codeRow(values.subspan(position, inner), scale, limit, rule, codes.data() + position);
      position += inner;
    }
  }
}

BlockwiseCodes blockwiseCodes(std::span<const float> values, int64_t rows, int64_t depth, int64_t blockSize) {
  BlockwiseCodes result;
  result.codes.resize(values.size());
  const auto size = static_cast<size_t>(blockSize);
  const auto blocks = static_cast<size_t>(rows * (depth / blockSize));
  result.scales.reserve(blocks);
  for (size_t b = 0; b < blocks; ++b) {
    const auto block = values.subspan(b * size, size);
    float largest = 0;
    for (const float v : block) largest = std::max(largest, std::abs(v));
    // Kernels read the scale as float16; bfloat16 precision is what they multiply by.
    const float rounded = numerics::fromBFloat16(numerics::toBFloat16(numerics::symmetricScale(largest, 7)));
    uint16_t bits = numerics::toFloat16(std::min(rounded, 65504.0f));
    if (bits == 0) bits = 1;
    result.scales.push_back(bits);
    codeRow(block, numerics::fromFloat16(bits), 7, CodeRule::Exact, result.codes.data() + b * size);
  }
  return result;
}

}  // namespace quantscope::quantization
