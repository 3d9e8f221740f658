#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/calibration/running_histogram.h"
#include "core/model/model.h"

namespace quantscope::calibration {

/// Which tensors are observed: float32, not constant, of every subgraph.
class ObservedTensors {
public:
  explicit ObservedTensors(const Model& model);
  size_t size() const { return m_tensors.size(); }
  /// -1 where it is not observed.
  int slot(SubgraphIndex subgraph, TensorIndex tensor) const;
  std::pair<int32_t, int32_t> tensor(size_t slot) const { return m_tensors[slot]; }
  /// Magnitude from which on values come of padding constants; infinity where there are none.
  float paddingLimit(size_t slot) const { return m_limits[slot]; }
  /// Length of the last dimension where its channels are watched; 0 where not (vectors, very long dimensions).
  int32_t channels(size_t slot) const { return m_channels[slot]; }

private:
  std::vector<std::vector<int>> m_slots;
  std::vector<std::pair<int32_t, int32_t>> m_tensors;
  std::vector<float> m_limits;
  std::vector<int32_t> m_channels;
};

/// What one sample showed of one tensor.
struct SampleExtremes {
  bool seen = false;
  float min = 0, max = 0;
  uint64_t values = 0, nan = 0, infinite = 0, paddingLow = 0, paddingHigh = 0;
};

/// What all samples showed of one tensor.
struct ObservedRange {
  uint64_t samples = 0;  ///< in which a finite value was seen
  float min = 0, max = 0;
  size_t minSample = 0, maxSample = 0;
  double minSum = 0, maxSum = 0;  ///< of the samples' extremes, added in the order of the samples
  uint64_t values = 0, nan = 0, infinite = 0, paddingLow = 0, paddingHigh = 0;
  std::vector<RangeGrowth> growth;
  std::vector<int32_t> inactiveChannels;
  Histogram histogram;
};

/// Collects from all threads; the tensors must live as long. The result does not depend on which thread ran which
/// sample.
class RangeCollector {
public:
  RangeCollector(const ObservedTensors& tensors, uint32_t sideBins);

  /// One thread's view: call observe() for each tensor produced while sample `i` runs, then finish(i).
  class Worker {
  public:
    explicit Worker(RangeCollector& collector);
    void observe(size_t slot, std::span<const float> values);
    void finish(size_t sample);

  private:
    void observeBlock(size_t slot, std::span<const float> values);
    void addToHistogram(size_t slot, std::span<const float> values, float low, float high);
    bool filter(size_t slot, std::span<const float> values);
    void watchChannels(size_t slot, std::span<const float> values);
    RangeCollector& m_collector;
    BlockCounter m_counter;
    std::vector<SampleExtremes> m_extremes;
    std::vector<float> m_finite;
    std::vector<uint32_t> m_seen;
  };

  /// Tells that sample `i` shows nothing, so that later ones need not wait for it.
  void skip(size_t sample);
  /// After all samples are finished or skipped.
  ObservedRange range(size_t slot) const;

private:
  struct Shared {
    std::mutex mutex;
    RunningHistogram histogram;
    std::vector<uint32_t> seen;          ///< by channel: bits of its values' magnitudes, joined
    std::atomic<bool> allActive{false};  ///< no channel needs watching any more
    Shared(uint32_t sideBins, int32_t channels) : histogram(sideBins), seen(static_cast<size_t>(channels)) {}
  };
  void fold(size_t sample, std::vector<SampleExtremes> extremes);
  void merge(size_t sample, const std::vector<SampleExtremes>& extremes);

  const ObservedTensors& m_tensors;
  uint32_t m_sideBins;
  std::vector<std::unique_ptr<Shared>> m_histograms;
  std::mutex m_mutex;
  std::vector<ObservedRange> m_ranges;
  std::map<size_t, std::vector<SampleExtremes>> m_waiting;  ///< finished before an earlier sample
  size_t m_next = 0;
};

}  // namespace quantscope::calibration
