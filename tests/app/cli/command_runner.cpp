#include "tests/app/cli/command_runner.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/paths.h"

namespace quantscope::tests {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void becomeProgram(const std::vector<std::string>& arguments, const RunOptions& options,
                                const std::filesystem::path& out, const std::filesystem::path& err) {
  const int outFile = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int errFile = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(outFile, STDOUT_FILENO);
  ::dup2(errFile, STDERR_FILENO);
  if (options.largestFile) {
    ::signal(SIGXFSZ, SIG_IGN);  // write() shall fail instead
    const rlimit limit{*options.largestFile, *options.largestFile};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (options.unprivileged && ::geteuid() == 0) {
    constexpr uid_t kNobody = 65534;
    if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(126);
  }
  const auto folder = options.folder.empty() ? sourceFolder() : options.folder;
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  std::vector<char*> argv;
  std::string program = QUANTSCOPE_CLI;
  std::vector<std::string> copies = arguments;
  argv.push_back(program.data());
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

}  // namespace

std::vector<std::string> Outcome::errors() const {
  std::vector<std::string> lines;
  std::istringstream stream(err);
  for (std::string line; std::getline(stream, line);) {
    if (line.rfind("error: ", 0) == 0) lines.push_back(line);
  }
  return lines;
}

Outcome runCli(const std::vector<std::string>& arguments, const RunOptions& options) {
  const TemporaryFolder folder;
  const auto out = options.standardOutput.empty() ? folder.path() / "out" : options.standardOutput;
  const auto err = folder.path() / "err";
  const pid_t child = ::fork();
  if (child == 0) becomeProgram(arguments, options, out, err);
  Clock::time_point sent;
  if (options.signal) {
    std::this_thread::sleep_for(std::chrono::milliseconds(options.signalAfterMilliseconds));
    sent = Clock::now();
    ::kill(child, *options.signal);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  Outcome outcome;
  if (options.signal) outcome.secondsAfterSignal = std::chrono::duration<double>(Clock::now() - sent).count();
  outcome.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (options.standardOutput.empty()) outcome.out = fileContent(out);
  outcome.err = fileContent(err);
  return outcome;
}

std::string sampleModel() {
  return (sourceFolder() / "resources/samples/shapes_cnn.tflite").string();
}
std::string samplePictures() {
  return (sourceFolder() / "resources/samples/shapes/evaluation").string();
}
std::string calibrationPictures() {
  return (sourceFolder() / "resources/samples/shapes/calibration").string();
}

std::vector<std::string> filesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string fileContent(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

void writeFile(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace quantscope::tests
