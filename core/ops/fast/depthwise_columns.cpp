#include "core/ops/fast/depthwise_columns.h"

#include <algorithm>
#include <array>

#include "core/ops/fast/dynamic_codes.h"
#include "core/ops/fast/nearest_finish.h"
#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

#if defined(QS_X86)

namespace {

using reference::ConvGeometry;

/// Columns of one line of blocks; they stay in the first-level cache.
constexpr size_t kColumnBytes = 20 * 1024;
/// Lines interleaved together.
constexpr size_t kLines = 4;
/// Vectors of sums that are finished together; of one pixel, or of two or four where it has fewer.
constexpr size_t kQuad = 4;
/// Quads that share loaded weights.
constexpr size_t kMostQuads = 4;

/// Channel of a block at position d of its `Vectors` vectors, as interleaving 128-bit lanes leaves them.
constexpr size_t channelAt(size_t vectors, size_t d) {
  return d / 4 % vectors * 16 + d / (4 * vectors) * 4 + d % 4;
}

/// Columns and weights of a few pixels; `Out` says where their results go, one pixel a row.
template <typename Out>
struct ColumnCall {
  const std::byte* columns;   ///< of the first pixel's window
  const std::byte* weights;   ///< [tap][vector][16 channels][4 lines]
  const uint32_t* tapOffset;  ///< bytes, of groups of four lines
  size_t taps, pixelBytes;    ///< pixelBytes: from pixel to pixel
  size_t pixels;              ///< to be stored
  Out out;
};

/// Finishes the pixels of unsure quads anew; sums [quad][kQuad * 16].
template <size_t Vectors>
void redoQuads(const ColumnCall<NearestCall>& call, uint32_t quads, const int32_t* arranged) {
  constexpr size_t pixels = kQuad / Vectors, width = Vectors * 16;
  for (size_t pixel = 0; pixel < call.pixels; ++pixel) {
    if ((quads >> (pixel / pixels) & 1) == 0) continue;
    int32_t sums[width];
    for (size_t d = 0; d < width; ++d) sums[channelAt(Vectors, d)] = arranged[pixel * width + d];
    NearestCall codes = call.out;
    codes.out += pixel * codes.outStride;
    finishExactly(codes, 1, sums, 0);
  }
}

/// Where the dwords of packed bytes come from, so that pixels and their channels stand in order.
template <size_t Vectors>
constexpr std::array<int32_t, 16> dwordOrder() {
  std::array<int32_t, 16> order{};
  for (size_t o = 0; o < 16; ++o) {
    const size_t pixel = o / (4 * Vectors), lane = o / 4 % Vectors, j = o % 4;
    const size_t d = j * Vectors + lane;  // the dword's place among those of its pixel
    order[o] = static_cast<int32_t>(d % 4 * 4 + pixel * Vectors + d / 4);
  }
  return order;
}

/// False where the codes are unsure.
template <size_t Vectors>
QS_VNNI QS_ALWAYS bool storeQuad(const ColumnCall<NearestCall>& call, const __m512i (&sums)[kQuad], size_t pixel) {
  constexpr size_t pixels = kQuad / Vectors;
  static constexpr std::array<int32_t, 16> order = dwordOrder<Vectors>();
  const NearestCall& codes = call.out;
  const NearestFinish& f = *reread(codes.finish);
  const float *factor = reread(f.factor.data()) + codes.channel, *nudge = reread(f.nudge.data()) + codes.channel;
  const size_t valid = std::min(call.pixels - pixel, pixels);
  __m512i whole[kQuad];
  __m512 worst = _mm512_setzero_ps();
#pragma GCC unroll 4
  for (size_t i = 0; i < kQuad; ++i) {
    const size_t c = i % Vectors * 16;
    whole[i] = nearest16(sums[i], factor + c, nudge + c, worst);
  }
  __m512i bytes = bytesOf(f, _mm512_packs_epi32(whole[0], whole[1]), _mm512_packs_epi32(whole[2], whole[3]));
  if (Vectors < 4) bytes = _mm512_permutexvar_epi32(_mm512_loadu_si512(order.data()), bytes);
  uint8_t* out = codes.out + pixel * codes.outStride;
  if constexpr (Vectors == 4) {
    storeBytes(bytes, codes.count, out);
  } else if constexpr (Vectors == 2) {
    const auto mask = static_cast<__mmask32>((uint64_t{1} << codes.count) - 1);
    _mm256_mask_storeu_epi8(out, mask, _mm512_castsi512_si256(bytes));
    if (valid > 1) _mm256_mask_storeu_epi8(out + codes.outStride, mask, _mm512_extracti64x4_epi64(bytes, 1));
  } else {
    const auto mask = static_cast<__mmask16>((1u << codes.count) - 1);
    _mm_mask_storeu_epi8(out, mask, _mm512_castsi512_si128(bytes));
    if (valid > 1) _mm_mask_storeu_epi8(out + codes.outStride, mask, _mm512_extracti32x4_epi32(bytes, 1));
    if (valid > 2) _mm_mask_storeu_epi8(out + 2 * codes.outStride, mask, _mm512_extracti32x4_epi32(bytes, 2));
    if (valid > 3) _mm_mask_storeu_epi8(out + 3 * codes.outStride, mask, _mm512_extracti32x4_epi32(bytes, 3));
  }
  return !isUnsure(worst);
}

/// Lanes of one pixel's vectors in the order of the channels.
QS_AVX512 QS_ALWAYS void orderLanes(__m512i& a, __m512i& b) {
  const __m512i even = _mm512_shuffle_i32x4(a, b, 0x88);
  b = _mm512_shuffle_i32x4(a, b, 0xDD);
  a = even;
}

template <size_t Vectors>
QS_VNNI QS_ALWAYS void storeQuad(const ColumnCall<RealCall>& call, const __m512i (&sums)[kQuad], size_t pixel) {
  constexpr size_t pixels = kQuad / Vectors;
  __m512i ordered[kQuad] = {sums[0], sums[1], sums[2], sums[3]};
  if (Vectors >= 2) {
    orderLanes(ordered[0], ordered[1]);
    orderLanes(ordered[2], ordered[3]);
  }
  if (Vectors == 4) {
    orderLanes(ordered[0], ordered[2]);
    orderLanes(ordered[1], ordered[3]);
  }
  const RealCall& reals = call.out;
  const auto scale = reals.scale(0);
  const size_t valid = std::min(call.pixels - pixel, pixels);
#pragma GCC unroll 4
  for (size_t i = 0; i < kQuad; ++i) {
    const size_t p = i / Vectors, c = i % Vectors * 16;
    if (p >= valid || c >= reals.count) continue;
    storeUpTo16(real16(*reals.finish, scale.scale, reals.added(0), ordered[i], reals.channel + c), reals.count - c,
                reals.out + (pixel + p) * reals.outStride + c);
  }
}

/// Sums that begin with those of `start`, or with 0 where it is null.
template <size_t Vectors, size_t Quads, typename Out>
QS_VNNI QS_ALWAYS void sumColumns(const ColumnCall<Out>& call, const int32_t* start, __m512i (&sums)[Quads][kQuad]) {
  constexpr size_t pixels = kQuad / Vectors;
#pragma GCC unroll 4
  for (size_t i = 0; i < kQuad; ++i) {
    const __m512i first = start ? _mm512_loadu_si512(start + i % Vectors * 16) : __m512i{};
#pragma GCC unroll 4
    for (size_t q = 0; q < Quads; ++q) sums[q][i] = apart(first);
  }
  const std::byte* w = call.weights;
  size_t t = 0;
  do {
    const std::byte* column = call.columns + call.tapOffset[t];
#pragma GCC unroll 4
    for (size_t v = 0; v < Vectors; ++v) {
      const __m512i weight = _mm512_loadu_si512(w + v * 64);
#pragma GCC unroll 4
      for (size_t q = 0; q < Quads; ++q) {
#pragma GCC unroll 4
        for (size_t p = 0; p < pixels; ++p) {
          const __m512i values = _mm512_loadu_si512(column + (q * pixels + p) * call.pixelBytes + v * 64);
          addBytesVnni(sums[q][p * Vectors + v], values, weight);
        }
      }
    }
    w += Vectors * 64;
  } while (++t < call.taps);
#pragma GCC unroll 4
  for (size_t q = 0; q < Quads; ++q) {
#pragma GCC unroll 4
    for (size_t i = 0; i < kQuad; ++i) sums[q][i] = apart(sums[q][i]);
  }
}

template <size_t Vectors, size_t Quads>
QS_VNNI void columnTile(const ColumnCall<NearestCall>& call) {
  __m512i sums[Quads][kQuad];
  sumColumns<Vectors, Quads>(call, call.out.finish->start.data() + call.out.channel, sums);
  // Unsure quads wait until no sums are held any more: a call between would have all of them saved.
  alignas(64) int32_t kept[Quads][kQuad * 16];
  uint32_t unsure = 0;
#pragma GCC unroll 4
  for (size_t q = 0; q < Quads; ++q) {
    if (!storeQuad<Vectors>(call, sums[q], q * (kQuad / Vectors))) {
      unsure |= 1u << q;
#pragma GCC unroll 4
      for (size_t i = 0; i < kQuad; ++i) _mm512_store_si512(kept[q] + i * 16, sums[q][i]);
    }
  }
  if (__builtin_expect(unsure != 0, 0)) redoQuads<Vectors>(call, unsure, kept[0]);
}

template <size_t Vectors, size_t Quads>
QS_VNNI void columnTile(const ColumnCall<RealCall>& call) {
  __m512i sums[Quads][kQuad];
  sumColumns<Vectors, Quads>(call, nullptr, sums);
#pragma GCC unroll 4
  for (size_t q = 0; q < Quads; ++q) storeQuad<Vectors>(call, sums[q], q * (kQuad / Vectors));
}

/// Lines that are interleaved, and how far each advances from column to column: 0 outside the image.
struct ColumnLines {
  const uint8_t* line[kLines];
  size_t step[kLines];
};

QS_VNNI QS_ALWAYS __m512i loadLine(const uint8_t* p, __mmask64 mask) {
  // int8 + 128
  return _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, p), _mm512_set1_epi8(-128));
}

/// Interleaves `count` columns of Vectors * 16 channels, [column][stride bytes].
template <size_t Vectors>
QS_VNNI void interleave(const ColumnLines& lines, size_t count, __mmask64 mask, std::byte* out, size_t stride) {
  const uint8_t *a = lines.line[0], *b = lines.line[1], *c = lines.line[2], *d = lines.line[3];
  for (size_t x = 0; x < count; ++x, out += stride) {
    const __m512i va = loadLine(a, mask), vb = loadLine(b, mask);
    const __m512i vc = loadLine(c, mask), vd = loadLine(d, mask);
    a += lines.step[0], b += lines.step[1], c += lines.step[2], d += lines.step[3];
    const __m512i abLow = _mm512_unpacklo_epi8(va, vb), abHigh = _mm512_unpackhi_epi8(va, vb);
    const __m512i cdLow = _mm512_unpacklo_epi8(vc, vd), cdHigh = _mm512_unpackhi_epi8(vc, vd);
    const __m512i quarters[4] = {_mm512_unpacklo_epi16(abLow, cdLow), _mm512_unpackhi_epi16(abLow, cdLow),
                                 _mm512_unpacklo_epi16(abHigh, cdHigh), _mm512_unpackhi_epi16(abHigh, cdHigh)};
#pragma GCC unroll 4
    for (size_t j = 0; j < 4; ++j) {
      if constexpr (Vectors == 4) {
        _mm512_storeu_si512(out + j * 64, quarters[j]);
      } else if constexpr (Vectors == 2) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + j * 32), _mm512_castsi512_si256(quarters[j]));
      } else {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + j * 16), _mm512_castsi512_si128(quarters[j]));
      }
    }
  }
}

/// Channels that go through together.
struct ColumnBlock {
  size_t first, count, vectors;
  size_t weights;  ///< offset of its weights
  std::vector<uint32_t> tapOffset;
};

/// The geometry, the weights and the loops, common to codes and real values.
struct ColumnProduct {
  ConvGeometry g;
  size_t channels = 0, groups = 0;  ///< groups of four lines of taps
  std::vector<ColumnBlock> blocks;
  LineVector<std::byte> weights;

  /// Nothing where windows are too wide.
  static std::optional<ColumnProduct> make(const ConvGeometry& g, const int8_t* weights);

  /// Results of one item with that zero point: outOf(block, pixel) says where those of a pixel go.
  template <typename OutOf>
  void multiply(const KernelContext& run, const uint8_t* item, int32_t zeroX, const OutOf& outOf) const {
    const double work = double(g.outputItemSize()) * double(g.filterHeight * g.filterWidth) / 3;
    inPieces(run, size_t(g.outHeight), 1, work, [&](size_t begin, size_t end) {
      for (const ColumnBlock& block : blocks) {
        for (size_t y = begin; y < end; ++y) {
          if (block.vectors == 4) lineOf<4>(block, item, zeroX, y, outOf);
          if (block.vectors == 2) lineOf<2>(block, item, zeroX, y, outOf);
          if (block.vectors == 1) lineOf<1>(block, item, zeroX, y, outOf);
        }
      }
    });
  }

private:
  size_t windowWidth() const { return size_t(g.filterWidth - 1) * size_t(g.dilationX) + 1; }
  void arrange(const int8_t* source);

  /// Output pixels whose columns fit the buffer.
  size_t pixelsTogether(size_t vectors) const {
    const size_t columns = kColumnBytes / (groups * vectors * 64), window = windowWidth();
    // The last tile reads the columns of a few pixels that it does not store.
    const size_t pixels = kQuad / vectors;
    if (columns < window) return 0;
    return ((columns - window) / size_t(g.strideX) + 1) / pixels * pixels;
  }

  template <size_t Vectors, typename OutOf>
  void lineOf(const ColumnBlock& block, const uint8_t* item, int32_t zeroX, size_t y, const OutOf& outOf) const {
    constexpr size_t pixels = kQuad / Vectors;
    alignas(64) std::byte columns[kColumnBytes];
    const size_t width = size_t(g.outWidth), together = pixelsTogether(Vectors);
    ColumnCall<decltype(outOf(block, size_t{0}))> call{};
    call.weights = weights.data() + block.weights;
    call.tapOffset = block.tapOffset.data();
    call.taps = block.tapOffset.size();
    call.pixelBytes = size_t(g.strideX) * groups * Vectors * 64;
    for (size_t x = 0; x < width; x += together) {
      const size_t count = std::min(together, width - x);
      const size_t read = (roundUp(count, pixels) - 1) * size_t(g.strideX) + windowWidth();
      fillColumns<Vectors>(block, item, zeroX, y, x, read, columns);
      for (size_t i = 0; i < count; i += call.pixels) {
        const size_t quads = count - i >= kMostQuads * pixels ? kMostQuads : 1;
        call.columns = columns + i * call.pixelBytes;
        call.pixels = std::min(quads * pixels, count - i);
        call.out = outOf(block, y * width + x + i);
        if (quads == 1) {
          columnTile<Vectors, 1>(call);
        } else {
          columnTile<Vectors, kMostQuads>(call);
        }
      }
    }
  }

  /// The columns from that of output pixel x on.
  template <size_t Vectors>
  void fillColumns(const ColumnBlock& block, const uint8_t* item, int32_t zeroX, size_t y, size_t x, size_t count,
                   std::byte* columns) const {
    const int64_t firstX = int64_t(x) * g.strideX - g.padLeft, end = firstX + int64_t(count);
    const int64_t from = std::clamp<int64_t>(0, firstX, end), to = std::clamp<int64_t>(g.inWidth, from, end);
    const size_t stride = groups * Vectors * 64;
    const auto column = [&](int64_t inX) { return columns + size_t(inX - firstX) * stride; };
    std::fill(column(firstX), column(from), static_cast<std::byte>(zeroX + 128));
    std::fill(column(to), column(end), static_cast<std::byte>(zeroX + 128));
    if (from == to) return;
    std::array<uint8_t, 64> padding;
    padding.fill(static_cast<uint8_t>(zeroX));
    const __mmask64 mask = block.count >= 64 ? ~__mmask64{0} : (__mmask64{1} << block.count) - 1;
    for (size_t group = 0; group < groups; ++group) {
      ColumnLines lines;
      for (size_t k = 0; k < kLines; ++k) {
        const int64_t tap = std::min<int64_t>(int64_t(group * kLines + k), g.filterHeight - 1);
        const int64_t inY = int64_t(y) * g.strideY - g.padTop + tap * g.dilationY;
        const bool inside = inY >= 0 && inY < g.inHeight;
        lines.line[k] =
            inside ? item + (size_t(inY) * size_t(g.inWidth) + size_t(from)) * channels + block.first : padding.data();
        lines.step[k] = inside ? channels : 0;
      }
      interleave<Vectors>(lines, size_t(to - from), mask, column(from) + group * Vectors * 64, stride);
    }
  }
};

/// Blocks of 64, 32 or 16 channels with little waste.
std::vector<ColumnBlock> blocksOf(size_t channels) {
  std::vector<ColumnBlock> blocks;
  for (size_t first = 0; first < channels;) {
    const size_t left = channels - first;
    const size_t vectors = left > 48 ? 4 : left > 16 ? 2 : 1;
    const size_t count = std::min(left, vectors * 16);
    blocks.push_back({first, count, vectors, 0, {}});
    first += count;
  }
  return blocks;
}

/// Packs the weights and says where each tap finds its columns.
void ColumnProduct::arrange(const int8_t* source) {
  const size_t taps = groups * size_t(g.filterWidth);
  for (ColumnBlock& block : blocks) {
    const size_t columnBytes = block.vectors * 64;
    block.weights = weights.size();
    weights.resize(block.weights + taps * columnBytes, std::byte{0});
    std::byte* packed = weights.data() + block.weights;
    for (size_t group = 0; group < groups; ++group) {
      for (size_t fx = 0; fx < size_t(g.filterWidth); ++fx, packed += columnBytes) {
        const size_t column = fx * size_t(g.dilationX) * groups + group;
        block.tapOffset.push_back(static_cast<uint32_t>(column * columnBytes));
        for (size_t d = 0; d < block.vectors * 16; ++d) {
          const size_t channel = channelAt(block.vectors, d);
          if (channel >= block.count) continue;
          for (size_t k = 0; k < kLines && group * kLines + k < size_t(g.filterHeight); ++k) {
            const size_t tap = (group * kLines + k) * size_t(g.filterWidth) + fx;
            packed[d * 4 + k] = static_cast<std::byte>(source[tap * channels + block.first + channel]);
          }
        }
      }
    }
  }
}

std::optional<ColumnProduct> ColumnProduct::make(const ConvGeometry& g, const int8_t* source) {
  if (!source || g.inChannels != g.outChannels || g.filterHeight < 2) return std::nullopt;
  ColumnProduct product;
  product.g = g;
  product.channels = size_t(g.outChannels);
  product.groups = (size_t(g.filterHeight) + kLines - 1) / kLines;
  product.blocks = blocksOf(product.channels);
  for (const ColumnBlock& block : product.blocks) {
    if (product.pixelsTogether(block.vectors) < kMostQuads * kQuad / block.vectors) return std::nullopt;
  }
  product.arrange(source);
  return product;
}

/// Sums of each channel's weights.
std::vector<int32_t> weightSums(const ConvGeometry& g, const int8_t* weights) {
  const size_t channels = size_t(g.outChannels);
  std::vector<int32_t> sums(channels, 0);
  for (size_t t = 0; t < size_t(g.filterHeight) * size_t(g.filterWidth); ++t) {
    for (size_t c = 0; c < channels; ++c) sums[c] += weights[t * channels + c];
  }
  return sums;
}

}  // namespace

std::unique_ptr<Kernel> makeDepthwiseColumns(PrepareContext& context, const ConvGeometry& g, const IntegerLayer& layer,
                                             const CodeFinish& exact, const std::vector<int64_t>& largest) {
  if (context.options.cpu < CpuLevel::Avx512Vnni || layer.isUnsigned) return nullptr;
  const auto* weights = static_cast<const int8_t*>(layer.weights);
  auto product = ColumnProduct::make(g, weights);
  if (!product) return nullptr;
  CodeFinish corrected = exact;
  const auto sums = weightSums(g, weights);
  for (size_t c = 0; c < sums.size(); ++c) {
    corrected.bias[c] = numerics::wrap32(int64_t{exact.bias[c]} - int64_t{sums[c]} * (layer.zeroX + 128));
  }
  const auto nearest = NearestFinish::make(std::move(corrected), largest, false, context.options.cpu);
  if (!nearest) return nullptr;
  std::vector<size_t> source;
  for (const ColumnBlock& block : product->blocks) {
    for (size_t d = 0; d < block.vectors * 16; ++d) source.push_back(block.first + channelAt(block.vectors, d));
  }
  context.sharedBytes += static_cast<int64_t>(product->weights.size());
  return makeKernel([product = std::move(*product), finish = nearest->arranged(source),
                     zeroX = layer.zeroX](const KernelContext& run) {
    const ConvGeometry& shape = product.g;
    for (size_t b = 0; b < size_t(shape.batches); ++b) {
      uint8_t* out = run.output<uint8_t>(0) + b * shape.outputItemSize();
      product.multiply(run, run.input<uint8_t>(0) + b * shape.itemSize(), zeroX,
                       [&](const ColumnBlock& block, size_t pixel) {
                         return NearestCall{&finish, block.first, block.count,
                                            out + pixel * product.channels + block.first, product.channels};
                       });
    }
  });
}

std::unique_ptr<Kernel> makeDepthwiseColumnsHybrid(PrepareContext& context, const ConvGeometry& g,
                                                   const HybridLayer& layer) {
  if (context.options.cpu < CpuLevel::Avx512Vnni) return nullptr;
  auto product = ColumnProduct::make(g, layer.weights);
  if (!product) return nullptr;
  context.sharedBytes += static_cast<int64_t>(product->weights.size());
  const size_t slot = context.addScratch(g.itemSize());
  // -0 added leaves every sum as it is.
  RealFinish finish(layer.scales, layer.bias, -0.0f, weightSums(g, layer.weights), layer.range, layer.order);
  return makeKernel([product = std::move(*product), finish = std::move(finish), slot,
                     quantize = dynamicQuantizer(context.options.cpu, layer.asymmetric)](const KernelContext& run) {
    const ConvGeometry& shape = product.g;
    auto* codes = run.scratchAs<int8_t>(slot);
    for (size_t b = 0; b < size_t(shape.batches); ++b) {
      const auto dynamic = quantize({run.input<float>(0) + b * shape.itemSize(), shape.itemSize()}, codes);
      float* out = run.output<float>(0) + b * shape.outputItemSize();
      product.multiply(run, reinterpret_cast<const uint8_t*>(codes), dynamic.zeroPoint,
                       [&](const ColumnBlock& block, size_t pixel) {
                         return RealCall{&finish,
                                         &dynamic,
                                         0,
                                         true,
                                         block.first,
                                         block.count,
                                         out + pixel * product.channels + block.first,
                                         product.channels};
                       });
    }
  });
}

#else

std::unique_ptr<Kernel> makeDepthwiseColumns(PrepareContext&, const reference::ConvGeometry&, const IntegerLayer&,
                                             const CodeFinish&, const std::vector<int64_t>&) {
  return nullptr;
}

std::unique_ptr<Kernel> makeDepthwiseColumnsHybrid(PrepareContext&, const reference::ConvGeometry&,
                                                   const HybridLayer&) {
  return nullptr;
}

#endif

}  // namespace quantscope::fast
