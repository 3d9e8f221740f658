#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "core/evaluation/external_runtime.h"
#include "core/report/report.h"

namespace quantscope::cli {

/// A model and what was measured on it.
struct MeasuredModel {
  std::string path, name;
  std::shared_ptr<const LoadedModel> loaded;
  std::shared_ptr<const Dataset> dataset;
  std::shared_ptr<const EvaluationResult> evaluation;
  std::shared_ptr<const LatencyResult> latency;
  /// By the runtime that was loaded, where one was asked for.
  std::shared_ptr<const EvaluationResult> externalEvaluation;
  std::shared_ptr<const LatencyResult> externalLatency;
};

struct MeasureOptions {
  size_t limit = 0;
  KernelSet kernels = KernelSet::Fast;
  bool keepScores = false;
  int32_t labelOffset = 0;
  std::optional<bool> softmax;
  std::shared_ptr<const ExternalRuntime> runtime;  ///< evaluates everything once more; may be null
};

/// Evaluates models side by side on the same samples, the first as the baseline, and measures their latency.
/// The first model's dataset serves all that have inputs of its shape, so that all see the same pictures.
/// Errors: those of loading, opening and evaluating, with the model's path; Cancelled also where a part was done.
Result<std::vector<MeasuredModel>> measureModels(const std::vector<std::string>& paths, const DataArguments& data,
                                                 const MeasureOptions& options, Console& console);

/// The page of measured models; with layers, the error of each operator against the first model on a few samples.
Result<Report> reportOf(const std::vector<MeasuredModel>& models, const std::string& commandLine,
                        const std::string& data, KernelSet kernels, int32_t labelOffset, Console& console);

}  // namespace quantscope::cli
