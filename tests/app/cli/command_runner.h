#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace quantscope::tests {

/// How a program ended and what it said.
struct Outcome {
  int exitCode = -1;  ///< 128 + signal where a signal ended it
  std::string out, err;
  double secondsAfterSignal = 0;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
  /// Lines on stderr that begin with "error: ".
  std::vector<std::string> errors() const;
};

struct RunOptions {
  std::filesystem::path folder;          ///< working directory; empty: the source tree
  std::filesystem::path standardOutput;  ///< a file that receives stdout instead of Outcome::out
  std::optional<int> signal;             ///< sent after `signalAfterMilliseconds`
  int signalAfterMilliseconds = 0;
  std::optional<uint64_t> largestFile;  ///< files cannot grow beyond so many bytes: the disk is full
  bool unprivileged = false;            ///< where the tests run as root: as a user whom permissions stop
};

/// Runs the quantscope-cli of this build.
Outcome runCli(const std::vector<std::string>& arguments, const RunOptions& options = {});

/// The bundled sample.
std::string sampleModel();
std::string samplePictures();       ///< 500 to evaluate on
std::string calibrationPictures();  ///< 100

/// Names of everything in a folder, sorted; also of hidden files.
std::vector<std::string> filesIn(const std::filesystem::path& folder);
std::string fileContent(const std::filesystem::path& path);
void writeFile(const std::filesystem::path& path, const std::string& content);

}  // namespace quantscope::tests
