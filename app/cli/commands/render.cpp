#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "core/report/report.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  declareOutput(command, options.out, "The picture (.svg)");
}

Result<int> run(const Options& options, Console& console) {
  const std::string extension = std::filesystem::path(options.out.path).extension().string();
  if (extension != ".svg") {
    return console.usageError("render", "'" + options.out.path + "' does not end in .svg",
                              extension == ".png" || extension == ".pdf"
                                  ? "draw an .svg here, or export PNG and PDF from the workbench window"
                                  : "give a name that ends in .svg");
  }
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const std::string svg, renderGraphSvg(*loaded->model, console.progress()));
  QS_TRY(writeFileAtomically(options.out.path, svg, options.out.ifExists()));
  console.print(options.out.path + "\n");
  console.result({{"out", options.out.path}, {"bytes", svg.size()}});
  return 0;
}

}  // namespace

void addRender(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "render", "Draw the graph as a picture", declare, run);
}

}  // namespace quantscope::cli
