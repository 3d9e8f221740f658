#include <optional>

#include "core/io/tflite_writer.h"
#include "core/pipeline/calibration_runner.h"
#include "core/pipeline/output_error.h"
#include "core/pipeline/pipeline.h"
#include "core/quantization/algorithms/migrate_scales.h"

namespace quantscope {

Result<std::shared_ptr<const SimulatedModel>> simulateModel(const std::shared_ptr<const Model>& model,
                                                            const SimulatedWidths& widths,
                                                            const CalibrationResult* ranges, const Dataset* data,
                                                            int threads, Progress& progress) {
  std::optional<CalibrationRunner> runner;
  if (data) runner.emplace(*data, threads, progress);
  auto result = std::make_shared<SimulatedModel>();
  QuantizeOptions options;
  options.threads = threads;
  options.samples = runner ? &*runner : nullptr;
  options.remarks = &result->remarks;

  Recipe recipe;
  recipe.defaultScheme.algorithms = widths.algorithms;
  std::shared_ptr<const Model> source = model;
  std::shared_ptr<const CalibrationResult> again;
  if (asksForMigration(recipe)) {
    QS_ASSIGN(MigratedModel migrated, migrateScales(model, recipe, options.samples, progress));
    source = migrated.model;
    result->remarks = std::move(migrated.remarks);
    if (source != model && ranges) {
      QS_ASSIGN(again, calibrateMigrated(source, *ranges, data, threads, progress));
    }
  }
  QS_ASSIGN(result->model, simulateWidths(source, widths, again ? again.get() : ranges, options, progress));
  if (!widths.algorithms.empty() && runner) {
    SimulatedWidths plain = widths;
    plain.algorithms.clear();
    QuantizeOptions silent = options;
    silent.remarks = nullptr;
    QS_ASSIGN(auto nearest, simulateWidths(model, plain, ranges, silent, progress));
    QS_ASSIGN(const auto errors, outputErrors(model, {result->model, nearest}, *runner, progress));
    if (errors[1] < errors[0]) {
      result->model = std::move(nearest);
      result->remarks.emplace_back(
          "no algorithm makes the outputs better on the samples than rounding to nearest, which was kept");
    }
  }
  QS_ASSIGN(const uint64_t bytes, serializedSize(*result->model));
  result->bytes = static_cast<int64_t>(bytes);
  return std::shared_ptr<const SimulatedModel>(std::move(result));
}

}  // namespace quantscope
