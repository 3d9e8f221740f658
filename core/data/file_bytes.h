#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/result.h"

namespace quantscope::data {

/// A whole file that fits in memory: read, not mapped, so that a file that shrinks meanwhile cannot hurt.
/// Errors: NotFound, Io, ResourceLimit above `limit` bytes.
Result<std::vector<std::byte>> readFileBytes(const std::filesystem::path& path, uint64_t limit);

}  // namespace quantscope::data
