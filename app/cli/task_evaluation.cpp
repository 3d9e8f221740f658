#include "app/cli/task_evaluation.h"

#include <cmath>

#include "app/cli/table.h"
#include "core/evaluation/bootstrap.h"
#include "core/evaluation/tasks/agreement.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

constexpr const char* kAgreement = "agreement";

struct TaskModel {
  std::string path, name;
  std::shared_ptr<const LoadedModel> loaded;
  std::shared_ptr<const Dataset> dataset;
  std::shared_ptr<const TaskResult> result;
  std::shared_ptr<const LatencyResult> latency;
};

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Result<void> measureAgreement(const TaskArguments& arguments, std::vector<TaskModel>& models, Console& console) {
  EvaluationOptions wanted;
  wanted.limit = arguments.limit;
  wanted.threads = console.threads();
  wanted.kernels = arguments.kernels;
  const Dataset& dataset = *models[0].dataset;
  auto scored = FidelityMeasurement::create(models[0].loaded->model, dataset, wanted, QualityMetric::OutputError,
                                            console.progress());
  if (!scored) return scored.error();
  for (TaskModel& model : models) {
    console.progress().begin("Comparing answers", 0, "samples");
    const bool first = &model == &models[0];
    Fidelity fidelity = scored->original();
    if (!first) {
      QS_ASSIGN(fidelity, scored->measure(model.loaded->model, console.progress()));
    }
    auto result = std::make_shared<TaskResult>(agreementResult(*scored, fidelity));
    result->preprocessing = dataset.preprocessing();
    model.result = std::move(result);
  }
  return {};
}

Result<void> measureTask(const TaskArguments& arguments, std::vector<TaskModel>& models, Console& console) {
  EvaluationOptions wanted;
  wanted.limit = arguments.limit;
  wanted.threads = console.threads();
  wanted.kernels = arguments.kernels;
  for (TaskModel& model : models) {
    TaskOptions options = arguments.options;
    if (arguments.data.labels.empty()) {
      options.classNames = metadataLabels(*model.loaded->model);
    } else {
      QS_ASSIGN(options.classNames, readLines(arguments.data.labels));
    }
    auto result = evaluateTask(*findTask(arguments.task), model.loaded->model, *model.dataset, options, wanted,
                               console.progress());
    if (!result) {
      Error error = result.error();
      if (error.code != ErrorCode::Cancelled)
        error.where = model.path + (error.where.empty() ? "" : ", " + error.where);
      return error;
    }
    model.result = std::move(*result);
    if (model.result->partial) return Error::cancelled();
  }
  return {};
}

Result<std::vector<TaskModel>> openModels(const TaskArguments& arguments, Console& console) {
  std::vector<TaskModel> models;
  const auto names = shortNames(arguments.models);
  for (size_t i = 0; i < arguments.models.size(); ++i) {
    TaskModel model;
    model.path = arguments.models[i];
    model.name = names[i];
    QS_ASSIGN(model.loaded, loadModel(model.path, &console.progress()));
    auto shapes = [](const Model& m) {
      std::vector<std::vector<int32_t>> list;
      for (const InputSpec& spec : inputSpecs(m)) list.push_back(spec.shape);
      return list;
    };
    if (i > 0 && shapes(*model.loaded->model) == shapes(*models[0].loaded->model)) {
      model.dataset = models[0].dataset;
    } else if (i > 0 && arguments.task == kAgreement) {
      return Error{ErrorCode::InvalidArgument, "cannot compare answers", model.path,
                   "its inputs are not those of the first model", ""};
    } else {
      QS_ASSIGN(model.dataset, openData(arguments.data, *model.loaded->model));
    }
    models.push_back(std::move(model));
  }
  return models;
}

Result<void> measureLatencies(const TaskArguments& arguments, std::vector<TaskModel>& models, Console& console) {
  for (TaskModel& model : models) {
    LatencyOptions latency;
    latency.runs = 30;
    latency.warmup = 5;
    latency.threads = console.latencyThreads();
    latency.kernels = arguments.kernels;
    latency.timeLimitSeconds = 2;
    QS_ASSIGN(model.latency, measureLatency(model.loaded->model, latency, console.progress()));
  }
  return {};
}

std::optional<PairedDifference> againstFirst(const TaskModel& first, const TaskModel& model) {
  if (&first == &model || model.result->perSample.empty() ||
      model.result->sampleIndices != first.result->sampleIndices) {
    return std::nullopt;
  }
  return pairedBootstrap(first.result->perSample, model.result->perSample);
}

Json modelJson(const TaskModel& first, const TaskModel& model) {
  Json metrics = Json::object(), rows = Json::array();
  for (const TaskMetric& metric : model.result->metrics) {
    metrics[metric.name] = {{"value", number(metric.value)},
                            {"low", metric.low ? number(*metric.low) : Json()},
                            {"high", metric.high ? number(*metric.high) : Json()},
                            {"higher_is_better", metric.higherIsBetter}};
  }
  for (const TaskRow& row : model.result->rows) {
    Json entry{{"name", row.name}};
    for (size_t i = 0; i < row.values.size(); ++i) entry[model.result->columns[i]] = number(row.values[i]);
    rows.push_back(std::move(entry));
  }
  Json json{{"path", model.path},
            {"bytes", model.loaded->fileBytes},
            {"samples", model.result->samples},
            {"metrics", std::move(metrics)},
            {"rows", std::move(rows)},
            {"latency_us_median", model.latency->medianMicroseconds},
            {"images_per_second", model.result->samplesPerSecond}};
  if (const auto paired = againstFirst(first, model)) {
    json["against_first"] = {{"figure", model.result->perSampleName},
                             {"difference", paired->difference},
                             {"low", number(paired->interval.low)},
                             {"high", number(paired->interval.high)},
                             {"p_value", paired->pValue}};
  }
  return json;
}

std::string figure(const TaskMetric& metric) {
  std::string text = text::compact(metric.value, 4);
  if (metric.low && metric.high && std::isfinite(*metric.low)) {
    text += " (" + text::compact(*metric.low, 4) + " – " + text::compact(*metric.high, 4) + ")";
  }
  return text;
}

std::string tableOf(const std::vector<TaskModel>& models) {
  std::vector<Table::Column> columns{{"model"}, {"bytes", Align::Right}};
  for (const TaskMetric& metric : models[0].result->metrics) columns.push_back({metric.name, Align::Right});
  columns.push_back({"latency", Align::Right});
  Table table(columns);
  std::string paired;
  for (const TaskModel& model : models) {
    std::vector<std::string> cells{model.name, text::count(model.loaded->fileBytes)};
    for (size_t i = 0; i < models[0].result->metrics.size(); ++i) {
      cells.push_back(i < model.result->metrics.size() ? figure(model.result->metrics[i]) : "");
    }
    cells.push_back(text::duration(model.latency->medianMicroseconds));
    table.addRow(std::move(cells));
    if (const auto difference = againstFirst(models[0], model)) {
      paired += model.name + ": " + model.result->perSampleName + " " + (difference->difference < 0 ? "−" : "+") +
                text::compact(std::abs(difference->difference), 3) +
                " against the first (95 %: " + text::compact(difference->interval.low, 3) + " to " +
                text::compact(difference->interval.high, 3) + ", p = " + text::fixed(difference->pValue, 3) + ")\n";
    }
  }
  return table.text() + paired;
}

std::string rowsOf(const TaskModel& model) {
  if (model.result->rows.empty()) return "";
  std::vector<Table::Column> columns{{model.name}};
  for (const std::string& column : model.result->columns) columns.push_back({column, Align::Right});
  Table table(columns);
  for (const TaskRow& row : model.result->rows) {
    std::vector<std::string> cells{row.name};
    for (const double value : row.values) cells.push_back(text::compact(value, 4));
    table.addRow(std::move(cells));
  }
  return "\n" + table.text();
}

Result<void> writePerSample(const TaskArguments& arguments, const std::vector<TaskModel>& models) {
  std::string csv = "model,sample,path,figure,value\n";
  for (const TaskModel& model : models) {
    for (size_t i = 0; i < model.result->perSample.size(); ++i) {
      const uint32_t sample = model.result->sampleIndices[i];
      csv += text::csvField(model.name) + "," + std::to_string(sample) + "," +
             text::csvField(model.dataset->name(sample)) + "," + text::csvField(model.result->perSampleName) + "," +
             text::compact(model.result->perSample[i], 9) + "\n";
    }
  }
  return writeFileAtomically(arguments.predictions, csv, arguments.ifExists);
}

}  // namespace

std::vector<std::string> taskNames() {
  std::vector<std::string> names{"classification", "keywords", kAgreement};
  for (const TaskEntry& task : taskList()) names.emplace_back(task.name);
  return names;
}

Result<int> evaluateTaskModels(const TaskArguments& arguments, Console& console) {
  QS_ASSIGN(auto models, openModels(arguments, console));
  notePreprocessing(*models[0].dataset, console);
  if (arguments.task == kAgreement) {
    QS_TRY(measureAgreement(arguments, models, console));
  } else {
    QS_TRY(measureTask(arguments, models, console));
  }
  QS_TRY(measureLatencies(arguments, models, console));
  if (!arguments.predictions.empty()) QS_TRY(writePerSample(arguments, models));
  const TaskResult& first = *models[0].result;
  std::string text = tableOf(models);
  for (const TaskModel& model : models) text += rowsOf(model);
  text +=
      text::count(static_cast<int64_t>(first.samples)) + " samples; input: " + first.preprocessing.describe() + "\n";
  for (const std::string& note : first.notes) text += note + "\n";
  console.print(text + skippedText(first.skipped));
  Json list = Json::array();
  for (const TaskModel& model : models) list.push_back(modelJson(models[0], model));
  console.result({{"task", arguments.task},
                  {"models", std::move(list)},
                  {"notes", first.notes},
                  {"preprocessing", toJson(first.preprocessing)},
                  {"skipped", toJson(first.skipped)}});
  return 0;
}

}  // namespace quantscope::cli
