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
#include "core/io/bundle.h"
#include "core/quantization/quantize.h"
#include "core/quantization/simulate.h"

/// The whole job: the single entry for the command line and the window.
namespace quantscope {

/// A model together with what its file says.
struct LoadedModel {
  std::filesystem::path path;  ///< or "<bundle>::<name>" (core/io/bundle.h)
  std::shared_ptr<const Model> model;
  int64_t fileBytes = 0;  ///< of the model itself where it lies in a bundle
  /// The bytes that `model` was read from. StatisticsOptions::release wants the release() of source.file.
  ModelBytes source;
};
/// Opens a .tflite file or a model in a bundle. Errors: those of readModel().
Result<std::shared_ptr<const LoadedModel>> loadModel(const std::filesystem::path& path, Progress* progress = nullptr);

/// openDataset() with what the model says about itself: normalization of its picture input and class names of its
/// scores, where `options` gives none. Only models from a file have that. Errors: those of openDataset(); a damaged
/// model card, where it would be needed.
Result<std::shared_ptr<const Dataset>> openModelDataset(const std::filesystem::path& path, const Model& model,
                                                        const DatasetOptions& options = {});
/// Class names of the first output from the model's metadata; empty where it has none.
std::vector<std::string> metadataLabels(const Model& model);
/// Preprocessing from the model's metadata; nothing where it has none.
std::optional<Preprocessing> metadataPreprocessing(const Model& model);

/// `count` samples of seeded random values for a model's inputs, one dataset item each; unlabelled. Stands in for
/// data where only the shape of things matters (a plan without calibration, arithmetic checks).
Result<std::shared_ptr<const Dataset>> randomDataset(std::shared_ptr<const Model> model, size_t count, uint64_t seed);

struct QuantizedModel {
  std::shared_ptr<const QuantizationPlan> plan;
  std::shared_ptr<const Model> model;
  int64_t bytes = 0;                 ///< of the file it makes
  std::vector<std::string> remarks;  ///< where something was done otherwise than asked for, one sentence each
};
/// Plan and apply. `calibrationData` feeds algorithms that need samples; may be null. Errors: those of
/// planQuantization() and applyPlan(); InvalidArgument where the plan needs calibration and `ranges` is null.
Result<std::shared_ptr<const QuantizedModel>> quantizeModel(std::shared_ptr<const Model> model, const Recipe& recipe,
                                                            const CalibrationResult* ranges,
                                                            const Dataset* calibrationData, int threads,
                                                            Progress& progress);

struct SimulatedModel {
  std::shared_ptr<const Model> model;
  int64_t bytes = 0;
  std::vector<std::string> remarks;
};
/// simulateWidths() with the algorithms of all stages, compared with rounding to nearest on the samples. `data` may be
/// null. Errors: those of simulateWidths(), migrateScales() and the runs.
Result<std::shared_ptr<const SimulatedModel>> simulateModel(const std::shared_ptr<const Model>& model,
                                                            const SimulatedWidths& widths,
                                                            const CalibrationResult* ranges, const Dataset* data,
                                                            int threads, Progress& progress);

/// Sensitivity of every operator that `recipe` would quantize (operators that fall back to float are left out).
Result<std::shared_ptr<const SensitivityResult>> measureRecipeSensitivity(
    std::shared_ptr<const Model> model, const Recipe& recipe, const CalibrationResult& ranges, const Dataset& dataset,
    const EvaluationOptions& options, Progress& progress, SensitivityMetric metric = SensitivityMetric::Automatic,
    const SensitivityCheckpoint& checkpoint = {}, SensitivityParts parts = SensitivityParts::Both);

/// Operators, tensors, parameters and multiply-accumulates of a model, for people and for `info`.
struct ModelSummary {
  int64_t parameters = 0;     ///< elements of constants that carry real values, shared ones once; all subgraphs
  int64_t macs = 0;           ///< of one invocation of subgraph 0 with the shapes of the file
  int64_t constantBytes = 0;  ///< of all constants, shared ones once
  std::vector<int64_t> operatorMacs, operatorParameters;  ///< of subgraph 0; shared parameters count at each user
};
ModelSummary summarize(const Model& model);

}  // namespace quantscope
