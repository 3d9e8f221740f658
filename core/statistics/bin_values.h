#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/statistics/float_kernels.h"

namespace quantscope::statistics {

/// Range and number of the bins of a histogram: value x lies in bin min(floor((x - low) * factor), bins - 1),
/// evaluated in double precision.
struct Binning {
  double low = 0, high = 0;
  size_t bins = 1;
  double factor() const;
  /// The bin of one finite value in [low, high]; `factor` is factor().
  size_t binOf(double value, double factor) const;
};

/// Counts finite values of one thread; the counts of several add up to the same in any order.
class BinCounter {
public:
  explicit BinCounter(const Binning& binning);
  /// Adds float32 values at any alignment.
  void add(const FloatKernels& kernels, const std::byte* floats, size_t count);
  void add(std::span<const double> values);
  /// Adds the counts to `counts`. NaN and infinities are in the last bin, where the caller takes them out.
  void addTo(std::vector<uint64_t>& counts);

private:
  void flush();
  Binning m_binning;
  double m_factor;
  std::vector<uint64_t> m_counts;
  std::vector<uint16_t> m_lanes;
  size_t m_inLanes = 0;
};

}  // namespace quantscope::statistics
