#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "core/io/tflite_writer.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model;
  OutputArguments out;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  declareOutput(command, options.out, "The new .tflite file");
}

Result<int> run(const Options& options, Console& console) {
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_TRY(writeModel(*loaded->model, options.out.path, options.out.ifExists(), &console.progress()));
  std::error_code ignored;
  const auto bytes = static_cast<int64_t>(std::filesystem::file_size(options.out.path, ignored));
  console.print(options.out.path + ": " + text::count(bytes) + " bytes (" + options.model + ": " +
                text::count(loaded->fileBytes) + ")\n");
  console.result({{"out", options.out.path}, {"bytes", bytes}, {"bytes_before", loaded->fileBytes}});
  return 0;
}

}  // namespace

void addCopy(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "copy", "Read and write a model: nothing changes but the layout of the bytes",
                      declare, run);
}

}  // namespace quantscope::cli
