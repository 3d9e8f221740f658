#pragma once

#include <array>
#include <optional>

#include "core/ops/fast/code_finish.h"

/// From sums of products to byte codes by one rounding in float, for micro kernels that still hold the sums in
/// registers. Both roundings of the fixed-point product (spec/tflite-kernels.md section 1) are one straight line: with
/// the multiplier m * 2^-31 * 2^-right the code of a sum x is
///     floor(x * m * 2^-(31 + right) + 1/2 + d),  d = 2^-(right + 1) for x >= 0, minus that for x < 0, and 0 for right
///     = 0;
/// for the double form d = 0. In float the line errs by less than kUnsure wherever the code is not clamped, so only
/// sums whose results lie nearer than that to a boundary are finished with the exact functions.
namespace quantscope::fast {

struct NearestFinish {
  LineVector<int32_t> start;        ///< by channel, with slack as in CodeFinish: what sums begin with
  LineVector<float> factor, nudge;  ///< the same
  /// By lane. Codes are int8 up to `flip`: those of uint8 are 128 less, and flip turns their highest bits.
  alignas(64) std::array<int16_t, 32> zeroPoint{};
  alignas(64) std::array<int8_t, 64> low{}, high{}, flip{};
  CodeFinish exact;  ///< bias 0
  FinishRows<uint8_t> exactRows;

  /// Nothing where the level has no such kernels, or where sums of at most largest[c] (bias included) could leave the
  /// range in which the above is proved. `exact` holds the bias.
  static std::optional<NearestFinish> make(CodeFinish exact, const std::vector<int64_t>& largest, bool isUnsigned,
                                           CpuLevel level);
  /// The parameters of channel source[i] at i, for micro kernels that hold sums in another order.
  NearestFinish arranged(const std::vector<size_t>& source) const;
};

/// Where the codes of a few rows go.
struct NearestCall {
  const NearestFinish* finish;
  size_t channel, count;  ///< channels
  uint8_t* out;           ///< of the first row and channel
  size_t outStride;       ///< bytes from row to row
};

/// Finishes rows anew whose bits are set in `rows`; sums [row][stride].
void finishExactly(const NearestCall& call, uint32_t rows, const int32_t* sums, size_t stride);

#if defined(QS_X86)

inline constexpr float kUnsure = 0.5f - 1.0f / 8192.0f;

/// Keeps the compiler from holding what lies behind the pointer in registers, which the sums need.
template <typename T>
QS_ALWAYS const T* reread(const T* p) {
  asm("" : "+r"(p));
  return p;
}

/// Rounds sums to whole results; `worst` collects the largest distance from a whole number.
QS_AVX512 QS_ALWAYS __m512i nearest16(__m512i sum, const float* factor, const float* nudge, __m512& worst) {
  // (sum & sign bit) | nudge
  const __m512i signedNudge =
      _mm512_ternarylogic_epi32(sum, _mm512_set1_epi32(INT32_MIN), _mm512_loadu_si512(nudge), 0xEA);
  const __m512 line =
      _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(factor), _mm512_castsi512_ps(signedNudge));
  worst = _mm512_range_ps(worst, _mm512_reduce_ps(line, 8), 11);  // the larger of both without signs
  return _mm512_cvtps_epi32(line);
}

QS_AVX512 QS_ALWAYS bool isUnsure(__m512 worst) {
  return __builtin_expect(_mm512_cmp_ps_mask(worst, _mm512_set1_ps(kUnsure), _CMP_GE_OQ) != 0, 0);
}

/// Adds the zero point to words and clamps them to bytes.
QS_AVX512 QS_ALWAYS __m512i bytesOf(const NearestFinish& f, __m512i words0, __m512i words1) {
  const __m512i zero = _mm512_load_si512(f.zeroPoint.data());
  const __m512i bytes = _mm512_packs_epi16(_mm512_adds_epi16(words0, zero), _mm512_adds_epi16(words1, zero));
  const __m512i above = _mm512_max_epi8(bytes, _mm512_load_si512(f.low.data()));
  const __m512i clamped = _mm512_min_epi8(above, _mm512_load_si512(f.high.data()));
  return _mm512_xor_si512(clamped, _mm512_load_si512(f.flip.data()));
}

QS_AVX512 QS_ALWAYS void storeBytes(__m512i bytes, size_t count, uint8_t* out) {
  if (count >= 64) {
    _mm512_storeu_si512(out, bytes);
  } else {
    _mm512_mask_storeu_epi8(out, (uint64_t{1} << count) - 1, bytes);
  }
}

template <size_t Rows, size_t Panels>
QS_AVX512 QS_ALWAYS void finishNearest(const __m512i (&sums)[Rows][Panels], const NearestCall& call) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  // Unsure rows wait until no sums are held any more: a call between would have all of them saved.
  alignas(64) int32_t kept[Rows][Panels * 16];
  uint32_t unsure = 0;
  uint8_t* out = call.out;
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m, out += call.outStride) {
    const NearestFinish* f = reread(call.finish);
    const float *factor = reread(f->factor.data()) + call.channel, *nudge = reread(f->nudge.data()) + call.channel;
    __m512i codes[4] = {};
    __m512 worst = _mm512_setzero_ps();
#pragma GCC unroll 4
    for (size_t p = 0; p < Panels; ++p) codes[p] = nearest16(sums[m][p], factor + p * 16, nudge + p * 16, worst);
    if (isUnsure(worst)) {
      unsure |= 1u << m;
#pragma GCC unroll 4
      for (size_t p = 0; p < Panels; ++p) _mm512_store_si512(kept[m] + p * 16, sums[m][p]);
    }
    const __m512i bytes = bytesOf(*f, _mm512_packs_epi32(codes[0], codes[1]), _mm512_packs_epi32(codes[2], codes[3]));
    storeBytes(_mm512_permutexvar_epi32(order, bytes), call.count, out);
  }
  if (__builtin_expect(unsure != 0, 0)) finishExactly(call, unsure, kept[0], Panels * 16);
}

QS_AVX2 QS_ALWAYS __m256i nearest8(__m256i sum, const float* factor, const float* nudge, __m256& worst) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  const __m256 signedNudge = _mm256_or_ps(_mm256_and_ps(_mm256_castsi256_ps(sum), sign), _mm256_loadu_ps(nudge));
  const __m256 line = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(factor), signedNudge);
  const __m256i whole = _mm256_cvtps_epi32(line);
  worst = _mm256_max_ps(worst, _mm256_andnot_ps(sign, _mm256_sub_ps(line, _mm256_cvtepi32_ps(whole))));
  return whole;
}

QS_AVX2 QS_ALWAYS bool isUnsure(__m256 worst) {
  return __builtin_expect(_mm256_movemask_ps(_mm256_cmp_ps(worst, _mm256_set1_ps(kUnsure), _CMP_GE_OQ)) != 0, 0);
}

QS_AVX2 QS_ALWAYS void storeBytes(__m128i bytes, size_t count, uint8_t* out) {
  if (count >= 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  alignas(16) uint8_t stored[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(stored), bytes);
  for (size_t i = 0; i < count; ++i) out[i] = stored[i];
}

/// 16 words to the first `count` of 16 codes.
QS_AVX2 QS_ALWAYS void storeWords(const NearestFinish& f, __m256i words, size_t count, uint8_t* out) {
  const __m256i zero = _mm256_load_si256(reinterpret_cast<const __m256i*>(f.zeroPoint.data()));
  const __m256i moved = _mm256_adds_epi16(words, zero);
  const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(moved), _mm256_extracti128_si256(moved, 1));
  const __m128i above = _mm_max_epi8(bytes, _mm_load_si128(reinterpret_cast<const __m128i*>(f.low.data())));
  const __m128i clamped = _mm_min_epi8(above, _mm_load_si128(reinterpret_cast<const __m128i*>(f.high.data())));
  storeBytes(_mm_xor_si128(clamped, _mm_load_si128(reinterpret_cast<const __m128i*>(f.flip.data()))), count, out);
}

template <size_t Rows, size_t Vectors>
QS_AVX2 QS_ALWAYS void finishNearest(const __m256i (&sums)[Rows][Vectors], const NearestCall& call) {
  alignas(32) int32_t kept[Rows][Vectors * 8];
  uint32_t unsure = 0;
  uint8_t* out = call.out;
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m, out += call.outStride) {
    const NearestFinish* f = reread(call.finish);
    const float *factor = reread(f->factor.data()) + call.channel, *nudge = reread(f->nudge.data()) + call.channel;
    __m256i codes[Vectors];
    __m256 worst = _mm256_setzero_ps();
#pragma GCC unroll 8
    for (size_t v = 0; v < Vectors; ++v) codes[v] = nearest8(sums[m][v], factor + v * 8, nudge + v * 8, worst);
    if (isUnsure(worst)) {
      unsure |= 1u << m;
#pragma GCC unroll 8
      for (size_t v = 0; v < Vectors; ++v) _mm256_store_si256(reinterpret_cast<__m256i*>(kept[m] + v * 8), sums[m][v]);
    }
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; v += 2) {
      const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(codes[v], codes[v + 1]), 0xD8);
      if (call.count > v * 8) storeWords(*f, words, call.count - v * 8, out + v * 8);
    }
  }
  if (__builtin_expect(unsure != 0, 0)) finishExactly(call, unsure, kept[0], Vectors * 8);
}

#endif

}  // namespace quantscope::fast
