#include <fstream>
#include <iterator>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/model_ranges.h"
#include "app/cli/table.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, mode = "int8", recipe, metric = "auto", kernels = "fast";
  std::string resume, only;
  size_t limit = 0;
  DataArguments data;
  RangeArguments ranges;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The float .tflite file")->required();
  declareData(command, options.data, true);
  command.add_option("--mode", options.mode, "What to make of the operators")
      ->check(CLI::IsMember(modeNames()))
      ->capture_default_str();
  command.add_option("--recipe", options.recipe, "JSON file with the wishes for each operator, instead of --mode");
  declareRanges(command, options.ranges);
  command.add_option("--metric", options.metric, "top1, output-mse, or auto: top1 where the samples are labelled")
      ->check(CLI::IsMember({"auto", "top1", "output-mse"}))
      ->capture_default_str();
  command
      .add_option("--only", options.only, "quantize-one or keep-one: measures that alone, in about half of the time")
      ->check(CLI::IsMember({"quantize-one", "keep-one"}));
  command.add_option("--limit", options.limit, "Measure on so many samples, taken evenly")->check(CLI::PositiveNumber);
  command.add_option("--resume", options.resume,
                     "File that keeps what is done; where it is there already, the measurement goes on from it");
  declareKernels(command, options.kernels);
}

/// Whatever the figures depend on. Numbers stand for contents: FNV-1a of the ranges is enough to tell them apart.
std::string checkpointKey(const Options& options, const LoadedModel& loaded, const Recipe& recipe,
                          const CalibrationResult& ranges, const Dataset& dataset) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : rangesToJson(ranges) + recipeToJson(recipe)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return options.model + " " + std::to_string(loaded.fileBytes) + " " + std::to_string(hash) + " " + options.data.data +
         " " + dataset.description() + " " + dataset.preprocessing().describe() + " " + std::to_string(options.limit) +
         " " + options.metric + " " + options.kernels + " " + options.only;
}

SensitivityMetric metricOf(const std::string& name) {
  if (name == "top1") return SensitivityMetric::Top1;
  return name == "output-mse" ? SensitivityMetric::OutputError : SensitivityMetric::Automatic;
}

SensitivityParts partsOf(const std::string& only) {
  if (only.empty()) return SensitivityParts::Both;
  return only == "quantize-one" ? SensitivityParts::QuantizeOne : SensitivityParts::KeepOne;
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const Recipe recipe, options.recipe.empty() ? recipeForMode(options.mode) : loadRecipe(options.recipe));
  QS_ASSIGN(const auto dataset, openData(options.data, *loaded->model));
  notePreprocessing(*dataset, console);
  QS_ASSIGN(const CalibrationResult ranges, rangesFor(options.ranges, options.data, *loaded, *dataset, console));
  EvaluationOptions wanted;
  wanted.limit = options.limit;
  wanted.threads = console.threads();
  wanted.kernels = kernelSet(options.kernels);
  SensitivityCheckpoint checkpoint;
  if (!options.resume.empty()) {
    checkpoint.key = checkpointKey(options, *loaded, recipe, ranges, *dataset);
    if (std::ifstream file{options.resume}) {
      checkpoint.resume.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    checkpoint.save = [&](const std::string& text) {
      const auto saved = writeFileAtomically(options.resume, text, IfExists::Replace);
      if (!saved) console.note("note: " + saved.error().message());
    };
  }
  QS_ASSIGN(const auto result,
            measureRecipeSensitivity(loaded->model, recipe, ranges, *dataset, wanted, console.progress(),
                                     metricOf(options.metric), checkpoint, partsOf(options.only)));
  const bool top1 = result->metric == "top1";
  auto shown = [&](double value) { return top1 ? text::fixed(100 * value, 2) + " pp" : text::compact(value, 4); };
  const bool quantizeOne = result->parts != SensitivityParts::KeepOne;
  const bool keepOne = result->parts != SensitivityParts::QuantizeOne;
  std::vector<Table::Column> columns{{"#", Align::Right}, {"operator"}};
  if (quantizeOne) columns.push_back({"alone quantized: loss", Align::Right});
  if (keepOne) columns.push_back({"alone kept: gain", Align::Right});
  columns.push_back({quantizeOne ? "output error of the one" : "output error of the others", Align::Right});
  columns.push_back({"result"});
  Table table(std::move(columns));
  Json rows = Json::array();
  const Subgraph& subgraph = loaded->model->subgraphs[0];
  for (const OperatorSensitivity& op : result->operators) {
    const TensorIndex output = subgraph.operators[op.index.position()].output(0);
    std::vector<std::string> cells{std::to_string(op.index.value), op.op};
    if (quantizeOne) cells.push_back(shown(op.quantizeOne));
    if (keepOne) cells.push_back(shown(op.keepOne));
    cells.push_back(text::compact(quantizeOne ? op.quantizeOneError : op.keepOneError, 4));
    cells.push_back(output.valid() ? text::shorten(subgraph.tensor(output).name, 60) : "");
    table.addRow(std::move(cells));
    Json row{{"operator", op.index.value}, {"op", op.op}, {"metric", result->metric}};
    if (quantizeOne) row.update({{"quantize_one", op.quantizeOne}, {"quantize_one_error", op.quantizeOneError}});
    if (keepOne) row.update({{"keep_one", op.keepOne}, {"keep_one_error", op.keepOneError}});
    rows.push_back(std::move(row));
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
