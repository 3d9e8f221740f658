#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"
#include "core/model/tensor_view.h"

namespace quantscope {

/// Equal-width bins over [low, high]; the last bin includes `high`. NaN and infinities are not in any bin.
struct Histogram {
  double low = 0, high = 0;
  std::vector<uint64_t> counts;

  double binWidth() const { return counts.empty() ? 0 : (high - low) / static_cast<double>(counts.size()); }
  uint64_t total() const;
  /// Value below which `fraction` (0..1) of the counted values lie, linear inside a bin.
  double quantile(double fraction) const;
};

/// Summary of real values (quantized tensors: real units, scale x (q - zero point)). Over finite values;
/// NaN and infinite ones are counted apart.
struct ValueSummary {
  uint64_t count = 0, finite = 0, nan = 0, infinite = 0, zeros = 0;
  double min = std::numeric_limits<double>::quiet_NaN(), max = std::numeric_limits<double>::quiet_NaN();
  double mean = std::numeric_limits<double>::quiet_NaN(), standardDeviation = std::numeric_limits<double>::quiet_NaN();
};

/// Summary and histogram of one tensor. Percentiles come from the histogram.
struct TensorStatistics {
  ValueSummary values;
  /// Different stored values (codes, where quantized), exact up to 65,536; nothing where there are more.
  std::optional<uint64_t> distinct;
  /// StatisticsOptions::bins bins over [min, max]: value x is in bin min(floor((x - min) * (bins / (max - min))), bins
  /// - 1), in double precision.
  Histogram histogram;
  double percentile01 = 0, percentile99_9 = 0;  ///< 0.1 % and 99.9 %, from the histogram
  /// One per slice of channelAxis; empty (and the axis -1) where not asked for, or where there are no elements.
  std::vector<ValueSummary> channels;
  int32_t channelAxis = -1;
  std::vector<std::string> strings;  ///< string tensors: the first 1,000
};

struct StatisticsOptions {
  int bins = 2048;  ///< 1 to 65,536
  /// Axis of per-channel summaries; nothing: the tensor's quantized dimension if it has several scales, else none.
  std::optional<int32_t> channelAxis;
  int threads = 1;
  /// Told of bytes that will not be looked at again soon, from any thread; MappedFile::release gives them back.
  std::function<void(std::span<const std::byte>)> release;
};

/// Statistics of values of any type, as TensorReader (real_values.h) understands them: quantized integers in real units
/// (quantization may be null), complex numbers by magnitude. Two passes at about memory speed for float32.
/// Deterministic: the same result on any number of threads and any processor. Advances `progress` by the tensor's
/// bytes (it begins no stage). Errors: Cancelled; Malformed (bytes, shape and scales disagree); Unsupported
/// (resources); InvalidArgument (no such axis or number of bins).
Result<TensorStatistics> computeStatistics(const TensorView& values, const Quantization* quantization,
                                           const StatisticsOptions& options, Progress* progress = nullptr);

/// Statistics of a constant tensor of a model. Errors: InvalidArgument where it holds no constant data.
Result<TensorStatistics> computeConstantStatistics(const Model& model, SubgraphIndex subgraph, TensorIndex tensor,
                                                   const StatisticsOptions& options, Progress* progress = nullptr);

/// Real values of a tensor as float32 (dequantized, unpacked); for plots and comparisons of what fits in memory.
/// Errors: as TensorReader::make.
Result<std::vector<float>> realValues(const TensorView& values, const Quantization* quantization);

/// One real value; `index` counts row-major; NaN where there is none. A TensorReader reads many at once.
double realValueAt(const TensorView& values, const Quantization* quantization, int64_t index);

/// The axis along which per-channel scales of this constant would lie, by the operator that uses it
/// (CONV_2D 0, DEPTHWISE_CONV_2D 3, FULLY_CONNECTED 0, ...), or -1.
int32_t weightChannelAxis(const Model& model, SubgraphIndex subgraph, TensorIndex tensor);

/// Signal-to-quantization-noise ratio in dB: 10 log10(sum a^2 / sum (a - b)^2); infinity where equal.
double sqnrDecibel(std::span<const float> reference, std::span<const float> approximation);

}  // namespace quantscope
