#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "app/cli/suggestion.h"
#include "core/base/version.h"

namespace {

using namespace quantscope;
using namespace quantscope::cli;

constexpr const char* kFooter =
    "\nExit codes: 0 done, 1 the work failed, 2 wrong usage, 130 cancelled.\n"
    "quantscope-cli COMMAND --help explains one command; docs/cli.md all of them.";

void declareGlobals(CLI::App& app, GlobalOptions& options) {
  app.set_help_flag("-h,--help", "Show this help and exit");
  app.set_version_flag("--version", std::string("quantscope-cli ") + kVersion, "Show the version and exit");
  app.add_flag("--json", options.json, "One JSON document on standard output, and nothing else there");
  app.add_option("--threads", options.threads,
                 "Threads to use (default: all of the machine; latency is measured on one)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--progress", options.progress, "How progress is shown on standard error")
      ->check(CLI::IsMember({"auto", "plain", "none"}))
      ->capture_default_str();
  app.add_flag("--quiet", options.quiet, "Nothing but results and errors");
}

void declareCommands(CLI::App& app, Action& chosen) {
  addInfo(app, chosen);
  addTensors(app, chosen);
  addHistogram(app, chosen);
  addRun(app, chosen);
  addCalibrate(app, chosen);
  addQuantize(app, chosen);
  addEvaluate(app, chosen);
  addCompare(app, chosen);
  addSensitivity(app, chosen);
  addSearch(app, chosen);
  addBench(app, chosen);
  addCopy(app, chosen);
  addDiff(app, chosen);
  addVerify(app, chosen);
  addReport(app, chosen);
  addRender(app, chosen);
}

std::string usedCommand(const CLI::App& app) {
  const auto used = app.get_subcommands();
  return used.empty() ? "" : used.front()->get_name();
}

/// What was wrong with the arguments, with the nearest right word where there is one.
int reportUsage(const CLI::App& app, const CLI::ParseError& problem, int argc, char** argv, Console& console) {
  const std::string command = usedCommand(app);
  if (command.empty()) {
    const std::string word = firstWord(argc, argv, {"--threads", "--progress"});
    if (word.empty()) return console.usageError("", "no command is given");
    std::vector<std::string> commands;
    for (const CLI::App* candidate : app.get_subcommands({})) commands.push_back(candidate->get_name());
    if (std::find(commands.begin(), commands.end(), word) == commands.end()) {
      return console.usageError("", "there is no command '" + word + "'" + didYouMean(word, commands));
    }
  }
  std::string why = problem.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&problem)) {
    std::vector<std::string> known;
    const CLI::App* used = command.empty() ? &app : app.get_subcommands().front();
    for (const CLI::App* level : {used, &app}) {
      for (const CLI::Option* option : level->get_options()) {
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
      }
    }
    const auto extras = app.remaining(true);
    if (!extras.empty()) why = "'" + extras.front() + "' is not expected" + didYouMean(extras.front(), known);
  }
  return console.usageError(command, why);
}

int runChosen(const Action& chosen, Console& console) {
  console.begin();
  cancelOnSignals(console.progress());
  const Result<int> done = chosen(console);
  workIsOver();
  if (!done) {
    if (done.error().code == ErrorCode::Cancelled) {
      console.error({ErrorCode::Cancelled, "cancelled", "", "", ""});
      return exitCodeOfSignal() ? exitCodeOfSignal() : 130;
    }
    console.error(done.error());
    return 1;
  }
  if (const auto written = console.flush(); !written) {
    console.error(written.error());
    return 1;
  }
  return *done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Inspect, quantize, calibrate and evaluate TensorFlow Lite models.", "quantscope-cli");
  Console console;
  Action chosen;
  app.footer(kFooter);
  app.fallthrough();
  app.require_subcommand(1);
  declareGlobals(app, console.options);
  declareCommands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted, std::cout, std::cerr);
  } catch (const CLI::ParseError& problem) {
    return reportUsage(app, problem, argc, argv, console);
  }
  return runChosen(chosen, console);
}
