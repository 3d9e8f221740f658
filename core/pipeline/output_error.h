#pragma once

#include <memory>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/pipeline/calibration_runner.h"

namespace quantscope {

/// Mean squared error of the outputs of models against those of a float model on the runner's samples: by model, the
/// sum over outputs, each in units of its own mean square. Infinite where a model gives values that are not
/// finite or cannot be prepared.
/// Errors: Cancelled, what preparing the float model or running a model gives.
Result<std::vector<double>> outputErrors(const std::shared_ptr<const Model>& exact,
                                         const std::vector<std::shared_ptr<const Model>>& models,
                                         CalibrationRunner& runner, Progress& progress);

/// Ranges of a model after factors were moved between its layers, observed as `before` was.
/// Errors: InvalidArgument where there are no samples; those of calibrate().
Result<std::shared_ptr<const CalibrationResult>> calibrateMigrated(const std::shared_ptr<const Model>& model,
                                                                   const CalibrationResult& before, const Dataset* data,
                                                                   int threads, Progress& progress);

}  // namespace quantscope
