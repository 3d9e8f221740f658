#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/index.h"
#include "core/base/result.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

/// How a range was chosen from the observed values.
enum class Observer { MinMax, MovingAverage, Percentile, MeanSquaredError, Entropy };
std::string_view observerName(Observer observer);  ///< "minmax", "moving-average", ... as on the command line
Result<Observer> parseObserver(std::string_view name);

/// Extremes after so many samples.
struct RangeGrowth {
  uint64_t samples = 0;
  float min = 0, max = 0;
  friend bool operator==(const RangeGrowth&, const RangeGrowth&) = default;
};

/// Observed range of one float tensor, as it was produced (never mixed with what later overwrote its memory).
struct TensorRange {
  float min = 0, max = 0;  ///< the chosen range
  float observedMin = 0, observedMax = 0;
  float averageMin = 0, averageMax = 0;  ///< means of the extremes of each sample
  Observer observer = Observer::MinMax;  ///< that chose the range
  std::string minSample, maxSample;      ///< names of the samples that set the extremes
  uint64_t values = 0;                   ///< finite values seen
  uint64_t nan = 0, infinite = 0;        ///< others, which took no part
  /// Values that come of a constant used as padding (the -1e9 of a mask), negative and positive. They took no part: the
  /// quantizer sees to it that they stay beyond the range.
  uint64_t paddingLow = 0, paddingHigh = 0;
  uint64_t samples = 0;                   ///< in which a finite value was seen
  std::vector<RangeGrowth> growth;        ///< after 1, 2, 4, ... samples and after the last
  int32_t channels = 0;                   ///< length of the last dimension; 0 where it was not watched
  std::vector<int32_t> inactiveChannels;  ///< of the last dimension: those that were 0 in every sample
  /// Of the finite values. Its bins are as wide as a power of two and begin at a multiple of that; may be empty.
  Histogram histogram;
};

/// Immutable result of a calibration. Serialized as JSON (docs/formats.md).
struct CalibrationResult {
  /// By subgraph and tensor index of the float model.
  std::map<std::pair<int32_t, int32_t>, TensorRange> ranges;
  std::map<std::pair<int32_t, int32_t>, std::string> names;  ///< tensor names, to check that a file belongs to a model
  uint64_t samples = 0;
  Observer observer = Observer::MinMax;
  std::string dataset;                ///< description of the data
  std::string datasetHash;            ///< SHA-256 of the inputs as they were fed, hexadecimal; empty: not asked for
  std::vector<std::string> skipped;   ///< "path: why"
  std::vector<std::string> warnings;  ///< "tensor 7 conv/Relu: 3 values were NaN", in words

  const TensorRange* find(SubgraphIndex subgraph, TensorIndex tensor) const;
};

/// As JSON text (docs/formats.md), and back; floats come back bit for bit. `where` names the text in errors. Untrusted.
/// Errors: Malformed; InvalidArgument where tensor names do not match the model.
std::string rangesToJson(const CalibrationResult& ranges);
Result<CalibrationResult> rangesFromJson(std::string_view text, const std::string& where, const Model& model);

/// The same as a file. Errors: those of AtomicFile.
Result<void> saveRanges(const CalibrationResult& ranges, const std::filesystem::path& path, IfExists ifExists);
/// Untrusted. Errors: NotFound, Io, Malformed; InvalidArgument where tensor names do not match the model.
Result<CalibrationResult> loadRanges(const std::filesystem::path& path, const Model& model);

}  // namespace quantscope
