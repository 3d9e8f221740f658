#pragma once

#include <cstddef>
#include <cstdint>

/// The inner loops over float32, in the widths that processors have. All widths give the same bits: sums run in
/// 16 lanes of double precision without fused multiply-add, bins are computed in double precision.
namespace quantscope::statistics {

enum class SimdLevel { Baseline, Avx2, Avx512 };
/// The widest level that this processor has.
SimdLevel bestSimdLevel();

/// Of finite values; `squares` is not finite where any value was not, and then nothing here means anything.
struct FloatSums {
  float min = 0, max = 0;
  double sum = 0, squares = 0;  ///< of value - shift
  uint32_t zeros = 0;
};

/// Sums of the columns of a table, one array each; `sum` and `squares` of value - shift.
struct ColumnSums {
  double* sum;
  double* squares;
  float* min;
  float* max;
  uint32_t* zeros;
};

/// Number of side-by-side histograms that binning fills: neighbouring values that fall into one bin (zeros, say) go to
/// different counters, which need not wait for each other.
inline constexpr size_t kHistogramLanes = 4;
/// No 16-bit counter can overflow within as many values.
inline constexpr size_t kMostBinned = 65535 * kHistogramLanes;

struct FloatKernels {
  /// 1 <= count <= 65,536 float32 values at any alignment.
  void (*summarize)(const std::byte* values, size_t count, double shift, FloatSums& sums);
  /// Counts up to kMostBinned values: bin min(trunc((value - low) * factor), last); NaN and what lies
  /// outside goes to `last`. `counters`: kHistogramLanes tables of last + 1.
  void (*bin)(const std::byte* values, size_t count, double low, double factor, uint32_t last, uint16_t* counters);
  /// The same with bin floor(value * factor) + zeroBin of finite values that lie in 0..last. Exact for a power of two.
  void (*binAroundZero)(const std::byte* values, size_t count, double factor, uint32_t zeroBin, uint32_t last,
                        uint16_t* counters);
  /// Adds one finite float32 value at any alignment to each of `count` columns.
  void (*addColumns)(const std::byte* values, size_t count, double shift, const ColumnSums& columns);
};
const FloatKernels& floatKernels(SimdLevel level);

inline constexpr size_t kSumLanes = 16;

/// Shared ends of the loops: the values after the last full group, and the fold of the lanes.
struct FloatLanes {
  double sum[kSumLanes], squares[kSumLanes];
};
void finishSums(FloatLanes& lanes, const std::byte* rest, size_t restCount, double shift, FloatSums& sums);
/// Adds one to the counter of each index, lane by lane; `count` is a multiple of kHistogramLanes.
inline void countIndices(const uint32_t* indices, size_t count, size_t bins, uint16_t* counters) {
  uint16_t* const table1 = counters + bins;
  uint16_t* const table2 = table1 + bins;
  uint16_t* const table3 = table2 + bins;
  for (size_t i = 0; i < count; i += kHistogramLanes) {
    ++counters[indices[i]];
    ++table1[indices[i + 1]];
    ++table2[indices[i + 2]];
    ++table3[indices[i + 3]];
  }
}

void summarizeBaseline(const std::byte* values, size_t count, double shift, FloatSums& sums);
void summarizeAvx2(const std::byte* values, size_t count, double shift, FloatSums& sums);
void summarizeAvx512(const std::byte* values, size_t count, double shift, FloatSums& sums);
void binBaseline(const std::byte* values, size_t count, double low, double factor, uint32_t last, uint16_t* counters);
void binAvx2(const std::byte* values, size_t count, double low, double factor, uint32_t last, uint16_t* counters);
void binAvx512(const std::byte* values, size_t count, double low, double factor, uint32_t last, uint16_t* counters);
void binAroundZeroBaseline(const std::byte* values, size_t count, double factor, uint32_t zeroBin, uint32_t last,
                           uint16_t* counters);
void binAroundZeroAvx2(const std::byte* values, size_t count, double factor, uint32_t zeroBin, uint32_t last,
                       uint16_t* counters);
void binAroundZeroAvx512(const std::byte* values, size_t count, double factor, uint32_t zeroBin, uint32_t last,
                         uint16_t* counters);

void addColumnsBaseline(const std::byte* values, size_t count, double shift, const ColumnSums& columns);
void addColumnsAvx2(const std::byte* values, size_t count, double shift, const ColumnSums& columns);
void addColumnsAvx512(const std::byte* values, size_t count, double shift, const ColumnSums& columns);

}  // namespace quantscope::statistics
