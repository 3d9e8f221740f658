#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/quantization/constants/code_kernels.h"

#define QS_AVX2 __attribute__((target("avx2")))

namespace quantscope::quantization {
namespace {

// Four quotients as clamped codes, half away from zero.
QS_AVX2 inline __m128i rounded(__m256d quotient, __m256d limit, __m256d signBit, __m256d half) {
  const __m256d low = _mm256_xor_pd(limit, signBit);
  const __m256d clamped = _mm256_min_pd(_mm256_max_pd(quotient, low), limit);
  const __m256d away = _mm256_or_pd(_mm256_and_pd(clamped, signBit), half);
  return _mm256_cvttpd_epi32(_mm256_add_pd(clamped, away));
}

QS_AVX2 inline void storeCodes(__m128i a, __m128i b, int8_t* codes) {
  const __m128i words = _mm_packs_epi32(a, b);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(codes), _mm_packs_epi16(words, words));
}

}  // namespace

QS_AVX2 float magnitudeAvx2(const float* values, size_t count) {
  const __m256 mask = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff)), zero = _mm256_setzero_ps();
  __m256 largest = zero, second = zero, poison = zero;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256 a = _mm256_loadu_ps(values + i), b = _mm256_loadu_ps(values + i + 8);
    largest = _mm256_max_ps(largest, _mm256_and_ps(a, mask));
    second = _mm256_max_ps(second, _mm256_and_ps(b, mask));
    poison = _mm256_add_ps(poison, _mm256_add_ps(_mm256_mul_ps(a, zero), _mm256_mul_ps(b, zero)));
  }
  std::array<float, 8> most{}, bad{};
  _mm256_storeu_ps(most.data(), _mm256_max_ps(largest, second));
  _mm256_storeu_ps(bad.data(), poison);
  const float rest = magnitudeBaseline(values + i, count - i);
  if (std::isnan(rest) || std::any_of(bad.begin(), bad.end(), [](float p) { return std::isnan(p); }))
    return std::numeric_limits<float>::quiet_NaN();
  return std::max(rest, *std::max_element(most.begin(), most.end()));
}

QS_AVX2 void exactAvx2(const float* values, size_t count, float scale, int limit, int8_t* codes) {
  const __m256d divisor = _mm256_set1_pd(scale), most = _mm256_set1_pd(limit);
  const __m256d signBit = _mm256_set1_pd(-0.0), half = _mm256_set1_pd(0.5);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256d a = _mm256_cvtps_pd(_mm_loadu_ps(values + i)), b = _mm256_cvtps_pd(_mm_loadu_ps(values + i + 4));
    storeCodes(rounded(_mm256_div_pd(a, divisor), most, signBit, half),
               rounded(_mm256_div_pd(b, divisor), most, signBit, half), codes + i);
  }
  exactBaseline(values + i, count - i, scale, limit, codes + i);
}

QS_AVX2 void reciprocalAvx2(const float* values, size_t count, float scale, int limit, int8_t* codes) {
  const __m128 inverse = _mm_set1_ps(1.0f / scale);
  const __m256d most = _mm256_set1_pd(limit), signBit = _mm256_set1_pd(-0.0), half = _mm256_set1_pd(0.5);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256d a = _mm256_cvtps_pd(_mm_mul_ps(_mm_loadu_ps(values + i), inverse));
    const __m256d b = _mm256_cvtps_pd(_mm_mul_ps(_mm_loadu_ps(values + i + 4), inverse));
    storeCodes(rounded(a, most, signBit, half), rounded(b, most, signBit, half), codes + i);
  }
  reciprocalBaseline(values + i, count - i, scale, limit, codes + i);
}

QS_AVX2 void pack4Avx2(const int8_t* codes, size_t count, std::byte* packed) {
  const __m256i low = _mm256_set1_epi16(0x000f), high = _mm256_set1_epi16(0x00f0);
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i pair = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes + i));
    const __m256i both =
        _mm256_or_si256(_mm256_and_si256(pair, low), _mm256_and_si256(_mm256_srli_epi16(pair, 4), high));
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(packed + i / 2), bytes);
  }
  pack4Baseline(codes + i, count - i, packed + i / 2);
}

}  // namespace quantscope::quantization

#endif
