#include <cmath>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/measured_models.h"
#include "app/cli/table.h"
#include "core/data/npz.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::vector<std::string> models;
  std::string task = "classification", report, predictions, scores, kernels = "fast";
  size_t limit = 0;
  bool force = false;
  DataArguments data;

  IfExists ifExists() const { return force ? IfExists::Replace : IfExists::Refuse; }
};

void declare(CLI::App& command, Options& options) {
  command.add_option("models", options.models, "The .tflite files; the first is the baseline")->required();
  declareData(command, options.data, true);
  command.add_option("--task", options.task, "What the outputs mean")
      ->check(CLI::IsMember({"classification"}))
      ->capture_default_str();
  command.add_option("--limit", options.limit, "Use so many samples, taken evenly")->check(CLI::PositiveNumber);
  command.add_option("--report", options.report, "Write an HTML page with tables and plots");
  command.add_option("--predictions", options.predictions, "Write each model's answer to each sample (.csv)");
  command.add_option("--scores", options.scores,
                     "Write all scores as real values (.npz: scores_0, ..., label, sample)");
  command.add_flag("--force", options.force, "Replace files that exist");
  declareKernels(command, options.kernels);
}

std::string className(const Dataset& dataset, int32_t index) {
  const auto& names = dataset.classNames();
  return index >= 0 && static_cast<size_t>(index) < names.size() ? names[static_cast<size_t>(index)] : "";
}

std::string predictionsCsv(const std::vector<MeasuredModel>& models) {
  std::string csv = "model,sample,path,label,label_name,top1,top1_name,confidence\n";
  for (const MeasuredModel& model : models) {
    const Dataset& dataset = *model.dataset;
    for (const Prediction& p : model.evaluation->predictions) {
      csv += text::csvField(model.name) + "," + std::to_string(p.sample) + "," +
             text::csvField(dataset.name(p.sample)) + "," + (p.label >= 0 ? std::to_string(p.label) : "") + "," +
             text::csvField(className(dataset, p.label)) + "," + std::to_string(p.top1) + "," +
             text::csvField(className(dataset, p.top1)) + "," + text::compact(static_cast<double>(p.confidence), 6) +
             "\n";
    }
  }
  return csv;
}

/// The baseline's samples and labels, and every model's scores.
Result<void> writeScores(const Options& options, const std::vector<MeasuredModel>& models) {
  QS_ASSIGN(NpzWriter writer, NpzWriter::create(options.scores, options.ifExists()));
  for (size_t i = 0; i < models.size(); ++i) {
    const EvaluationResult& e = *models[i].evaluation;
    std::vector<int32_t> labels, samples;
    for (const Prediction& p : e.predictions) {
      labels.push_back(p.label);
      samples.push_back(static_cast<int32_t>(p.sample));
    }
    const std::string suffix = i == 0 ? "" : "_" + std::to_string(i);
    const std::vector<int32_t> rows{static_cast<int32_t>(e.predictions.size())};
    const std::vector<int32_t> shape{rows[0], static_cast<int32_t>(e.classes)};
    QS_TRY(writer.add("sample" + suffix, {ElementType::Int32, rows, std::as_bytes(std::span(samples))}));
    QS_TRY(writer.add("label" + suffix, {ElementType::Int32, rows, std::as_bytes(std::span(labels))}));
    QS_TRY(
        writer.add("scores_" + std::to_string(i), {ElementType::Float32, shape, std::as_bytes(std::span(e.scores))}));
  }
  return writer.finish();
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
          {"agreement", e.agreement ? Json(e.agreement->value()) : Json(1.0)},
          {"latency_us_median", model.latency->medianMicroseconds},
          {"latency_us_p90", model.latency->p90Microseconds},
          {"latency_threads", model.latency->threads},
          {"images_per_second", e.samplesPerSecond}};
}

Json pairedJson(const EvaluationResult& first, const EvaluationResult& e) {
  const PairedTest test = compareResults(first, e);
  return {{"only_first", test.onlyFirst},
          {"only_this", test.onlySecond},
          {"p_value", test.pValue},
          {"verdict", test.verdict()}};
}

std::string topOne(const EvaluationResult& e) {
  if (!e.labelled) return "–";
  return text::percent(e.top1.value()) + " (" + text::fixed(100 * e.top1.low(), 1) + " – " +
         text::fixed(100 * e.top1.high(), 1) + ")";
}

std::string difference(const EvaluationResult& first, const EvaluationResult& e) {
  if (!e.labelled || !first.labelled || &first == &e) return "";
  const PairedTest test = compareResults(first, e);
  const double points = 100 * (e.top1.value() - first.top1.value());
  return (points < 0 ? "−" : "+") + text::fixed(std::abs(points), 2) + " pp, p = " + text::fixed(test.pValue, 3) +
         ", " + test.verdict();
}

std::string tableOf(const std::vector<MeasuredModel>& models) {
  Table table({{"model"},
               {"bytes", Align::Right},
               {"smaller", Align::Right},
               {"top-1 (95 % interval)", Align::Right},
               {"top-5", Align::Right},
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
                  topOne(e), e.labelled ? text::percent(e.top5.value()) : "–", difference(*models[0].evaluation, e),
                  e.agreement ? text::percent(e.agreement->value()) : "",
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
  if (!options.data.channels.empty()) line += " --channels " + options.data.channels;
  if (!options.data.labels.empty()) line += " --labels " + quoted(options.data.labels);
  if (options.limit > 0) line += " --limit " + std::to_string(options.limit);
  if (options.kernels != "fast") line += " --kernels " + options.kernels;
  return line + " --report " + quoted(options.report);
}

Result<int> run(const Options& options, Console& console) {
  for (const std::string& file : {options.report, options.predictions, options.scores}) {
    if (!file.empty()) QS_TRY(checkOutput(file, options.ifExists()));
  }
  MeasureOptions wanted;
  wanted.limit = options.limit;
  wanted.kernels = kernelSet(options.kernels);
  wanted.keepScores = !options.scores.empty();
  QS_ASSIGN(const auto models, measureModels(options.models, options.data, wanted, console));
  if (!options.predictions.empty()) {
    QS_TRY(writeFileAtomically(options.predictions, predictionsCsv(models), options.ifExists()));
  }
  if (!options.scores.empty()) QS_TRY(writeScores(options, models));
  if (!options.report.empty()) {
    QS_ASSIGN(const Report report, reportOf(models, commandLine(options), options.data.data, wanted.kernels, console));
    QS_TRY(writeFileAtomically(options.report, renderHtmlReport(report), options.ifExists()));
  }
  const EvaluationResult& first = *models[0].evaluation;
  Json list = Json::array();
  for (const MeasuredModel& model : models) {
    Json row = modelJson(model);
    if (&model != &models[0] && first.labelled) row["against_first"] = pairedJson(first, *model.evaluation);
    list.push_back(std::move(row));
  }
  console.print(tableOf(models) + text::count(static_cast<int64_t>(first.samples)) +
                " samples; input: " + first.preprocessing.describe() + "; latency of one sample on " +
                std::to_string(models[0].latency->threads) +
                (models[0].latency->threads == 1 ? " thread\n" : " threads\n") + skippedText(first.skipped));
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
