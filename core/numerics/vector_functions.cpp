#include "core/numerics/vector_functions.h"

#include <algorithm>
#include <cmath>

namespace quantscope::numerics {

namespace {

constexpr float kLargestExponent = 16.6355324f;  // the logistic is 1 from there on

template <size_t N>
float polynomial(float x, const float (&coefficients)[N]) {
  float sum = coefficients[0];
  for (size_t i = 1; i < N; ++i) sum = sum * x + coefficients[i];
  return sum;
}

}  // namespace

float vectorTanh(float value) {
  constexpr float kLimit = 7.90738964080810547f;
  const float x = std::max(std::min(value, kLimit), -kLimit);
  const float square = x * x, cube = square * x;
  const float numerator =
      cube * polynomial(square, {1.394553628e-8f, 2.102733560e-5f, 3.520756727e-3f, 1.340216100e-1f});
  const float denominator =
      polynomial(square, {8.015776984e-7f, 3.326951409e-4f, 2.597254514e-2f, 4.673548340e-1f, 1.0f});
  return (numerator + x) / denominator;
}

float vectorLogistic(float value) {
  if (std::isnan(value)) return value;
  if (value < -104.0f) return 0.0f;
  // e^x = (2^m e^r)^2 with x / 2 = m ln 2 + r.
  const float half = std::min(value, kLargestExponent) * 0.5f;
  const float m = std::floor(half * 1.44269504088896341f + 0.5f);
  const float r = m * 2.12194440e-4f + (m * -0.693359375f + half);
  const float square = r * r;
  const float even = square * 4.1898667812347412109375e-2f + 0.49999141693115234375f;
  const float odd = square * 8.33471305668354034423828125e-3f + 0.16666877269744873046875f;
  const float root = std::ldexp(square * (r * odd + even) + (r + 1.0f), static_cast<int>(m));
  const float exponential = root * root;
  return exponential / (1.0f + exponential);
}

float scalarLogistic(float value) {
  const float exponential = std::exp(std::min(value, kLargestExponent));
  return exponential / (1.0f + exponential);
}

bool inWholeVector(size_t offset, size_t length, size_t i) {
  constexpr size_t kWidth = 4;
  const size_t first = std::min((kWidth - offset % kWidth) % kWidth, length);
  return i >= first && i < first + (length - first) / kWidth * kWidth;
}

}  // namespace quantscope::numerics
