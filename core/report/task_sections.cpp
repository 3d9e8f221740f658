#include "core/report/task_sections.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/report/answer_sections.h"
#include "core/report/html_table.h"
#include "core/report/text.h"

namespace quantscope::report {

namespace {

/// Names of all figures, in the order in which variants have them.
std::vector<std::string> metricNames(const Report& report) {
  std::vector<std::string> names;
  for (const ReportVariant& v : report.variants) {
    if (!v.taskResult) continue;
    for (const TaskMetric& metric : v.taskResult->metrics) {
      if (std::find(names.begin(), names.end(), metric.name) == names.end()) names.push_back(metric.name);
    }
  }
  return names;
}

const TaskMetric* find(const ReportVariant& variant, const std::string& name) {
  if (!variant.taskResult) return nullptr;
  const auto& metrics = variant.taskResult->metrics;
  const auto place = std::find_if(metrics.begin(), metrics.end(), [&](const TaskMetric& m) { return m.name == name; });
  return place == metrics.end() ? nullptr : &*place;
}

std::string shown(double value) {
  return std::isnan(value) ? "–" : text::compact(value, 4);
}

std::string withInterval(const TaskMetric& metric) {
  if (!metric.low || !metric.high) return shown(metric.value);
  return shown(metric.value) + " (" + shown(*metric.low) + " to " + shown(*metric.high) + ")";
}

std::string figuresTable(const Report& report, const std::vector<std::string>& names) {
  std::vector<Cell> header{{"Variant"}, {"Task"}};
  for (const std::string& name : names) header.push_back(Cell::number(name));
  header.push_back(Cell::number("Against the first"));
  header.push_back(Cell::number("Samples"));
  std::vector<std::vector<Cell>> rows;
  std::string sampleFigure;
  for (const ReportVariant& v : report.variants) {
    if (!v.taskResult) continue;
    const TaskResult& result = *v.taskResult;
    std::vector<Cell> row{{v.name}, {result.task}};
    for (const std::string& name : names) {
      const TaskMetric* metric = find(v, name);
      row.push_back(Cell::number(metric ? withInterval(*metric) : "–"));
    }
    row.push_back(
        Cell::number(v.paired ? shown(v.paired->difference) + ", p = " + text::compact(v.paired->pValue, 3) : "–"));
    if (v.paired && sampleFigure.empty()) sampleFigure = result.perSampleName;
    row.push_back(
        Cell::number(text::count(static_cast<int64_t>(result.samples)) + (result.partial ? " (partial)" : "")));
    rows.push_back(std::move(row));
  }
  std::string html = tableOfFilledColumns(header, rows, "baseline");
  std::string words = "In brackets: 95 % interval.";
  if (!sampleFigure.empty())
    words += " \"Against the first\": mean difference and paired bootstrap of the " + sampleFigure + " of each sample.";
  return html + note(words);
}

std::string classesTable(const ReportVariant& v) {
  const TaskResult& result = *v.taskResult;
  if (result.rows.empty() || result.columns.empty()) return "";
  std::vector<Cell> header{{"Of"}};
  for (const std::string& column : result.columns) header.push_back(Cell::number(column));
  HtmlTable table(header);
  for (const TaskRow& row : result.rows) {
    std::vector<Cell> cells{{row.name}};
    for (const double value : row.values) cells.push_back(Cell::number(shown(value)));
    table.addRow(cells);
  }
  return "<details><summary>" + text::escape(v.name) + ": " + std::to_string(result.rows.size()) + " rows</summary>" +
         table.html() + "</details>\n";
}

}  // namespace

std::string taskSection(const Report& report) {
  const std::vector<std::string> names = metricNames(report);
  if (names.empty()) return "";
  std::string html = figuresTable(report, names);
  for (const ReportVariant& v : report.variants) {
    if (!v.taskResult) continue;
    // The outputs of all variants are read the same way.
    for (const std::string& words : v.taskResult->notes) html += note(words);
    break;
  }
  for (const ReportVariant& v : report.variants) {
    if (v.taskResult) html += classesTable(v);
  }
  return section("Figures of the task", html);
}

std::string taskCsvHeader(const Report& report) {
  const std::vector<std::string> names = metricNames(report);
  if (names.empty()) return "";
  std::string header = ",task,task_samples,task_difference,task_p_value";
  for (const std::string& name : names)
    for (const char* part : {"", "_low", "_high"}) header += "," + text::csvField(name + part);
  return header;
}

std::string taskCsvFields(const Report& report, const ReportVariant& variant) {
  const std::vector<std::string> names = metricNames(report);
  if (names.empty()) return "";
  const auto number = [](double value) { return std::isnan(value) ? std::string() : text::compact(value, 10); };
  const auto& result = variant.taskResult;
  std::string fields = "," + (result ? text::csvField(result->task) : "") + "," +
                       (result ? std::to_string(result->samples) : "") + "," +
                       (variant.paired ? number(variant.paired->difference) : "") + "," +
                       (variant.paired ? number(variant.paired->pValue) : "");
  for (const std::string& name : names) {
    const TaskMetric* metric = find(variant, name);
    fields += "," + (metric ? number(metric->value) : "");
    fields += "," + (metric && metric->low ? number(*metric->low) : "");
    fields += "," + (metric && metric->high ? number(*metric->high) : "");
  }
  return fields;
}

}  // namespace quantscope::report
