#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace quantscope::tests {

/// The folder of real models and reference results that lies beside the source tree on
/// development machines ("../shared", or $QUANTSCOPE_SHARED). Empty where it is absent: tests that
/// need it then call skipLoudly() and return.
std::optional<std::filesystem::path> sharedFolder();

/// Prints "SKIPPED: <what> (<why>)" on stderr, so that a skipped test is seen in the log.
void skipLoudly(const std::string& what, const std::string& why);

/// The root of the source tree (for resources/samples and tests/golden).
std::filesystem::path sourceFolder();

/// The build folder of this test; the programs lie in its bin/.
std::filesystem::path buildFolder();

/// A new empty folder below the system's temporary folder, removed with everything in it by the destructor.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return m_path; }

private:
  std::filesystem::path m_path;
};

}  // namespace quantscope::tests
