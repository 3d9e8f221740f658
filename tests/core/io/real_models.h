#pragma once

#include <filesystem>
#include <vector>

namespace quantscope::tests {

/// Every .tflite file of the shared folder, sorted; says so on stderr where the folder is absent.
std::vector<std::filesystem::path> realModels();

}  // namespace quantscope::tests
