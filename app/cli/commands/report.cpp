#include "core/report/report.h"
#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/measured_models.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::vector<std::string> models;
  std::string kernels = "fast";
  size_t limit = 0;
  DataArguments data;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("models", options.models, "The .tflite files; the first is the baseline")->required();
  declareData(command, options.data, false);
  command.add_option("--limit", options.limit, "Use so many samples, taken evenly")->check(CLI::PositiveNumber);
  declareOutput(command, options.out, "The page (.html)");
  declareKernels(command, options.kernels);
}

/// Models without data: their operators, time and picture.
Result<std::vector<MeasuredModel>> profileModels(const Options& options, Console& console) {
  std::vector<MeasuredModel> models;
  const auto names = shortNames(options.models);
  for (size_t i = 0; i < options.models.size(); ++i) {
    MeasuredModel model;
    model.path = options.models[i];
    model.name = names[i];
    QS_ASSIGN(model.loaded, loadModel(model.path, &console.progress()));
    LatencyOptions wanted;
    wanted.runs = 30;
    wanted.warmup = 5;
    wanted.threads = console.latencyThreads();
    wanted.kernels = kernelSet(options.kernels);
    wanted.perOperator = true;
    wanted.timeLimitSeconds = 2;
    auto latency = measureLatency(model.loaded->model, wanted, console.progress());
    if (latency) {
      model.latency = std::move(*latency);
    } else if (latency.error().code == ErrorCode::Cancelled) {
      return latency.error();
    } else {
      console.note("note: " + model.name + ": no latency: " + latency.error().message());
    }
    models.push_back(std::move(model));
  }
  return models;
}

Result<int> run(const Options& options, Console& console) {
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  MeasureOptions wanted;
  wanted.limit = options.limit;
  wanted.kernels = kernelSet(options.kernels);
  const bool withData = !options.data.data.empty();
  QS_ASSIGN(const auto models,
            withData ? measureModels(options.models, options.data, wanted, console) : profileModels(options, console));
  std::string command = "quantscope-cli report";
  for (const std::string& model : options.models) command += " " + model;
  if (withData) command += " --data " + options.data.data;
  command += " -o " + options.out.path;
  QS_ASSIGN(const Report report, reportOf(models, command, options.data.data, wanted.kernels, 0, console));
  const std::string html = renderHtmlReport(report);
  QS_TRY(writeFileAtomically(options.out.path, html, options.out.ifExists()));
  console.print(options.out.path + "\n");
  console.result({{"out", options.out.path}, {"bytes", html.size()}});
  return 0;
}

}  // namespace

void addReport(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "report", "One HTML page about models: figures, plots, operators", declare, run);
}

}  // namespace quantscope::cli
