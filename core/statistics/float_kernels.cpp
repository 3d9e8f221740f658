#include "core/statistics/float_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace quantscope::statistics {

namespace {

float valueAt(const std::byte* values, size_t i) {
  float value;
  std::memcpy(&value, values + i * sizeof(float), sizeof(float));
  return value;
}

}  // namespace

SimdLevel bestSimdLevel() {
#if defined(__x86_64__)
  static const SimdLevel level = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
      return SimdLevel::Avx512;
    }
    return __builtin_cpu_supports("avx2") ? SimdLevel::Avx2 : SimdLevel::Baseline;
  }();
  return level;
#else
  return SimdLevel::Baseline;
#endif
}

const FloatKernels& floatKernels(SimdLevel level) {
  static const FloatKernels baseline{summarizeBaseline, binBaseline, binAroundZeroBaseline, addColumnsBaseline};
#if defined(__x86_64__)
  static const FloatKernels avx2{summarizeAvx2, binAvx2, binAroundZeroAvx2, addColumnsAvx2},
      avx512{summarizeAvx512, binAvx512, binAroundZeroAvx512, addColumnsAvx512};
  if (level == SimdLevel::Avx512) return avx512;
  if (level == SimdLevel::Avx2) return avx2;
#endif
  (void)level;
  return baseline;
}

void finishSums(FloatLanes& lanes, const std::byte* rest, size_t restCount, double shift, FloatSums& sums) {
  for (size_t i = 0; i < restCount; ++i) {
    const float value = valueAt(rest, i);
    sums.min = std::min(sums.min, value);
    sums.max = std::max(sums.max, value);
    sums.zeros += value == 0.0f ? 1 : 0;
    const double difference = static_cast<double>(value) - shift;
    lanes.sum[i] += difference;
    lanes.squares[i] += difference * difference;
  }
  for (size_t half = kSumLanes / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) {
      lanes.sum[i] += lanes.sum[i + half];
      lanes.squares[i] += lanes.squares[i + half];
    }
  }
  sums.sum = lanes.sum[0];
  sums.squares = lanes.squares[0];
}

void summarizeBaseline(const std::byte* values, size_t count, double shift, FloatSums& sums) {
  FloatLanes lanes{};
  sums = {valueAt(values, 0), valueAt(values, 0), 0, 0, 0};
  const size_t full = count / kSumLanes * kSumLanes;
  for (size_t i = 0; i < full; i += kSumLanes) {
    for (size_t lane = 0; lane < kSumLanes; ++lane) {
      const float value = valueAt(values, i + lane);
      sums.min = value < sums.min ? value : sums.min;
      sums.max = value > sums.max ? value : sums.max;
      sums.zeros += value == 0.0f ? 1 : 0;
      const double difference = static_cast<double>(value) - shift;
      lanes.sum[lane] += difference;
      lanes.squares[lane] += difference * difference;
    }
  }
  finishSums(lanes, values + full * sizeof(float), count - full, shift, sums);
}

void binBaseline(const std::byte* values, size_t count, double low, double factor, uint32_t last, uint16_t* counters) {
  const size_t bins = size_t{last} + 1;
  const double end = static_cast<double>(bins);
  for (size_t i = 0; i < count; ++i) {
    const double position = (static_cast<double>(valueAt(values, i)) - low) * factor;
    const uint32_t index = position > -1.0 && position < end ? static_cast<uint32_t>(position) : last;
    ++counters[(i % kHistogramLanes) * bins + index];
  }
}

void binAroundZeroBaseline(const std::byte* values, size_t count, double factor, uint32_t zeroBin, uint32_t last,
                           uint16_t* counters) {
  const size_t bins = size_t{last} + 1;
  for (size_t i = 0; i < count; ++i) {
    const double position = std::floor(static_cast<double>(valueAt(values, i)) * factor) + static_cast<double>(zeroBin);
    const uint32_t index =
        position >= 0 && position < static_cast<double>(bins) ? static_cast<uint32_t>(position) : last;
    ++counters[(i % kHistogramLanes) * bins + index];
  }
}

void addColumnsBaseline(const std::byte* values, size_t count, double shift, const ColumnSums& columns) {
  for (size_t i = 0; i < count; ++i) {
    const float value = valueAt(values, i);
    const double difference = static_cast<double>(value) - shift;
    columns.sum[i] += difference;
    columns.squares[i] += difference * difference;
    columns.min[i] = value < columns.min[i] ? value : columns.min[i];
    columns.max[i] = value > columns.max[i] ? value : columns.max[i];
    columns.zeros[i] += value == 0.0f ? 1u : 0u;
  }
}

}  // namespace quantscope::statistics
