#include <algorithm>
#include <map>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model;
  size_t samples = 0;
  ObserverArguments observer;
  DataArguments data;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The float .tflite file")->required();
  declareData(command, options.data, true);
  command.add_option("--samples", options.samples, "How many samples, taken evenly (default: all)")
      ->check(CLI::PositiveNumber);
  declareObserver(command, options.observer);
  declareOutput(command, options.out, "The ranges (.json)");
}

Json remarksJson(const std::vector<CalibrationRemark>& remarks) {
  Json rows = Json::array();
  for (const CalibrationRemark& remark : remarks) {
    rows.push_back({{"kind", remarkName(remark.kind)},
                    {"subgraph", remark.subgraph},
                    {"tensor", remark.tensor.value},
                    {"operator", remark.op.valid() ? Json(remark.op.value) : Json()},
                    {"value", remark.value},
                    {"text", remark.text}});
  }
  return rows;
}

/// The first of each kind, for people; the rest is counted.
std::string remarksText(const std::vector<CalibrationRemark>& remarks) {
  constexpr size_t kShown = 3;
  std::map<CalibrationRemark::Kind, std::vector<const CalibrationRemark*>> byKind;
  for (const CalibrationRemark& remark : remarks) byKind[remark.kind].push_back(&remark);
  std::string text;
  for (const auto& [kind, list] : byKind) {
    for (size_t i = 0; i < std::min(kShown, list.size()); ++i) text += list[i]->text + "\n";
    if (list.size() > kShown)
      text += "  and " + std::to_string(list.size() - kShown) + " more tensors like that (" +
              std::string(remarkName(kind)) + ")\n";
  }
  return text;
}

/// Per tensor what was seen and chosen, with the range against the number of samples.
Json rangesTable(const CalibrationResult& ranges) {
  Json rows = Json::array();
  for (const auto& [key, range] : ranges.ranges) {
    Json growth = Json::array();
    for (const RangeGrowth& g : range.growth)
      growth.push_back({{"samples", g.samples}, {"min", g.min}, {"max", g.max}});
    rows.push_back({{"subgraph", key.first},
                    {"tensor", key.second},
                    {"name", ranges.names.at(key)},
                    {"observer", observerName(range.observer)},
                    {"min", range.min},
                    {"max", range.max},
                    {"observed_min", range.observedMin},
                    {"observed_max", range.observedMax},
                    {"min_sample", range.minSample},
                    {"max_sample", range.maxSample},
                    {"inactive_channels", range.inactiveChannels.size()},
                    {"channels", range.channels},
                    {"padding", range.paddingLow + range.paddingHigh},
                    {"growth", std::move(growth)}});
  }
  return rows;
}

Result<int> run(const Options& options, Console& console) {
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const auto dataset, openData(options.data, *loaded->model));
  notePreprocessing(*dataset, console);
  CalibrationOptions wanted;
  QS_ASSIGN(wanted.observer, parseObserver(options.observer.observer));
  QS_ASSIGN(wanted.observers, observerChoices(options.observer));
  wanted.hashInputs = true;
  wanted.samples = options.samples;
  wanted.threads = console.threads();
  QS_ASSIGN(const auto ranges, calibrate(loaded->model, *dataset, wanted, console.progress()));
  QS_TRY(saveRanges(*ranges, options.out.path, options.out.ifExists()));
  console.print(options.out.path + ": ranges of " + text::count(static_cast<int64_t>(ranges->ranges.size())) +
                " tensors from " + text::count(static_cast<int64_t>(ranges->samples)) + " samples\n");
  noteRanges(*ranges, console);
  const auto remarks = calibrationRemarks(*loaded->model, *ranges);
  console.print(remarksText(remarks));
  console.result({{"out", options.out.path},
                  {"tensors", ranges->ranges.size()},
                  {"samples", ranges->samples},
                  {"observer", options.observer.observer},
                  {"preprocessing", toJson(dataset->preprocessing())},
                  {"skipped", ranges->skipped},
                  {"warnings", ranges->warnings},
                  {"dataset_sha256", ranges->datasetHash},
                  {"diagnostics", remarksJson(remarks)},
                  {"ranges", rangesTable(*ranges)}});
  return 0;
}

}  // namespace

void addCalibrate(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "calibrate", "Observe the ranges of all activations on samples", declare, run);
}

}  // namespace quantscope::cli
