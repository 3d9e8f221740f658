#pragma once

#include <filesystem>

#include "core/base/result.h"

namespace quantscope {

/// The folder with what belongs to the program but not into it: recipes/ and samples/. Looked for in this order:
/// $QUANTSCOPE_RESOURCES; ../share/quantscope beside the running program's folder (installed); resources/ of the
/// source tree three folders above it (build/<preset>/bin). Errors: NotFound, naming where it looked.
Result<std::filesystem::path> resourceFolder();

/// As above for a program in `programFolder`, without the environment. For tests.
Result<std::filesystem::path> resourceFolderBeside(const std::filesystem::path& programFolder);

}  // namespace quantscope
