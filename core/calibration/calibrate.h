#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/data/dataset.h"
#include "core/runtime/interpreter.h"

namespace quantscope {

/// The observer of the tensors whose name a pattern is found in.
struct ObserverChoice {
  std::string scope;  ///< regular expression; empty: all
  Observer observer = Observer::MinMax;
};

struct CalibrationOptions {
  Observer observer = Observer::MinMax;
  std::vector<ObserverChoice> observers;  ///< for some tensors; of several that match, the last one wins
  bool hashInputs = false;                ///< fill CalibrationResult::datasetHash
  size_t samples = 0;                     ///< 0: all; fewer are spread evenly over the dataset
  int threads = 1;
  int histogramBins = 2048;  ///< at most, on each side of zero; a power of two, else the next one
};

/// Runs the float model on the samples and observes every float32 tensor that is not constant, when it is produced, in
/// the main graph and in those that control flow calls. Memory does not depend on the number of samples; the result is
/// the same on any number of threads, and but for the last bit of a moving average in any order of the samples.
/// NaN, infinities and what comes of padding constants take no part and are reported. Samples that cannot be read are
/// skipped and listed. Of a main graph with operators that this program has no kernel for, the part that does not
/// depend on them is run and observed; they are named in the warnings.
///
/// Ranges: minmax takes the extremes of all samples; moving-average the mean of the extremes of each sample (so that
/// the order does not matter); percentile the values that 0.01 % and 99.99 % lie below; mse the range whose 256 levels
/// have the least mean squared error; entropy the clipping with the least Kullback-Leibler divergence of 256 levels.
/// The last three choose from the histogram, within the extremes.
/// Errors: Cancelled; InvalidArgument (no sample could be read: names the first reason; the model has no float tensor;
/// a pattern that is none); what the model's run gives.
Result<std::shared_ptr<const CalibrationResult>> calibrate(std::shared_ptr<const Model> model, const Dataset& dataset,
                                                           const CalibrationOptions& options, Progress& progress);

/// The same observations with ranges chosen anew; nothing is run. Tensors without a histogram keep their range where an
/// observer needs one. Errors: InvalidArgument (a pattern that is none).
Result<CalibrationResult> chooseRanges(CalibrationResult observed, Observer observer,
                                       const std::vector<ObserverChoice>& observers);

/// What people should know of a calibration, in words.
struct CalibrationRemark {
  enum class Kind {
    Unsettled,         ///< the range still grew in the last quarter of the samples; value: by which factor
    Outliers,          ///< few values stretch the range; value: its width over that of 99.9 % of the values
    Clipped,           ///< the chosen range leaves values out; value: their share
    InactiveChannels,  ///< value: how many
    Inactive,          ///< the tensor was 0 in every sample
    Mismatched  ///< an operator joins tensors of very different ranges at one scale; value: ratio of their widths
  };
  Kind kind;
  int32_t subgraph = 0;
  TensorIndex tensor;
  OperatorIndex op;  ///< for Mismatched; invalid otherwise
  double value = 0;
  std::string text;
};
std::string_view remarkName(CalibrationRemark::Kind kind);  ///< "unsettled", "outliers", ...
/// In the order of subgraphs and tensors, then of operators.
std::vector<CalibrationRemark> calibrationRemarks(const Model& model, const CalibrationResult& result);

}  // namespace quantscope
