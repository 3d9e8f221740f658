#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "app/cli/console.h"

namespace quantscope::cli {

/// What a command does: its exit code, or the error to print (exit 1, or 130 where it was cancelled).
using Action = std::function<Result<int>(Console&)>;

/// Declares a command. `Options` is default-constructed, `declare` binds its fields to CLI11 options, `run` gets it
/// filled.
template <typename Options>
void addCommand(CLI::App& app, Action& chosen, const std::string& name, const std::string& description,
                void (*declare)(CLI::App&, Options&), Result<int> (*run)(const Options&, Console&)) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(name, description);
  declare(*command, *options);
  command->callback([&chosen, options, run] { chosen = [options, run](Console& c) { return run(*options, c); }; });
}

/// One line per command; each is in the file of its name in commands/.
void addInfo(CLI::App& app, Action& chosen);
void addTensors(CLI::App& app, Action& chosen);
void addHistogram(CLI::App& app, Action& chosen);
void addRun(CLI::App& app, Action& chosen);
void addCalibrate(CLI::App& app, Action& chosen);
void addQuantize(CLI::App& app, Action& chosen);
void addEvaluate(CLI::App& app, Action& chosen);
void addCompare(CLI::App& app, Action& chosen);
void addSensitivity(CLI::App& app, Action& chosen);
void addSearch(CLI::App& app, Action& chosen);
void addBench(CLI::App& app, Action& chosen);
void addCopy(CLI::App& app, Action& chosen);
void addDiff(CLI::App& app, Action& chosen);
void addVerify(CLI::App& app, Action& chosen);
void addReport(CLI::App& app, Action& chosen);
void addRender(CLI::App& app, Action& chosen);

}  // namespace quantscope::cli
