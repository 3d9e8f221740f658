#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of its own intrinsics, which start from undefined registers on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#endif
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/quantization/constants/code_kernels.h"

#define QS_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

namespace quantscope::quantization {
namespace {

// Eight quotients as clamped codes, half away from zero.
QS_AVX512 inline __m256i rounded(__m512d quotient, __m512d limit, __m512d signBit, __m512d half) {
  const __m512d low = _mm512_xor_pd(limit, signBit);
  const __m512d clamped = _mm512_min_pd(_mm512_max_pd(quotient, low), limit);
  const __m512d away = _mm512_or_pd(_mm512_and_pd(clamped, signBit), half);
  return _mm512_cvttpd_epi32(_mm512_add_pd(clamped, away));
}

QS_AVX512 inline void storeCodes(__m256i a, __m256i b, int8_t* codes) {
  const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(codes), _mm512_cvtepi32_epi8(both));
}

}  // namespace

QS_AVX512 float magnitudeAvx512(const float* values, size_t count) {
  const __m512 zero = _mm512_setzero_ps();
  __m512 largest = zero, second = zero, poison = zero;
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m512 a = _mm512_loadu_ps(values + i), b = _mm512_loadu_ps(values + i + 16);
    largest = _mm512_max_ps(largest, _mm512_abs_ps(a));
    second = _mm512_max_ps(second, _mm512_abs_ps(b));
    poison = _mm512_add_ps(poison, _mm512_add_ps(_mm512_mul_ps(a, zero), _mm512_mul_ps(b, zero)));
  }
  const float rest = magnitudeBaseline(values + i, count - i);
  if (std::isnan(rest) || _mm512_cmp_ps_mask(poison, poison, _CMP_UNORD_Q) != 0)
    return std::numeric_limits<float>::quiet_NaN();
  return std::max(rest, _mm512_reduce_max_ps(_mm512_max_ps(largest, second)));
}

QS_AVX512 void exactAvx512(const float* values, size_t count, float scale, int limit, int8_t* codes) {
  const __m512d divisor = _mm512_set1_pd(scale), most = _mm512_set1_pd(limit);
  const __m512d signBit = _mm512_set1_pd(-0.0), half = _mm512_set1_pd(0.5);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512d a = _mm512_cvtps_pd(_mm256_loadu_ps(values + i)),
                  b = _mm512_cvtps_pd(_mm256_loadu_ps(values + i + 8));
    storeCodes(rounded(_mm512_div_pd(a, divisor), most, signBit, half),
               rounded(_mm512_div_pd(b, divisor), most, signBit, half), codes + i);
  }
  exactBaseline(values + i, count - i, scale, limit, codes + i);
}

QS_AVX512 void reciprocalAvx512(const float* values, size_t count, float scale, int limit, int8_t* codes) {
  const __m256 inverse = _mm256_set1_ps(1.0f / scale);
  const __m512d most = _mm512_set1_pd(limit), signBit = _mm512_set1_pd(-0.0), half = _mm512_set1_pd(0.5);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512d a = _mm512_cvtps_pd(_mm256_mul_ps(_mm256_loadu_ps(values + i), inverse));
    const __m512d b = _mm512_cvtps_pd(_mm256_mul_ps(_mm256_loadu_ps(values + i + 8), inverse));
    storeCodes(rounded(a, most, signBit, half), rounded(b, most, signBit, half), codes + i);
  }
  reciprocalBaseline(values + i, count - i, scale, limit, codes + i);
}

}  // namespace quantscope::quantization

#endif
