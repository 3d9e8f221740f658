#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/report/text.h"
#include "core/runtime/operator_bytes.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::vector<std::string> models;
  std::string kernels = "fast";
  int runs = 50, warmup = 10;
  bool profile = false;
  uint64_t seed = 1;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("models", options.models, "The .tflite files; runs of several take turns")->required();
  command.add_option("--runs", options.runs, "Measured runs")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  command.add_option("--warmup", options.warmup, "Runs before them")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command.add_flag("--profile", options.profile, "Time of each operator, too");
  command.add_option("--seed", options.seed, "Of the random inputs")->capture_default_str();
  declareKernels(command, options.kernels);
}

/// Bytes that each operator reads and writes; empty where operators were not timed.
Result<std::vector<int64_t>> bytesOf(const LoadedModel& loaded, const LatencyResult& latency) {
  if (latency.operators.empty()) return std::vector<int64_t>();
  InterpreterOptions interpreter;
  interpreter.kernels = latency.kernels;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(loaded.model, interpreter));
  return operatorBytes(*prepared);
}

Json operatorsJson(const Model& model, const LatencyResult& latency, const std::vector<int64_t>& bytes) {
  Json operators = Json::array();
  for (const OperatorLatency& op : latency.operators) {
    operators.push_back({{"index", op.index.value},
                         {"op", operatorName(model, model.subgraphs[0].operators[op.index.position()])},
                         {"us", op.medianMicroseconds},
                         {"share", op.share},
                         {"macs", op.macs},
                         {"bytes", bytes[op.index.position()]}});
  }
  return operators;
}

Json document(const std::string& path, const LoadedModel& loaded, const LatencyResult& latency,
              const std::string& kernels, const std::vector<int64_t>& bytes) {
  return {{"model", path},
          {"threads", latency.threads},
          {"kernels", kernels},
          {"runs", latency.runs},
          {"median_us", latency.medianMicroseconds},
          {"p90_us", latency.p90Microseconds},
          {"min_us", latency.minMicroseconds},
          {"spread_us", latency.spreadMicroseconds},
          {"arena_bytes", latency.arenaBytes},
          {"macs", summarize(*loaded.model).macs},
          {"operators", operatorsJson(*loaded.model, latency, bytes)}};
}

std::string operatorsText(const Model& model, const LatencyResult& latency, const std::vector<int64_t>& bytes) {
  Table table({{"#", Align::Right},
               {"operator"},
               {"time", Align::Right},
               {"share", Align::Right},
               {"MACs", Align::Right},
               {"bytes", Align::Right},
               {"GMAC/s", Align::Right}});
  for (const OperatorLatency& op : latency.operators) {
    const double rate = op.medianMicroseconds > 0 ? static_cast<double>(op.macs) / op.medianMicroseconds / 1e3 : 0;
    table.addRow(
        {std::to_string(op.index.value), operatorName(model, model.subgraphs[0].operators[op.index.position()]),
         text::duration(op.medianMicroseconds), text::percent(op.share, 1), op.macs ? text::count(op.macs) : "",
         text::count(bytes[op.index.position()]), op.macs ? text::fixed(rate, 2) : ""});
  }
  return table.empty() ? "" : "\n" + table.text();
}

Result<int> run(const Options& options, Console& console) {
  std::vector<std::shared_ptr<const LoadedModel>> loaded;
  std::vector<std::shared_ptr<const Model>> models;
  for (const std::string& path : options.models) {
    QS_ASSIGN(loaded.emplace_back(), loadModel(path, &console.progress()));
    models.push_back(loaded.back()->model);
  }
  LatencyOptions wanted;
  wanted.runs = options.runs;
  wanted.warmup = options.warmup;
  wanted.threads = console.latencyThreads();
  wanted.kernels = kernelSet(options.kernels);
  // Scripts get the operators in any case.
  wanted.perOperator = options.profile || console.json();
  wanted.seed = options.seed;
  QS_ASSIGN(const auto latencies, measureLatencies(models, wanted, console.progress()));

  const auto names = shortNames(options.models);
  Table table({{"model"},
               {"median", Align::Right},
               {"against the first", Align::Right},
               {"p90", Align::Right},
               {"min", Align::Right},
               {"spread", Align::Right},
               {"arena", Align::Right},
               {"MACs", Align::Right}});
  Json first, list = Json::array();
  std::string operators;
  for (size_t i = 0; i < latencies.size(); ++i) {
    const LatencyResult& latency = *latencies[i];
    QS_ASSIGN(const auto bytes, bytesOf(*loaded[i], latency));
    Json json = document(options.models[i], *loaded[i], latency, options.kernels, bytes);
    std::string against;
    if (i > 0) {
      const LatencyRatio ratio = latencyRatio(*latencies[0], latency);
      against =
          text::fixed(ratio.ratio, 3) + "× (" + text::fixed(ratio.low, 3) + " – " + text::fixed(ratio.high, 3) + ")";
      json["ratio_to_first"] = {{"ratio", ratio.ratio}, {"low", ratio.low}, {"high", ratio.high}};
    }
    table.addRow({names[i], text::duration(latency.medianMicroseconds), against,
                  text::duration(latency.p90Microseconds), text::duration(latency.minMicroseconds),
                  text::duration(latency.spreadMicroseconds), text::count(latency.arenaBytes) + " bytes",
                  text::count(json["macs"].get<int64_t>())});
    operators += operatorsText(*loaded[i]->model, latency, bytes);
    if (i == 0) first = json;
    list.push_back(std::move(json));
  }
  console.print(
      table.text() + text::count(latencies[0]->runs) + " runs, " + std::to_string(latencies[0]->threads) +
      (latencies[0]->threads == 1 ? " thread, " : " threads, ") + options.kernels + " kernels" +
      (models.size() > 1 ? "; runs take turns, ratios are medians of pairs with their 95 % interval\n" : "\n") +
      operators);
  if (models.size() > 1) first["models"] = std::move(list);
  console.result(first);
  return 0;
}

}  // namespace

void addBench(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "bench", "Latency of one invocation: median, p90, per operator", declare, run);
}

}  // namespace quantscope::cli
