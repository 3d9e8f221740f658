#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace quantscope::io {

/// A part of a .litertlm bundle that is a model.
struct ModelSection {
  std::string name;
  uint64_t begin = 0, end = 0;
};

/// True where the bytes begin like a .litertlm bundle.
bool isLiteRtLm(std::span<const std::byte> file);

/// The models of a .litertlm bundle by its header: mark (8 bytes), version (3 numbers of 4 bytes), 4 bytes unused, end
/// of the header (8 bytes), then the header itself, a flatbuffer (core/schema/litertlm.fbs). Errors: Malformed (the
/// header is damaged, a section leaves the file), Unsupported (a later major version).
Result<std::vector<ModelSection>> modelSections(std::span<const std::byte> file);

}  // namespace quantscope::io
