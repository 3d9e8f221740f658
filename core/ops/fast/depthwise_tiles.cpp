#include "core/ops/fast/depthwise_tiles.h"

namespace quantscope::fast {

namespace {

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

QS_AVX2 inline __m256i load(const int16_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

/// Sums as the unpack instructions leave the channels: the low halves of all 128-bit lanes, then the high ones.
template <size_t Pixels>
QS_AVX2 QS_ALWAYS void avx2Sums(const DepthwiseCall& call, const int32_t* start, __m256i (&sums)[Pixels][2]) {
#pragma GCC unroll 2
  for (size_t half = 0; half < 2; ++half) {
    const auto* p = reinterpret_cast<const __m256i*>(start + half * 8);
    const __m256i first = start ? _mm256_loadu_si256(p) : __m256i{};
#pragma GCC unroll 4
    for (size_t i = 0; i < Pixels; ++i) sums[i][half] = first;
  }
  const int16_t* w = call.weights;
  for (size_t t = 0; t < call.pairs; ++t, w += call.pairStride) {
    const __m256i weightLow = load(w), weightHigh = load(w + 16);
    const int16_t *first = call.image + call.tapOffset[2 * t], *second = call.image + call.tapOffset[2 * t + 1];
#pragma GCC unroll 4
    for (size_t p = 0; p < Pixels; ++p) {
      const __m256i a = load(first + p * call.step), b = load(second + p * call.step);
      addPairs(sums[p][0], _mm256_unpacklo_epi16(a, b), weightLow);
      addPairs(sums[p][1], _mm256_unpackhi_epi16(a, b), weightHigh);
    }
  }
}

/// Sums of one pixel in the order of the channels.
QS_AVX2 QS_ALWAYS void storeSums(const __m256i (&sums)[2], int32_t* out) {
  auto* vectors = reinterpret_cast<__m256i*>(out);
  _mm256_storeu_si256(vectors, _mm256_permute2x128_si256(sums[0], sums[1], 0x20));
  _mm256_storeu_si256(vectors + 1, _mm256_permute2x128_si256(sums[0], sums[1], 0x31));
}

template <size_t Pixels>
QS_AVX2 void avx2Tile(const DepthwiseCall& call) {
  __m256i sums[Pixels][2];
  avx2Sums<Pixels>(call, nullptr, sums);
#pragma GCC unroll 4
  for (size_t p = 0; p < Pixels; ++p) storeSums(sums[p], call.sums + p * 16);
}

template <size_t Pixels>
QS_AVX2 void avx2TileCodes(const DepthwiseCall& call, const NearestCall& codes) {
  __m256i sums[Pixels][2];
  avx2Sums<Pixels>(call, codes.finish->start.data() + codes.channel, sums);
  alignas(32) int32_t kept[Pixels][16];
  uint32_t unsure = 0;
#pragma GCC unroll 4
  for (size_t p = 0; p < Pixels; ++p) {
    const NearestFinish& f = *reread(codes.finish);
    const float *factor = reread(f.factor.data()) + codes.channel, *nudge = reread(f.nudge.data()) + codes.channel;
    __m256 worst = _mm256_setzero_ps();
    const __m256i low = nearest8(sums[p][0], factor, nudge, worst);
    const __m256i high = nearest8(sums[p][1], factor + 8, nudge + 8, worst);
    if (isUnsure(worst)) {
      unsure |= 1u << p;
      storeSums(sums[p], kept[p]);
    }
    storeWords(f, _mm256_packs_epi32(low, high), codes.count, codes.out + p * codes.outStride);
  }
  if (__builtin_expect(unsure != 0, 0)) finishExactly(codes, unsure, kept[0], 16);
}

QS_AVX512 QS_ALWAYS void storeSums(const __m512i (&sums)[2], int32_t* out) {
  const __m512i front = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i back = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  _mm512_storeu_si512(out, _mm512_permutex2var_epi64(sums[0], front, sums[1]));
  _mm512_storeu_si512(out + 16, _mm512_permutex2var_epi64(sums[0], back, sums[1]));
}

template <size_t Pixels>
QS_AVX512 QS_ALWAYS void storeCodes(const __m512i (&sums)[Pixels][2], const NearestCall& codes) {
  const auto mask = static_cast<__mmask32>((uint64_t{1} << codes.count) - 1);
  alignas(64) int32_t kept[Pixels][32];
  uint32_t unsure = 0;
#pragma GCC unroll 4
  for (size_t p = 0; p < Pixels; ++p) {
    const NearestFinish& f = *reread(codes.finish);
    const float *factor = reread(f.factor.data()) + codes.channel, *nudge = reread(f.nudge.data()) + codes.channel;
    __m512 worst = _mm512_setzero_ps();
    const __m512i low = nearest16(sums[p][0], factor, nudge, worst);
    const __m512i high = nearest16(sums[p][1], factor + 16, nudge + 16, worst);
    if (isUnsure(worst)) {
      unsure |= 1u << p;
      storeSums(sums[p], kept[p]);
    }
    const __m512i words = _mm512_packs_epi32(low, high);
    const __m512i bytes = _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), bytesOf(f, words, words));
    _mm256_mask_storeu_epi8(codes.out + p * codes.outStride, mask, _mm512_castsi512_si256(bytes));
  }
  if (__builtin_expect(unsure != 0, 0)) finishExactly(codes, unsure, kept[0], 32);
}

/// The two AVX-512 forms differ in one instruction only.
#define QS_DEPTHWISE_TILE(name, target, accumulate)                                                                \
  template <size_t Pixels>                                                                                         \
  target QS_ALWAYS void name##Sums(const DepthwiseCall& call, const int32_t* start, __m512i(&sums)[Pixels][2]) {   \
    _Pragma("GCC unroll 2") for (size_t half = 0; half < 2; ++half) {                                              \
      const __m512i first = start ? _mm512_loadu_si512(start + half * 16) : __m512i{};                             \
      _Pragma("GCC unroll 4") for (size_t p = 0; p < Pixels; ++p) sums[p][half] = first;                           \
    }                                                                                                              \
    const int16_t* w = call.weights;                                                                               \
    for (size_t t = 0; t < call.pairs; ++t, w += call.pairStride) {                                                \
      const __m512i weightLow = _mm512_loadu_si512(w), weightHigh = _mm512_loadu_si512(w + 32);                    \
      const int16_t *first = call.image + call.tapOffset[2 * t], *second = call.image + call.tapOffset[2 * t + 1]; \
      _Pragma("GCC unroll 4") for (size_t p = 0; p < Pixels; ++p) {                                                \
        const __m512i a = _mm512_loadu_si512(first + p * call.step);                                               \
        const __m512i b = _mm512_loadu_si512(second + p * call.step);                                              \
        accumulate(sums[p][0], _mm512_unpacklo_epi16(a, b), weightLow);                                            \
        accumulate(sums[p][1], _mm512_unpackhi_epi16(a, b), weightHigh);                                           \
      }                                                                                                            \
    }                                                                                                              \
  }                                                                                                                \
  template <size_t Pixels>                                                                                         \
  target void name(const DepthwiseCall& call) {                                                                    \
    __m512i sums[Pixels][2];                                                                                       \
    name##Sums<Pixels>(call, nullptr, sums);                                                                       \
    _Pragma("GCC unroll 4") for (size_t p = 0; p < Pixels; ++p) storeSums(sums[p], call.sums + p * 32);            \
  }                                                                                                                \
  template <size_t Pixels>                                                                                         \
  target void name##Codes(const DepthwiseCall& call, const NearestCall& codes) {                                   \
    __m512i sums[Pixels][2];                                                                                       \
    name##Sums<Pixels>(call, codes.finish->start.data() + codes.channel, sums);                                    \
    storeCodes(sums, codes);                                                                                       \
  }

QS_DEPTHWISE_TILE(avx512Tile, QS_AVX512, addPairs)
QS_DEPTHWISE_TILE(vnniTile, QS_VNNI, addPairsVnni)
#undef QS_DEPTHWISE_TILE

/// The low halves of all lanes of 8 channels, then the high ones.
std::vector<size_t> laneOrder(size_t block) {
  std::vector<size_t> order(block);
  for (size_t i = 0; i < block; ++i) order[i] = i % (block / 2) / 4 * 8 + i / (block / 2) * 4 + i % 4;
  return order;
}

#endif

}  // namespace

DepthwiseTiles depthwiseTiles([[maybe_unused]] CpuLevel level, [[maybe_unused]] size_t channels) {
#if defined(QS_X86)
  // Wide blocks only where they do not waste a half.
  const bool wide = roundUp(channels, 32) == roundUp(channels, 16) || channels > 96;
  if (wide && level >= CpuLevel::Avx512Vnni) {
    return {32, vnniTile<1>, vnniTile<4>, vnniTileCodes<1>, vnniTileCodes<4>, laneOrder(32)};
  }
  if (wide && level >= CpuLevel::Avx512) {
    return {32, avx512Tile<1>, avx512Tile<4>, avx512TileCodes<1>, avx512TileCodes<4>, laneOrder(32)};
  }
  if (level >= CpuLevel::Avx2) {
    return {16, avx2Tile<1>, avx2Tile<4>, avx2TileCodes<1>, avx2TileCodes<4>, laneOrder(16)};
  }
#endif
  std::vector<size_t> order(16);
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  return {16, portableTile<1>, portableTile<4>, nullptr, nullptr, order};
}

}  // namespace quantscope::fast
