#include "core/ops/fast/depthwise_tiles.h"

namespace quantscope::fast {

namespace {

/// Pairs in the order of the channels: first[0], second[0], first[1], ...
void packInOrder(const int16_t* first, const int16_t* second, int16_t* packed) {
  for (size_t c = 0; c < 16; ++c) {
    packed[2 * c] = first[c];
    packed[2 * c + 1] = second[c];
  }
}

template <size_t Pixels>
void portableTile(const DepthwiseCall& call) {
  for (size_t p = 0; p < Pixels; ++p) {
    int32_t sums[16] = {};
    for (size_t t = 0; t < call.pairs; ++t) {
      const int16_t* a = call.image + p * call.step + call.tapOffset[2 * t];
      const int16_t* b = call.image + p * call.step + call.tapOffset[2 * t + 1];
      const int16_t* w = call.weights + t * call.pairStride;
      for (size_t c = 0; c < 16; ++c) sums[c] += a[c] * w[2 * c] + b[c] * w[2 * c + 1];
    }
    for (size_t c = 0; c < 16; ++c) call.sums[p * 16 + c] = sums[c];
  }
}

#if defined(QS_X86)

/// As the unpack instructions interleave two vectors of `Lanes` 128-bit lanes: the low halves of all lanes, then the
/// high ones.
template <size_t Lanes>
void packByLanes(const int16_t* first, const int16_t* second, int16_t* packed) {
  for (size_t half = 0; half < 2; ++half) {
    for (size_t lane = 0; lane < Lanes; ++lane) {
      for (size_t i = 0; i < 4; ++i) {
        const size_t c = lane * 8 + half * 4 + i;
        *packed++ = first[c];
        *packed++ = second[c];
      }
    }
  }
}

QS_AVX2 inline __m256i load(const int16_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

template <size_t Pixels>
QS_AVX2 void avx2Tile(const DepthwiseCall& call) {
  __m256i low[Pixels], high[Pixels];
#pragma GCC unroll 4
  for (size_t p = 0; p < Pixels; ++p) low[p] = high[p] = _mm256_setzero_si256();
  const int16_t* w = call.weights;
  for (size_t t = 0; t < call.pairs; ++t, w += call.pairStride) {
    const __m256i weightLow = load(w), weightHigh = load(w + 16);
    const int16_t *first = call.image + call.tapOffset[2 * t], *second = call.image + call.tapOffset[2 * t + 1];
#pragma GCC unroll 4
    for (size_t p = 0; p < Pixels; ++p) {
      const __m256i a = load(first + p * call.step), b = load(second + p * call.step);
      low[p] = _mm256_add_epi32(low[p], _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), weightLow));
      high[p] = _mm256_add_epi32(high[p], _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), weightHigh));
    }
  }
#pragma GCC unroll 4
  for (size_t p = 0; p < Pixels; ++p) {
    auto* sums = reinterpret_cast<__m256i*>(call.sums + p * 16);
    _mm256_storeu_si256(sums, _mm256_permute2x128_si256(low[p], high[p], 0x20));
    _mm256_storeu_si256(sums + 1, _mm256_permute2x128_si256(low[p], high[p], 0x31));
  }
}

/// The two AVX-512 forms differ in one instruction only.
#define QS_DEPTHWISE_TILE(name, target, accumulate)                                                                \
  template <size_t Pixels>                                                                                         \
  target void name(const DepthwiseCall& call) {                                                                    \
    __m512i low[Pixels], high[Pixels];                                                                             \
    _Pragma("GCC unroll 4") for (size_t p = 0; p < Pixels; ++p) low[p] = high[p] = _mm512_setzero_si512();         \
    const int16_t* w = call.weights;                                                                               \
    for (size_t t = 0; t < call.pairs; ++t, w += call.pairStride) {                                                \
      const __m512i weightLow = _mm512_loadu_si512(w), weightHigh = _mm512_loadu_si512(w + 32);                    \
      const int16_t *first = call.image + call.tapOffset[2 * t], *second = call.image + call.tapOffset[2 * t + 1]; \
      _Pragma("GCC unroll 4") for (size_t p = 0; p < Pixels; ++p) {                                                \
        const __m512i a = _mm512_loadu_si512(first + p * call.step);                                               \
        const __m512i b = _mm512_loadu_si512(second + p * call.step);                                              \
        low[p] = accumulate(low[p], _mm512_unpacklo_epi16(a, b), weightLow);                                       \
        high[p] = accumulate(high[p], _mm512_unpackhi_epi16(a, b), weightHigh);                                    \
      }                                                                                                            \
    }                                                                                                              \
    const __m512i front = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);                                             \
    const __m512i back = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);                                            \
    _Pragma("GCC unroll 4") for (size_t p = 0; p < Pixels; ++p) {                                                  \
      _mm512_storeu_si512(call.sums + p * 32, _mm512_permutex2var_epi64(low[p], front, high[p]));                  \
      _mm512_storeu_si512(call.sums + p * 32 + 16, _mm512_permutex2var_epi64(low[p], back, high[p]));              \
    }                                                                                                              \
  }

#define QS_MADD(sum, a, b) _mm512_add_epi32(sum, _mm512_madd_epi16(a, b))
QS_DEPTHWISE_TILE(avx512Tile, QS_AVX512, QS_MADD)
QS_DEPTHWISE_TILE(vnniTile, QS_VNNI, _mm512_dpwssd_epi32)
#undef QS_MADD
#undef QS_DEPTHWISE_TILE

#endif

}  // namespace

DepthwiseTiles depthwiseTiles([[maybe_unused]] CpuLevel level, [[maybe_unused]] size_t channels) {
#if defined(QS_X86)
  // Wide blocks only where they do not waste a half.
  const bool wide = roundUp(channels, 32) == roundUp(channels, 16) || channels > 96;
  if (wide && level >= CpuLevel::Avx512Vnni) return {32, vnniTile<1>, vnniTile<4>, packByLanes<4>};
  if (wide && level >= CpuLevel::Avx512) return {32, avx512Tile<1>, avx512Tile<4>, packByLanes<4>};
  if (level >= CpuLevel::Avx2) return {16, avx2Tile<1>, avx2Tile<4>, packByLanes<2>};
#endif
  return {16, portableTile<1>, portableTile<4>, packInOrder};
}

}  // namespace quantscope::fast
