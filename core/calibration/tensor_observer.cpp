#include "core/calibration/tensor_observer.h"

#include <algorithm>
#include <cmath>

namespace quantscope::calibration {

namespace {
constexpr size_t kBlock = 65536;
}

ObservedTensors::ObservedTensors(const Model& model) {
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const auto& tensors = model.subgraphs[s].tensors;
    auto& slots = m_slots.emplace_back(tensors.size(), -1);
    for (size_t t = 0; t < tensors.size(); ++t) {
      if (tensors[t].type != ElementType::Float32 || isConstant(model, tensors[t])) continue;
      slots[t] = static_cast<int>(m_tensors.size());
      m_tensors.emplace_back(static_cast<int32_t>(s), static_cast<int32_t>(t));
    }
  }
}

int ObservedTensors::slot(SubgraphIndex subgraph, TensorIndex tensor) const {
  if (subgraph.position() >= m_slots.size() || tensor.position() >= m_slots[subgraph.position()].size()) return -1;
  return m_slots[subgraph.position()][tensor.position()];
}

RangeCollector::RangeCollector(size_t tensors, uint32_t sideBins) : m_sideBins(sideBins), m_ranges(tensors) {
  for (size_t i = 0; i < tensors; ++i) m_histograms.push_back(std::make_unique<Shared>(sideBins));
}

RangeCollector::Worker::Worker(RangeCollector& collector)
    : m_collector(collector), m_counter(collector.m_sideBins), m_extremes(collector.m_ranges.size()) {}

void RangeCollector::Worker::observe(size_t slot, std::span<const float> values) {
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
  if (!std::isfinite(sums.squares)) {
    m_finite.clear();
    for (const float value : values) {
      if (std::isfinite(value)) m_finite.push_back(value);
      extremes.nan += std::isnan(value) ? 1 : 0;
      extremes.infinite += std::isinf(value) ? 1 : 0;
    }
    values = m_finite;
    if (values.empty()) return;
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

void RangeCollector::Worker::addToHistogram(size_t slot, std::span<const float> values, float low, float high) {
  Shared& shared = *m_collector.m_histograms[slot];
  int exponent = 0;
  {
    const std::lock_guard lock(shared.mutex);
    if (low == 0 && high == 0) return shared.histogram.addZeros(values.size());
    shared.histogram.fit(std::max(-low, high));
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
  }
}

ObservedRange RangeCollector::range(size_t slot) const {
  ObservedRange range = m_ranges[slot];
  range.histogram = m_histograms[slot]->histogram.histogram();
  return range;
}

}  // namespace quantscope::calibration
