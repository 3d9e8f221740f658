#include "app/cli/command.h"
#include "app/cli/commands/info_facts.h"
#include "core/io/metadata.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model;
  bool details = false;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file, or a bundle of models")->required();
  command.add_flag("--details", options.details, "Also the options, inputs and outputs of each operator");
}

Result<int> run(const Options& options, Console& console) {
  // What cannot be listed is for loadModel() to complain about.
  if (const auto bundled = listBundledModels(options.model); bundled && bundled->size() > 1) {
    console.print(bundleText(options.model, *bundled));
    console.result(bundleDocument(options.model, *bundled));
    return 0;
  }
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const ModelSummary summary = summarize(*loaded->model);
  const auto metadata = readMetadata(*loaded->model);
  if (!metadata) console.note("note: " + metadata.error().message());
  const ModelMetadata card = metadata ? *metadata : ModelMetadata{};
  const InfoFacts facts{*loaded, summary, card, estimateArena(loaded->model->subgraphs[0], *loaded->model)};
  if (console.json()) {
    console.result(infoDocument(facts));
  } else {
    console.print(infoText(facts, options.details));
  }
  return 0;
}

}  // namespace

void addInfo(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "info", "Operators, sizes, signatures and metadata of a model", declare, run);
}

}  // namespace quantscope::cli
