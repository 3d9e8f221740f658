#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/report/text.h"
#include "core/runtime/operator_bytes.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, kernels = "fast";
  int runs = 50, warmup = 10;
  bool profile = false;
  uint64_t seed = 1;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  command.add_option("--runs", options.runs, "Measured runs")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  command.add_option("--warmup", options.warmup, "Runs before them")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command.add_flag("--profile", options.profile, "Time of each operator, too");
  command.add_option("--seed", options.seed, "Of the random inputs")->capture_default_str();
  declareKernels(command, options.kernels);
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const Model& model = *loaded->model;
  LatencyOptions wanted;
  wanted.runs = options.runs;
  wanted.warmup = options.warmup;
  wanted.threads = console.latencyThreads();
  wanted.kernels = kernelSet(options.kernels);
  // Scripts get the operators in any case.
  wanted.perOperator = options.profile || console.json();
  wanted.seed = options.seed;
  QS_ASSIGN(const auto latency, measureLatency(loaded->model, wanted, console.progress()));

  console.print(nameValueLines({{"model", options.model},
                                {"median", text::duration(latency->medianMicroseconds)},
                                {"p90", text::duration(latency->p90Microseconds)},
                                {"min", text::duration(latency->minMicroseconds)},
                                {"runs", text::count(latency->runs)},
                                {"threads", std::to_string(latency->threads)},
                                {"kernels", options.kernels},
                                {"arena", text::count(latency->arenaBytes) + " bytes"}}));
  Table table({{"#", Align::Right},
               {"operator"},
               {"time", Align::Right},
               {"share", Align::Right},
               {"MACs", Align::Right},
               {"bytes", Align::Right},
               {"GMAC/s", Align::Right}});
  Json operators = Json::array();
  std::vector<int64_t> bytes;
  if (!latency->operators.empty()) {
    InterpreterOptions interpreter;
    interpreter.kernels = wanted.kernels;
    QS_ASSIGN(const auto prepared, PreparedModel::prepare(loaded->model, interpreter));
    bytes = operatorBytes(*prepared);
  }
  for (const OperatorLatency& op : latency->operators) {
    const std::string name = operatorName(model, model.subgraphs[0].operators[op.index.position()]);
    const double rate = op.medianMicroseconds > 0 ? static_cast<double>(op.macs) / op.medianMicroseconds / 1e3 : 0;
    table.addRow({std::to_string(op.index.value), name, text::duration(op.medianMicroseconds),
                  text::percent(op.share, 1), op.macs ? text::count(op.macs) : "",
                  text::count(bytes[op.index.position()]), op.macs ? text::fixed(rate, 2) : ""});
    operators.push_back({{"index", op.index.value},
                         {"op", name},
                         {"us", op.medianMicroseconds},
                         {"share", op.share},
                         {"macs", op.macs},
                         {"bytes", bytes[op.index.position()]}});
  }
  if (!table.empty()) console.print("\n" + table.text());
  console.result({{"model", options.model},
                  {"threads", latency->threads},
                  {"kernels", options.kernels},
                  {"runs", latency->runs},
                  {"median_us", latency->medianMicroseconds},
                  {"p90_us", latency->p90Microseconds},
                  {"min_us", latency->minMicroseconds},
                  {"arena_bytes", latency->arenaBytes},
                  {"operators", std::move(operators)}});
  return 0;
}

}  // namespace

void addBench(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "bench", "Latency of one invocation: median, p90, per operator", declare, run);
}

}  // namespace quantscope::cli
