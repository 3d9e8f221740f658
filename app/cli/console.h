#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/cli/json_writer.h"
#include "app/cli/progress_line.h"
#include "core/base/result.h"
#include "core/jobs/progress.h"

namespace quantscope::cli {

/// Options that every command has.
struct GlobalOptions {
  bool json = false, quiet = false;
  int threads = 0;  ///< 0: as many as the machine has
  std::string progress = "auto";
};

/// The program's mouth: results to stdout at the very end and all at once, everything else to stderr.
class Console {
public:
  Console();

  GlobalOptions options;
  /// After the options are known.
  void begin();

  Progress& progress() { return m_progress; }
  bool json() const { return options.json; }
  /// Threads for work on many items: what was asked for, else all of the machine.
  int threads() const;
  /// Threads for the latency of one invocation: what was asked for, else one.
  int latencyThreads() const { return options.threads > 0 ? options.threads : 1; }

  /// Text for people; dropped with --json.
  void print(std::string text);
  /// The same for a long text, which is made while it is written: `make` owns what it needs.
  void print(std::function<void(const TextSink&)> make);
  /// The document of --json; dropped without it.
  void result(const Json& document);
  /// The same for a large document, which is made while it is written: `make` owns what it needs.
  void result(std::function<void(JsonWriter&)> make);
  /// A remark on stderr; dropped with --quiet.
  void note(const std::string& text);
  /// One line "error: ..." on stderr.
  void error(const Error& error);
  /// Wrong usage found by a command itself: prints it and returns the exit code 2.
  int usageError(const std::string& command, const std::string& why, const std::string& remedy = {});
  /// Writes what was printed. Errors: Io (stdout is closed or full).
  Result<void> flush();

private:
  ProgressLine m_line{ProgressStyle::None};
  Progress m_progress;
  std::vector<std::function<void(const TextSink&)>> m_output;  ///< what flush() writes, in order
};

}  // namespace quantscope::cli
