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

/// Sums of products. Rows begin with `start` by channel, or with 0 where it is null.
template <size_t Rows, size_t Panels>
QS_AVX2 QS_ALWAYS void avx2Sums(const IntegerTileCall& call, const int32_t* start, __m256i (&sums)[Rows][Panels * 2]) {
  constexpr size_t vectors = Panels * 2;
#pragma GCC unroll 8
  for (size_t v = 0; v < vectors; ++v) {
    const __m256i first = start ? _mm256_loadu_si256(reinterpret_cast<const __m256i*>(start + v * 8)) : __m256i{};
#pragma GCC unroll 8
    for (size_t m = 0; m < Rows; ++m) sums[m][v] = apart(first);
  }
  const std::byte* w = call.weights;
  size_t r = 0;
  do {
    const std::byte* x[Rows];
#pragma GCC unroll 8
    for (size_t m = 0; m < Rows; ++m) x[m] = call.rows[m] + call.runStart[r];
    size_t s = 0;
    do {
      __m256i b[vectors];
#pragma GCC unroll 8
      for (size_t v = 0; v < vectors; ++v) {
        b[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(w + v / 2 * call.panelBytes + v % 2 * 32));
      }
#pragma GCC unroll 8
      for (size_t m = 0; m < Rows; ++m) {
        const __m256i a = _mm256_set1_epi32(load32(x[m] + s * 4));
#pragma GCC unroll 8
        for (size_t v = 0; v < vectors; ++v) addPairs(sums[m][v], a, b[v]);
      }
      w += kPanel * 4;
    } while (++s < call.steps);
  } while (++r < call.runs);
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t v = 0; v < vectors; ++v) sums[m][v] = apart(sums[m][v]);
  }
}

template <size_t Rows, size_t Panels>
QS_AVX2 void avx2Pairs(const IntegerTileCall& call) {
  __m256i sums[Rows][Panels * 2];
  avx2Sums<Rows, Panels>(call, nullptr, sums);
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
#pragma GCC unroll 8
    for (size_t v = 0; v < Panels * 2; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(call.sums + (m * Panels * 2 + v) * 8), sums[m][v]);
    }
  }
}

template <size_t Rows, size_t Panels>
QS_AVX2 void avx2PairsCodes(const IntegerTileCall& call, const NearestCall& codes) {
  __m256i sums[Rows][Panels * 2];
  avx2Sums<Rows, Panels>(call, codes.finish->start.data() + codes.channel, sums);
  finishNearest(sums, codes);
}

template <size_t Rows, size_t Panels>
QS_AVX2 void avx2PairsReals(const IntegerTileCall& call, const RealCall& reals) {
  __m256i sums[Rows][Panels * 2];
  avx2Sums<Rows, Panels>(call, nullptr, sums);
  finishReals(sums, reals);
}

/// The loops of the three AVX-512 forms differ in one instruction only.
#define QS_AVX512_TILE(name, target, accumulate)                                                                      \
  template <size_t Rows, size_t Panels>                                                                               \
  target QS_ALWAYS void name##Sums(const IntegerTileCall& call, const int32_t* start, __m512i(&sums)[Rows][Panels]) { \
    _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) {                                                     \
      const __m512i first = start ? _mm512_loadu_si512(start + p * kPanel) : __m512i{};                               \
      _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) sums[m][p] = apart(first);                            \
    }                                                                                                                 \
    const std::byte* w = call.weights;                                                                                \
    size_t r = 0;                                                                                                     \
    do {                                                                                                              \
      const std::byte* x[Rows];                                                                                       \
      _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) x[m] = call.rows[m] + call.runStart[r];               \
      size_t s = 0;                                                                                                   \
      do {                                                                                                            \
        __m512i b[Panels];                                                                                            \
        _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) b[p] =                                            \
            _mm512_loadu_si512(w + p * call.panelBytes);                                                              \
        _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) {                                                   \
          const __m512i a = _mm512_set1_epi32(load32(x[m] + s * 4));                                                  \
          _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) accumulate(sums[m][p], a, b[p]);                \
        }                                                                                                             \
        w += kPanel * 4;                                                                                              \
      } while (++s < call.steps);                                                                                     \
    } while (++r < call.runs);                                                                                        \
    _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) {                                                       \
      _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p) sums[m][p] = apart(sums[m][p]);                     \
    }                                                                                                                 \
  }                                                                                                                   \
  template <size_t Rows, size_t Panels>                                                                               \
  target void name(const IntegerTileCall& call) {                                                                     \
    __m512i sums[Rows][Panels];                                                                                       \
    name##Sums<Rows, Panels>(call, nullptr, sums);                                                                    \
    _Pragma("GCC unroll 8") for (size_t m = 0; m < Rows; ++m) {                                                       \
      _Pragma("GCC unroll 8") for (size_t p = 0; p < Panels; ++p)                                                     \
          _mm512_storeu_si512(call.sums + (m * Panels + p) * kPanel, sums[m][p]);                                     \
    }                                                                                                                 \
  }                                                                                                                   \
  template <size_t Rows, size_t Panels>                                                                               \
  target void name##Codes(const IntegerTileCall& call, const NearestCall& codes) {                                    \
    __m512i sums[Rows][Panels];                                                                                       \
    name##Sums<Rows, Panels>(call, codes.finish->start.data() + codes.channel, sums);                                 \
    finishNearest(sums, codes);                                                                                       \
  }                                                                                                                   \
  template <size_t Rows, size_t Panels>                                                                               \
  target void name##Reals(const IntegerTileCall& call, const RealCall& reals) {                                       \
    __m512i sums[Rows][Panels];                                                                                       \
    name##Sums<Rows, Panels>(call, nullptr, sums);                                                                    \
    finishReals(sums, reals);                                                                                         \
  }

QS_AVX512_TILE(avx512Pairs, QS_AVX512, addPairs)
QS_AVX512_TILE(vnniPairs, QS_VNNI, addPairsVnni)
QS_AVX512_TILE(vnniBytes, QS_VNNI, addBytesVnni)
#undef QS_AVX512_TILE

#endif

#define QS_TILE_LINE(tiles, kind, panels, most)                       \
  [&]<size_t... Index>(std::index_sequence<Index...>) {               \
    tiles.mostRows[panels] = most;                                    \
    ((tiles.tile[panels][Index + 1] = kind<Index + 1, panels>), ...); \
  }                                                                   \
  (std::make_index_sequence<most>())
#define QS_CODE_TILE_LINE(tiles, kind, panels, most)                             \
  QS_TILE_LINE(tiles, kind, panels, most);                                       \
  [&]<size_t... Index>(std::index_sequence<Index...>) {                          \
    ((tiles.codeTile[panels][Index + 1] = kind##Codes<Index + 1, panels>), ...); \
    ((tiles.realTile[panels][Index + 1] = kind##Reals<Index + 1, panels>), ...); \
  }                                                                              \
  (std::make_index_sequence<most>())

IntegerTiles portableTiles() {
  IntegerTiles tiles;
  QS_TILE_LINE(tiles, portablePairs, 1, 4);
  return tiles;
}

#if defined(QS_X86)
IntegerTiles avx2Tiles() {
  IntegerTiles tiles;
  QS_CODE_TILE_LINE(tiles, avx2Pairs, 1, 5);
  QS_CODE_TILE_LINE(tiles, avx2Pairs, 2, 2);
  QS_CODE_TILE_LINE(tiles, avx2Pairs, 4, 1);
  return tiles;
}

IntegerTiles avx512Tiles() {
  IntegerTiles tiles;
  QS_CODE_TILE_LINE(tiles, avx512Pairs, 1, 8);
  QS_CODE_TILE_LINE(tiles, avx512Pairs, 2, 8);
  QS_CODE_TILE_LINE(tiles, avx512Pairs, 3, 6);
  QS_CODE_TILE_LINE(tiles, avx512Pairs, 4, 4);
  return tiles;
}

IntegerTiles vnniPairTiles() {
  IntegerTiles tiles;
  QS_CODE_TILE_LINE(tiles, vnniPairs, 1, 8);
  QS_CODE_TILE_LINE(tiles, vnniPairs, 2, 8);
  QS_CODE_TILE_LINE(tiles, vnniPairs, 3, 8);
  QS_CODE_TILE_LINE(tiles, vnniPairs, 4, 6);
  return tiles;
}

IntegerTiles vnniByteTiles() {
  IntegerTiles tiles;
  QS_CODE_TILE_LINE(tiles, vnniBytes, 1, 8);
  QS_CODE_TILE_LINE(tiles, vnniBytes, 2, 8);
  QS_CODE_TILE_LINE(tiles, vnniBytes, 3, 8);
  QS_CODE_TILE_LINE(tiles, vnniBytes, 4, 6);
  return tiles;
}
#endif

#undef QS_CODE_TILE_LINE
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
