#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/preprocessing.h"

/// Resizing with half-pixel centres: output pixel i lies at (i + 0.5) * in / out - 0.5 of the input.
namespace quantscope::data {

/// Which input pixels make an output pixel along one axis: `weights[i]` of pixel begin[i] and those after it.
struct ResizeTaps {
  std::vector<int> begin;
  std::vector<float> weights;  ///< `perOutput` for each output
  int perOutput = 0;
};

/// Taps of the outputs [first, first + count) of a resize from `in` to `out` pixels.
ResizeTaps resizeTaps(int in, int out, int first, int count, Interpolation interpolation);

/// Rows of `channels` interleaved 8-bit values, to floats (not rounded): first along x, then along y.
std::vector<float> resizeRows(std::span<const uint8_t> pixels, int width, int channels, const ResizeTaps& x,
                              const ResizeTaps& y);

}  // namespace quantscope::data
