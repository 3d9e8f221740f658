#include "core/ops/fast/float_tiles.h"

#include <algorithm>
#include <utility>

namespace quantscope::fast {

namespace {

template <size_t Rows, size_t Panels>
void portableTile(const FloatTileCall& call) {
  float sums[Rows][Panels * kPanel] = {};
  const float* w = call.weights;
  for (size_t r = 0; r < call.runs; ++r) {
    for (size_t k = 0; k < call.runLength; ++k, w += kPanel) {
      for (size_t m = 0; m < Rows; ++m) {
        const float x = call.rows[m][call.runStart[r] + static_cast<int64_t>(k)];
        for (size_t p = 0; p < Panels; ++p) {
          for (size_t c = 0; c < kPanel; ++c) sums[m][p * kPanel + c] += x * w[p * call.panelStride + c];
        }
      }
    }
  }
  for (size_t m = 0; m < Rows; ++m) {
    for (size_t c = 0; c < call.columns; ++c) {
      const float value = sums[m][c] + call.bias[c];
      call.out[m * call.outStride + c] = std::min(std::max(value, call.low), call.high);
    }
  }
}

#if defined(QS_X86)

QS_AVX2 inline __m256i firstLanes(size_t n) {
  const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), index);
}

template <size_t Rows, size_t Panels>
QS_AVX2 void avx2Tile(const FloatTileCall& call) {
  constexpr size_t vectors = Panels * 2;
  __m256 sums[Rows][vectors];
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t v = 0; v < vectors; ++v) sums[m][v] = _mm256_setzero_ps();
  }
  const float* w = call.weights;
  for (size_t r = 0; r < call.runs; ++r) {
    const float* x[Rows];
#pragma GCC unroll 8
    for (size_t m = 0; m < Rows; ++m) x[m] = call.rows[m] + call.runStart[r];
    for (size_t k = 0; k < call.runLength; ++k, w += kPanel) {
      __m256 b[vectors];
#pragma GCC unroll 8
      for (size_t v = 0; v < vectors; ++v) b[v] = _mm256_loadu_ps(w + v / 2 * call.panelStride + v % 2 * 8);
#pragma GCC unroll 8
      for (size_t m = 0; m < Rows; ++m) {
        const __m256 a = _mm256_broadcast_ss(x[m] + k);
#pragma GCC unroll 8
        for (size_t v = 0; v < vectors; ++v) sums[m][v] = _mm256_fmadd_ps(a, b[v], sums[m][v]);
      }
    }
  }
  const __m256 low = _mm256_set1_ps(call.low), high = _mm256_set1_ps(call.high);
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t v = 0; v < vectors; ++v) {
      if (v * 8 >= call.columns) break;
      const __m256 value = _mm256_add_ps(sums[m][v], _mm256_loadu_ps(call.bias + v * 8));
      const __m256 clamped = _mm256_min_ps(high, _mm256_max_ps(low, value));
      float* out = call.out + m * call.outStride + v * 8;
      if (call.columns - v * 8 >= 8) {
        _mm256_storeu_ps(out, clamped);
      } else {
        _mm256_maskstore_ps(out, firstLanes(call.columns - v * 8), clamped);
      }
    }
  }
}

template <size_t Rows, size_t Panels>
QS_AVX512 void avx512Tile(const FloatTileCall& call) {
  __m512 sums[Rows][Panels];
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t p = 0; p < Panels; ++p) sums[m][p] = _mm512_setzero_ps();
  }
  const float* w = call.weights;
  for (size_t r = 0; r < call.runs; ++r) {
    const float* x[Rows];
#pragma GCC unroll 8
    for (size_t m = 0; m < Rows; ++m) x[m] = call.rows[m] + call.runStart[r];
    for (size_t k = 0; k < call.runLength; ++k, w += kPanel) {
      __m512 b[Panels];
#pragma GCC unroll 8
      for (size_t p = 0; p < Panels; ++p) b[p] = _mm512_loadu_ps(w + p * call.panelStride);
#pragma GCC unroll 8
      for (size_t m = 0; m < Rows; ++m) {
        const __m512 a = _mm512_set1_ps(x[m][k]);
#pragma GCC unroll 8
        for (size_t p = 0; p < Panels; ++p) sums[m][p] = _mm512_fmadd_ps(a, b[p], sums[m][p]);
      }
    }
  }
  const __m512 low = _mm512_set1_ps(call.low), high = _mm512_set1_ps(call.high);
#pragma GCC unroll 8
  for (size_t p = 0; p < Panels; ++p) {
    if (p * kPanel >= call.columns) break;
    const size_t rest = call.columns - p * kPanel;
    const auto mask = static_cast<__mmask16>(rest >= kPanel ? 0xFFFFu : (1u << rest) - 1u);
    const __m512 bias = _mm512_loadu_ps(call.bias + p * kPanel);
#pragma GCC unroll 8
    for (size_t m = 0; m < Rows; ++m) {
      const __m512 clamped = _mm512_min_ps(high, _mm512_max_ps(low, _mm512_add_ps(sums[m][p], bias)));
      _mm512_mask_storeu_ps(call.out + m * call.outStride + p * kPanel, mask, clamped);
    }
  }
}

#endif

/// Fills one line of the table: row counts 1..sizeof...(Index) for a number of panels.
#define QS_TILE_LINE(tiles, kind, panels, most)                       \
  [&]<size_t... Index>(std::index_sequence<Index...>) {               \
    tiles.mostRows[panels] = most;                                    \
    ((tiles.tile[panels][Index + 1] = kind<Index + 1, panels>), ...); \
  }                                                                   \
  (std::make_index_sequence<most>())

FloatTiles portableTiles() {
  FloatTiles tiles;
  QS_TILE_LINE(tiles, portableTile, 1, 4);
  return tiles;
}

#if defined(QS_X86)
FloatTiles avx2Tiles() {
  FloatTiles tiles;
  QS_TILE_LINE(tiles, avx2Tile, 1, 6);
  QS_TILE_LINE(tiles, avx2Tile, 2, 2);
  QS_TILE_LINE(tiles, avx2Tile, 4, 1);
  return tiles;
}

FloatTiles avx512Tiles() {
  FloatTiles tiles;
  QS_TILE_LINE(tiles, avx512Tile, 1, 8);
  QS_TILE_LINE(tiles, avx512Tile, 2, 8);
  QS_TILE_LINE(tiles, avx512Tile, 3, 8);
  QS_TILE_LINE(tiles, avx512Tile, 4, 6);
  return tiles;
}
#endif

#undef QS_TILE_LINE

}  // namespace

const FloatTiles& floatTiles([[maybe_unused]] CpuLevel level) {
#if defined(QS_X86)
  static const FloatTiles avx2 = avx2Tiles(), avx512 = avx512Tiles();
  if (level >= CpuLevel::Avx512) return avx512;
  if (level >= CpuLevel::Avx2) return avx2;
#endif
  static const FloatTiles portable = portableTiles();
  return portable;
}

}  // namespace quantscope::fast
