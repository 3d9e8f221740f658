#include <algorithm>
#include <charconv>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/base/version.h"
#include "core/io/tflite_writer.h"
#include "core/quantization/algorithms/registry.h"
#include "core/quantization/assumed_ranges.h"
#include "core/quantization/record.h"
#include "core/quantization/targets/presets.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, mode, recipe, ranges, io, target, optimize, recipeOut, format = "quantscope";
  size_t samples = 0;
  bool perTensor = false, dryRun = false, record = false;
  std::string simulateBits;
  bool powerOfTwo = false, asymmetric = false;
  ObserverArguments observer;
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
  declareObserver(command, options.observer);
  command.add_option("--io", options.io, "Type of the graph's inputs and outputs")
      ->check(CLI::IsMember({"float32", "int8", "uint8", "int16"}));
  command.add_option("--target", options.target, "The device that will run it")->check(CLI::IsMember(targetNames()));
  command
      .add_option("--optimize", options.optimize,
                  "Let schemes and exceptions be chosen for the target, instead of --mode")
      ->check(CLI::IsMember(optimizeNames()));
  command.add_flag("--per-tensor", options.perTensor, "One scale per weight tensor instead of one per channel");
  command.add_option("--keep", options.keep,
                     "Keep operators in float whose result's name matches (regular expression)");
  std::vector<std::string> names;
  for (const Algorithm& algorithm : algorithms()) names.emplace_back(algorithm.name);
  command.add_option("--algorithm", options.algorithms, "How parameters are chosen; may be repeated")
      ->check(CLI::IsMember(names));
  command.add_option("--simulate-bits", options.simulateBits,
                     "W or W:A: a float model that computes as if weights (and activations) had so many bits, 2 to 16");
  command.add_flag("--power-of-two", options.powerOfTwo, "With --simulate-bits: scales are powers of two");
  command.add_flag("--asymmetric", options.asymmetric, "With --simulate-bits: weights have zero points");
  command.add_option("--recipe-out", options.recipeOut, "Write the recipe that was used to this file");
  command.add_option("--format", options.format, "Format of --recipe-out; aeq: for AI Edge Quantizer")
      ->check(CLI::IsMember({"quantscope", "aeq"}))
      ->capture_default_str();
  command.add_flag("--record", options.record, "Keep recipe, calibration data's hash and tool in the file's metadata");
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

/// A preset stands in where neither mode nor recipe is given.
Result<Recipe> presetOf(const Options& options, const Model& model) {
  QS_ASSIGN(const Target* target, findTarget(options.target.empty() ? "cpu" : options.target));
  QS_ASSIGN(const Optimize optimize, parseOptimize(options.optimize.empty() ? "balanced" : options.optimize));
  return presetRecipe(model, *target, optimize, !options.data.data.empty() || !options.ranges.empty());
}

/// The recipe that mode and options ask for.
Result<Recipe> recipeOf(const Options& options, const Model& model, std::vector<std::string>& notes) {
  Recipe recipe;
  if (!options.recipe.empty()) {
    QS_ASSIGN(recipe, loadRecipe(options.recipe, &notes));
  } else if (!options.mode.empty()) {
    QS_ASSIGN(recipe, recipeForMode(options.mode));
  } else {
    QS_ASSIGN(recipe, presetOf(options, model));
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
  if (!options.simulateBits.empty()) {
    if (!options.mode.empty() || !options.recipe.empty()) return "--simulate-bits excludes --mode and --recipe";
    if (options.dryRun) return "--simulate-bits has no plan to show (--dry-run)";
    return options.out.path.empty() ? "--output is required" : "";
  }
  if (options.powerOfTwo || options.asymmetric) return "--power-of-two and --asymmetric need --simulate-bits";
  if (options.mode.empty() && options.recipe.empty() && options.target.empty() && options.optimize.empty())
    return "--mode is required";
  if (!options.optimize.empty() && !(options.mode.empty() && options.recipe.empty()))
    return "--optimize chooses what --mode and --recipe say, and excludes them";
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
  bool assumed = false;                    ///< only for a plan
};

bool usesSamples(const Options& options) {
  return std::any_of(options.algorithms.begin(), options.algorithms.end(),
                     [](const std::string& name) { return findAlgorithm(name)->needsSamples; });
}

Result<Ranges> rangesFor(const Options& options, const LoadedModel& loaded, bool needed, Console& console) {
  Ranges ranges;
  if (!options.ranges.empty()) {
    QS_ASSIGN(auto read, loadRanges(options.ranges, *loaded.model));
    if (options.observer.given()) {
      QS_ASSIGN(const auto observers, observerChoices(options.observer));
      QS_ASSIGN(const Observer observer, parseObserver(options.observer.observer));
      QS_ASSIGN(read, chooseRanges(std::move(read), observer, observers));
    }
    ranges.result = std::make_shared<const CalibrationResult>(std::move(read));
    return ranges;
  }
  CalibrationOptions wanted;
  QS_ASSIGN(wanted.observer, parseObserver(options.observer.observer));
  QS_ASSIGN(wanted.observers, observerChoices(options.observer));
  wanted.samples = options.samples;
  wanted.threads = console.threads();
  wanted.hashInputs = options.record;
  if (!options.data.data.empty()) {
    QS_ASSIGN(ranges.dataset, openData(options.data, *loaded.model));
    if (!needed) {
      if (!usesSamples(options)) console.note("note: nothing to calibrate in this mode");
      return ranges;
    }
    notePreprocessing(*ranges.dataset, console);
  } else if (needed && options.dryRun) {
    // Which operators will be quantized hardly depends on the figures.
    ranges.result = std::make_shared<const CalibrationResult>(assumedRanges(*loaded.model));
    ranges.assumed = true;
    console.note("note: no ranges are given, so the plan is made as if all were 0 to 1");
    return ranges;
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
                    {"target_refusal", op.targetRefusal},
                    {"bytes_before", op.constantBytesBefore},
                    {"bytes_after", op.constantBytesAfter}});
  }
  return rows;
}

Json conversionsJson(const QuantizationPlan& plan) {
  Json rows = Json::array();
  for (const PlannedConversion& conversion : plan.conversions) {
    rows.push_back({{"kind", conversion.kind},
                    {"tensor", conversion.tensor.value},
                    {"before", conversion.before.valid() ? Json(conversion.before.value) : Json()},
                    {"from", elementTypeName(conversion.from)},
                    {"to", elementTypeName(conversion.to)},
                    {"why", conversion.why}});
  }
  return rows;
}

/// The recipe as rules with their live counts, as a preset shows itself.
Result<std::string> recipeText(const Recipe& recipe, const Model& model) {
  QS_ASSIGN(const ResolvedRecipe resolved, resolveRecipe(recipe, model));
  RecipeRule everything;
  everything.scheme = recipe.defaultScheme;
  std::string text = "recipe " + recipe.name + ", target " + recipe.target + "\n  " + ruleText(everything) + "\n";
  for (size_t r = 0; r < recipe.rules.size(); ++r) {
    text += "  " + ruleText(recipe.rules[r]) + " (matches " + std::to_string(resolved.matches[r]) + ", decides " +
            std::to_string(resolved.wins[r]) + ")\n";
  }
  return text;
}

Result<Json> rulesJson(const Recipe& recipe, const Model& model) {
  QS_ASSIGN(const ResolvedRecipe resolved, resolveRecipe(recipe, model));
  Json rows = Json::array();
  for (size_t r = 0; r < recipe.rules.size(); ++r)
    rows.push_back({{"rule", ruleText(recipe.rules[r])}, {"matches", resolved.matches[r]}, {"wins", resolved.wins[r]}});
  return rows;
}

/// --recipe-out.
Result<void> writeRecipe(const Options& options, const Recipe& recipe, const Model& model, Console& console) {
  if (options.recipeOut.empty()) return {};
  if (options.format == "quantscope") return saveRecipe(recipe, options.recipeOut, options.out.ifExists());
  std::vector<std::string> notes;
  QS_ASSIGN(const std::string text, recipeToAeq(recipe, &model, notes));
  for (const std::string& note : notes) console.note("note: " + note);
  return writeFileAtomically(options.recipeOut, text, options.out.ifExists());
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
  for (const char* kind : {"QUANTIZE", "DEQUANTIZE", "requantize"}) {
    const auto count = std::count_if(plan.conversions.begin(), plan.conversions.end(),
                                     [&](const PlannedConversion& c) { return c.kind == kind; });
    if (count > 0) result += std::string(kind) + " inserted: " + std::to_string(count) + "\n";
  }
  for (const std::string& warning : plan.warnings) result += "warning: " + warning + "\n";
  return result;
}

Json document(const QuantizationPlan& plan, const Options& options, int64_t bytes, uint64_t samples) {
  const auto rules = rulesJson(plan.recipe, *plan.source);
  return {{"out", options.dryRun ? Json() : Json(options.out.path)},
          {"bytes", bytes},
          {"operators", operatorsJson(plan)},
          {"calibration_samples", samples},
          {"warnings", plan.warnings},
          {"target", plan.recipe.target},
          {"predicted_bytes", plan.predictedBytes},
          {"conversions", conversionsJson(plan)},
          {"rules", rules ? *rules : Json::array()},
          {"recipe", Json::parse(recipeToJson(plan.recipe))}};
}

Result<void> writeResult(const Options& options, const QuantizedModel& quantized, const CalibrationResult* ranges,
                         const Recipe& recipe, Console& console) {
  if (!options.record)
    return writeModel(*quantized.model, options.out.path, options.out.ifExists(), &console.progress());
  QuantizationRecord record;
  record.tool = std::string("Quantscope ") + kVersion;
  record.recipe = recipe;
  if (ranges) {
    record.dataset = ranges->dataset;
    record.datasetHash = ranges->datasetHash;
    record.samples = ranges->samples;
  }
  return writeModel(withRecord(*quantized.model, record), options.out.path, options.out.ifExists(),
                    &console.progress());
}

/// "4" or "4:8".
std::optional<std::pair<int, int>> parseBits(const std::string& text) {
  const size_t colon = text.find(':');
  auto number = [](std::string_view part) -> std::optional<int> {
    int value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    return value;
  };
  const auto weights = number(std::string_view(text).substr(0, colon));
  const auto activations =
      colon == std::string::npos ? std::optional(0) : number(std::string_view(text).substr(colon + 1));
  if (!weights || !activations || (colon != std::string::npos && *activations == 0)) return std::nullopt;
  return std::pair(*weights, *activations);
}

Result<int> simulate(const Options& options, Console& console) {
  const auto bits = parseBits(options.simulateBits);
  if (!bits) return console.usageError("quantize", "--simulate-bits takes W or W:A, such as 4 or 4:8");
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  SimulatedWidths widths;
  widths.weightBits = bits->first;
  widths.activationBits = bits->second;
  widths.symmetricWeights = !options.asymmetric;
  widths.powerOfTwo = options.powerOfTwo;
  if (options.perTensor) widths.granularity = Granularity::PerTensor;
  widths.algorithms = options.algorithms;
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const bool needed = widths.activationBits != 0;
  QS_ASSIGN(const Ranges ranges, rangesFor(options, *loaded, needed, console));
  if (needed && !ranges.result) {
    return console.usageError("quantize", "activations need samples to calibrate on", "give --data or --ranges");
  }
  QS_ASSIGN(const auto simulated, simulateModel(loaded->model, widths, ranges.result.get(), ranges.dataset.get(),
                                                console.threads(), console.progress()));
  QS_TRY(writeModel(*simulated->model, options.out.path, options.out.ifExists(), &console.progress()));
  for (const std::string& remark : simulated->remarks) console.note("note: " + remark);
  console.print(options.out.path + ": a float model of " + text::count(simulated->bytes) +
                " bytes that computes with " + std::to_string(widths.weightBits) + "-bit weights" +
                (needed ? " and " + std::to_string(widths.activationBits) + "-bit activations" : "") + "\n");
  console.result({{"out", options.out.path},
                  {"bytes", simulated->bytes},
                  {"weight_bits", widths.weightBits},
                  {"activation_bits", needed ? Json(widths.activationBits) : Json()},
                  {"remarks", simulated->remarks}});
  return 0;
}

Result<int> run(const Options& options, Console& console) {
  const std::string problem = contradiction(options);
  if (!problem.empty()) return console.usageError("quantize", problem);
  if (!options.simulateBits.empty()) return simulate(options, console);
  if (!options.dryRun) QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  if (!options.recipeOut.empty()) QS_TRY(checkOutput(options.recipeOut, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  std::vector<std::string> notes;
  QS_ASSIGN(const Recipe recipe, recipeOf(options, *loaded->model, notes));
  for (const std::string& note : notes) console.note("note: " + note);
  Recipe trial = recipe;
  trial.requireInteger = false;  // without ranges every operator would break that promise
  QS_ASSIGN(const auto wishes, planQuantization(loaded->model, trial, nullptr));
  QS_ASSIGN(const Ranges ranges, rangesFor(options, *loaded, wishes->needsCalibration, console));
  if (wishes->needsCalibration && !ranges.result) {
    return console.usageError("quantize", "this mode needs samples to calibrate on", "give --data or --ranges");
  }
  const uint64_t samples = wishes->needsCalibration && !ranges.assumed ? ranges.result->samples : 0;
  if (options.dryRun) {
    QS_ASSIGN(const auto plan, planQuantization(loaded->model, recipe, ranges.result.get()));
    QS_ASSIGN(const std::string rules, recipeText(recipe, *loaded->model));
    QS_TRY(writeRecipe(options, recipe, *loaded->model, console));
    console.print(rules + planText(*plan) + text::count(plan->bytesBefore) + " bytes → about " +
                  text::count(plan->predictedBytes) + " bytes (nothing was written)\n");
    console.result(document(*plan, options, plan->predictedBytes, samples));
    return 0;
  }
  QS_ASSIGN(const auto quantized, quantizeModel(loaded->model, recipe, ranges.result.get(), ranges.dataset.get(),
                                                console.threads(), console.progress()));
  QS_TRY(writeResult(options, *quantized, ranges.result.get(), recipe, console));
  for (const std::string& remark : quantized->remarks) console.note("note: " + remark);
  QS_TRY(writeRecipe(options, recipe, *loaded->model, console));
  console.print(planText(*quantized->plan) + options.out.path + ": " + text::count(quantized->bytes) + " bytes, " +
                text::fixed(static_cast<double>(loaded->fileBytes) / static_cast<double>(quantized->bytes), 2) +
                "× smaller than " + text::count(loaded->fileBytes) + "\n");
  Json result = document(*quantized->plan, options, quantized->bytes, samples);
  result["remarks"] = quantized->remarks;
  console.result(result);
  return 0;
}

}  // namespace

void addQuantize(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "quantize", "Make a smaller model, each operator in the precision asked for",
                      declare, run);
}

}  // namespace quantscope::cli
