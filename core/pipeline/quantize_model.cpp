#include "core/io/tflite_writer.h"
#include "core/pipeline/calibration_runner.h"
#include "core/pipeline/pipeline.h"

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

}  // namespace

Result<std::shared_ptr<const QuantizedModel>> quantizeModel(std::shared_ptr<const Model> model, const Recipe& recipe,
                                                            const CalibrationResult* ranges,
                                                            const Dataset* calibrationData, int threads,
                                                            Progress& progress) {
  auto result = std::make_shared<QuantizedModel>();
  QS_ASSIGN(result->plan, planQuantization(model, recipe, ranges));
  if (result->plan->needsCalibration && !ranges) return needsCalibration(*result->plan);
  std::optional<CalibrationRunner> runner;
  if (calibrationData) runner.emplace(std::move(model), *calibrationData, progress);
  QuantizeOptions options;
  options.threads = threads;
  options.samples = runner ? &*runner : nullptr;
  QS_ASSIGN(result->model, applyPlan(*result->plan, ranges, options, progress));
  QS_ASSIGN(const uint64_t bytes, serializedSize(*result->model));
  result->bytes = static_cast<int64_t>(bytes);
  return std::shared_ptr<const QuantizedModel>(std::move(result));
}

Result<std::shared_ptr<const SensitivityResult>> measureRecipeSensitivity(
    std::shared_ptr<const Model> model, const Recipe& recipe, const CalibrationResult& ranges, const Dataset& dataset,
    const EvaluationOptions& options, Progress& progress, SensitivityMetric metric) {
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
  return measureSensitivity(model, quantizable, makeVariant, dataset, options, progress, metric);
}

}  // namespace quantscope
