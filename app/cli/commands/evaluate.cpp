#include <cmath>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/measured_models.h"
#include "app/cli/prediction_files.h"
#include "app/cli/sample_preview.h"
#include "app/cli/table.h"
#include "app/cli/task_evaluation.h"
#include "core/evaluation/answers.h"
#include "core/evaluation/bootstrap.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::vector<std::string> models;
  std::string task = "classification", report, predictions, scores, kernels = "fast";
  std::string softmax = "auto", runtime;
  size_t limit = 0;
  std::optional<size_t> preview;
  std::optional<int32_t> labelOffset;
  int32_t normalLabel = 0;
  float scoreThreshold = 0;
  double maxFalsePositives = 0.1;
  bool force = false;
  DataArguments data;

  IfExists ifExists() const { return force ? IfExists::Replace : IfExists::Refuse; }
};

void declare(CLI::App& command, Options& options) {
  command.add_option("models", options.models, "The .tflite files; the first is the baseline")->required();
  declareData(command, options.data, true);
  std::string tasks =
      "What the outputs mean: classification, top-1 and top-5 of one score per class; keywords, the same of sounds; "
      "agreement, the "
      "same answers as the first model, without labels";
  for (const TaskEntry& task : taskList()) tasks += std::string("; ") + task.name + ", " + task.description;
  command.add_option("--task", options.task, tasks)->check(CLI::IsMember(taskNames()))->capture_default_str();
  command.add_option("--label-offset", options.labelOffset,
                     "Output index = label + offset: 1 where output 0 is a background class; detection: category id = "
                     "class + offset");
  command.add_option("--softmax", options.softmax, "Whether confidences are the softmax of the scores")
      ->check(CLI::IsMember({"auto", "yes", "no"}))
      ->capture_default_str();
  command.add_option("--score-threshold", options.scoreThreshold, "Detection: leave boxes below it out")
      ->capture_default_str();
  command.add_option("--normal-label", options.normalLabel, "Anomaly: the label of what is normal")
      ->capture_default_str();
  command
      .add_option("--max-fpr", options.maxFalsePositives, "Anomaly: greatest false positive rate of the partial AUC")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--runtime", options.runtime,
                     "Evaluate by this runtime, too: path of libtensorflowlite_c.so or libLiteRt.so, or auto");
  command.add_option("--preview", options.preview,
                     "Only show what the first model receives and answers for this sample, counted from 0");
  command.add_option("--limit", options.limit, "Use so many samples, taken evenly")->check(CLI::PositiveNumber);
  command.add_option("--report", options.report, "Write an HTML page with tables and plots");
  command.add_option("--predictions", options.predictions, "Write each model's answer to each sample (.csv)");
  command.add_option("--scores", options.scores,
                     "Write all scores as real values (.npz: scores_0, ..., label, sample)");
  command.add_flag("--force", options.force, "Replace files that exist");
  declareKernels(command, options.kernels);
}

Json modelJson(const MeasuredModel& model) {
  const EvaluationResult& e = *model.evaluation;
  auto labelled = [&](double value) { return e.labelled ? Json(value) : Json(); };
  return {{"path", model.path},
          {"bytes", model.loaded->fileBytes},
          {"samples", e.samples},
          {"top1", labelled(e.top1.value())},
          {"top1_correct", e.labelled ? Json(e.top1.hits) : Json()},
          {"top1_low", labelled(e.top1.low())},
          {"top1_high", labelled(e.top1.high())},
          {"top5", labelled(e.top5.value())},
          {"calibration_error", labelled(confidenceCalibration(e).error)},
          {"agreement", e.agreement ? Json(e.agreement->value()) : Json(1.0)},
          {"latency_us_median", model.latency->medianMicroseconds},
          {"latency_us_p90", model.latency->p90Microseconds},
          {"latency_threads", model.latency->threads},
          {"images_per_second", e.samplesPerSecond}};
}

/// Share of samples that only one of the two gets right.
double discordant(const PairedTest& test) {
  return test.samples ? static_cast<double>(test.onlyFirst + test.onlySecond) / static_cast<double>(test.samples) : 0;
}

Json pairedJson(const EvaluationResult& first, const EvaluationResult& e) {
  const PairedTest test = compareResults(first, e);
  const double difference = e.top1.value() - first.top1.value();
  return {{"only_first", test.onlyFirst},
          {"only_this", test.onlySecond},
          {"p_value", test.pValue},
          {"verdict", test.verdict()},
          {"visible_difference", visibleDifference(test.samples, discordant(test))},
          {"samples_needed", samplesToSee(difference, discordant(test))}};
}

std::string topOne(const EvaluationResult& e) {
  if (!e.labelled) return "–";
  return text::percent(e.top1.value()) + " (" + text::fixed(100 * e.top1.low(), 1) + " – " +
         text::fixed(100 * e.top1.high(), 1) + ")";
}

Json runtimeJson(const MeasuredModel& model) {
  const EvaluationResult& e = *model.externalEvaluation;
  return {{"top1_correct", e.labelled ? Json(e.top1.hits) : Json()},
          {"top1", e.labelled ? Json(e.top1.value()) : Json()},
          {"same_answers", e.agreement ? Json(e.agreement->hits) : Json()},
          {"samples", e.samples},
          {"latency_us_median", model.externalLatency->medianMicroseconds},
          {"images_per_second", e.samplesPerSecond}};
}

/// A row per model: what the loaded runtime says, beside our own; empty where none was asked for.
std::string runtimeText(const std::vector<MeasuredModel>& models, const ExternalRuntime* runtime) {
  if (!runtime) return "";
  Table table({{"in the runtime"},
               {"top-1", Align::Right},
               {"answers as here", Align::Right},
               {"latency", Align::Right},
               {"samples/s", Align::Right}});
  for (const MeasuredModel& model : models) {
    const EvaluationResult& e = *model.externalEvaluation;
    table.addRow({model.name, topOne(e),
                  text::count(static_cast<int64_t>(e.agreement->hits)) + " of " +
                      text::count(static_cast<int64_t>(e.agreement->total)),
                  text::duration(model.externalLatency->medianMicroseconds),
                  text::count(static_cast<int64_t>(e.samplesPerSecond))});
  }
  return "\n" + runtime->description() + "\n" + table.text();
}

Json classesJson(const MeasuredModel& model, int32_t labelOffset) {
  Json rows = Json::array();
  const auto scores = classScores(*model.evaluation);
  for (size_t c = 0; c < scores.size(); ++c) {
    rows.push_back({{"class", c},
                    {"name", className(*model.dataset, static_cast<int32_t>(c), labelOffset)},
                    {"samples", scores[c].samples},
                    {"precision", scores[c].precision},
                    {"recall", scores[c].recall},
                    {"f1", scores[c].f1}});
  }
  return rows;
}

/// What the samples can tell about each model and the first, and which of them are answered otherwise.
std::string pairedText(const std::vector<MeasuredModel>& models, int32_t labelOffset) {
  std::string text;
  for (const MeasuredModel& model : models) {
    if (&model == &models[0]) continue;
    const EvaluationResult& first = *models[0].evaluation;
    if (first.labelled && model.evaluation->labelled) {
      const PairedTest test = compareResults(first, *model.evaluation);
      const double share = discordant(test), difference = model.evaluation->top1.value() - first.top1.value();
      if (share > 0) {
        const double visible = visibleDifference(test.samples, share);
        text += model.name + ": ";
        if (visible < 1) {
          text += "these samples can show a difference of " + text::fixed(100 * visible, 2) + " pp or more";
        } else {
          const uint64_t apart = test.onlyFirst + test.onlySecond;
          text += "only " + text::count(static_cast<int64_t>(apart)) + " of " +
                  text::count(static_cast<int64_t>(test.samples)) +
                  " samples are right in one of the two alone: too few to show any difference";
        }
        const uint64_t needed = samplesToSee(difference, share);
        if (test.pValue >= 0.05 && needed > test.samples) {
          text += "; to see one of " + text::fixed(100 * std::abs(difference), 2) + " pp takes " +
                  text::count(static_cast<int64_t>(needed));
        }
        text += "\n";
      }
    }
    text += changedText(models[0], model, labelOffset);
  }
  return text;
}

std::string difference(const EvaluationResult& first, const EvaluationResult& e) {
  if (!e.labelled || !first.labelled || &first == &e) return "";
  const PairedTest test = compareResults(first, e);
  const double points = 100 * (e.top1.value() - first.top1.value());
  return (points < 0 ? "−" : "+") + text::fixed(std::abs(points), 2) + " pp, " + text::probability(test.pValue) + ", " +
         test.verdict();
}

std::string tableOf(const std::vector<MeasuredModel>& models) {
  Table table({{"model"},
               {"bytes", Align::Right},
               {"smaller", Align::Right},
               {"top-1 (95 % interval)", Align::Right},
               {"top-5", Align::Right},
               {"calibration error", Align::Right},
               {"against the first", Align::Right},
               {"same answer", Align::Right},
               {"latency", Align::Right},
               {"samples/s", Align::Right}});
  for (const MeasuredModel& model : models) {
    const EvaluationResult& e = *model.evaluation;
    table.addRow({model.name, text::count(model.loaded->fileBytes),
                  text::fixed(static_cast<double>(models[0].loaded->fileBytes) /
                                  static_cast<double>(std::max<int64_t>(1, model.loaded->fileBytes)),
                              2) +
                      "×",
                  topOne(e), e.labelled ? text::percent(e.top5.value()) : "–",
                  e.labelled ? text::percent(confidenceCalibration(e).error) : "–",
                  difference(*models[0].evaluation, e), e.agreement ? text::percent(e.agreement->value()) : "",
                  text::duration(model.latency->medianMicroseconds),
                  text::count(static_cast<int64_t>(e.samplesPerSecond))});
  }
  return table.text();
}

/// The command line that makes the report again.
std::string commandLine(const Options& options) {
  auto quoted = [](const std::string& word) {
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,=+:@%") ==
            std::string::npos &&
        !word.empty()) {
      return word;
    }
    std::string result = "'";
    for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
  };
  auto numbers = [](const std::vector<float>& list) {
    std::string joined;
    for (const float value : list) joined += (joined.empty() ? "" : ",") + text::compact(static_cast<double>(value), 9);
    return joined;
  };
  std::string line = "quantscope-cli evaluate";
  for (const std::string& model : options.models) line += " " + quoted(model);
  line += " --data " + quoted(options.data.data);
  if (!options.data.mean.empty()) line += " --mean " + numbers(options.data.mean);
  if (!options.data.standardDeviation.empty()) line += " --std " + numbers(options.data.standardDeviation);
  if (options.data.scale) line += " --scale " + numbers({*options.data.scale});
  if (!options.data.resize.empty()) line += " --resize " + options.data.resize;
  if (!options.data.interpolation.empty()) line += " --interpolation " + options.data.interpolation;
  if (!options.data.channels.empty()) line += " --channels " + options.data.channels;
  if (!options.data.labels.empty()) line += " --labels " + quoted(options.data.labels);
  if (options.limit > 0) line += " --limit " + std::to_string(options.limit);
  if (options.labelOffset) line += " --label-offset " + std::to_string(*options.labelOffset);
  if (!options.runtime.empty()) line += " --runtime " + quoted(options.runtime);
  if (options.softmax != "auto") line += " --softmax " + options.softmax;
  if (options.kernels != "fast") line += " --kernels " + options.kernels;
  return line + " --report " + quoted(options.report);
}

TaskArguments taskArguments(const Options& options) {
  TaskArguments arguments;
  arguments.models = options.models;
  arguments.task = options.task;
  arguments.predictions = options.predictions;
  arguments.data = options.data;
  arguments.options.labelOffset = options.labelOffset;
  arguments.options.scoreThreshold = options.scoreThreshold;
  arguments.options.normalLabel = options.normalLabel;
  arguments.options.maxFalsePositiveRate = options.maxFalsePositives;
  arguments.limit = options.limit;
  arguments.kernels = kernelSet(options.kernels);
  arguments.ifExists = options.ifExists();
  return arguments;
}

Result<int> run(const Options& options, Console& console) {
  for (const std::string& file : {options.report, options.predictions, options.scores}) {
    if (!file.empty()) QS_TRY(checkOutput(file, options.ifExists()));
  }
  if (options.preview) {
    return previewSample(options.models[0], options.data, *options.preview, kernelSet(options.kernels), console);
  }
  if (options.task != "classification" && options.task != "keywords") {
    if (!options.scores.empty() || !options.report.empty()) {
      return console.usageError("evaluate", "--scores and --report are for --task classification");
    }
    return evaluateTaskModels(taskArguments(options), console);
  }
  const int32_t offset = options.labelOffset.value_or(0);
  MeasureOptions wanted;
  if (!options.runtime.empty()) {
    QS_ASSIGN(wanted.runtime, loadExternalRuntime(options.runtime));
    console.note("Runtime: " + wanted.runtime->description());
  }
  wanted.limit = options.limit;
  wanted.labelOffset = offset;
  if (options.softmax != "auto") wanted.softmax = options.softmax == "yes";
  wanted.kernels = kernelSet(options.kernels);
  wanted.keepScores = !options.scores.empty();
  QS_ASSIGN(const auto models, measureModels(options.models, options.data, wanted, console));
  if (!options.predictions.empty()) {
    QS_TRY(writeFileAtomically(options.predictions, predictionsCsv(models, offset), options.ifExists()));
  }
  if (!options.scores.empty()) QS_TRY(writeScores(options.scores, options.ifExists(), models));
  if (!options.report.empty()) {
    QS_ASSIGN(const Report report,
              reportOf(models, commandLine(options), options.data.data, wanted.kernels, offset, console));
    QS_TRY(writeFileAtomically(options.report, renderHtmlReport(report), options.ifExists()));
  }
  const EvaluationResult& first = *models[0].evaluation;
  Json list = Json::array();
  for (const MeasuredModel& model : models) {
    Json row = modelJson(model);
    if (model.externalEvaluation) row["runtime"] = runtimeJson(model);
    if (first.labelled) row["classes"] = classesJson(model, offset);
    if (&model != &models[0]) {
      if (first.labelled) row["against_first"] = pairedJson(first, *model.evaluation);
      row["changed"] = changedJson(models[0], model);
    }
    list.push_back(std::move(row));
  }
  console.print(tableOf(models) + text::count(static_cast<int64_t>(first.samples)) +
                " samples; input: " + first.preprocessing.describe() + "; latency of one sample on " +
                std::to_string(models[0].latency->threads) +
                (models[0].latency->threads == 1 ? " thread\n" : " threads\n") + pairedText(models, offset) +
                runtimeText(models, wanted.runtime.get()) + skippedText(first.skipped));
  console.result({{"models", std::move(list)},
                  {"preprocessing", toJson(first.preprocessing)},
                  {"skipped", toJson(first.skipped)}});
  return 0;
}

}  // namespace

void addEvaluate(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "evaluate", "Accuracy, size and latency of models, side by side", declare, run);
}

}  // namespace quantscope::cli
