#pragma once

#include <memory>

#include "core/calibration/ranges.h"
#include "core/data/dataset.h"
#include "core/runtime/interpreter.h"

namespace quantscope {

struct CalibrationOptions {
  Observer observer = Observer::MinMax;
  size_t samples = 0;  ///< 0: all
  int threads = 1;
  int histogramBins = 2048;
};

/// Runs the float model on the samples and observes every float tensor that is not constant. Memory does not
/// depend on the number of samples; the result is the same on any number of threads.
/// Errors: Cancelled; InvalidArgument (no sample could be read: names the first reason); what the model's run gives.
Result<std::shared_ptr<const CalibrationResult>> calibrate(std::shared_ptr<const Model> model, const Dataset& dataset,
                                                           const CalibrationOptions& options, Progress& progress);

}  // namespace quantscope
