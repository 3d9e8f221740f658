#include "app/cli/console.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/thread_pool.h"

namespace quantscope::cli {

namespace {

/// A message stays one line, whatever names and reasons hold.
std::string oneLine(const std::string& text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return line;
}

}  // namespace

Console::Console() : m_progress([this](const ProgressState& state) { m_line.show(state); }) {}

void Console::begin() {
  ProgressStyle style = ProgressStyle::None;
  if (!options.quiet && options.progress != "none") {
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    style = terminal && options.progress == "auto" ? ProgressStyle::Bar : ProgressStyle::Plain;
  }
  m_line.setStyle(style);
}

int Console::threads() const {
  return options.threads > 0 ? options.threads : hardwareThreads();
}

void Console::print(std::string text) {
  print([text = std::move(text)](const TextSink& sink) { sink(text); });
}

void Console::print(std::function<void(const TextSink&)> make) {
  if (!options.json) m_output.push_back(std::move(make));
}

void Console::result(const Json& document) {
  if (options.json) m_output = {[text = documentText(document) + "\n"](const TextSink& sink) { sink(text); }};
}

void Console::result(std::function<void(JsonWriter&)> make) {
  if (!options.json) return;
  m_output = {[make = std::move(make)](const TextSink& sink) {
    JsonWriter writer(sink);
    make(writer);
    sink("\n");
  }};
}

void Console::note(const std::string& text) {
  if (options.quiet) return;
  m_line.clear();
  std::fprintf(stderr, "%s\n", oneLine(text).c_str());
}

void Console::error(const Error& error) {
  m_line.clear();
  std::fprintf(stderr, "error: %s\n", oneLine(error.message()).c_str());
}

int Console::usageError(const std::string& command, const std::string& why, const std::string& remedy) {
  const std::string program = "quantscope-cli" + (command.empty() ? "" : " " + command);
  error({ErrorCode::InvalidArgument, "wrong usage", program, why,
         remedy.empty() ? "see " + program + " --help" : remedy});
  return 2;
}

Result<void> Console::flush() {
  m_line.clear();
  int problem = 0;
  const TextSink sink = [&problem](std::string_view piece) {
    if (problem == 0 && std::fwrite(piece.data(), 1, piece.size(), stdout) != piece.size()) problem = errno;
  };
  for (const auto& write : m_output) write(sink);
  if (problem == 0 && std::fflush(stdout) != 0) problem = errno;
  if (problem != 0) {
    return Error{ErrorCode::Io, "cannot write the result", "standard output", std::strerror(problem), ""};
  }
  m_output.clear();
  return {};
}

}  // namespace quantscope::cli
