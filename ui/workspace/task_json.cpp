#include <cmath>
#include <limits>

#include "ui/workspace/result_json.h"

/// Results of tasks and of searches for the workspace file.
namespace quantscope::ui {

namespace {

/// Figures that are no number ("nothing of this class") are null in JSON.
Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

double readNumber(StrictObject& object, const char* key) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (const Json* raw = object.raw(key); raw && !raw->is_null()) object.read(key, value);
  return value;
}

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

std::vector<double> readNumbers(StrictObject& object, const char* key) {
  std::vector<double> values;
  const Json* list = object.raw(key);
  if (!list) return values;
  if (!list->is_array()) object.fail(key, "is not a list");
  for (const Json& item : *list) {
    if (!item.is_null() && !item.is_number()) object.fail(key, "holds something that is no number");
    values.push_back(item.is_number() ? item.get<double>() : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

}  // namespace

Json toJson(const TaskResult& r) {
  Json metrics = Json::array(), rows = Json::array(), skipped = Json::array();
  for (const TaskMetric& metric : r.metrics) {
    Json json = {{"name", metric.name}, {"value", number(metric.value)}, {"higherIsBetter", metric.higherIsBetter}};
    if (metric.low && metric.high) {
      json["low"] = number(*metric.low);
      json["high"] = number(*metric.high);
    }
    metrics.push_back(std::move(json));
  }
  for (const TaskRow& row : r.rows) rows.push_back({{"name", row.name}, {"values", numbers(row.values)}});
  for (const SkippedItem& item : r.skipped) skipped.push_back({{"path", item.path}, {"why", item.why}});
  return {{"task", r.task},
          {"metrics", metrics},
          {"columns", r.columns},
          {"rows", rows},
          {"perSample", numbers(r.perSample)},
          {"perSampleName", r.perSampleName},
          {"sampleIndices", r.sampleIndices},
          {"samples", r.samples},
          {"samplesPerSecond", r.samplesPerSecond},
          {"partial", r.partial},
          {"notes", r.notes},
          {"skipped", skipped},
          {"preprocessing", toJson(r.preprocessing)}};
}

std::shared_ptr<const TaskResult> readTaskResult(StrictObject& object) {
  auto r = std::make_shared<TaskResult>();
  object.read("task", r->task);
  object.objects("metrics", [&](StrictObject& o) {
    TaskMetric metric;
    o.read("name", metric.name);
    metric.value = readNumber(o, "value");
    o.read("higherIsBetter", metric.higherIsBetter);
    if (o.has("low")) metric.low = readNumber(o, "low");
    if (o.has("high")) metric.high = readNumber(o, "high");
    r->metrics.push_back(std::move(metric));
  });
  object.read("columns", r->columns);
  object.objects("rows", [&](StrictObject& o) {
    TaskRow row;
    o.read("name", row.name);
    row.values = readNumbers(o, "values");
    if (row.values.size() != r->columns.size()) o.fail("values", "are not one for each column");
    r->rows.push_back(std::move(row));
  });
  r->perSample = readNumbers(object, "perSample");
  object.read("perSampleName", r->perSampleName);
  std::vector<int64_t> indices;
  object.read("sampleIndices", indices);
  for (const int64_t index : indices) r->sampleIndices.push_back(static_cast<uint32_t>(index));
  if (r->sampleIndices.size() != r->perSample.size()) object.fail("sampleIndices", "and perSample differ in length");
  object.read("samples", r->samples);
  object.read("samplesPerSecond", r->samplesPerSecond);
  object.read("partial", r->partial);
  object.read("notes", r->notes);
  object.objects("skipped", [&](StrictObject& o) {
    SkippedItem item;
    o.read("path", item.path);
    o.read("why", item.why);
    r->skipped.push_back(std::move(item));
  });
  object.object("preprocessing", [&](StrictObject& o) { readPreprocessing(o, r->preprocessing); });
  if (r->metrics.empty()) object.fail("metrics", "is empty");
  return r;
}

Json toJson(const PairedDifference& paired) {
  return {{"difference", number(paired.difference)},
          {"low", number(paired.interval.low)},
          {"high", number(paired.interval.high)},
          {"pValue", paired.pValue}};
}

PairedDifference readPaired(StrictObject& object) {
  PairedDifference paired;
  paired.difference = readNumber(object, "difference");
  paired.interval = {readNumber(object, "low"), readNumber(object, "high")};
  object.read("pValue", paired.pValue);
  return paired;
}

Json toJson(const TaskChoice& choice) {
  Json json = {{"name", choice.name.toStdString()}};
  if (choice.labelOffset) json["labelOffset"] = *choice.labelOffset;
  if (choice.softmax) json["softmax"] = *choice.softmax;
  const TaskChoice usual;
  if (choice.scoreThreshold != usual.scoreThreshold) json["scoreThreshold"] = choice.scoreThreshold;
  if (choice.normalLabel != usual.normalLabel) json["normalLabel"] = choice.normalLabel;
  if (choice.maxFalsePositiveRate != usual.maxFalsePositiveRate)
    json["maxFalsePositiveRate"] = choice.maxFalsePositiveRate;
  return json;
}

TaskChoice readTaskChoice(StrictObject& object) {
  TaskChoice choice;
  object.read("name", choice.name);
  const bool known = choice.classifies() || choice.name == QLatin1String("agreement") ||
                     findTask(choice.name.toStdString()) != nullptr;
  if (!known) object.fail("name", "is no task that is known");
  if (object.has("labelOffset")) object.read("labelOffset", choice.labelOffset.emplace());
  if (object.has("softmax")) object.read("softmax", choice.softmax.emplace());
  if (object.has("scoreThreshold")) object.read("scoreThreshold", choice.scoreThreshold);
  if (object.has("normalLabel")) object.read("normalLabel", choice.normalLabel);
  if (object.has("maxFalsePositiveRate")) object.read("maxFalsePositiveRate", choice.maxFalsePositiveRate);
  if (!(choice.maxFalsePositiveRate > 0 && choice.maxFalsePositiveRate <= 1))
    object.fail("maxFalsePositiveRate", "is not between 0 and 1");
  return choice;
}

Json toJson(const SearchFigures& figures) {
  const Fidelity& f = figures.fidelity;
  return {{"metric", qualityMetricName(figures.metric)},
          {"best", figures.best},
          {"onFront", figures.onFront},
          {"samples", f.samples},
          {"labelled", f.labelled},
          {"right", f.right},
          {"ranked", f.ranked},
          {"same", f.same},
          {"onlyOriginalRight", f.onlyOriginalRight},
          {"onlyVariantRight", f.onlyVariantRight},
          {"klDivergence", number(f.klDivergence)},
          {"signal", f.signal},
          {"noise", f.noise},
          {"approximation", f.approximation},
          {"product", f.product}};
}

SearchFigures readSearchFigures(StrictObject& object) {
  SearchFigures figures;
  Fidelity& f = figures.fidelity;
  std::string metric;
  object.read("metric", metric);
  bool known = false;
  for (const QualityMetric m : {QualityMetric::Top1, QualityMetric::Agreement, QualityMetric::OutputError}) {
    if (metric != qualityMetricName(m)) continue;
    figures.metric = m;
    known = true;
  }
  if (!known) object.fail("metric", "is no metric of a search");
  object.read("best", figures.best);
  object.read("onFront", figures.onFront);
  object.read("samples", f.samples);
  object.read("labelled", f.labelled);
  object.read("right", f.right);
  object.read("ranked", f.ranked);
  object.read("same", f.same);
  object.read("onlyOriginalRight", f.onlyOriginalRight);
  object.read("onlyVariantRight", f.onlyVariantRight);
  f.klDivergence = readNumber(object, "klDivergence");
  object.read("signal", f.signal);
  object.read("noise", f.noise);
  object.read("approximation", f.approximation);
  object.read("product", f.product);
  if (f.right > f.labelled || f.same > f.ranked) object.fail("right", "or same is more than there were");
  return figures;
}

}  // namespace quantscope::ui
