#pragma once

#include <vector>

#include "core/ops/fast/nearest_finish.h"

/// Micro kernels of depthwise convolutions with exact 32-bit sums.
namespace quantscope::fast {

/// Neighbouring output pixels of one line, and one block of their channels.
struct DepthwiseCall {
  const int16_t* image;      ///< first channel of the block at tap (0, 0) of the first pixel
  size_t step;               ///< values from pixel to pixel
  const int64_t* tapOffset;  ///< of each tap; an even number, the last may be repeated with weights 0
  size_t pairs;              ///< of taps
  const int16_t* weights;    ///< [pair][block] of this block, as packDepthwise arranges them
  size_t pairStride;         ///< values from pair to pair
  int32_t* sums;             ///< [pixel][block]
};
using DepthwiseTile = void (*)(const DepthwiseCall&);
/// The same up to codes, one pixel a row. Parameters of the finish stand in the order of the packed weights.
using DepthwiseCodeTile = void (*)(const DepthwiseCall&, const NearestCall&);

struct DepthwiseTiles {
  size_t block = 16;                  ///< channels at a time
  static constexpr size_t kMost = 4;  ///< most pixels at a time
  DepthwiseTile one, four;
  DepthwiseCodeTile oneCodes, fourCodes;  ///< null below CpuLevel::Avx2
  std::vector<size_t> order;              ///< channels of a block in the order of the packed weights
};

/// Tiles for this many channels.
DepthwiseTiles depthwiseTiles(CpuLevel level, size_t channels);

}  // namespace quantscope::fast
