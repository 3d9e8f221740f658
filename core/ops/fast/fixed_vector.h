#pragma once

#include "core/numerics/fixed_point.h"
#include "core/ops/fast/targets.h"

/// numerics::multiply(int32_t, Multiplier) on vectors, bit for bit.
#if defined(QS_X86)
namespace quantscope::fast {

/// A multiplier for all lanes whose products stay below 2^30, so that the second rounding is one addition and one
/// shift.
struct SmallFactor {
  int32_t mantissa = 0, right = 0, nudge = 0, belowZero = 0;

  /// The shift must not be positive.
  explicit SmallFactor(numerics::Multiplier m)
      : mantissa(m.mantissa),
        right(-m.shift),
        nudge(right > 0 ? int32_t{1} << (right - 1) : 0),
        belowZero(right > 0 ? -1 : 0) {}
};

/// floor((x * mantissa + 2^30) / 2^31) of every lane.
QS_AVX512 inline __m512i doublingHigh16(__m512i x, __m512i mantissa) {
  const __m512i nudge = _mm512_set1_epi64(int64_t{1} << 30);
  const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, mantissa), nudge);
  const __m512i odd =
      _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(mantissa, 32)), nudge);
  return _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even, 31), _mm512_slli_epi64(odd, 1));
}

QS_AVX512 inline __m512i fixed16(__m512i sum, __m512i mantissa, __m512i left, __m512i right) {
  const __m512i high = doublingHigh16(_mm512_sllv_epi32(sum, left), mantissa);
  const __m512i mask = _mm512_sub_epi32(_mm512_sllv_epi32(_mm512_set1_epi32(1), right), _mm512_set1_epi32(1));
  const __m512i threshold = _mm512_sub_epi32(_mm512_srli_epi32(mask, 1), _mm512_srai_epi32(high, 31));
  const __mmask16 up = _mm512_cmpgt_epi32_mask(_mm512_and_si512(high, mask), threshold);
  const __m512i result = _mm512_srav_epi32(high, right);
  return _mm512_mask_add_epi32(result, up, result, _mm512_set1_epi32(1));
}

QS_AVX512 inline __m512i smallFixed16(__m512i x, const SmallFactor& f) {
  const __m512i high = doublingHigh16(x, _mm512_set1_epi32(f.mantissa));
  const __m512i sign = _mm512_and_si512(_mm512_srai_epi32(high, 31), _mm512_set1_epi32(f.belowZero));
  const __m512i moved = _mm512_add_epi32(_mm512_add_epi32(high, sign), _mm512_set1_epi32(f.nudge));
  return _mm512_sra_epi32(moved, _mm_cvtsi32_si128(f.right));
}

QS_AVX2 inline __m256i doublingHigh8(__m256i x, __m256i mantissa) {
  const __m256i nudge = _mm256_set1_epi64x(int64_t{1} << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, mantissa), nudge);
  const __m256i odd =
      _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(mantissa, 32)), nudge);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
}

QS_AVX2 inline __m256i fixed8(__m256i sum, __m256i mantissa, __m256i left, __m256i right) {
  const __m256i high = doublingHigh8(_mm256_sllv_epi32(sum, left), mantissa);
  const __m256i mask = _mm256_sub_epi32(_mm256_sllv_epi32(_mm256_set1_epi32(1), right), _mm256_set1_epi32(1));
  const __m256i threshold = _mm256_sub_epi32(_mm256_srli_epi32(mask, 1), _mm256_srai_epi32(high, 31));
  const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(high, mask), threshold);
  return _mm256_sub_epi32(_mm256_srav_epi32(high, right), up);
}

QS_AVX2 inline __m256i smallFixed8(__m256i x, const SmallFactor& f) {
  const __m256i high = doublingHigh8(x, _mm256_set1_epi32(f.mantissa));
  const __m256i sign = _mm256_and_si256(_mm256_srai_epi32(high, 31), _mm256_set1_epi32(f.belowZero));
  const __m256i moved = _mm256_add_epi32(_mm256_add_epi32(high, sign), _mm256_set1_epi32(f.nudge));
  return _mm256_sra_epi32(moved, _mm_cvtsi32_si128(f.right));
}

}  // namespace quantscope::fast
#endif
