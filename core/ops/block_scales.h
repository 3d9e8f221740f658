#pragma once

#include <vector>

#include "core/ops/kernel.h"

namespace quantscope::ops {

/// Scales of a constant [rows, depth] that has one for each block of weights along the depth.
struct BlockScales {
  size_t size = 0;            ///< weights in a block
  std::vector<float> values;  ///< [rows, depth / size]

  /// Errors: Malformed (blocks that do not divide the depth; no tensor, or not one float16 number for each block).
  static Result<BlockScales> of(PrepareContext& context, const Operand& weights, size_t rows, size_t depth);
};

}  // namespace quantscope::ops
