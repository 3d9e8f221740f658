#include "core/ops/fast/real_functions.h"

#include <limits>

#include "core/ops/fast/levels.h"

QS_IGNORE_TRAPS

namespace quantscope::fast {

namespace {

/// e^x by 2^n * e^r with |r| <= ln(2) / 2, and a polynomial of degree 7 (S. Moshier, Cephes, expf).
QS_INLINE float expOf(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -105.0f ? -105.0f : x;
  constexpr float kMagic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float shifted = x * 1.44269504f + kMagic;
  const int32_t n = __builtin_bit_cast(int32_t, shifted) - __builtin_bit_cast(int32_t, kMagic);
  const float whole = shifted - kMagic;
  const float r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // In two steps, since 2^n alone may not be a normal number.
  const int32_t half = n >> 1;
  const float first = __builtin_bit_cast(float, (half + 127) << 23),
              second = __builtin_bit_cast(float, (n - half + 127) << 23);
  return p * first * second;
}

QS_INLINE float logisticOf(float x) {
  const float e = expOf(-__builtin_fabsf(x));
  return (x >= 0.0f ? 1.0f : e) / (1.0f + e);
}

/// By exponentials, and by an odd polynomial near zero (Cephes, tanhf).
QS_INLINE float tanhOf(float x) {
  const float magnitude = __builtin_fabsf(x), e = expOf(-2.0f * magnitude), z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float near = x + x * z * p, far = __builtin_copysignf((1.0f - e) / (1.0f + e), x);
  return magnitude < 0.625f ? near : far;
}

/// e^(z^2) * erfc(z), z >= 0, is nearly a polynomial in 1 / (1 + z / 2) under a logarithm (W. Press et al., Numerical
/// Recipes, erfcc: relative error below 1.2e-7).
QS_INLINE float complementaryErrorOf(float z) {
  const float t = 1.0f / (1.0f + 0.5f * z);
  float p = 0.17087277f;
  p = p * t - 0.82215223f;
  p = p * t + 1.48851587f;
  p = p * t - 1.13520398f;
  p = p * t + 0.27886807f;
  p = p * t - 0.18628806f;
  p = p * t + 0.09678418f;
  p = p * t + 0.37409196f;
  p = p * t + 1.00002368f;
  p = p * t - 1.26551223f;
  return t * expOf(p - z * z);
}

QS_INLINE float geluOf(float x) {
  const float tail = complementaryErrorOf(__builtin_fabsf(x) * 0.70710678118654752440f);
  return 0.5f * x * (x < 0.0f ? tail : 2.0f - tail);
}

/// (1 + tanh(u)) / 2 is the logistic of 2u.
QS_INLINE float geluByTanhOf(float x) {
  return x * logisticOf(2.0f * 0.7978845608028654f * (x + 0.044715f * x * x * x));
}

QS_INLINE float hardSwishOf(float x) {
  const float shifted = x + 3.0f, positive = 0.0f < shifted ? shifted : 0.0f;
  return x * (positive < 6.0f ? positive : 6.0f) / 6.0f;
}

#define QS_REAL_FUNCTION(name)                                               \
  QS_INLINE void name##Body(const float* x, float* y, size_t count) {        \
    QS_INDEPENDENT for (size_t i = 0; i < count; ++i) y[i] = name##Of(x[i]); \
  }                                                                          \
  QS_LEVELS(name, (const float* x, float* y, size_t count), (x, y, count))

QS_REAL_FUNCTION(exp)
QS_REAL_FUNCTION(logistic)
QS_REAL_FUNCTION(tanh)
QS_REAL_FUNCTION(hardSwish)
QS_REAL_FUNCTION(gelu)
QS_REAL_FUNCTION(geluByTanh)
#undef QS_REAL_FUNCTION

/// Sums and maxima in 16 lanes whatever the level, so that the order of additions is always the same.
constexpr size_t kLanes = 16;

QS_INLINE void softmaxBody(const float* x, float* y, size_t count, float beta) {
  float lanes[kLanes];
  for (size_t l = 0; l < kLanes; ++l) lanes[l] = std::numeric_limits<float>::lowest();
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t l = 0; l < kLanes; ++l) lanes[l] = lanes[l] < x[i + l] ? x[i + l] : lanes[l];
  }
  for (size_t l = 0; i + l < count; ++l) lanes[l] = lanes[l] < x[i + l] ? x[i + l] : lanes[l];
  float most = lanes[0];
  for (size_t l = 1; l < kLanes; ++l) most = most < lanes[l] ? lanes[l] : most;
  QS_INDEPENDENT
  for (size_t k = 0; k < count; ++k) y[k] = expOf((x[k] - most) * beta);
  for (size_t l = 0; l < kLanes; ++l) lanes[l] = 0.0f;
  for (i = 0; i + kLanes <= count; i += kLanes) {
    for (size_t l = 0; l < kLanes; ++l) lanes[l] += y[i + l];
  }
  for (size_t l = 0; i + l < count; ++l) lanes[l] += y[i + l];
  for (size_t width = kLanes / 2; width > 0; width /= 2) {
    for (size_t l = 0; l < width; ++l) lanes[l] += lanes[l + width];
  }
  const float sum = lanes[0];
  QS_INDEPENDENT
  for (size_t k = 0; k < count; ++k) y[k] = y[k] / sum;
}
QS_LEVELS(softmax, (const float* x, float* y, size_t count, float beta), (x, y, count, beta))

template <typename Code>
QS_INLINE void toCodes(const float* x, Code* y, size_t count, const CodeScale& s) {
  // Largest float below 0.5: added before truncation it rounds halves away from zero.
  constexpr float kBelowHalf = 0.49999997f;
  const float low = static_cast<float>(s.low - s.zero), high = static_cast<float>(s.high - s.zero), scale = s.scale;
  const int32_t zero = s.zero;
  QS_INDEPENDENT
  for (size_t i = 0; i < count; ++i) {
    // The bounds are integers, so clamping may come first.
    const float real = x[i] / scale;
    const float above = real > low ? real : low;
    const float inside = above < high ? above : high;
    y[i] = static_cast<Code>(static_cast<int32_t>(inside + __builtin_copysignf(kBelowHalf, inside)) + zero);
  }
}

template <typename Code>
QS_INLINE void toReals(const Code* x, float* y, size_t count, float scale, int32_t zero) {
  QS_INDEPENDENT
  for (size_t i = 0; i < count; ++i) y[i] = static_cast<float>(int32_t{x[i]} - zero) * scale;
}

#define QS_CONVERSIONS(Code, suffix)                                                                    \
  QS_INLINE void to##suffix##Body(const float* x, Code* y, size_t count, const CodeScale& s) {          \
    toCodes<Code>(x, y, count, s);                                                                      \
  }                                                                                                     \
  QS_LEVELS(to##suffix, (const float* x, Code* y, size_t count, const CodeScale& s), (x, y, count, s))  \
  QS_INLINE void from##suffix##Body(const Code* x, float* y, size_t count, float scale, int32_t zero) { \
    toReals<Code>(x, y, count, scale, zero);                                                            \
  }                                                                                                     \
  QS_LEVELS(from##suffix, (const Code* x, float* y, size_t count, float scale, int32_t zero),           \
            (x, y, count, scale, zero))

QS_CONVERSIONS(int8_t, Int8)
QS_CONVERSIONS(uint8_t, UInt8)
QS_CONVERSIONS(int16_t, Int16)
#undef QS_CONVERSIONS

}  // namespace

RealFunction exponential(CpuLevel level) {
  return expAt(level);
}
RealFunction logistic(CpuLevel level) {
  return logisticAt(level);
}
RealFunction hyperbolicTangent(CpuLevel level) {
  return tanhAt(level);
}
RealFunction hardSwish(CpuLevel level) {
  return hardSwishAt(level);
}
RealFunction gelu(CpuLevel level, bool byTanh) {
  return byTanh ? geluByTanhAt(level) : geluAt(level);
}
SoftmaxRow softmaxRow(CpuLevel level) {
  return softmaxAt(level);
}
ToCodes<int8_t> toInt8(CpuLevel level) {
  return toInt8At(level);
}
ToCodes<uint8_t> toUInt8(CpuLevel level) {
  return toUInt8At(level);
}
ToCodes<int16_t> toInt16(CpuLevel level) {
  return toInt16At(level);
}
ToReals<int8_t> fromInt8(CpuLevel level) {
  return fromInt8At(level);
}
ToReals<uint8_t> fromUInt8(CpuLevel level) {
  return fromUInt8At(level);
}
ToReals<int16_t> fromInt16(CpuLevel level) {
  return fromInt16At(level);
}

}  // namespace quantscope::fast
