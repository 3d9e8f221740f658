#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace quantscope {

/// The bytes of a string tensor: a count, count + 1 offsets, the characters (spec/tflite-format.md section 2).
std::vector<std::byte> packStrings(std::span<const std::string> strings);

/// The strings of a string tensor, at most `limit` of them. Untrusted: Malformed where the count or an offset lies
/// outside the bytes or offsets go back.
Result<std::vector<std::string>> unpackStrings(std::span<const std::byte> bytes,
                                               size_t limit = static_cast<size_t>(-1));

/// Number of strings, after the same checks of the count.
Result<size_t> countStrings(std::span<const std::byte> bytes);

}  // namespace quantscope
