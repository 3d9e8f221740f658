#if defined(__x86_64__)

// GCC 12 warns about its own header, where a register is left undefined on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "core/statistics/float_kernels.h"

#define QS_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

namespace quantscope::statistics {

namespace {

QS_AVX512 inline __m512d loadDoubles(const std::byte* values, size_t index) {
  return _mm512_cvtps_pd(_mm256_loadu_ps(reinterpret_cast<const float*>(values + index * sizeof(float))));
}

}  // namespace

QS_AVX512 void summarizeAvx512(const std::byte* values, size_t count, double shift, FloatSums& sums) {
  const size_t full = count / kSumLanes * kSumLanes;
  const __m512d shifts = _mm512_set1_pd(shift);
  __m512 least = _mm512_set1_ps(_mm_cvtss_f32(_mm_castsi128_ps(_mm_loadu_si32(values))));
  __m512 most = least;
  __m512d sum0 = _mm512_setzero_pd(), sum1 = sum0, squares0 = sum0, squares1 = sum0;
  uint32_t zeros = 0;
  for (size_t i = 0; i < full; i += kSumLanes) {
    const __m512 x = _mm512_loadu_ps(reinterpret_cast<const float*>(values + i * sizeof(float)));
    least = _mm512_min_ps(least, x);
    most = _mm512_max_ps(most, x);
    zeros += static_cast<uint32_t>(__builtin_popcount(_mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_EQ_OQ)));
    const __m512d d0 = _mm512_sub_pd(_mm512_cvtps_pd(_mm512_castps512_ps256(x)), shifts);
    const __m512d d1 = _mm512_sub_pd(_mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)), shifts);
    sum0 = _mm512_add_pd(sum0, d0);
    sum1 = _mm512_add_pd(sum1, d1);
    squares0 = _mm512_add_pd(squares0, _mm512_mul_pd(d0, d0));
    squares1 = _mm512_add_pd(squares1, _mm512_mul_pd(d1, d1));
  }
  FloatLanes lanes;
  _mm512_storeu_pd(lanes.sum, sum0);
  _mm512_storeu_pd(lanes.sum + 8, sum1);
  _mm512_storeu_pd(lanes.squares, squares0);
  _mm512_storeu_pd(lanes.squares + 8, squares1);
  sums.min = _mm512_reduce_min_ps(least);
  sums.max = _mm512_reduce_max_ps(most);
  sums.zeros = zeros;
  finishSums(lanes, values + full * sizeof(float), count - full, shift, sums);
}

QS_AVX512 void binAvx512(const std::byte* values, size_t count, double low, double factor, uint32_t last,
                         uint16_t* counters) {
  constexpr size_t kBatch = 256;
  alignas(64) uint32_t indices[kBatch];
  const __m512d lows = _mm512_set1_pd(low), factors = _mm512_set1_pd(factor);
  const __m256i lasts = _mm256_set1_epi32(static_cast<int>(last));
  size_t i = 0;
  for (; i + kBatch <= count; i += kBatch) {
    for (size_t k = 0; k < kBatch; k += 8) {
      const __m512d position = _mm512_mul_pd(_mm512_sub_pd(loadDoubles(values, i + k), lows), factors);
      // NaN and what is too large become 0x80000000, which is above every bin without sign.
      const __m256i index = _mm256_min_epu32(_mm512_cvttpd_epi32(position), lasts);
      _mm256_store_si256(reinterpret_cast<__m256i*>(indices + k), index);
    }
    countIndices(indices, kBatch, size_t{last} + 1, counters);
  }
  binBaseline(values + i * sizeof(float), count - i, low, factor, last, counters);
}

QS_AVX512 void binAroundZeroAvx512(const std::byte* values, size_t count, double factor, uint32_t zeroBin,
                                   uint32_t last, uint16_t* counters) {
  constexpr size_t kBatch = 256;
  alignas(64) uint32_t indices[kBatch];
  const __m512d factors = _mm512_set1_pd(factor);
  const __m256i zeroBins = _mm256_set1_epi32(static_cast<int>(zeroBin)),
                lasts = _mm256_set1_epi32(static_cast<int>(last));
  size_t i = 0;
  for (; i + kBatch <= count; i += kBatch) {
    for (size_t k = 0; k < kBatch; k += 8) {
      const __m256i floored = _mm512_cvt_roundpd_epi32(_mm512_mul_pd(loadDoubles(values, i + k), factors),
                                                       _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
      const __m256i index = _mm256_min_epu32(_mm256_add_epi32(floored, zeroBins), lasts);
      _mm256_store_si256(reinterpret_cast<__m256i*>(indices + k), index);
    }
    countIndices(indices, kBatch, size_t{last} + 1, counters);
  }
  binAroundZeroBaseline(values + i * sizeof(float), count - i, factor, zeroBin, last, counters);
}

QS_AVX512 void addColumnsAvx512(const std::byte* values, size_t count, double shift, const ColumnSums& columns) {
  const __m512d shifts = _mm512_set1_pd(shift);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512 x = _mm512_loadu_ps(reinterpret_cast<const float*>(values + i * sizeof(float)));
    const __m512d d0 = _mm512_sub_pd(_mm512_cvtps_pd(_mm512_castps512_ps256(x)), shifts);
    const __m512d d1 = _mm512_sub_pd(_mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)), shifts);
    double* const sum = columns.sum + i;
    double* const squares = columns.squares + i;
    _mm512_storeu_pd(sum, _mm512_add_pd(_mm512_loadu_pd(sum), d0));
    _mm512_storeu_pd(sum + 8, _mm512_add_pd(_mm512_loadu_pd(sum + 8), d1));
    _mm512_storeu_pd(squares, _mm512_add_pd(_mm512_loadu_pd(squares), _mm512_mul_pd(d0, d0)));
    _mm512_storeu_pd(squares + 8, _mm512_add_pd(_mm512_loadu_pd(squares + 8), _mm512_mul_pd(d1, d1)));
    _mm512_storeu_ps(columns.min + i, _mm512_min_ps(x, _mm512_loadu_ps(columns.min + i)));
    _mm512_storeu_ps(columns.max + i, _mm512_max_ps(x, _mm512_loadu_ps(columns.max + i)));
    const __m512i zeros = _mm512_loadu_si512(columns.zeros + i);
    const __mmask16 isZero = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_EQ_OQ);
    _mm512_storeu_si512(columns.zeros + i, _mm512_mask_add_epi32(zeros, isZero, zeros, _mm512_set1_epi32(1)));
  }
  addColumnsBaseline(values + i * sizeof(float), count - i, shift,
                     {columns.sum + i, columns.squares + i, columns.min + i, columns.max + i, columns.zeros + i});
}

}  // namespace quantscope::statistics

#pragma GCC diagnostic pop

#endif
