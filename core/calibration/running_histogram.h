#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/statistics/float_kernels.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope::calibration {

/// A histogram of finite values whose range is not known beforehand. Bin i holds [i, i + 1) * 2^e; whenever a value
/// does not fit into `sideBins` bins on its side of zero, e grows by one and neighbours are merged, which is exact. So
/// the counts depend on the values only, not on their order. Not thread-safe.
class RunningHistogram {
public:
  /// `sideBins` is a power of two.
  explicit RunningHistogram(uint32_t sideBins) : m_sideBins(sideBins) {}

  bool empty() const { return m_counts.empty() && m_zeros == 0; }
  int exponent() const { return m_exponent; }
  /// Makes room for values up to this magnitude.
  void fit(float magnitude);
  void addZeros(uint64_t count);
  /// Adds values that were fitted, one by one: for few, which cost less so than a pass over all bins.
  void addFew(std::span<const float> values);
  /// Adds counts of another table of 2 x sideBins bins with an exponent not above one that was fitted.
  void add(int exponent, std::span<const uint64_t> counts, size_t firstBin);
  /// Without the empty bins at both ends.
  Histogram histogram() const;

private:
  void grow(int exponent);
  uint32_t m_sideBins;
  int m_exponent = kNone;
  uint64_t m_zeros = 0;  ///< while there is nothing but zeros
  std::vector<uint64_t> m_counts;
  static constexpr int kNone = -10000;
};

/// Counts blocks of values of one thread before they go to a shared RunningHistogram.
class BlockCounter {
public:
  explicit BlockCounter(uint32_t sideBins);
  /// Bins finite values within +-sideBins * 2^exponent, which are between `low` and `high`.
  void count(const statistics::FloatKernels& kernels, std::span<const float> values, int exponent, float low,
             float high);
  /// What was counted, from firstBin() on.
  std::span<const uint64_t> counts() const { return m_result; }
  size_t firstBin() const { return m_firstBin; }

private:
  uint32_t m_sideBins;
  std::vector<uint16_t> m_lanes;
  std::vector<uint64_t> m_result;
  size_t m_firstBin = 0;
};

}  // namespace quantscope::calibration
