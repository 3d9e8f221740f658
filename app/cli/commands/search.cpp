#include <sstream>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_ranges.h"
#include "app/cli/table.h"
#include "core/io/tflite_writer.h"
#include "core/pipeline/search_recipe.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, metric = "auto", target, schemes, csv, variant, kernels = "fast";
  std::optional<double> maxDrop;
  std::optional<int64_t> maxSize;
  size_t limit = 0, trials = 60;
  DataArguments data;
  RangeArguments ranges;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The float .tflite file")->required();
  declareData(command, options.data, true);
  command.add_option("--max-drop", options.maxDrop, "The smallest file that loses at most so many percentage points")
      ->check(CLI::Range(0.0, 100.0));
  command.add_option("--max-size", options.maxSize, "The best file of at most so many bytes")
      ->check(CLI::PositiveNumber);
  declareRanges(command, options.ranges);
  command
      .add_option("--metric", options.metric,
                  "top1; agreement with the float model's answers; output-error: 1 minus the relative error of the "
                  "outputs; auto: the first of them that model and data allow")
      ->check(CLI::IsMember({"auto", "top1", "agreement", "output-error"}))
      ->capture_default_str();
  std::string names;
  for (int i = 1; i < kPrecisionCount; ++i) {
    names += (i > 1 ? ", " : "") + std::string(precisionName(static_cast<Precision>(i)));
  }
  command
      .add_option("--schemes", options.schemes,
                  "Precisions to choose from, beside float32, with commas between (default: all): " + names)
      ->type_name("NAME[,NAME...]");
  command.add_option("--target", options.target, "Device that must accept the result, as for quantize");
  command.add_option("--trials", options.trials, "Evaluate at most so many variants")
      ->check(CLI::Range(2, 100'000))
      ->capture_default_str();
  command.add_option("--limit", options.limit, "Use so many samples, taken evenly")->check(CLI::PositiveNumber);
  declareOutput(command, options.out, "The recipe (.json); default: MODEL.search.json in the current folder", false);
  command.add_option("--model-out", options.variant, "Write the best variant itself (.tflite), too");
  command.add_option("--csv", options.csv, "Write all trials to this file, too");
  declareKernels(command, options.kernels);
}

QualityMetric metricOf(const std::string& name) {
  for (const QualityMetric metric : {QualityMetric::Top1, QualityMetric::Agreement, QualityMetric::OutputError}) {
    if (qualityMetricName(metric) == name) return metric;
  }
  return QualityMetric::Automatic;
}

/// Errors: InvalidArgument (a name that is no precision).
Result<std::vector<Precision>> schemesOf(const std::string& list) {
  std::vector<Precision> schemes;
  std::stringstream rest(list);
  for (std::string name; std::getline(rest, name, ',');) {
    QS_ASSIGN(schemes.emplace_back(), parsePrecision(name));
  }
  return schemes;
}

Json trialJson(const RecipeSearch& search, const SearchTrial& trial) {
  Json operators = Json::array();
  for (const uint8_t choice : trial.choices) operators.push_back(precisionName(search.choices[choice]));
  const Fidelity& f = trial.fidelity;
  return {{"bytes", trial.bytes},
          {"metric", trial.quality},
          {"origin", trial.origin},
          {"relative_error", f.relativeError()},
          {"agreement", f.ranked ? Json(f.quality(QualityMetric::Agreement)) : Json()},
          {"kl_divergence", f.ranked ? Json(f.klDivergence) : Json()},
          {"top1_correct", f.labelled ? Json(f.right) : Json()},
          {"p_value", f.labelled ? Json(mcnemarPValue(f.onlyOriginalRight, f.onlyVariantRight)) : Json()},
          {"within_budget", trial.withinBudget},
          {"on_front", trial.onFront},
          {"operators", std::move(operators)}};
}

std::string csvOf(const RecipeSearch& search) {
  std::string csv = "trial,origin,bytes," + std::string(qualityMetricName(search.result->metric)) +
                    ",relative_error,kl_divergence,within_budget,on_front,operators\n";
  for (size_t i = 0; i < search.result->trials.size(); ++i) {
    const SearchTrial& trial = search.result->trials[i];
    std::string operators;
    for (const uint8_t choice : trial.choices) {
      operators += (operators.empty() ? "" : " ") + std::string(precisionName(search.choices[choice]));
    }
    csv += std::to_string(i) + "," + text::csvField(trial.origin) + "," + std::to_string(trial.bytes) + "," +
           text::compact(trial.quality, 9) + "," + text::compact(trial.fidelity.relativeError(), 9) + "," +
           text::compact(trial.fidelity.klDivergence, 9) + "," + (trial.withinBudget ? "yes" : "no") + "," +
           (trial.onFront ? "yes" : "no") + "," + text::csvField(operators) + "\n";
  }
  return csv;
}

std::string frontText(const RecipeSearch& search) {
  const SearchResult& result = *search.result;
  Table table({{""},
               {"bytes", Align::Right},
               {std::string(qualityMetricName(result.metric)), Align::Right},
               {"relative error", Align::Right},
               {"how"}});
  for (const size_t i : result.front) {
    const SearchTrial& trial = result.trials[i];
    table.addRow({i == result.best ? "→" : "", text::count(trial.bytes), text::percent(trial.quality),
                  text::percent(trial.fidelity.relativeError()), trial.origin});
  }
  return table.text();
}

std::string operatorsText(const Model& model, const RecipeSearch& search) {
  Table table({{"#", Align::Right}, {"operator"}, {"precision"}});
  const SearchTrial& best = search.result->trials[search.result->best];
  const Subgraph& graph = model.subgraphs[0];
  for (size_t op = 0; op < best.choices.size(); ++op) {
    table.addRow({std::to_string(op), operatorName(model, graph.operators[op]),
                  std::string(precisionLabel(search.choices[best.choices[op]]))});
  }
  return table.text();
}

std::string bestText(const RecipeSearch& search, const std::string& path) {
  const SearchResult& result = *search.result;
  const SearchTrial& original = result.trials[0];
  const SearchTrial& best = result.trials[result.best];
  std::string line = path + ": " + text::count(best.bytes) + " bytes, " +
                     std::string(qualityMetricName(result.metric)) + " " + text::percent(best.quality) + " (original " +
                     text::count(original.bytes) + " bytes, " + text::percent(original.quality) + ")";
  if (best.fidelity.labelled) {
    const double p = mcnemarPValue(best.fidelity.onlyOriginalRight, best.fidelity.onlyVariantRight);
    line += ", p = " + text::fixed(p, 3);
  }
  return line + "\n" + std::to_string(result.trials.size()) + " variants were evaluated on " +
         text::count(static_cast<int64_t>(result.samples)) +
         " samples. The best of many looks a little better on the samples that chose it than on others: evaluate it on "
         "some that took no part.\n";
}

Json document(const RecipeSearch& search, const std::string& path) {
  const SearchResult& result = *search.result;
  Json front = Json::array(), trials = Json::array();
  for (const size_t i : result.front) front.push_back(trialJson(search, result.trials[i]));
  for (const SearchTrial& trial : result.trials) trials.push_back(trialJson(search, trial));
  const SearchTrial& best = result.trials[result.best];
  return {{"recipe", path},
          {"bytes", best.bytes},
          {"metric", best.quality},
          {"metric_name", qualityMetricName(result.metric)},
          {"original", {{"bytes", result.trials[0].bytes}, {"metric", result.trials[0].quality}}},
          {"samples", result.samples},
          {"stopped", result.stopped},
          {"best", trialJson(search, best)},
          {"front", std::move(front)},
          {"trials", std::move(trials)},
          {"skipped", toJson(result.skipped)}};
}

Result<void> writeVariant(const Options& options, const LoadedModel& loaded, const RecipeSearch& search,
                          const CalibrationResult& ranges, const Dataset& dataset, Console& console) {
  Progress unstoppable;  // the search may have been stopped; its result is still written whole
  QS_ASSIGN(const auto best,
            quantizeModel(loaded.model, search.best(), &ranges, &dataset, console.threads(), unstoppable));
  return writeModel(*best->model, options.variant, options.out.ifExists(), &unstoppable);
}

Result<int> run(const Options& options, Console& console) {
  if (options.maxDrop.has_value() == options.maxSize.has_value()) {
    return console.usageError("search", "it needs either --max-drop or --max-size");
  }
  const std::string path = options.out.path.empty()
                               ? std::filesystem::path(options.model).stem().string() + ".search.json"
                               : options.out.path;
  for (const std::string& file : {path, options.csv, options.variant}) {
    if (!file.empty()) QS_TRY(checkOutput(file, options.out.ifExists()));
  }
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const auto dataset, openData(options.data, *loaded->model));
  notePreprocessing(*dataset, console);
  QS_ASSIGN(const CalibrationResult ranges, rangesFor(options.ranges, options.data, *loaded, *dataset, console));

  Recipe base;
  if (!options.target.empty()) base.target = options.target;
  QS_ASSIGN(std::vector<Precision> schemes, schemesOf(options.schemes));
  SearchOptions wanted;
  wanted.evaluation.limit = options.limit;
  wanted.evaluation.threads = console.threads();
  wanted.evaluation.kernels = kernelSet(options.kernels);
  if (options.maxDrop) wanted.maxDrop = *options.maxDrop / 100;
  wanted.maxBytes = options.maxSize;
  wanted.metric = metricOf(options.metric);
  wanted.trials = options.trials;
  QS_ASSIGN(const auto search,
            searchRecipe(loaded->model, base, std::move(schemes), ranges, *dataset, wanted, console.progress()));

  workIsOver();  // what was found is written whole, also after Ctrl-C
  QS_TRY(saveRecipe(search->best(), path, options.out.ifExists()));
  if (!options.variant.empty()) QS_TRY(writeVariant(options, *loaded, *search, ranges, *dataset, console));
  if (!options.csv.empty()) QS_TRY(writeFileAtomically(options.csv, csvOf(*search), options.out.ifExists()));
  console.print(frontText(*search) + "\n" + operatorsText(*loaded->model, *search) + "\n" + bestText(*search, path) +
                skippedText(search->result->skipped));
  console.result(document(*search, path));
  if (!search->result->stopped) return 0;
  console.note("stopped: " + path + " is the best of " + std::to_string(search->result->trials.size()) + " variants");
  return 130;
}

}  // namespace

void addSearch(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "search", "Mixed precision under a budget: the best recipe and the Pareto front",
                      declare, run);
}

}  // namespace quantscope::cli
