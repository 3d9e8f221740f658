#include <optional>

#include "app/cli/command.h"
#include "app/cli/commands/info_advice.h"
#include "app/cli/commands/info_facts.h"
#include "core/io/metadata.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, deploy = "cpu", samples = "yes";
  bool details = false, advise = false;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file, or a bundle of models")->required();
  command.add_flag("--details", options.details, "Also the options, inputs and outputs of each operator");
  command.add_flag("--advise", options.advise, "Say which mode suits a device, and why");
  command.add_option("--deploy", options.deploy, "The device, for --advise")
      ->check(CLI::IsMember(targetNames()))
      ->capture_default_str();
  command.add_option("--samples", options.samples, "Whether there are samples to calibrate on, for --advise")
      ->check(CLI::IsMember({"yes", "no"}))
      ->capture_default_str();
}

Result<int> run(const Options& options, Console& console) {
  // What cannot be listed is for loadModel() to complain about.
  if (const auto bundled = listBundledModels(options.model); bundled && bundled->size() > 1) {
    console.print(bundleText(options.model, *bundled));
    console.result(bundleDocument(options.model, *bundled));
    return 0;
  }
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const auto metadata = readMetadata(*loaded->model);
  if (!metadata) console.note("note: " + metadata.error().message());
  const auto facts = std::make_shared<const InfoFacts>(
      InfoFacts{loaded, summarize(*loaded->model), metadata ? *metadata : ModelMetadata{},
                estimateArena(loaded->model->subgraphs[0], *loaded->model)});
  std::optional<Advice> advice;
  if (options.advise) {
    QS_ASSIGN(const Target* target, findTarget(options.deploy));
    QS_ASSIGN(advice, advise(loaded->model, *target, options.samples == "yes"));
  }
  if (console.json()) {
    console.result([facts, advice](JsonWriter& writer) {
      writer.beginObject();
      writeInfo(*facts, writer);
      if (advice) writer.member("advice", adviceDocument(*advice));
      writer.end();
    });
  } else {
    console.print(infoText(*facts, options.details) + (advice ? adviceText(*advice) : ""));
  }
  return 0;
}

}  // namespace

void addInfo(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "info", "Operators, sizes, signatures and metadata of a model", declare, run);
}

}  // namespace quantscope::cli
