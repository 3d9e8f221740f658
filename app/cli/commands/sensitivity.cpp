#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, mode = "int8", recipe, ranges, metric = "auto", calibration, kernels = "fast";
  size_t limit = 0;
  DataArguments data;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The float .tflite file")->required();
  declareData(command, options.data, true);
  command.add_option("--mode", options.mode, "What to make of the operators")
      ->check(CLI::IsMember(modeNames()))
      ->capture_default_str();
  command.add_option("--recipe", options.recipe, "JSON file with the wishes for each operator, instead of --mode");
  command.add_option("--calibration", options.calibration, "Calibrate on this data instead of --data");
  command.add_option("--ranges", options.ranges, "Ranges from quantscope-cli calibrate, instead of calibrating");
  command.add_option("--metric", options.metric, "top1, output-mse, or auto: top1 where the samples are labelled")
      ->check(CLI::IsMember({"auto", "top1", "output-mse"}))
      ->capture_default_str();
  command.add_option("--limit", options.limit, "Measure on so many samples, taken evenly")->check(CLI::PositiveNumber);
  declareKernels(command, options.kernels);
}

Result<CalibrationResult> rangesFor(const Options& options, const LoadedModel& loaded, const Dataset& dataset,
                                    Console& console) {
  if (!options.ranges.empty()) return loadRanges(options.ranges, *loaded.model);
  CalibrationOptions wanted;
  wanted.threads = console.threads();
  std::shared_ptr<const Dataset> other;
  if (!options.calibration.empty()) {
    DataArguments arguments = options.data;
    arguments.data = options.calibration;
    QS_ASSIGN(other, openData(arguments, *loaded.model));
  }
  QS_ASSIGN(const auto ranges, calibrate(loaded.model, other ? *other : dataset, wanted, console.progress()));
  return *ranges;
}

SensitivityMetric metricOf(const std::string& name) {
  if (name == "top1") return SensitivityMetric::Top1;
  return name == "output-mse" ? SensitivityMetric::OutputError : SensitivityMetric::Automatic;
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const Recipe recipe, options.recipe.empty() ? recipeForMode(options.mode) : loadRecipe(options.recipe));
  QS_ASSIGN(const auto dataset, openData(options.data, *loaded->model));
  notePreprocessing(*dataset, console);
  QS_ASSIGN(const CalibrationResult ranges, rangesFor(options, *loaded, *dataset, console));
  EvaluationOptions wanted;
  wanted.limit = options.limit;
  wanted.threads = console.threads();
  wanted.kernels = kernelSet(options.kernels);
  QS_ASSIGN(const auto result, measureRecipeSensitivity(loaded->model, recipe, ranges, *dataset, wanted,
                                                        console.progress(), metricOf(options.metric)));
  const bool top1 = result->metric == "top1";
  auto shown = [&](double value) { return top1 ? text::fixed(100 * value, 2) + " pp" : text::compact(value, 4); };
  Table table({{"#", Align::Right},
               {"operator"},
               {"alone quantized: loss", Align::Right},
               {"alone kept: gain", Align::Right},
               {"output error of the one", Align::Right},
               {"result"}});
  Json rows = Json::array();
  const Subgraph& subgraph = loaded->model->subgraphs[0];
  for (const OperatorSensitivity& op : result->operators) {
    const TensorIndex output = subgraph.operators[op.index.position()].output(0);
    table.addRow({std::to_string(op.index.value), op.op, shown(op.quantizeOne), shown(op.keepOne),
                  text::compact(op.quantizeOneError, 4),
                  output.valid() ? text::shorten(subgraph.tensor(output).name, 60) : ""});
    rows.push_back({{"operator", op.index.value},
                    {"op", op.op},
                    {"quantize_one", op.quantizeOne},
                    {"keep_one", op.keepOne},
                    {"quantize_one_error", op.quantizeOneError},
                    {"keep_one_error", op.keepOneError},
                    {"metric", result->metric}});
  }
  console.print(table.text() + "Measured as " + result->metric + " on " +
                text::count(static_cast<int64_t>(result->samples)) + " samples" +
                (top1 ? ": float " + text::percent(result->floatMetric) + ", all quantized " +
                            text::percent(result->quantizedMetric)
                      : ": all quantized " + text::compact(result->quantizedMetric, 4)) +
                "\n" + skippedText(result->skipped));
  console.result(rows);
  return 0;
}

}  // namespace

void addSensitivity(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "sensitivity", "What each operator costs when it alone is quantized or kept",
                      declare, run);
}

}  // namespace quantscope::cli
