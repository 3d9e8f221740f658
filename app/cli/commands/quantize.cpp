#include <algorithm>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/io/tflite_writer.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, mode, recipe, ranges, io, target, observer = "minmax";
  size_t samples = 0;
  bool perTensor = false, dryRun = false;
  std::vector<std::string> keep, algorithms;
  DataArguments data;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  std::vector<std::string> modes = modeNames();
  modes.push_back("recipe");
  command.add_option("model", options.model, "The float .tflite file")->required();
  declareOutput(command, options.out, "The new .tflite file", false);
  command.add_option("--mode", options.mode, "What to make of the operators; recipe: as --recipe says")
      ->check(CLI::IsMember(modes));
  command.add_option("--recipe", options.recipe, "JSON file with the wishes for each operator");
  declareData(command, options.data, false);
  command.add_option("--ranges", options.ranges, "Ranges from quantscope-cli calibrate, instead of --data");
  command.add_option("--samples", options.samples, "Calibrate on so many samples, taken evenly (default: all)")
      ->check(CLI::PositiveNumber);
  command.add_option("--observer", options.observer, "How a range follows from the values")
      ->check(CLI::IsMember({"minmax", "moving-average", "percentile", "mse", "entropy"}))
      ->capture_default_str();
  command.add_option("--io", options.io, "Type of the graph's inputs and outputs")
      ->check(CLI::IsMember({"float32", "int8", "uint8", "int16"}));
  command.add_option("--target", options.target, "The device that will run it")
      ->check(CLI::IsMember({"cpu", "gpu", "edge-tpu", "micro"}));
  command.add_flag("--per-tensor", options.perTensor, "One scale per weight tensor instead of one per channel");
  command.add_option("--keep", options.keep,
                     "Keep operators in float whose result's name matches (regular expression)");
  command.add_option("--algorithm", options.algorithms, "How parameters are chosen, in this order");
  command.add_flag("--dry-run", options.dryRun, "Only print the plan");
}

BoundaryType boundaryType(const std::string& name) {
  if (name == "int8") return BoundaryType::Int8;
  if (name == "uint8") return BoundaryType::UInt8;
  return name == "int16" ? BoundaryType::Int16 : BoundaryType::Float32;
}

template <typename Change>
void changeSchemes(Recipe& recipe, Change change) {
  change(recipe.defaultScheme);
  for (RecipeRule& rule : recipe.rules) change(rule.scheme);
  for (auto& [index, scheme] : recipe.operators) change(scheme);
}

/// The recipe that mode and options ask for.
Result<Recipe> recipeOf(const Options& options) {
  Recipe recipe;
  if (options.recipe.empty()) {
    QS_ASSIGN(recipe, recipeForMode(options.mode));
  } else {
    QS_ASSIGN(recipe, loadRecipe(options.recipe));
  }
  if (!options.io.empty()) recipe.inputType = recipe.outputType = boundaryType(options.io);
  if (!options.target.empty()) recipe.target = options.target;
  if (options.perTensor) changeSchemes(recipe, [](Scheme& scheme) { scheme.granularity = Granularity::PerTensor; });
  if (!options.algorithms.empty()) {
    changeSchemes(recipe, [&](Scheme& scheme) { scheme.algorithms = options.algorithms; });
  }
  for (const std::string& scope : options.keep) {
    RecipeRule rule;
    rule.scope = scope;
    recipe.rules.push_back(std::move(rule));
  }
  return recipe;
}

/// What is wrong with the combination of options; empty where nothing is.
std::string contradiction(const Options& options) {
  if (options.mode.empty() && options.recipe.empty()) return "--mode is required";
  if (options.mode == "recipe" && options.recipe.empty()) return "--mode recipe needs --recipe FILE";
  if (!options.recipe.empty() && !options.mode.empty() && options.mode != "recipe") {
    return "--recipe and --mode " + options.mode + " exclude each other";
  }
  if (!options.data.data.empty() && !options.ranges.empty()) return "--data and --ranges exclude each other";
  if (options.out.path.empty() && !options.dryRun) return "--output is required";
  return "";
}

/// Where the activations' ranges come from.
struct Ranges {
  std::shared_ptr<const CalibrationResult> result;
  std::shared_ptr<const Dataset> dataset;  ///< null without --data
  bool random = false;                     ///< only for a plan
};

Result<Ranges> rangesFor(const Options& options, const LoadedModel& loaded, bool needed, Console& console) {
  Ranges ranges;
  if (!options.ranges.empty()) {
    QS_ASSIGN(auto read, loadRanges(options.ranges, *loaded.model));
    ranges.result = std::make_shared<const CalibrationResult>(std::move(read));
    return ranges;
  }
  CalibrationOptions wanted;
  QS_ASSIGN(wanted.observer, parseObserver(options.observer));
  wanted.samples = options.samples;
  wanted.threads = console.threads();
  if (!options.data.data.empty()) {
    QS_ASSIGN(ranges.dataset, openData(options.data, *loaded.model));
    if (!needed) {
      console.note("note: nothing to calibrate in this mode");
      return ranges;
    }
    notePreprocessing(*ranges.dataset, console);
  } else if (needed && options.dryRun) {
    // Which operators will be quantized does not depend on the figures; one random sample stands in for them.
    QS_ASSIGN(ranges.dataset, randomDataset(loaded.model, 1, 1));
    ranges.random = true;
    console.note("note: no ranges are given, so the plan is made with a random input");
  } else {
    return ranges;
  }
  QS_ASSIGN(ranges.result, calibrate(loaded.model, *ranges.dataset, wanted, console.progress()));
  noteRanges(*ranges.result, console);
  return ranges;
}

Json operatorsJson(const QuantizationPlan& plan) {
  Json rows = Json::array();
  for (const PlannedOperator& op : plan.operators) {
    rows.push_back({{"index", op.index.value},
                    {"op", operatorName(*plan.source, plan.source->subgraphs[0].operators[op.index.position()])},
                    {"requested", precisionName(op.requested)},
                    {"effective", precisionName(op.effective)},
                    {"reason", op.reason},
                    {"bytes_before", op.constantBytesBefore},
                    {"bytes_after", op.constantBytesAfter}});
  }
  return rows;
}

std::string planText(const QuantizationPlan& plan) {
  Table table({{"#", Align::Right},
               {"operator"},
               {"requested"},
               {"effective"},
               {"bytes", Align::Right},
               {"after", Align::Right},
               {"reason"}});
  for (const PlannedOperator& op : plan.operators) {
    table.addRow({std::to_string(op.index.value),
                  operatorName(*plan.source, plan.source->subgraphs[0].operators[op.index.position()]),
                  std::string(precisionLabel(op.requested)), std::string(precisionLabel(op.effective)),
                  op.constantBytesBefore ? text::count(op.constantBytesBefore) : "",
                  op.constantBytesBefore ? text::count(op.constantBytesAfter) : "", op.reason});
  }
  std::string result = table.text();
  for (const std::string& warning : plan.warnings) result += "warning: " + warning + "\n";
  return result;
}

Json document(const QuantizationPlan& plan, const Options& options, int64_t bytes, uint64_t samples) {
  return {{"out", options.dryRun ? Json() : Json(options.out.path)},
          {"bytes", bytes},
          {"operators", operatorsJson(plan)},
          {"calibration_samples", samples},
          {"warnings", plan.warnings}};
}

Result<int> run(const Options& options, Console& console) {
  const std::string problem = contradiction(options);
  if (!problem.empty()) return console.usageError("quantize", problem);
  if (!options.dryRun) QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const Recipe recipe, recipeOf(options));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  Recipe trial = recipe;
  trial.requireInteger = false;  // without ranges every operator would break that promise
  QS_ASSIGN(const auto wishes, planQuantization(loaded->model, trial, nullptr));
  QS_ASSIGN(const Ranges ranges, rangesFor(options, *loaded, wishes->needsCalibration, console));
  if (wishes->needsCalibration && !ranges.result) {
    return console.usageError("quantize", "this mode needs samples to calibrate on", "give --data or --ranges");
  }
  const uint64_t samples = wishes->needsCalibration && !ranges.random ? ranges.result->samples : 0;
  if (options.dryRun) {
    QS_ASSIGN(const auto plan, planQuantization(loaded->model, recipe, ranges.result.get()));
    console.print(planText(*plan) + text::count(plan->bytesBefore) + " bytes → about " +
                  text::count(plan->predictedBytes) + " bytes (nothing was written)\n");
    console.result(document(*plan, options, plan->predictedBytes, samples));
    return 0;
  }
  QS_ASSIGN(const auto quantized, quantizeModel(loaded->model, recipe, ranges.result.get(), ranges.dataset.get(),
                                                console.threads(), console.progress()));
  QS_TRY(writeModel(*quantized->model, options.out.path, options.out.ifExists(), &console.progress()));
  console.print(planText(*quantized->plan) + options.out.path + ": " + text::count(quantized->bytes) + " bytes, " +
                text::fixed(static_cast<double>(loaded->fileBytes) / static_cast<double>(quantized->bytes), 2) +
                "× smaller than " + text::count(loaded->fileBytes) + "\n");
  console.result(document(*quantized->plan, options, quantized->bytes, samples));
  return 0;
}

}  // namespace

void addQuantize(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "quantize", "Make a smaller model, each operator in the precision asked for",
                      declare, run);
}

}  // namespace quantscope::cli
