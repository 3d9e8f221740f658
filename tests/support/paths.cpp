#include "tests/support/paths.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace quantscope::tests {

std::filesystem::path sourceFolder() { return QUANTSCOPE_SOURCE_DIR; }

std::filesystem::path buildFolder() { return QUANTSCOPE_BINARY_DIR; }

std::optional<std::filesystem::path> sharedFolder() {
  std::filesystem::path folder;
  if (const char* fromEnvironment = std::getenv("QUANTSCOPE_SHARED")) {
    folder = fromEnvironment;
  } else {
    folder = sourceFolder().parent_path() / "shared";
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder / "models", ignored)) return std::nullopt;
  return folder;
}

void skipLoudly(const std::string& what, const std::string& why) {
  std::fprintf(stderr, "SKIPPED: %s (%s)\n", what.c_str(), why.c_str());
}

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> counter{0};
  m_path = std::filesystem::temp_directory_path() /
           ("quantscope-test-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
  std::filesystem::create_directories(m_path);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}

}  // namespace quantscope::tests
