#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>

#include "core/statistics/float_kernels.h"

#define QS_AVX2 __attribute__((target("avx2")))

namespace quantscope::statistics {

namespace {

QS_AVX2 inline __m256 loadFloats(const std::byte* values, size_t index) {
  return _mm256_loadu_ps(reinterpret_cast<const float*>(values + index * sizeof(float)));
}
QS_AVX2 inline __m256d lowerDoubles(__m256 x) {
  return _mm256_cvtps_pd(_mm256_castps256_ps128(x));
}
QS_AVX2 inline __m256d upperDoubles(__m256 x) {
  return _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1));
}

QS_AVX2 inline __m128i binOf(__m128 x, __m256d low, __m256d factor, __m128i last) {
  const __m256d position = _mm256_mul_pd(_mm256_sub_pd(_mm256_cvtps_pd(x), low), factor);
  // NaN and what is too large become 0x80000000, which is above every bin without sign.
  return _mm_min_epu32(_mm256_cvttpd_epi32(position), last);
}

}  // namespace

QS_AVX2 void summarizeAvx2(const std::byte* values, size_t count, double shift, FloatSums& sums) {
  const size_t full = count / kSumLanes * kSumLanes;
  const __m256d shifts = _mm256_set1_pd(shift);
  const __m256 first = _mm256_broadcastss_ps(_mm_castsi128_ps(_mm_loadu_si32(values)));
  __m256 least0 = first, least1 = first, most0 = first, most1 = first;
  __m256i zeros = _mm256_setzero_si256();
  __m256d sum[4], squares[4];
  for (int k = 0; k < 4; ++k) sum[k] = squares[k] = _mm256_setzero_pd();
  for (size_t i = 0; i < full; i += kSumLanes) {
    const __m256 x0 = loadFloats(values, i), x1 = loadFloats(values, i + 8);
    least0 = _mm256_min_ps(least0, x0);
    least1 = _mm256_min_ps(least1, x1);
    most0 = _mm256_max_ps(most0, x0);
    most1 = _mm256_max_ps(most1, x1);
    const __m256 zero = _mm256_setzero_ps();
    zeros = _mm256_sub_epi32(zeros, _mm256_castps_si256(_mm256_cmp_ps(x0, zero, _CMP_EQ_OQ)));
    zeros = _mm256_sub_epi32(zeros, _mm256_castps_si256(_mm256_cmp_ps(x1, zero, _CMP_EQ_OQ)));
    const __m256d wide[4] = {lowerDoubles(x0), upperDoubles(x0), lowerDoubles(x1), upperDoubles(x1)};
    for (int k = 0; k < 4; ++k) {
      const __m256d difference = _mm256_sub_pd(wide[k], shifts);
      sum[k] = _mm256_add_pd(sum[k], difference);
      squares[k] = _mm256_add_pd(squares[k], _mm256_mul_pd(difference, difference));
    }
  }
  std::array<float, 8> least, most;
  std::array<uint32_t, 8> zeroCounts;
  _mm256_storeu_ps(least.data(), _mm256_min_ps(least0, least1));
  _mm256_storeu_ps(most.data(), _mm256_max_ps(most0, most1));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(zeroCounts.data()), zeros);
  FloatLanes lanes;
  for (int k = 0; k < 4; ++k) {
    _mm256_storeu_pd(lanes.sum + 4 * k, sum[k]);
    _mm256_storeu_pd(lanes.squares + 4 * k, squares[k]);
  }
  sums.min = *std::min_element(least.begin(), least.end());
  sums.max = *std::max_element(most.begin(), most.end());
  sums.zeros = 0;
  for (const uint32_t lane : zeroCounts) sums.zeros += lane;
  finishSums(lanes, values + full * sizeof(float), count - full, shift, sums);
}

QS_AVX2 void binAvx2(const std::byte* values, size_t count, double low, double factor, uint32_t last,
                     uint16_t* counters) {
  constexpr size_t kBatch = 256;
  alignas(64) uint32_t indices[kBatch];
  const __m256d lows = _mm256_set1_pd(low), factors = _mm256_set1_pd(factor);
  const __m128i lasts = _mm_set1_epi32(static_cast<int>(last));
  size_t i = 0;
  for (; i + kBatch <= count; i += kBatch) {
    for (size_t k = 0; k < kBatch; k += 8) {
      const __m256 x = loadFloats(values, i + k);
      const __m128i lower = binOf(_mm256_castps256_ps128(x), lows, factors, lasts);
      const __m128i upper = binOf(_mm256_extractf128_ps(x, 1), lows, factors, lasts);
      _mm_store_si128(reinterpret_cast<__m128i*>(indices + k), lower);
      _mm_store_si128(reinterpret_cast<__m128i*>(indices + k + 4), upper);
    }
    countIndices(indices, kBatch, size_t{last} + 1, counters);
  }
  binBaseline(values + i * sizeof(float), count - i, low, factor, last, counters);
}

QS_AVX2 void binAroundZeroAvx2(const std::byte* values, size_t count, double factor, uint32_t zeroBin, uint32_t last,
                               uint16_t* counters) {
  constexpr size_t kBatch = 256;
  alignas(64) uint32_t indices[kBatch];
  const __m256d factors = _mm256_set1_pd(factor);
  const __m128i zeroBins = _mm_set1_epi32(static_cast<int>(zeroBin)), lasts = _mm_set1_epi32(static_cast<int>(last));
  size_t i = 0;
  for (; i + kBatch <= count; i += kBatch) {
    for (size_t k = 0; k < kBatch; k += 4) {
      const __m128 x = _mm_loadu_ps(reinterpret_cast<const float*>(values + (i + k) * sizeof(float)));
      const __m256d position = _mm256_floor_pd(_mm256_mul_pd(_mm256_cvtps_pd(x), factors));
      const __m128i index = _mm_add_epi32(_mm256_cvttpd_epi32(position), zeroBins);
      _mm_store_si128(reinterpret_cast<__m128i*>(indices + k), _mm_min_epu32(index, lasts));
    }
    countIndices(indices, kBatch, size_t{last} + 1, counters);
  }
  binAroundZeroBaseline(values + i * sizeof(float), count - i, factor, zeroBin, last, counters);
}

QS_AVX2 void addColumnsAvx2(const std::byte* values, size_t count, double shift, const ColumnSums& columns) {
  const __m256d shifts = _mm256_set1_pd(shift);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 x = loadFloats(values, i);
    const __m256d d0 = _mm256_sub_pd(lowerDoubles(x), shifts), d1 = _mm256_sub_pd(upperDoubles(x), shifts);
    double* const sum = columns.sum + i;
    double* const squares = columns.squares + i;
    _mm256_storeu_pd(sum, _mm256_add_pd(_mm256_loadu_pd(sum), d0));
    _mm256_storeu_pd(sum + 4, _mm256_add_pd(_mm256_loadu_pd(sum + 4), d1));
    _mm256_storeu_pd(squares, _mm256_add_pd(_mm256_loadu_pd(squares), _mm256_mul_pd(d0, d0)));
    _mm256_storeu_pd(squares + 4, _mm256_add_pd(_mm256_loadu_pd(squares + 4), _mm256_mul_pd(d1, d1)));
    _mm256_storeu_ps(columns.min + i, _mm256_min_ps(x, _mm256_loadu_ps(columns.min + i)));
    _mm256_storeu_ps(columns.max + i, _mm256_max_ps(x, _mm256_loadu_ps(columns.max + i)));
    auto* const zeros = reinterpret_cast<__m256i*>(columns.zeros + i);
    const __m256i isZero = _mm256_castps_si256(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_EQ_OQ));
    _mm256_storeu_si256(zeros, _mm256_sub_epi32(_mm256_loadu_si256(zeros), isZero));
  }
  addColumnsBaseline(values + i * sizeof(float), count - i, shift,
                     {columns.sum + i, columns.squares + i, columns.min + i, columns.max + i, columns.zeros + i});
}

}  // namespace quantscope::statistics

#endif
