#include "core/base/resource_folder.h"

#include <array>
#include <cstdlib>
#include <string>
#include <system_error>

namespace quantscope {

namespace fs = std::filesystem;

namespace {

// Every form of the folder has the recipes.
bool isResourceFolder(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "recipes", ignored);
}

}  // namespace

Result<fs::path> resourceFolderBeside(const fs::path& programFolder) {
  const std::array candidates = {programFolder / ".." / "share" / "quantscope",
                                 programFolder / ".." / ".." / ".." / "resources"};
  std::string looked;
  for (const fs::path& candidate : candidates) {
    const fs::path folder = candidate.lexically_normal();
    if (isResourceFolder(folder)) return folder;
    looked += (looked.empty() ? "" : " or ") + folder.string();
  }
  return Error{ErrorCode::NotFound, "cannot find the program's own files", looked, "neither has a folder recipes",
               "install the program again, or set QUANTSCOPE_RESOURCES to its resources folder"};
}

Result<fs::path> resourceFolder() {
  if (const char* chosen = std::getenv("QUANTSCOPE_RESOURCES")) {
    if (isResourceFolder(chosen)) return fs::path(chosen);
    return Error{ErrorCode::NotFound, "cannot find the program's own files", chosen, "it has no folder recipes",
                 "correct or remove QUANTSCOPE_RESOURCES"};
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) {
    return Error{ErrorCode::NotFound, "cannot find the program's own files", "/proc/self/exe", error.message(),
                 "set QUANTSCOPE_RESOURCES to its resources folder"};
  }
  return resourceFolderBeside(program.parent_path());
}

}  // namespace quantscope
