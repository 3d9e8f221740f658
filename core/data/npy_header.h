#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace quantscope::data {

/// What stands before the data of an .npy file.
struct NpyHeader {
  bool bigEndian = false;
  char kind = 0;          ///< f, i, u, b, c, S, U, V, ...
  uint64_t itemSize = 0;  ///< as written: bytes, but characters for U
  bool fortranOrder = false;
  std::vector<uint64_t> shape;
  size_t dataOffset = 0;
};

/// Reads magic, version and the dictionary, a Python literal with descr, fortran_order and shape in any order.
/// Errors: Malformed; Unsupported (records, a version above 3).
Result<NpyHeader> parseNpyHeader(std::span<const std::byte> bytes, const std::string& where);

}  // namespace quantscope::data
