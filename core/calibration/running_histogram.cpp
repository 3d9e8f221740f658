#include "core/calibration/running_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quantscope::calibration {

namespace {

/// Bin of a table with as many bins on each side of zero after `shift` merges of neighbours.
size_t mergedBin(size_t bin, uint32_t sideBins, int shift) {
  const int64_t signedBin = static_cast<int64_t>(bin) - sideBins;
  return static_cast<size_t>((signedBin >> std::min(shift, 62)) + sideBins);
}

}  // namespace

void RunningHistogram::fit(float magnitude) {
  if (magnitude == 0) return;
  int power = 0;
  std::frexp(magnitude, &power);
  // magnitude < 2^power = sideBins * 2^exponent, and no smaller exponent would do.
  const int exponent = power - std::countr_zero(m_sideBins);
  if (m_exponent == kNone) {
    m_exponent = exponent;
    m_counts.resize(size_t{2} * m_sideBins);
    m_counts[m_sideBins] = m_zeros;
    m_zeros = 0;
  } else if (exponent > m_exponent) {
    grow(exponent);
  }
}

void RunningHistogram::grow(int exponent) {
  std::vector<uint64_t> merged(m_counts.size());
  for (size_t bin = 0; bin < m_counts.size(); ++bin)
    merged[mergedBin(bin, m_sideBins, exponent - m_exponent)] += m_counts[bin];
  m_counts = std::move(merged);
  m_exponent = exponent;
}

void RunningHistogram::addZeros(uint64_t count) {
  (m_exponent == kNone ? m_zeros : m_counts[m_sideBins]) += count;
}

void RunningHistogram::addFew(std::span<const float> values) {
  const double factor = std::ldexp(1.0, -m_exponent), zero = static_cast<double>(m_sideBins);
  for (const float value : values)
    ++m_counts[static_cast<size_t>(std::floor(static_cast<double>(value) * factor) + zero)];
}

void RunningHistogram::add(int exponent, std::span<const uint64_t> counts, size_t firstBin) {
  if (exponent == m_exponent) {
    uint64_t* const target = m_counts.data() + firstBin;
    for (size_t i = 0; i < counts.size(); ++i) target[i] += counts[i];
    return;
  }
  for (size_t i = 0; i < counts.size(); ++i)
    m_counts[mergedBin(firstBin + i, m_sideBins, m_exponent - exponent)] += counts[i];
}

Histogram RunningHistogram::histogram() const {
  if (m_exponent == kNone) return m_zeros == 0 ? Histogram() : Histogram{0, 0, {m_zeros}};
  const auto used = [](uint64_t count) { return count != 0; };
  const auto first = std::find_if(m_counts.begin(), m_counts.end(), used);
  const auto last = std::find_if(m_counts.rbegin(), m_counts.rend(), used).base();
  if (first == m_counts.end()) return {};
  const double width = std::ldexp(1.0, m_exponent), zero = static_cast<double>(m_sideBins);
  return {(static_cast<double>(first - m_counts.begin()) - zero) * width,
          (static_cast<double>(last - m_counts.begin()) - zero) * width,
          {first, last}};
}

BlockCounter::BlockCounter(uint32_t sideBins)
    : m_sideBins(sideBins), m_lanes(size_t{2} * sideBins * statistics::kHistogramLanes) {}

void BlockCounter::count(const statistics::FloatKernels& kernels, std::span<const float> values, int exponent,
                         float low, float high) {
  const double factor = std::ldexp(1.0, -exponent);
  const size_t bins = size_t{2} * m_sideBins;
  m_firstBin = static_cast<size_t>(std::floor(static_cast<double>(low) * factor) + static_cast<double>(m_sideBins));
  const auto lastBin =
      static_cast<size_t>(std::floor(static_cast<double>(high) * factor) + static_cast<double>(m_sideBins));
  m_result.assign(lastBin - m_firstBin + 1, 0);
  while (!values.empty()) {
    const auto block = values.first(std::min(values.size(), statistics::kMostBinned));
    kernels.binAroundZero(reinterpret_cast<const std::byte*>(block.data()), block.size(), factor, m_sideBins,
                          static_cast<uint32_t>(bins - 1), m_lanes.data());
    for (size_t lane = 0; lane < statistics::kHistogramLanes; ++lane) {
      uint16_t* const counters = m_lanes.data() + lane * bins + m_firstBin;
      for (size_t i = 0; i < m_result.size(); ++i) m_result[i] += counters[i];
      std::fill_n(counters, m_result.size(), uint16_t{0});
    }
    values = values.subspan(block.size());
  }
}

}  // namespace quantscope::calibration
