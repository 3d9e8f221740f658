#include "tests/core/io/real_models.h"

#include <algorithm>

#include "tests/support/paths.h"

namespace quantscope::tests {

std::vector<std::filesystem::path> realModels() {
  const auto shared = sharedFolder();
  if (!shared) {
    skipLoudly("tests on real models", "no shared folder");
    return {};
  }
  std::vector<std::filesystem::path> files;
  for (const auto* part : {"models", "golden/models"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*shared / part)) {
      if (entry.path().extension() == ".tflite") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace quantscope::tests
