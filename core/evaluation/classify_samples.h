#pragma once

#include <functional>
#include <memory>

#include "core/evaluation/evaluate.h"

namespace quantscope {

/// Runs one sample in a worker's own memory and gives the scores, valid until its next run.
using ScoreRun = std::function<Result<TensorView>(int worker, const Sample& sample)>;

/// evaluateClassification() by whatever runs the samples; `prepared` says what the scores mean. Errors: as there.
Result<std::shared_ptr<const EvaluationResult>> classifySamples(const PreparedModel& prepared, const ScoreRun& run,
                                                                const Dataset& dataset,
                                                                const EvaluationOptions& options, Progress& progress);

}  // namespace quantscope
