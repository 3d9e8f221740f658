#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, observer = "minmax";
  size_t samples = 0;
  DataArguments data;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The float .tflite file")->required();
  declareData(command, options.data, true);
  command.add_option("--samples", options.samples, "How many samples, taken evenly (default: all)")
      ->check(CLI::PositiveNumber);
  command.add_option("--observer", options.observer, "How a range follows from the values")
      ->check(CLI::IsMember({"minmax", "moving-average", "percentile", "mse", "entropy"}))
      ->capture_default_str();
  declareOutput(command, options.out, "The ranges (.json)");
}

Result<int> run(const Options& options, Console& console) {
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const auto dataset, openData(options.data, *loaded->model));
  notePreprocessing(*dataset, console);
  CalibrationOptions wanted;
  QS_ASSIGN(wanted.observer, parseObserver(options.observer));
  wanted.samples = options.samples;
  wanted.threads = console.threads();
  QS_ASSIGN(const auto ranges, calibrate(loaded->model, *dataset, wanted, console.progress()));
  QS_TRY(saveRanges(*ranges, options.out.path, options.out.ifExists()));
  console.print(options.out.path + ": ranges of " + text::count(static_cast<int64_t>(ranges->ranges.size())) +
                " tensors from " + text::count(static_cast<int64_t>(ranges->samples)) + " samples\n");
  noteRanges(*ranges, console);
  console.result({{"out", options.out.path},
                  {"tensors", ranges->ranges.size()},
                  {"samples", ranges->samples},
                  {"observer", options.observer},
                  {"preprocessing", toJson(dataset->preprocessing())},
                  {"skipped", ranges->skipped},
                  {"warnings", ranges->warnings}});
  return 0;
}

}  // namespace

void addCalibrate(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "calibrate", "Observe the ranges of all activations on samples", declare, run);
}

}  // namespace quantscope::cli
