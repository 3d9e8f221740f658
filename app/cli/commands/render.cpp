#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "core/report/graph_scene.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model;
  double scale = 2;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  declareOutput(command, options.out, "The picture (.svg, .png or .pdf)");
  command.add_option("--scale", options.scale, "Pixels of a .png for one of the picture's")
      ->check(CLI::Range(0.1, 8.0))
      ->capture_default_str();
}

Result<int> run(const Options& options, Console& console) {
  const std::string extension = std::filesystem::path(options.out.path).extension().string();
  if (extension != ".svg" && extension != ".png" && extension != ".pdf") {
    return console.usageError("render", "'" + options.out.path + "' ends in none of .svg, .png, .pdf",
                              "give a name that ends in one of them");
  }
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const auto scene, report::graphScene(*loaded->model, console.progress()));
  std::string bytes;
  if (extension == ".png") {
    QS_ASSIGN(bytes, report::scenePng(scene, options.scale));
  } else {
    bytes = extension == ".pdf" ? report::scenePdf(scene) : report::sceneSvg(scene);
  }
  QS_TRY(writeFileAtomically(options.out.path, bytes, options.out.ifExists()));
  console.print(options.out.path + "\n");
  console.result({{"out", options.out.path}, {"bytes", bytes.size()}});
  return 0;
}

}  // namespace

void addRender(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "render", "Draw the graph as a picture", declare, run);
}

}  // namespace quantscope::cli
