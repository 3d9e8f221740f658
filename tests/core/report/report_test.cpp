#include "core/report/report.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

std::shared_ptr<EvaluationResult> evaluation(uint64_t hits, uint64_t total) {
  auto result = std::make_shared<EvaluationResult>();
  result->samples = total;
  result->labelled = true;
  result->top1 = {hits, total};
  result->top5 = {total, total};
  for (uint32_t i = 0; i < total; ++i) {
    Prediction p;
    p.sample = i;
    p.label = 1;
    p.top1 = i < hits ? 1 : 0;
    result->predictions.push_back(p);
  }
  return result;
}

Report twoVariants() {
  Report report;
  report.title = "Report <of> \"x\"";
  report.modelPath = "/models/<b>.tflite";
  ReportVariant baseline;
  baseline.name = "float & fast";
  baseline.bytes = 318144;
  baseline.evaluation = evaluation(90, 100);
  ReportVariant quantized;
  quantized.name = "<img src=x onerror=alert(1)>";
  quantized.mode = "int8";
  quantized.bytes = 95320;
  quantized.evaluation = evaluation(60, 100);
  auto errors = std::make_shared<LayerErrors>();
  LayerError layer;
  layer.op = "CONV_2D";
  layer.name = "conv<1>";
  layer.values = 10;
  layer.sqnrDecibel = std::numeric_limits<double>::infinity();
  errors->accumulated = {layer};
  errors->local = {layer};
  quantized.layerErrors = errors;
  quantized.recipeJson = "{\"name\": \"</pre><script>\"}";
  quantized.commandLine = "quantscope-cli quantize a.tflite -o b.tflite --mode int8";
  report.variants = {baseline, quantized};
  return report;
}

size_t occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("A report of another task tells its figures, in the page and in the table", "[report]") {
  Report report;
  for (const double value : {0.5, 0.25}) {
    ReportVariant v;
    v.name = value == 0.5 ? "float32" : "int8 <b>";
    v.bytes = 1000;
    auto result = std::make_shared<TaskResult>();
    result->task = "detection";
    result->metrics = {{"map", value, value - 0.125, value + 0.125}, {"ar10", value / 2, {}, {}}};
    result->columns = {"ap"};
    result->rows = {{"<dog>", {value}}, {"cat", {std::numeric_limits<double>::quiet_NaN()}}};
    result->perSampleName = "score";
    result->samples = 12;
    result->notes = {"boxes as <corners>"};
    v.taskResult = result;
    if (value != 0.5) v.paired = PairedDifference{-0.25, {}, 0.002};
    report.variants.push_back(v);
  }
  const std::string html = renderHtmlReport(report);
  CHECK(html.find("0.5 (0.375 to 0.625)") != std::string::npos);
  CHECK(html.find("-0.25, p = 0.002") != std::string::npos);
  CHECK(html.find("&lt;dog&gt;") != std::string::npos);
  CHECK(html.find("boxes as &lt;corners&gt;") != std::string::npos);
  CHECK(html.find("<dog>") == std::string::npos);
  CHECK(html.find("McNemar") == std::string::npos);
  const std::string csv = renderCsv(report);
  CHECK(csv.find(",task,task_samples,task_difference,task_p_value,map,map_low,map_high,ar10,ar10_low,ar10_high\n") !=
        std::string::npos);
  CHECK(csv.find(",detection,12,-0.25,0.002,0.25,0.125,0.375,0.125,,\n") != std::string::npos);
}

TEST_CASE("The page is one file without script, network or unescaped names", "[report]") {
  const std::string html = renderHtmlReport(twoVariants());
  CHECK(html.rfind("<!DOCTYPE html>", 0) == 0);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<img") == std::string::npos);
  CHECK(html.find("http://") == std::string::npos);
  CHECK(html.find("https://") == std::string::npos);
  CHECK(html.find("&lt;img src=x onerror=alert(1)&gt;") != std::string::npos);
  CHECK(html.find("conv<1>") == std::string::npos);
  CHECK(html.find("prefers-color-scheme") != std::string::npos);
  for (const char* tag : {"table", "section", "svg", "div", "details", "tr", "td", "g", "text", "pre"}) {
    const std::string name(tag);
    CHECK(occurrences(html, "<" + name + ">") + occurrences(html, "<" + name + " ") ==
          occurrences(html, "</" + name + ">"));
  }
}

TEST_CASE("The page has the figures of the variants and of their paired test", "[report]") {
  const std::string html = renderHtmlReport(twoVariants());
  CHECK(html.find("318,144") != std::string::npos);
  CHECK(html.find("3.34×") != std::string::npos);
  CHECK(html.find("90.00 %") != std::string::npos);
  CHECK(html.find("82.6 – 94.5") != std::string::npos);
  CHECK(html.find("−30.00 pp, p &lt; 0.001, worse") != std::string::npos);
  CHECK(html.find("--mode int8") != std::string::npos);
}

TEST_CASE("An empty report is still a page", "[report]") {
  const std::string html = renderHtmlReport(Report{});
  CHECK(html.find("Quantization report") != std::string::npos);
  CHECK(html.find("</html>") != std::string::npos);
}

TEST_CASE("The CSV has one line per variant and as many fields as its head", "[report]") {
  const std::string csv = renderCsv(twoVariants());
  REQUIRE(occurrences(csv, "\n") == 3);
  std::vector<size_t> commas;
  for (size_t begin = 0; begin < csv.size();) {
    const size_t end = csv.find('\n', begin);
    commas.push_back(occurrences(csv.substr(begin, end - begin), ","));
    begin = end + 1;
  }
  CHECK(commas[0] == commas[1]);
  CHECK(commas[0] == commas[2]);
  CHECK(csv.find("0.9,") != std::string::npos);
}

TEST_CASE("The environment names the program and the processor's threads", "[report]") {
  const auto rows = describeEnvironment(2);
  REQUIRE_FALSE(rows.empty());
  CHECK(rows[0].second.rfind("Quantscope ", 0) == 0);
}
