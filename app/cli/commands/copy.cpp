#include <algorithm>

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

/// Fields of a later format cannot be written field by field, because nobody knows what is in them: such a file is
/// copied byte by byte, and that is said.
Result<void> copyBytes(const LoadedModel& loaded, const OutputArguments& out, Progress& progress) {
  constexpr size_t kStep = size_t{4} << 20;
  QS_ASSIGN(AtomicFile file, AtomicFile::create(out.path, out.ifExists()));
  std::span<const std::byte> rest = loaded.source.bytes;
  progress.begin("Copying the file", rest.size(), "bytes");
  while (!rest.empty()) {
    const auto step = rest.first(std::min(rest.size(), kStep));
    QS_TRY(file.write(step));
    if (!progress.advance(step.size())) return Error::cancelled();
    rest = rest.subspan(step.size());
  }
  return file.commit();
}

Result<int> run(const Options& options, Console& console) {
  QS_TRY(checkOutput(options.out.path, options.out.ifExists()));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const Model& model = *loaded->model;
  for (const std::string& notice : model.notices) console.note("note: " + notice);
  if (model.incomplete) {
    console.note("note: copied byte by byte, so that what this version does not know is kept");
    QS_TRY(copyBytes(*loaded, options.out, console.progress()));
  } else {
    QS_TRY(writeModel(model, options.out.path, options.out.ifExists(), &console.progress()));
  }
  std::error_code ignored;
  const auto bytes = static_cast<int64_t>(std::filesystem::file_size(options.out.path, ignored));
  console.print(options.out.path + ": " + text::count(bytes) + " bytes (" + options.model + ": " +
                text::count(loaded->fileBytes) + ")\n");
  console.result({{"out", options.out.path},
                  {"bytes", bytes},
                  {"bytes_before", loaded->fileBytes},
                  {"verbatim", model.incomplete},
                  {"notices", model.notices}});
  return 0;
}

}  // namespace

void addCopy(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "copy", "Read and write a model: nothing changes but the layout of the bytes",
                      declare, run);
}

}  // namespace quantscope::cli
