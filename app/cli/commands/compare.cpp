#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/evaluation/layer_findings.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string a, b, csv, kernels = "fast";
  size_t limit = 0;
  bool force = false;
  DataArguments data;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("a", options.a, "The float .tflite file")->required();
  command.add_option("b", options.b, "Its quantized form")->required();
  declareData(command, options.data, true);
  command.add_option("--limit", options.limit, "Use so many samples, taken evenly")->check(CLI::PositiveNumber);
  command.add_option("--csv", options.csv, "Write the table to this file, too");
  command.add_flag("--force", options.force, "Replace files that exist");
  declareKernels(command, options.kernels);
}

Json errorJson(const LayerError& e) {
  return {{"sqnr_db", e.sqnrDecibel},
          {"mse", e.meanSquaredError},
          {"cosine", e.cosine},
          {"max_abs", e.maxAbsolute},
          {"kl", e.klDivergence},
          {"saturated", e.saturated},
          {"rmse_over_scale", e.rmseOverScale > 0 ? Json(e.rmseOverScale) : Json()}};
}

std::string csvOf(const LayerErrors& errors) {
  std::string csv = "operator,op,name,float_operator,kind,sqnr_db,mse,cosine,max_abs,rmse_over_scale,kl,saturated\n";
  auto addRows = [&](const std::vector<LayerError>& list, const char* kind) {
    for (const LayerError& e : list) {
      if (e.values == 0) continue;
      csv += std::to_string(e.quantizedOperator.value) + "," + text::csvField(e.op) + "," + text::csvField(e.name) +
             "," + std::to_string(e.floatOperator.value) + "," + kind + "," +
             (e.meanSquaredError > 0 ? text::compact(e.sqnrDecibel, 9) : "inf") + "," +
             text::compact(e.meanSquaredError, 9) + "," + text::compact(e.cosine, 9) + "," +
             text::compact(e.maxAbsolute, 9) + "," + text::compact(e.rmseOverScale, 9) + "," +
             text::compact(e.klDivergence, 9) + "," + text::compact(e.saturated, 9) + "\n";
    }
  };
  addRows(errors.accumulated, "accumulated");
  addRows(errors.local, "local");
  return csv;
}

Result<int> run(const Options& options, Console& console) {
  const IfExists ifExists = options.force ? IfExists::Replace : IfExists::Refuse;
  if (!options.csv.empty()) QS_TRY(checkOutput(options.csv, ifExists));
  QS_ASSIGN(const auto a, loadModel(options.a, &console.progress()));
  QS_ASSIGN(const auto b, loadModel(options.b, &console.progress()));
  QS_ASSIGN(const auto dataset, openData(options.data, *a->model));
  notePreprocessing(*dataset, console);
  EvaluationOptions wanted;
  wanted.limit = options.limit;
  wanted.threads = console.threads();
  wanted.kernels = kernelSet(options.kernels);
  QS_ASSIGN(const auto errors, compareLayers(a->model, b->model, *dataset, wanted, console.progress()));
  if (!options.csv.empty()) QS_TRY(writeFileAtomically(options.csv, csvOf(*errors), ifExists));

  Table table({{"#", Align::Right},
               {"operator"},
               {"SQNR", Align::Right},
               {"alone", Align::Right},
               {"MSE", Align::Right},
               {"cosine", Align::Right},
               {"max error", Align::Right},
               {"RMSE/scale", Align::Right},
               {"clipped", Align::Right},
               {"result"}});
  Json operators = Json::array();
  for (size_t i = 0; i < errors->accumulated.size(); ++i) {
    const LayerError& e = errors->accumulated[i];
    const LayerError& local = errors->local[i];
    table.addRow({std::to_string(e.quantizedOperator.value), e.op, text::fixed(e.sqnrDecibel, 1) + " dB",
                  local.values ? text::fixed(local.sqnrDecibel, 1) + " dB" : "–", text::compact(e.meanSquaredError, 3),
                  text::fixed(e.cosine, 6), text::compact(e.maxAbsolute, 3),
                  local.values && local.rmseOverScale > 0 ? text::fixed(local.rmseOverScale, 3) : "–",
                  local.saturated > 0 ? text::percent(local.saturated, 3) : "", text::shorten(e.name, 60)});
    operators.push_back({{"operator", e.quantizedOperator.value},
                         {"op", e.op},
                         {"name", e.name},
                         {"float_operator", e.floatOperator.value},
                         {"accumulated", errorJson(e)},
                         {"local", local.values ? errorJson(local) : Json()}});
  }
  console.print(table.text() +
                "SQNR accumulates all errors before an operator; alone: fed with the float model's values. " +
                "RMSE/scale of the operator alone; rounding gives 0.289.\n");
  const auto findings = interpretLayers(*errors);
  Json words = Json::array();
  for (const LayerFinding& finding : findings) {
    const LayerError& e = errors->accumulated[finding.layer];
    console.print("operator " + std::to_string(e.quantizedOperator.value) + " " + e.op + " " + finding.what + "; " +
                  finding.remedy + "\n");
    words.push_back({{"operator", e.quantizedOperator.value},
                     {"op", e.op},
                     {"name", e.name},
                     {"what", finding.what},
                     {"remedy", finding.remedy}});
  }
  if (findings.empty()) console.print("No operator stands out.\n");
  for (const std::string& op : errors->unmatched) console.print("no counterpart: " + op + "\n");
  console.print(text::count(static_cast<int64_t>(errors->samples)) + " samples\n" + skippedText(errors->skipped));
  console.result({{"a", options.a},
                  {"b", options.b},
                  {"samples", errors->samples},
                  {"operators", std::move(operators)},
                  {"findings", std::move(words)},
                  {"unmatched", errors->unmatched},
                  {"preprocessing", toJson(dataset->preprocessing())},
                  {"skipped", toJson(errors->skipped)}});
  return 0;
}

}  // namespace

void addCompare(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "compare", "Error of each operator of a quantized model", declare, run);
}

}  // namespace quantscope::cli
