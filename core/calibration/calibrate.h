#pragma once

#include <memory>

#include "core/calibration/ranges.h"
#include "core/data/dataset.h"
#include "core/runtime/interpreter.h"

namespace quantscope {

struct CalibrationOptions {
  Observer observer = Observer::MinMax;
  size_t samples = 0;  ///< 0: all; fewer are spread evenly over the dataset
  int threads = 1;
  int histogramBins = 2048;  ///< at most, on each side of zero; a power of two, else the next one
};

/// Runs the float model on the samples and observes every float32 tensor that is not constant, when it is produced, in
/// the main graph and in those that control flow calls. Memory does not depend on the number of samples; the result is
/// the same on any number of threads, and but for the last bit of a moving average in any order of the samples.
/// NaN and infinities take no part and are reported. Samples that cannot be read are skipped and listed.
///
/// Ranges: minmax takes the extremes of all samples; moving-average the mean of the extremes of each sample (so that the
/// order does not matter); percentile the values that 0.01 % and 99.99 % lie below; mse the range whose 256 levels
/// have the least mean squared error; entropy the clipping with the least Kullback-Leibler divergence of 256 levels.
/// The last three choose from the histogram, within the extremes.
/// Errors: Cancelled; InvalidArgument (no sample could be read: names the first reason; the model has no float tensor);
/// what the model's run gives.
Result<std::shared_ptr<const CalibrationResult>> calibrate(std::shared_ptr<const Model> model, const Dataset& dataset,
                                                           const CalibrationOptions& options, Progress& progress);

}  // namespace quantscope
