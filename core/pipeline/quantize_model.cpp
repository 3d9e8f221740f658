#include <algorithm>
#include <cmath>

#include "core/io/tflite_writer.h"
#include "core/pipeline/calibration_runner.h"
#include "core/pipeline/output_error.h"
#include "core/pipeline/pipeline.h"
#include "core/quantization/algorithms/migrate_scales.h"
#include "core/quantization/algorithms/registry.h"

namespace quantscope {

namespace {

Error needsCalibration(const QuantizationPlan& plan) {
  Error error{ErrorCode::InvalidArgument, "cannot quantize the model", "", "", ""};
  for (const PlannedOperator& op : plan.operators) {
    if (op.requested == op.effective) continue;
    const Operator& source = plan.source->subgraphs[0].operators[op.index.position()];
    error.where = "operator " + std::to_string(op.index.value) + " " + operatorName(*plan.source, source);
    break;
  }
  error.why = "integer activations need calibrated ranges, and there are none";
  error.remedy = "calibrate on samples first (--data or --ranges)";
  return error;
}

// A recipe without the algorithms of some stages.
Recipe without(Recipe recipe, bool (*drop)(const Algorithm&)) {
  auto strip = [&](Scheme& scheme) {
    std::erase_if(scheme.algorithms, [&](const std::string& name) { return drop(*findAlgorithm(name)); });
  };
  strip(recipe.defaultScheme);
  for (RecipeRule& rule : recipe.rules) strip(rule.scheme);
  for (auto& [index, scheme] : recipe.operators) strip(scheme);
  return recipe;
}

bool movesScales(const Algorithm& algorithm) {
  return algorithm.stage == AlgorithmStage::Graph;
}
bool isAny(const Algorithm&) {
  return true;
}

// Makes quantized models of one float model and compares them on the calibration samples.
class Quantizer {
public:
  Quantizer(std::shared_ptr<const Model> model, const CalibrationResult* ranges, const Dataset* data, int threads,
            Progress& progress)
      : m_model(std::move(model)), m_ranges(ranges), m_data(data), m_threads(threads), m_progress(progress) {
    if (data) m_runner.emplace(*data, threads, progress);
  }

  Result<std::shared_ptr<QuantizedModel>> make(const Recipe& recipe) {
    auto result = std::make_shared<QuantizedModel>();
    QS_ASSIGN(result->plan, planQuantization(m_model, recipe, m_ranges));
    if (result->plan->needsCalibration && !m_ranges) return needsCalibration(*result->plan);
    const CalibrationResult* ranges = m_ranges;
    std::shared_ptr<const CalibrationResult> again;
    if (asksForMigration(recipe)) {
      QS_ASSIGN(MigratedModel migrated, migrateScales(m_model, recipe, runner(), m_progress));
      result->remarks = std::move(migrated.remarks);
      if (migrated.model != m_model) {
        if (ranges) {
          QS_ASSIGN(again, calibrateMigrated(migrated.model, *ranges, m_data, m_threads, m_progress));
          ranges = again.get();
        }
        QS_ASSIGN(result->plan, planQuantization(migrated.model, recipe, ranges));
      }
    }
    QuantizeOptions options;
    options.threads = m_threads;
    options.samples = runner();
    options.remarks = &result->remarks;
    QS_ASSIGN(result->model, applyPlan(*result->plan, ranges, options, m_progress));
    return result;
  }

  CalibrationRunner* runner() { return m_runner ? &*m_runner : nullptr; }

private:
  std::shared_ptr<const Model> m_model;
  const CalibrationResult* m_ranges;
  const Dataset* m_data;
  const int m_threads;
  Progress& m_progress;
  std::optional<CalibrationRunner> m_runner;
};

}  // namespace

Result<std::shared_ptr<const QuantizedModel>> quantizeModel(std::shared_ptr<const Model> model, const Recipe& recipe,
                                                            const CalibrationResult* ranges,
                                                            const Dataset* calibrationData, int threads,
                                                            Progress& progress) {
  QS_TRY(checkAlgorithms(recipe));
  Quantizer quantizer(model, ranges, calibrationData, threads, progress);
  QS_ASSIGN(auto best, quantizer.make(recipe));
  const Recipe plain = without(recipe, isAny), unmoved = without(recipe, movesScales);
  if (plain != recipe && quantizer.runner()) {
    // No algorithm may end up worse than none.
    std::vector<std::shared_ptr<QuantizedModel>> candidates{best};
    std::vector<std::string> why{""};
    if (unmoved != recipe && unmoved != plain) {
      QS_ASSIGN(candidates.emplace_back(), quantizer.make(unmoved));
      why.push_back("moving scales between layers makes the outputs worse on the samples and was left out");
    }
    QS_ASSIGN(candidates.emplace_back(), quantizer.make(plain));
    why.push_back("no algorithm makes the outputs better on the samples than rounding to nearest, which was kept");
    std::vector<std::shared_ptr<const Model>> models;
    for (const auto& candidate : candidates) models.push_back(candidate->model);
    QS_ASSIGN(const auto errors, outputErrors(model, models, *quantizer.runner(), progress));
    const auto least = static_cast<size_t>(std::min_element(errors.begin(), errors.end()) - errors.begin());
    if (least > 0) {
      candidates[least]->remarks = best->remarks;
      candidates[least]->remarks.push_back(why[least]);
      best = candidates[least];
    }
  }
  QS_ASSIGN(const uint64_t bytes, serializedSize(*best->model));
  best->bytes = static_cast<int64_t>(bytes);
  return std::shared_ptr<const QuantizedModel>(std::move(best));
}

Result<std::shared_ptr<const SensitivityResult>> measureRecipeSensitivity(
    std::shared_ptr<const Model> model, const Recipe& recipe, const CalibrationResult& ranges, const Dataset& dataset,
    const EvaluationOptions& options, Progress& progress, SensitivityMetric metric,
    const SensitivityCheckpoint& checkpoint, SensitivityParts parts) {
  QS_ASSIGN(const auto plan, planQuantization(model, recipe, &ranges));
  std::vector<bool> quantizable;
  for (const PlannedOperator& op : plan->operators) quantizable.push_back(op.effective != Precision::Float32);
  const VariantFactory makeVariant = [&](const std::vector<bool>& quantized) -> Result<std::shared_ptr<const Model>> {
    Recipe variant = recipe;
    variant.requireInteger = false;
    variant.inputType = variant.outputType = BoundaryType::Float32;
    for (size_t i = 0; i < quantized.size(); ++i) {
      if (!quantized[i]) variant.setOperator(static_cast<int32_t>(i), Scheme{});
    }
    QS_ASSIGN(const auto variantPlan, planQuantization(model, variant, &ranges));
    QuantizeOptions quantizeOptions;
    quantizeOptions.threads = options.threads;
    Progress silent;
    return applyPlan(*variantPlan, &ranges, quantizeOptions, silent);
  };
  return measureSensitivity(model, quantizable, makeVariant, dataset, options, progress, metric, checkpoint, parts);
}

}  // namespace quantscope
