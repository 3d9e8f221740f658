#include <algorithm>
#include <cmath>

#include "core/evaluation/answers.h"
#include "core/evaluation/layer_findings.h"
#include "core/quantization/quantize.h"
#include "core/report/answer_sections.h"
#include "core/report/html_table.h"
#include "core/report/page_style.h"
#include "core/report/plots.h"
#include "core/report/report.h"
#include "core/report/task_sections.h"
#include "core/report/text.h"

namespace quantscope {

namespace {

using report::Cell;
using report::HtmlTable;

/// The picture of a larger graph would be a page of its own; `render` makes it.
constexpr size_t kMostPicturedOperators = 400;
constexpr size_t kMostSkippedShown = 50;

using report::note;
using report::section;

std::string ratio(int64_t baseline, int64_t bytes) {
  return bytes > 0 ? text::fixed(static_cast<double>(baseline) / static_cast<double>(bytes), 2) + "×" : "–";
}

std::string points(double difference) {
  std::string signedText = text::fixed(100 * std::abs(difference), 2);
  if (signedText == "0.00") return "0.00";
  return (difference < 0 ? "−" : "+") + signedText;
}

std::vector<Cell> accuracyCells(const EvaluationResult& e, const EvaluationResult* baseline) {
  std::vector<Cell> cells;
  if (!e.labelled) {
    cells = {Cell::number("–"), Cell::number("–"), Cell::number("–"), Cell::number("–")};
  } else {
    cells.push_back(Cell::number(text::percent(e.top1.value())));
    cells.push_back(Cell::number(text::fixed(100 * e.top1.low(), 1) + " – " + text::fixed(100 * e.top1.high(), 1)));
    cells.push_back(Cell::number(text::percent(e.top5.value())));
    if (!baseline || !baseline->labelled || baseline == &e) {
      cells.push_back(Cell::number("–"));
    } else {
      const double difference = e.top1.value() - baseline->top1.value();
      const PairedTest test = compareResults(*baseline, e);
      const std::string verdict = test.verdict();
      Cell cell = Cell::number(points(difference) + " pp, " + text::probability(test.pValue) + ", " + verdict);
      cell.wraps = true;
      if (verdict == "better") cell.style = "good";
      if (verdict == "worse") cell.style = "bad";
      cells.push_back(cell);
    }
  }
  cells.push_back(Cell::number(e.agreement ? text::percent(e.agreement->value()) : "–"));
  cells.push_back(Cell::number(text::count(static_cast<int64_t>(e.samples)) + (e.partial ? " (partial)" : "")));
  return cells;
}

std::string variantsTable(const Report& report) {
  const std::vector<Cell> header{{"Variant"},
                                 {"Made by"},
                                 Cell::number("Bytes"),
                                 Cell::number("Smaller"),
                                 Cell::number("Top-1"),
                                 Cell::number("95 % interval"),
                                 Cell::number("Top-5"),
                                 Cell::number("Against the first"),
                                 Cell::number("Same answer"),
                                 Cell::number("Samples"),
                                 Cell::number("Latency"),
                                 Cell::number("p90")};
  std::vector<std::vector<Cell>> rows;
  const auto& variants = report.variants;
  for (size_t i = 0; i < variants.size(); ++i) {
    const ReportVariant& v = variants[i];
    std::string made = v.mode;
    if (!v.madeFrom.empty()) made += (made.empty() ? "from " : " from ") + v.madeFrom;
    std::vector<Cell> row{
        {v.name}, {made}, Cell::number(text::count(v.bytes)), Cell::number(ratio(variants[0].bytes, v.bytes))};
    const auto accuracy = v.evaluation ? accuracyCells(*v.evaluation, variants[0].evaluation.get())
                                       : std::vector<Cell>(6, Cell::number("–"));
    row.insert(row.end(), accuracy.begin(), accuracy.end());
    row.push_back(Cell::number(v.latency ? text::duration(v.latency->medianMicroseconds) : "–"));
    row.push_back(Cell::number(v.latency ? text::duration(v.latency->p90Microseconds) : "–"));
    rows.push_back(std::move(row));
  }
  std::string html = report::tableOfFilledColumns(header, rows, "baseline");
  const bool classified =
      std::any_of(variants.begin(), variants.end(), [](const ReportVariant& v) { return v.evaluation != nullptr; });
  if (classified)
    html += note(
        "Top-1 with its Wilson 95 % interval. \"Against the first\": difference in percentage points and the two-sided "
        "exact McNemar test on the same samples. Latency: median of one sample.");
  for (const ReportVariant& v : variants) {
    if (!v.evaluation) continue;
    html += note("Input of the pictures: " + v.evaluation->preprocessing.describe());
    break;
  }
  return html;
}

std::string accuracySection(const Report& report) {
  std::vector<report::PlotPoint> plotted;
  for (size_t i = 0; i < report.variants.size(); ++i) {
    const ReportVariant& v = report.variants[i];
    if (!v.evaluation || !v.evaluation->labelled) continue;
    const Proportion& top1 = v.evaluation->top1;
    plotted.push_back({v.name, static_cast<double>(v.bytes), top1.value(), top1.low(), top1.high(), i == 0});
  }
  return plotted.empty() ? "" : section("Accuracy and size", report::accuracyPlot(plotted));
}

std::string skippedSection(const Report& report) {
  for (const ReportVariant& v : report.variants) {
    if (!v.evaluation || v.evaluation->skipped.empty()) continue;
    const auto& skipped = v.evaluation->skipped;
    HtmlTable table({{"Item"}, {"Why"}});
    for (size_t i = 0; i < std::min(skipped.size(), kMostSkippedShown); ++i) {
      table.addRow({{skipped[i].path, "path"}, {skipped[i].why}});
    }
    std::string html = table.html();
    if (skipped.size() > kMostSkippedShown) {
      html += note("and " + text::count(static_cast<int64_t>(skipped.size() - kMostSkippedShown)) + " more");
    }
    return section("Items that could not be used: " + std::to_string(skipped.size()), html);
  }
  return "";
}

/// What stands out, under what can be done about it.
std::string findingsText(const LayerErrors& errors) {
  const auto findings = interpretLayers(errors);
  if (findings.empty()) return "<p>No operator stands out.</p>\n";
  std::vector<std::string> remedies;
  for (const LayerFinding& finding : findings) {
    if (std::find(remedies.begin(), remedies.end(), finding.remedy) == remedies.end())
      remedies.push_back(finding.remedy);
  }
  std::string html;
  for (const std::string& remedy : remedies) {
    html += "<ul>";
    for (const LayerFinding& finding : findings) {
      if (finding.remedy != remedy) continue;
      const LayerError& e = errors.accumulated[finding.layer];
      html += "<li><b>" + std::to_string(e.quantizedOperator.value) + " " + text::escape(e.op) + "</b> " +
              text::escape(finding.what) + "</li>\n";
    }
    html += "</ul><p class=\"remedy\">What may help: " + text::escape(remedy) + ".</p>\n";
  }
  return html;
}

std::string layersSection(const ReportVariant& v) {
  if (!v.layerErrors || v.layerErrors->accumulated.empty()) return "";
  const LayerErrors& errors = *v.layerErrors;
  std::vector<report::PlotBar> bars;
  HtmlTable table({Cell::number("#"),
                   {"Operator"},
                   {"Result"},
                   Cell::number("SQNR accumulated"),
                   Cell::number("local"),
                   Cell::number("MSE"),
                   Cell::number("Cosine"),
                   Cell::number("Max error"),
                   Cell::number("RMSE / scale")});
  for (size_t i = 0; i < errors.accumulated.size(); ++i) {
    const LayerError& a = errors.accumulated[i];
    const LayerError& l = errors.local[i];
    report::PlotBar bar;
    bar.label = std::to_string(a.quantizedOperator.value) + " " + a.op;
    bar.title = bar.label + " " + a.name;
    bar.value = a.sqnrDecibel;
    if (l.values) bar.second = l.sqnrDecibel;
    if (a.values) bars.push_back(bar);
    auto measured = [](const LayerError& e, const std::string& shown) { return Cell::number(e.values ? shown : "–"); };
    table.addRow({Cell::number(std::to_string(a.quantizedOperator.value)),
                  {a.op},
                  {a.name, "path"},
                  measured(a, text::fixed(a.sqnrDecibel, 1) + " dB"),
                  measured(l, text::fixed(l.sqnrDecibel, 1) + " dB"),
                  measured(a, text::compact(a.meanSquaredError, 3)),
                  measured(a, text::fixed(a.cosine, 6)),
                  measured(a, text::compact(a.maxAbsolute, 3)),
                  measured(a, a.rmseOverScale > 0 ? text::fixed(a.rmseOverScale, 3) : "–")});
  }
  return section("Error of each operator: " + v.name,
                 note("Signal to quantization noise over " + text::count(static_cast<int64_t>(errors.samples)) +
                      " samples, in dB (longer is better): the bar accumulates all errors before it, the mark is the "
                      "operator alone, fed with the float model's values. RMSE / scale: rounding alone gives 0.289.") +
                     findingsText(errors) + report::barPlot(bars, " dB", "alone") +
                     "<details><summary>Table</summary>" + table.html() + "</details>\n");
}

std::string latencySection(const ReportVariant& v) {
  if (!v.latency || v.latency->operators.empty() || !v.model) return "";
  HtmlTable table({Cell::number("#"), {"Operator"}, Cell::number("Time"), Cell::number("Share"), Cell::number("MACs")});
  for (const OperatorLatency& op : v.latency->operators) {
    const Operator& source = v.model->subgraphs[0].operators[op.index.position()];
    table.addRow({Cell::number(std::to_string(op.index.value)),
                  {operatorName(*v.model, source)},
                  Cell::number(text::duration(op.medianMicroseconds)),
                  Cell::number(text::percent(op.share, 1)),
                  Cell::number(text::count(op.macs))});
  }
  return section("Time of each operator: " + v.name, table.html());
}

std::string sensitivitySection(const Report& report) {
  if (!report.sensitivity) return "";
  const SensitivityResult& s = *report.sensitivity;
  const bool top1 = s.metric == "top1";
  auto shown = [&](double value) { return top1 ? points(value) + " pp" : text::compact(value, 4); };
  HtmlTable table({Cell::number("#"),
                   {"Operator"},
                   Cell::number("Loss when it alone is quantized"),
                   Cell::number("Gain when it alone is kept")});
  for (const OperatorSensitivity& op : s.operators) {
    table.addRow({Cell::number(std::to_string(op.index.value)),
                  {op.op},
                  Cell::number(shown(op.quantizeOne)),
                  Cell::number(shown(op.keepOne))});
  }
  return section("Sensitivity",
                 note("Measured as " + s.metric + " on " + text::count(static_cast<int64_t>(s.samples)) + " samples.") +
                     table.html());
}

std::string operatorsSection(const ReportVariant& v) {
  if (!v.model || v.model->subgraphs.empty()) return "";
  const Subgraph& subgraph = v.model->subgraphs[0];
  HtmlTable table({Cell::number("#"), {"Operator"}, {"Result"}, {"Shape"}, {"Precision"}});
  const std::vector<Precision> precisions = effectivePrecisions(*v.model, SubgraphIndex{0});
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const Operator& op = subgraph.operators[i];
    const Tensor* result = op.output(0).valid() ? &subgraph.tensor(op.output(0)) : nullptr;
    table.addRow({Cell::number(std::to_string(i)),
                  {operatorName(*v.model, op)},
                  {result ? result->name : "", "path"},
                  {result ? shapeText(result->shape) : ""},
                  {std::string(precisionLabel(precisions[i]))}});
  }
  std::string html = "<details><summary>" + std::to_string(subgraph.operators.size()) + " operators</summary>" +
                     table.html() + "</details>\n";
  if (!subgraph.operators.empty() && subgraph.operators.size() <= kMostPicturedOperators) {
    Progress silent;
    if (const auto svg = renderGraphSvg(*v.model, silent)) {
      html += "<details><summary>Graph</summary><div class=\"scroll\">" + *svg + "</div></details>\n";
    }
  }
  return section("Model: " + v.name, html);
}

std::string recipeSection(const ReportVariant& v) {
  if (v.recipeJson.empty() && v.commandLine.empty()) return "";
  std::string html;
  if (!v.commandLine.empty()) html += "<p>Make it again:</p><pre>" + text::escape(v.commandLine) + "</pre>\n";
  if (!v.recipeJson.empty()) {
    html += "<details><summary>Recipe</summary><pre>" + text::escape(v.recipeJson) + "</pre></details>\n";
  }
  return section("How to make it: " + v.name, html);
}

}  // namespace

std::string renderHtmlReport(const Report& report) {
  const std::string title = report.title.empty() ? "Quantization report" : report.title;
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>" +
      text::escape(title) + "</title>\n<style>" + report::kPageStyle + "</style></head>\n<body><main>\n";
  html += "<h1>" + text::escape(title) + "</h1>\n";
  if (!report.modelPath.empty()) html += "<p class=\"note path\">Model: " + text::escape(report.modelPath) + "</p>\n";
  if (!report.dataset.empty()) html += "<p class=\"note path\">Data: " + text::escape(report.dataset) + "</p>\n";
  if (!report.variants.empty()) html += section("Variants", variantsTable(report));
  html += report::taskSection(report);
  html += accuracySection(report);
  html += report::answersSections(report);
  for (const ReportVariant& v : report.variants) html += layersSection(v);
  html += sensitivitySection(report);
  for (const ReportVariant& v : report.variants) html += latencySection(v);
  for (const ReportVariant& v : report.variants) html += recipeSection(v);
  for (const ReportVariant& v : report.variants) html += operatorsSection(v);
  html += skippedSection(report);
  if (!report.environment.empty()) {
    HtmlTable table({{"What"}, {"Value"}});
    for (const auto& [name, value] : report.environment) table.addRow({{name}, {value}});
    html += section("Environment", table.html());
  }
  return html + "</main></body></html>\n";
}

}  // namespace quantscope
