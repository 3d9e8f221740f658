#include "core/ops/fast/dynamic_codes.h"

#include <algorithm>
#include <cmath>

#include "core/ops/fast/targets.h"

namespace quantscope::fast {

namespace {

using numerics::DynamicScale;

#if defined(QS_X86)

/// What the codes are made with: round(value * inverse) + offset, limited to [low, 127].
struct Conversion {
  DynamicScale scale;
  float inverse = 0.0f, offset = 0.0f, low = 0.0f;
  bool zeros = false;
};

Conversion symmetric(float low, float high) {
  const float range = std::max(std::abs(low), std::abs(high));
  if (range == 0.0f) return {{}, 0, 0, 0, true};
  return {{range / 127.0f, 0}, 127.0f / range, 0.0f, -127.0f, false};
}

/// numerics::quantizeAsymmetric, up to the codes.
Conversion asymmetric(float low, float high) {
  if (low == high) return {{}, 0, 0, 0, true};
  const double scale = static_cast<double>(high - low) / 255.0;
  const double fromLow = -128.0 - low / scale, fromHigh = 127.0 - high / scale;
  const double errorLow = 128.0 + std::abs(low / scale), errorHigh = 127.0 + std::abs(high / scale);
  const double exact = errorLow < errorHigh ? fromLow : fromHigh;
  const int32_t zeroPoint = exact <= -128.0 ? -128 : exact >= 127.0 ? 127 : static_cast<int32_t>(std::round(exact));
  const float stored = static_cast<float>(scale);
  return {{stored, zeroPoint}, 1.0f / stored, static_cast<float>(zeroPoint), -128.0f, false};
}

// Largest float below 0.5: added before truncation it rounds halves away from zero without touching what lies below.
constexpr float kBelowHalf = 0.49999997f;

int8_t plainCode(float value, const Conversion& c) {
  const float code = std::round(value * c.inverse) + c.offset;
  if (code > 127.0f) return 127;
  return static_cast<int8_t>(code >= c.low ? code : c.low);
}

template <Conversion (*Convert)(float, float)>
QS_AVX512 DynamicScale avx512Quantize(std::span<const float> values, int8_t* codes) {
  const size_t count = values.size(), whole = count / 16 * 16;
  __m512 lows = _mm512_setzero_ps(), highs = _mm512_setzero_ps();
  for (size_t i = 0; i < whole; i += 16) {
    const __m512 v = _mm512_loadu_ps(values.data() + i);
    lows = _mm512_min_ps(v, lows);
    highs = _mm512_max_ps(v, highs);
  }
  float low = _mm512_reduce_min_ps(lows), high = _mm512_reduce_max_ps(highs);
  for (size_t i = whole; i < count; ++i) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  const Conversion c = Convert(low, high);
  if (c.zeros) {
    std::fill_n(codes, count, int8_t{0});
    return c.scale;
  }
  const __m512 inverse = _mm512_set1_ps(c.inverse), offset = _mm512_set1_ps(c.offset);
  const __m512 least = _mm512_set1_ps(c.low), most = _mm512_set1_ps(127.0f);
  for (size_t i = 0; i < whole; i += 16) {
    const __m512 v = _mm512_mul_ps(_mm512_loadu_ps(values.data() + i), inverse);
    const __m512 sign = _mm512_and_ps(v, _mm512_set1_ps(-0.0f));
    const __m512 away = _mm512_add_ps(v, _mm512_or_ps(sign, _mm512_set1_ps(kBelowHalf)));
    const __m512 rounded = _mm512_roundscale_ps(away, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __m512 code = _mm512_min_ps(_mm512_max_ps(_mm512_add_ps(rounded, offset), least), most);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(codes + i), _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(code)));
  }
  for (size_t i = whole; i < count; ++i) codes[i] = plainCode(values[i], c);
  return c.scale;
}

template <Conversion (*Convert)(float, float)>
QS_AVX2 DynamicScale avx2Quantize(std::span<const float> values, int8_t* codes) {
  const size_t count = values.size(), whole = count / 8 * 8;
  __m256 lows = _mm256_setzero_ps(), highs = _mm256_setzero_ps();
  for (size_t i = 0; i < whole; i += 8) {
    const __m256 v = _mm256_loadu_ps(values.data() + i);
    lows = _mm256_min_ps(v, lows);
    highs = _mm256_max_ps(v, highs);
  }
  alignas(32) float lanes[2][8];
  _mm256_store_ps(lanes[0], lows);
  _mm256_store_ps(lanes[1], highs);
  float low = *std::min_element(lanes[0], lanes[0] + 8), high = *std::max_element(lanes[1], lanes[1] + 8);
  for (size_t i = whole; i < count; ++i) {
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  const Conversion c = Convert(low, high);
  if (c.zeros) {
    std::fill_n(codes, count, int8_t{0});
    return c.scale;
  }
  const __m256 inverse = _mm256_set1_ps(c.inverse), offset = _mm256_set1_ps(c.offset);
  const __m256 least = _mm256_set1_ps(c.low), most = _mm256_set1_ps(127.0f);
  for (size_t i = 0; i < whole; i += 8) {
    const __m256 v = _mm256_mul_ps(_mm256_loadu_ps(values.data() + i), inverse);
    const __m256 sign = _mm256_and_ps(v, _mm256_set1_ps(-0.0f));
    const __m256 away = _mm256_add_ps(v, _mm256_or_ps(sign, _mm256_set1_ps(kBelowHalf)));
    const __m256 rounded = _mm256_round_ps(away, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __m256i code = _mm256_cvttps_epi32(_mm256_min_ps(_mm256_max_ps(_mm256_add_ps(rounded, offset), least), most));
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(code), _mm256_extracti128_si256(code, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(codes + i), _mm_packs_epi16(words, words));
  }
  for (size_t i = whole; i < count; ++i) codes[i] = plainCode(values[i], c);
  return c.scale;
}

#endif

}  // namespace

DynamicQuantizer dynamicQuantizer([[maybe_unused]] CpuLevel level, bool isAsymmetric) {
#if defined(QS_X86)
  if (level >= CpuLevel::Avx512) return isAsymmetric ? avx512Quantize<asymmetric> : avx512Quantize<symmetric>;
  if (level >= CpuLevel::Avx2) return isAsymmetric ? avx2Quantize<asymmetric> : avx2Quantize<symmetric>;
#endif
  return isAsymmetric ? numerics::quantizeAsymmetric : numerics::quantizeSymmetric;
}

}  // namespace quantscope::fast
