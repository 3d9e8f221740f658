#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/result.h"

namespace quantscope {

/// A PNG file of 8-bit RGB pixels, rows from the top without padding. Errors: InvalidArgument (their number does not
/// fit); Internal (what the library says).
Result<std::string> encodePng(int width, int height, std::span<const uint8_t> rgb);

}  // namespace quantscope
