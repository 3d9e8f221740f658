#pragma once

#include "core/ops/fast/targets.h"

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

struct DepthwiseTiles {
  size_t block = 16;                  ///< channels at a time
  static constexpr size_t kMost = 4;  ///< most pixels at a time
  DepthwiseTile one, four;
  /// Weights of two taps for one block of channels, in the order in which the tiles read them.
  void (*pack)(const int16_t* first, const int16_t* second, int16_t* packed);
};

/// Tiles for this many channels.
DepthwiseTiles depthwiseTiles(CpuLevel level, size_t channels);

}  // namespace quantscope::fast
