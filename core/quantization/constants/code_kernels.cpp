#include "core/quantization/constants/code_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantscope::quantization {
namespace {

// Half away from zero. Exact for doubles below 2^52, which every quotient here is after clamping.
inline int8_t clampedCode(double quotient, double limit) {
  const double clamped = std::min(std::max(quotient, -limit), limit);
  return static_cast<int8_t>(clamped + std::copysign(0.5, clamped));
}

}  // namespace

float magnitudeBaseline(const float* values, size_t count) {
  // A NaN or an infinity makes the sum NaN; finite values times zero do not.
  float poison = 0, largest = 0;
  for (size_t i = 0; i < count; ++i) {
    poison += values[i] * 0.0f;
    largest = std::max(largest, std::abs(values[i]));
  }
  return std::isnan(poison) ? std::numeric_limits<float>::quiet_NaN() : largest;
}

void exactBaseline(const float* values, size_t count, float scale, int limit, int8_t* codes) {
  const auto divisor = static_cast<double>(scale);
  for (size_t i = 0; i < count; ++i) codes[i] = clampedCode(static_cast<double>(values[i]) / divisor, limit);
}

// The rule rounds a float product; as a double it is exact, so the same rounding serves both.
void reciprocalBaseline(const float* values, size_t count, float scale, int limit, int8_t* codes) {
  const float inverse = 1.0f / scale;
  for (size_t i = 0; i < count; ++i) codes[i] = clampedCode(static_cast<double>(values[i] * inverse), limit);
}

void pack4Baseline(const int8_t* codes, size_t count, std::byte* packed) {
  auto nibble = [&](size_t i) { return static_cast<uint8_t>(codes[i]) & 15; };
  for (size_t i = 0; i + 1 < count; i += 2) packed[i / 2] = static_cast<std::byte>(nibble(i) | nibble(i + 1) << 4);
  if (count % 2 != 0) packed[count / 2] = static_cast<std::byte>(nibble(count - 1));
}

const CodeKernels& codeKernels(statistics::SimdLevel level) {
  static const CodeKernels baseline{magnitudeBaseline, exactBaseline, reciprocalBaseline, pack4Baseline};
#if defined(__x86_64__)
  static const CodeKernels avx2{magnitudeAvx2, exactAvx2, reciprocalAvx2, pack4Avx2},
      avx512{magnitudeAvx512, exactAvx512, reciprocalAvx512, pack4Avx2};
  if (level == statistics::SimdLevel::Avx512) return avx512;
  if (level == statistics::SimdLevel::Avx2) return avx2;
#endif
  (void)level;
  return baseline;
}

}  // namespace quantscope::quantization
