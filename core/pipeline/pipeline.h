#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/calibration/calibrate.h"
#include "core/data/dataset.h"
#include "core/evaluation/evaluate.h"
#include "core/evaluation/layer_error.h"
#include "core/evaluation/sensitivity.h"
#include "core/quantization/quantize.h"

/// The whole job: the single entry for the command line and the window.
namespace quantscope {

/// A model together with what its file says.
struct LoadedModel {
  std::filesystem::path path;
  std::shared_ptr<const Model> model;
  int64_t fileBytes = 0;
};
Result<std::shared_ptr<const LoadedModel>> loadModel(const std::filesystem::path& path, Progress* progress = nullptr);

struct QuantizedModel {
  std::shared_ptr<const QuantizationPlan> plan;
  std::shared_ptr<const Model> model;
  int64_t bytes = 0;  ///< of the file it makes
};
/// Plan and apply. `calibrationData` feeds algorithms that need samples; may be null.
Result<std::shared_ptr<const QuantizedModel>> quantizeModel(std::shared_ptr<const Model> model, const Recipe& recipe,
                                                            const CalibrationResult* ranges, const Dataset* calibrationData,
                                                            int threads, Progress& progress);

/// Sensitivity of every operator that `recipe` would quantize.
Result<std::shared_ptr<const SensitivityResult>> measureRecipeSensitivity(std::shared_ptr<const Model> model,
                                                                          const Recipe& recipe, const CalibrationResult& ranges,
                                                                          const Dataset& dataset,
                                                                          const EvaluationOptions& options, Progress& progress);

/// Operators, tensors, parameters and multiply-accumulates of a model, for people and for `info`.
struct ModelSummary {
  int64_t parameters = 0, macs = 0, constantBytes = 0;
  std::vector<int64_t> operatorMacs, operatorParameters;  ///< of subgraph 0
};
ModelSummary summarize(const Model& model);

}  // namespace quantscope
