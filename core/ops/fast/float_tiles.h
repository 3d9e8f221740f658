#pragma once

#include <array>

#include "core/ops/fast/targets.h"

/// Micro kernels of float products: a few rows times a few panels of 16 columns.
namespace quantscope::fast {

struct FloatTileCall {
  const float* const* rows;  ///< first value of each row's window
  const int64_t* runStart;   ///< where each run of values starts within the window
  size_t runs, runLength;
  const float* weights;  ///< first panel: [run][value][16]
  size_t panelStride;    ///< values from panel to panel
  const float* bias;     ///< of the first panel, padded to 16
  float low, high;
  float* out;
  size_t outStride;  ///< values from row to row
  size_t columns;    ///< of all panels together; the last panel may be cut
};

using FloatTile = void (*)(const FloatTileCall&);

inline constexpr size_t kMostPanels = 4;
inline constexpr size_t kMostRows = 8;

struct FloatTiles {
  /// Most rows at a time, by the number of panels (index 1..4; 0: not available).
  std::array<size_t, kMostPanels + 1> mostRows{};
  std::array<std::array<FloatTile, kMostRows + 1>, kMostPanels + 1> tile{};
};

/// Every sum runs over the values in order, in one accumulator, so that a result does not depend on the tile in which
/// it is computed. AVX levels fuse multiplication and addition.
const FloatTiles& floatTiles(CpuLevel level);

}  // namespace quantscope::fast
