#include "core/ops/fast/integer_tiles.h"

#include <cstring>
#include <utility>

namespace quantscope::fast {

namespace {

template <size_t Rows, size_t Panels>
void portablePairs(const IntegerTileCall& call) {
  int32_t sums[Rows][Panels * kPanel] = {};
  const std::byte* w = call.weights;
  for (size_t r = 0; r < call.runs; ++r) {
    for (size_t s = 0; s < call.steps; ++s, w += kPanel * 4) {
      for (size_t m = 0; m < Rows; ++m) {
        int16_t x[2];
        std::memcpy(x, call.rows[m] + call.runStart[r] + s * 4, 4);
        for (size_t p = 0; p < Panels; ++p) {
          const auto* pairs = reinterpret_cast<const int16_t*>(w + p * call.panelBytes);
          for (size_t c = 0; c < kPanel; ++c) {
            const int32_t product = x[0] * pairs[2 * c] + x[1] * pairs[2 * c + 1];
            int32_t& sum = sums[m][p * kPanel + c];
            sum = static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(product));
          }
        }
      }
    }
  }
  std::memcpy(call.sums, sums, sizeof sums);
}

#if defined(QS_X86)

inline int32_t load32(const std::byte* p) {
  int32_t value;
  std::memcpy(&value, p, 4);
  return value;
}

template <size_t Rows, size_t Panels>
QS_AVX2 void avx2Pairs(const IntegerTileCall& call) {
  constexpr size_t vectors = Panels * 2;
  __m256i sums[Rows][vectors];
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t v = 0; v < vectors; ++v) sums[m][v] = _mm256_setzero_si256();
  }
  const std::byte* w = call.weights;
  for (size_t r = 0; r < call.runs; ++r) {
    const std::byte* x[Rows];
#pragma GCC unroll 8
    for (size_t m = 0; m < Rows; ++m) x[m] = call.rows[m] + call.runStart[r];
    for (size_t s = 0; s < call.steps; ++s, w += kPanel * 4) {
      __m256i b[vectors];
#pragma GCC unroll 8
      for (size_t v = 0; v < vectors; ++v) {
        b[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w + v / 2 * call.panelBytes + v % 2 * 32));
      }
#pragma GCC unroll 8
      for (size_t m = 0; m < Rows; ++m) {
        const __m256i a = _mm256_set1_epi32(load32(x[m] + s * 4));
#pragma GCC unroll 8
        for (size_t v = 0; v < vectors; ++v) sums[m][v] = _mm256_add_epi32(sums[m][v], _mm256_madd_epi16(a, b[v]));
      }
    }
  }
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t v = 0; v < vectors; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(call.sums + (m * vectors + v) * 8), sums[m][v]);
    }
  }
}

/// The loops of the three AVX-512 forms differ in one instruction only.
#define QS_AVX512_TILE(name, target, accumulate)                                                                    \
  template <size_t Rows, size_t Panels>                                                                             \
  target void name(const IntegerTileCall& call) {                                                                   \
    __m512i sums[Rows][Panels];                                                                                     \
    _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) {                                                     \
      _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) sums[m][p] = _mm512_setzero_si512();              \
    }                                                                                                               \
    const std::byte* w = call.weights;                                                                              \
    for (size_t r = 0; r < call.runs; ++r) {                                                                        \
      const std::byte* x[Rows];                                                                                     \
      _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) x[m] = call.rows[m] + call.runStart[r];             \
      for (size_t s = 0; s < call.steps; ++s, w += kPanel * 4) {                                                    \
        __m512i b[Panels];                                                                                          \
        _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) b[p] =                                          \
            _mm512_loadu_si512(w + p * call.panelBytes);                                                            \
        _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) {                                                 \
          const __m512i a = _mm512_set1_epi32(load32(x[m] + s * 4));                                                \
          _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) sums[m][p] = accumulate(sums[m][p], a, b[p]); \
        }                                                                                                           \
      }                                                                                                             \
    }                                                                                                               \
    _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) {                                                     \
      _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p)                                                   \
          _mm512_storeu_si512(call.sums + (m * Panels + p) * kPanel, sums[m][p]);                                   \
    }                                                                                                               \
  }

#define QS_MADD(sum, a, b) _mm512_add_epi32(sum, _mm512_madd_epi16(a, b))
QS_AVX512_TILE(avx512Pairs, QS_AVX512, QS_MADD)
QS_AVX512_TILE(vnniPairs, QS_VNNI, _mm512_dpwssd_epi32)
QS_AVX512_TILE(vnniBytes, QS_VNNI, _mm512_dpbusd_epi32)
#undef QS_MADD
#undef QS_AVX512_TILE

#endif

#define QS_TILE_LINE(tiles, kind, panels, most)                       \
  [&]<size_t... Index>(std::index_sequence<Index...>) {               \
    tiles.mostRows[panels] = most;                                    \
    ((tiles.tile[panels][Index + 1] = kind<Index + 1, panels>), ...); \
  }                                                                   \
  (std::make_index_sequence<most>())

IntegerTiles portableTiles() {
  IntegerTiles tiles;
  QS_TILE_LINE(tiles, portablePairs, 1, 4);
  return tiles;
}

#if defined(QS_X86)
IntegerTiles avx2Tiles() {
  IntegerTiles tiles;
  QS_TILE_LINE(tiles, avx2Pairs, 1, 5);
  QS_TILE_LINE(tiles, avx2Pairs, 2, 2);
  QS_TILE_LINE(tiles, avx2Pairs, 4, 1);
  return tiles;
}

IntegerTiles avx512Tiles() {
  IntegerTiles tiles;
  QS_TILE_LINE(tiles, avx512Pairs, 1, 8);
  QS_TILE_LINE(tiles, avx512Pairs, 2, 8);
  QS_TILE_LINE(tiles, avx512Pairs, 4, 4);
  return tiles;
}

IntegerTiles vnniPairTiles() {
  IntegerTiles tiles;
  QS_TILE_LINE(tiles, vnniPairs, 1, 8);
  QS_TILE_LINE(tiles, vnniPairs, 2, 8);
  QS_TILE_LINE(tiles, vnniPairs, 4, 6);
  return tiles;
}

IntegerTiles vnniByteTiles() {
  IntegerTiles tiles;
  QS_TILE_LINE(tiles, vnniBytes, 1, 8);
  QS_TILE_LINE(tiles, vnniBytes, 2, 8);
  QS_TILE_LINE(tiles, vnniBytes, 4, 6);
  return tiles;
}
#endif

#undef QS_TILE_LINE

}  // namespace

const IntegerTiles& integerTiles([[maybe_unused]] CpuLevel level, [[maybe_unused]] CodeForm form) {
#if defined(QS_X86)
  static const IntegerTiles avx2 = avx2Tiles(), avx512 = avx512Tiles();
  static const IntegerTiles pairs = vnniPairTiles(), bytes = vnniByteTiles();
  if (form == CodeForm::Bytes) return bytes;
  if (level >= CpuLevel::Avx512Vnni) return pairs;
  if (level >= CpuLevel::Avx512) return avx512;
  if (level >= CpuLevel::Avx2) return avx2;
#endif
  static const IntegerTiles portable = portableTiles();
  return portable;
}

}  // namespace quantscope::fast
