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

void Console::print(const std::string& text) {
  if (!options.json) m_text += text;
}

void Console::result(const Json& document) {
  // Names in files need not be UTF-8; JSON must be.
  if (options.json) m_text = document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
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
  const bool written = std::fwrite(m_text.data(), 1, m_text.size(), stdout) == m_text.size();
  if (!written || std::fflush(stdout) != 0) {
    return Error{ErrorCode::Io, "cannot write the result", "standard output", std::strerror(errno), ""};
  }
  m_text.clear();
  return {};
}

}  // namespace quantscope::cli
