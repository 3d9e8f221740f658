#include "core/calibration/tensor_observer.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/calibration/padding.h"

namespace quantscope::calibration {

namespace {
constexpr size_t kBlock = 65536;
constexpr size_t kFewValues = 512;  ///< less than the bins of a histogram by far
constexpr int32_t kMostChannels = 8192;

// A vector has no channels of its own, and those of a table of words are not what people mean.
int32_t watchedChannels(const Tensor& tensor) {
  if (tensor.shape.size() < 2) return 0;
  const int32_t last = tensor.shape.back();
  return last > 1 && last <= kMostChannels ? last : 0;
}
}  // namespace

ObservedTensors::ObservedTensors(const Model& model) {
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const auto& tensors = model.subgraphs[s].tensors;
    auto& slots = m_slots.emplace_back(tensors.size(), -1);
    const std::vector<float> limits = paddingLimits(model, model.subgraphs[s]);
    for (size_t t = 0; t < tensors.size(); ++t) {
      if (tensors[t].type != ElementType::Float32 || isConstant(model, tensors[t])) continue;
      slots[t] = static_cast<int>(m_tensors.size());
      m_tensors.emplace_back(static_cast<int32_t>(s), static_cast<int32_t>(t));
      m_limits.push_back(limits[t]);
      m_channels.push_back(watchedChannels(tensors[t]));
    }
  }
}

int ObservedTensors::slot(SubgraphIndex subgraph, TensorIndex tensor) const {
  if (subgraph.position() >= m_slots.size() || tensor.position() >= m_slots[subgraph.position()].size()) return -1;
  return m_slots[subgraph.position()][tensor.position()];
}

RangeCollector::RangeCollector(const ObservedTensors& tensors, uint32_t sideBins)
    : m_tensors(tensors), m_sideBins(sideBins), m_ranges(tensors.size()) {
  for (size_t i = 0; i < tensors.size(); ++i)
    m_histograms.push_back(std::make_unique<Shared>(sideBins, tensors.channels(i)));
}

RangeCollector::Worker::Worker(RangeCollector& collector)
    : m_collector(collector), m_counter(collector.m_sideBins), m_extremes(collector.m_ranges.size()) {}

void RangeCollector::Worker::observe(size_t slot, std::span<const float> values) {
  watchChannels(slot, values);
  while (!values.empty()) {
    const auto block = values.first(std::min(values.size(), kBlock));
    observeBlock(slot, block);
    values = values.subspan(block.size());
  }
}

void RangeCollector::Worker::observeBlock(size_t slot, std::span<const float> values) {
  const auto& kernels = statistics::floatKernels(statistics::bestSimdLevel());
  SampleExtremes& extremes = m_extremes[slot];
  statistics::FloatSums sums;
  kernels.summarize(reinterpret_cast<const std::byte*>(values.data()), values.size(), 0.0, sums);
  const float limit = m_collector.m_tensors.paddingLimit(slot);
  if (!std::isfinite(sums.squares) || sums.min <= -limit || sums.max >= limit) {
    if (!filter(slot, values)) return;
    values = m_finite;
    kernels.summarize(reinterpret_cast<const std::byte*>(values.data()), values.size(), 0.0, sums);
  }
  // The sign of a zero would depend on which came first.
  const float low = sums.min + 0.0f, high = sums.max + 0.0f;
  extremes.min = extremes.seen ? std::min(extremes.min, low) : low;
  extremes.max = extremes.seen ? std::max(extremes.max, high) : high;
  extremes.seen = true;
  extremes.values += values.size();
  addToHistogram(slot, values, low, high);
}

// Keeps the values that take part and counts the others; false where none is left.
bool RangeCollector::Worker::filter(size_t slot, std::span<const float> values) {
  SampleExtremes& extremes = m_extremes[slot];
  const float limit = m_collector.m_tensors.paddingLimit(slot);
  const bool padded = std::isfinite(limit);
  m_finite.clear();
  for (const float value : values) {
    if (std::isnan(value)) {
      ++extremes.nan;
    } else if (padded && value <= -limit) {
      ++extremes.paddingLow;
    } else if (padded && value >= limit) {
      ++extremes.paddingHigh;
    } else if (std::isinf(value)) {
      ++extremes.infinite;
    } else {
      m_finite.push_back(value);
    }
  }
  return !m_finite.empty();
}

void RangeCollector::Worker::watchChannels(size_t slot, std::span<const float> values) {
  const auto channels = static_cast<size_t>(m_collector.m_tensors.channels(slot));
  Shared& shared = *m_collector.m_histograms[slot];
  if (channels == 0 || values.size() % channels != 0 || shared.allActive.load(std::memory_order_relaxed)) return;
  m_seen.assign(channels, 0);
  for (size_t row = 0; row < values.size(); row += channels)
    for (size_t c = 0; c < channels; ++c) m_seen[c] |= std::bit_cast<uint32_t>(values[row + c]) & 0x7fffffffu;
  const std::lock_guard lock(shared.mutex);
  bool all = true;
  for (size_t c = 0; c < channels; ++c) {
    shared.seen[c] |= m_seen[c];
    all &= shared.seen[c] != 0;
  }
  if (all) shared.allActive.store(true, std::memory_order_relaxed);
}

void RangeCollector::Worker::addToHistogram(size_t slot, std::span<const float> values, float low, float high) {
  Shared& shared = *m_collector.m_histograms[slot];
  int exponent = 0;
  {
    const std::lock_guard lock(shared.mutex);
    if (low == 0 && high == 0) return shared.histogram.addZeros(values.size());
    shared.histogram.fit(std::max(-low, high));
    if (values.size() <= kFewValues) return shared.histogram.addFew(values);
    exponent = shared.histogram.exponent();
  }
  m_counter.count(statistics::floatKernels(statistics::bestSimdLevel()), values, exponent, low, high);
  const std::lock_guard lock(shared.mutex);
  shared.histogram.add(exponent, m_counter.counts(), m_counter.firstBin());
}

void RangeCollector::Worker::finish(size_t sample) {
  std::vector<SampleExtremes> extremes(m_extremes.size());
  extremes.swap(m_extremes);
  m_collector.fold(sample, std::move(extremes));
}

void RangeCollector::skip(size_t sample) {
  fold(sample, {});
}

void RangeCollector::fold(size_t sample, std::vector<SampleExtremes> extremes) {
  const std::lock_guard lock(m_mutex);
  m_waiting.emplace(sample, std::move(extremes));
  for (auto first = m_waiting.begin(); first != m_waiting.end() && first->first == m_next; first = m_waiting.begin()) {
    merge(first->first, first->second);
    m_waiting.erase(first);
    ++m_next;
  }
}

void RangeCollector::merge(size_t sample, const std::vector<SampleExtremes>& extremes) {
  for (size_t slot = 0; slot < extremes.size(); ++slot) {
    const SampleExtremes& seen = extremes[slot];
    ObservedRange& range = m_ranges[slot];
    range.nan += seen.nan;
    range.infinite += seen.infinite;
    range.paddingLow += seen.paddingLow;
    range.paddingHigh += seen.paddingHigh;
    range.values += seen.values;
    if (!seen.seen) continue;
    if (range.samples == 0 || seen.min < range.min) {
      range.min = seen.min;
      range.minSample = sample;
    }
    if (range.samples == 0 || seen.max > range.max) {
      range.max = seen.max;
      range.maxSample = sample;
    }
    range.minSum += static_cast<double>(seen.min);
    range.maxSum += static_cast<double>(seen.max);
    ++range.samples;
    if (std::has_single_bit(range.samples)) range.growth.push_back({range.samples, range.min, range.max});
  }
}

ObservedRange RangeCollector::range(size_t slot) const {
  ObservedRange range = m_ranges[slot];
  range.histogram = m_histograms[slot]->histogram.histogram();
  if (range.samples > 0 && range.growth.back().samples != range.samples)
    range.growth.push_back({range.samples, range.min, range.max});
  const auto& seen = m_histograms[slot]->seen;
  for (size_t c = 0; c < seen.size(); ++c)
    if (seen[c] == 0) range.inactiveChannels.push_back(static_cast<int32_t>(c));
  return range;
}

}  // namespace quantscope::calibration
