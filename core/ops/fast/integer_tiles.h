#pragma once

#include <array>

#include "core/ops/fast/nearest_finish.h"
#include "core/ops/fast/real_finish.h"

/// Micro kernels of integer products with exact 32-bit sums.
namespace quantscope::fast {

/// How values are held: four uint8 by int8 for VNNI, or two int16 by int16 for every other level.
enum class CodeForm { Bytes, Pairs };

struct IntegerTileCall {
  const std::byte* const* rows;  ///< first value of each row's window
  const int64_t* runStart;       ///< in bytes
  size_t runs, steps;            ///< at least 1; a step is 4 bytes of a row: four or two values
  const std::byte* weights;      ///< first panel: [run][step][16][4 bytes]
  size_t panelBytes;
  int32_t* sums;  ///< [row][panels * 16]
};
using IntegerTile = void (*)(const IntegerTileCall&);
using CodeTile = void (*)(const IntegerTileCall&, const NearestCall&);
using RealTile = void (*)(const IntegerTileCall&, const RealCall&);

inline constexpr size_t kMostIntegerPanels = 4;
inline constexpr size_t kMostIntegerRows = 8;

struct IntegerTiles {
  std::array<size_t, kMostIntegerPanels + 1> mostRows{};
  std::array<std::array<IntegerTile, kMostIntegerRows + 1>, kMostIntegerPanels + 1> tile{};
  /// The same up to codes: sums begin with those of the finish and are not written.
  std::array<std::array<CodeTile, kMostIntegerRows + 1>, kMostIntegerPanels + 1> codeTile{};
  /// The same up to real values of dynamic range.
  std::array<std::array<RealTile, kMostIntegerRows + 1>, kMostIntegerPanels + 1> realTile{};
};

/// Bytes are available on CpuLevel::Avx512Vnni only, code and real tiles from CpuLevel::Avx2 on.
const IntegerTiles& integerTiles(CpuLevel level, CodeForm form);

}  // namespace quantscope::fast
