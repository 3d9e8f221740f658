#include "core/statistics/bin_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantscope::statistics {

double Binning::factor() const {
  const double factor = static_cast<double>(bins) / (high - low);
  // One value only; or so near each other that nothing larger is representable.
  if (!(high > low)) return 0;
  return std::isfinite(factor) ? factor : std::numeric_limits<double>::max();
}

size_t Binning::binOf(double value, double factor) const {
  const double position = (value - low) * factor;
  return position >= 0 && position < static_cast<double>(bins) ? static_cast<size_t>(position) : bins - 1;
}

BinCounter::BinCounter(const Binning& binning)
    : m_binning(binning), m_factor(binning.factor()), m_counts(binning.bins), m_lanes(binning.bins * kHistogramLanes) {}

void BinCounter::add(const FloatKernels& kernels, const std::byte* floats, size_t count) {
  while (count > 0) {
    const size_t size = std::min(count, kMostBinned - m_inLanes);
    kernels.bin(floats, size, m_binning.low, m_factor, static_cast<uint32_t>(m_binning.bins - 1), m_lanes.data());
    m_inLanes += size;
    // A kernel may begin again with the first lane at every call, so each call counts as full groups.
    m_inLanes = (m_inLanes + kHistogramLanes - 1) / kHistogramLanes * kHistogramLanes;
    if (m_inLanes + kHistogramLanes > kMostBinned) flush();
    floats += size * sizeof(float);
    count -= size;
  }
}

void BinCounter::add(std::span<const double> values) {
  const double end = static_cast<double>(m_binning.bins);
  // A range wider than the largest number is halved, which is exact.
  const bool huge = !std::isfinite(m_binning.high - m_binning.low);
  const double half = huge ? 0.5 : 1.0;
  const double low = m_binning.low * half;
  const double factor = huge ? end / (m_binning.high * half - low) : m_factor;
  for (const double value : values) {
    const double position = (value * half - low) * factor;
    ++m_counts[position >= 0 && position < end ? static_cast<size_t>(position) : m_binning.bins - 1];
  }
}

void BinCounter::flush() {
  for (size_t lane = 0; lane < kHistogramLanes; ++lane) {
    uint16_t* const counters = m_lanes.data() + lane * m_binning.bins;
    for (size_t bin = 0; bin < m_binning.bins; ++bin) m_counts[bin] += counters[bin];
  }
  std::fill(m_lanes.begin(), m_lanes.end(), uint16_t{0});
  m_inLanes = 0;
}

void BinCounter::addTo(std::vector<uint64_t>& counts) {
  flush();
  for (size_t bin = 0; bin < m_counts.size(); ++bin) counts[bin] += m_counts[bin];
}

}  // namespace quantscope::statistics
