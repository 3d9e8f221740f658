#include <algorithm>
#include <cstring>

#include "core/ops/fast/affine_float.h"
#include "core/ops/fast/pieces.h"
#include "core/ops/fast/targets.h"

namespace quantscope::fast {

namespace {

using reference::ConvGeometry;

/// Taps of a window that lie inside the image.
struct TapRange {
  int32_t begin, end;
};

TapRange tapRange(int32_t origin, int32_t in, int32_t filter, int32_t dilation) {
  const int32_t begin = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
  const int32_t end = std::min(filter, (in - origin + dilation - 1) / dilation);
  return {std::min(begin, filter), std::max(end, std::min(begin, filter))};
}

/// Neighbouring output pixels of one row that see the same taps.
struct PixelRun {
  const float* input;  ///< image value of tap (0, 0) of the first pixel, channel 0; may lie outside the image
  float* output;
  size_t pixels;
  TapRange rows, columns;
};

struct Layer {
  ConvGeometry g;
  size_t channels;            ///< of input and output; input channels are repeated beforehand
  LineVector<float> weights;  ///< [tap][channels]
  LineVector<float> bias;
  float low, high;

  ptrdiff_t tapOffset(int32_t fy, int32_t fx) const {
    return (ptrdiff_t(fy) * g.dilationY * g.inWidth + ptrdiff_t(fx) * g.dilationX) * ptrdiff_t(channels);
  }
};

using RunFunction = void (*)(const Layer& layer, const PixelRun& run);

void portableRun(const Layer& layer, const PixelRun& run) {
  for (size_t p = 0; p < run.pixels; ++p) {
    const float* x = run.input + p * size_t(layer.g.strideX) * layer.channels;
    float* y = run.output + p * layer.channels;
    for (size_t c = 0; c < layer.channels; ++c) y[c] = 0.0f;
    for (int32_t fy = run.rows.begin; fy < run.rows.end; ++fy) {
      for (int32_t fx = run.columns.begin; fx < run.columns.end; ++fx) {
        const float* in = x + layer.tapOffset(fy, fx);
        const float* w = layer.weights.data() + size_t(fy * layer.g.filterWidth + fx) * layer.channels;
        for (size_t c = 0; c < layer.channels; ++c) y[c] += in[c] * w[c];
      }
    }
    for (size_t c = 0; c < layer.channels; ++c) {
      y[c] = std::min(std::max(y[c] + layer.bias[c], layer.low), layer.high);
    }
  }
}

#if defined(QS_X86)

/// `Pixels` pixels of one vector of channels; `mask` selects the channels that exist.
template <size_t Pixels>
QS_AVX512 inline void avx512Channels(const Layer& layer, const PixelRun& run, size_t first, size_t c, __mmask16 mask) {
  const size_t step = size_t(layer.g.strideX) * layer.channels, aside = size_t(layer.g.dilationX) * layer.channels;
  const float* x = run.input + ptrdiff_t(first * step + c) + layer.tapOffset(run.rows.begin, run.columns.begin);
  __m512 sums[Pixels];
#pragma GCC unroll 8
  for (size_t p = 0; p < Pixels; ++p) sums[p] = _mm512_setzero_ps();
  for (int32_t fy = run.rows.begin; fy < run.rows.end; ++fy, x += layer.tapOffset(1, 0)) {
    const float* weights =
        layer.weights.data() + size_t(fy * layer.g.filterWidth + run.columns.begin) * layer.channels + c;
    const float* in = x;
    for (int32_t fx = run.columns.begin; fx < run.columns.end; ++fx, in += aside, weights += layer.channels) {
      const __m512 w = _mm512_maskz_loadu_ps(mask, weights);
#pragma GCC unroll 8
      for (size_t p = 0; p < Pixels; ++p) {
        sums[p] = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, in + p * step), w, sums[p]);
      }
    }
  }
  const __m512 bias = _mm512_maskz_loadu_ps(mask, layer.bias.data() + c);
  const __m512 low = _mm512_set1_ps(layer.low), high = _mm512_set1_ps(layer.high);
  float* y = run.output + first * layer.channels + c;
#pragma GCC unroll 8
  for (size_t p = 0; p < Pixels; ++p) {
    const __m512 value = _mm512_min_ps(high, _mm512_max_ps(low, _mm512_add_ps(sums[p], bias)));
    _mm512_mask_storeu_ps(y + p * layer.channels, mask, value);
  }
}

/// All channels of a few pixels: neighbouring memory is used while it is in the cache.
template <size_t Pixels>
QS_AVX512 inline void avx512Pixels(const Layer& layer, const PixelRun& run, size_t first) {
  size_t c = 0;
  for (; c + 16 <= layer.channels; c += 16) avx512Channels<Pixels>(layer, run, first, c, 0xFFFF);
  if (c < layer.channels) {
    avx512Channels<Pixels>(layer, run, first, c, static_cast<__mmask16>((1u << (layer.channels - c)) - 1u));
  }
}

QS_AVX512 void avx512Run(const Layer& layer, const PixelRun& run) {
  size_t p = 0;
  for (; p + 8 <= run.pixels; p += 8) avx512Pixels<8>(layer, run, p);
  for (; p + 4 <= run.pixels; p += 4) avx512Pixels<4>(layer, run, p);
  for (; p + 2 <= run.pixels; p += 2) avx512Pixels<2>(layer, run, p);
  for (; p < run.pixels; ++p) avx512Pixels<1>(layer, run, p);
}

QS_AVX2 inline __m256i lanes(size_t n) {
  const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), index);
}

template <bool Whole>
QS_AVX2 inline __m256 loadLanes(const float* p, __m256i mask) {
  if constexpr (Whole) return _mm256_loadu_ps(p);
  return _mm256_maskload_ps(p, mask);
}

template <size_t Pixels, bool Whole>
QS_AVX2 inline void avx2Channels(const Layer& layer, const PixelRun& run, size_t first, size_t c, __m256i mask) {
  const size_t step = size_t(layer.g.strideX) * layer.channels, aside = size_t(layer.g.dilationX) * layer.channels;
  const float* x = run.input + ptrdiff_t(first * step + c) + layer.tapOffset(run.rows.begin, run.columns.begin);
  __m256 sums[Pixels];
#pragma GCC unroll 8
  for (size_t p = 0; p < Pixels; ++p) sums[p] = _mm256_setzero_ps();
  for (int32_t fy = run.rows.begin; fy < run.rows.end; ++fy, x += layer.tapOffset(1, 0)) {
    const float* weights =
        layer.weights.data() + size_t(fy * layer.g.filterWidth + run.columns.begin) * layer.channels + c;
    const float* in = x;
    for (int32_t fx = run.columns.begin; fx < run.columns.end; ++fx, in += aside, weights += layer.channels) {
      const __m256 w = loadLanes<Whole>(weights, mask);
#pragma GCC unroll 8
      for (size_t p = 0; p < Pixels; ++p) {
        sums[p] = _mm256_fmadd_ps(loadLanes<Whole>(in + p * step, mask), w, sums[p]);
      }
    }
  }
  const __m256 bias = loadLanes<Whole>(layer.bias.data() + c, mask);
  const __m256 low = _mm256_set1_ps(layer.low), high = _mm256_set1_ps(layer.high);
  float* y = run.output + first * layer.channels + c;
#pragma GCC unroll 8
  for (size_t p = 0; p < Pixels; ++p) {
    const __m256 value = _mm256_min_ps(high, _mm256_max_ps(low, _mm256_add_ps(sums[p], bias)));
    if constexpr (Whole) {
      _mm256_storeu_ps(y + p * layer.channels, value);
    } else {
      _mm256_maskstore_ps(y + p * layer.channels, mask, value);
    }
  }
}

template <size_t Pixels>
QS_AVX2 inline void avx2Pixels(const Layer& layer, const PixelRun& run, size_t first) {
  size_t c = 0;
  for (; c + 8 <= layer.channels; c += 8) avx2Channels<Pixels, true>(layer, run, first, c, lanes(8));
  if (c < layer.channels) avx2Channels<Pixels, false>(layer, run, first, c, lanes(layer.channels - c));
}

QS_AVX2 void avx2Run(const Layer& layer, const PixelRun& run) {
  size_t p = 0;
  for (; p + 8 <= run.pixels; p += 8) avx2Pixels<8>(layer, run, p);
  for (; p + 4 <= run.pixels; p += 4) avx2Pixels<4>(layer, run, p);
  for (; p + 2 <= run.pixels; p += 2) avx2Pixels<2>(layer, run, p);
  for (; p < run.pixels; ++p) avx2Pixels<1>(layer, run, p);
}

#endif

RunFunction runFunction([[maybe_unused]] CpuLevel level) {
#if defined(QS_X86)
  if (level >= CpuLevel::Avx512) return avx512Run;
  if (level >= CpuLevel::Avx2) return avx2Run;
#endif
  return portableRun;
}

void outputRow(const Layer& layer, RunFunction runFunction, const float* image, float* out, int32_t oy) {
  const ConvGeometry& g = layer.g;
  const int32_t y0 = oy * g.strideY - g.padTop;
  const TapRange rows = tapRange(y0, g.inHeight, g.filterHeight, g.dilationY);
  float* line = out + size_t(oy) * size_t(g.outWidth) * layer.channels;
  for (int32_t ox = 0; ox < g.outWidth;) {
    const int32_t x0 = ox * g.strideX - g.padLeft;
    const TapRange columns = tapRange(x0, g.inWidth, g.filterWidth, g.dilationX);
    int32_t end = ox + 1;
    if (columns.begin == 0 && columns.end == g.filterWidth) {
      // All pixels up to the one whose window reaches over the right edge.
      const int32_t reach = (g.filterWidth - 1) * g.dilationX;
      end = std::min(g.outWidth, (g.inWidth - 1 - reach + g.padLeft) / g.strideX + 1);
    }
    const ptrdiff_t start = (ptrdiff_t(y0) * g.inWidth + x0) * ptrdiff_t(layer.channels);
    runFunction(layer, {image + start, line + size_t(ox) * layer.channels, size_t(end - ox), rows, columns});
    ox = end;
  }
}

}  // namespace

std::unique_ptr<Kernel> makeDepthwiseFloat(PrepareContext& context, const ConvGeometry& g,
                                           numerics::ActivationRange<float> range) {
  const bool constant = context.input(1).isConstant && (!context.hasInput(2) || context.input(2).isConstant);
  if (!constant || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto layer = std::make_shared<Layer>();
  layer->g = g;
  layer->channels = size_t(g.outChannels);
  const auto weights = context.input(1).constantAs<float>();
  layer->weights.assign(weights.begin(), weights.begin() + ptrdiff_t(g.taps() * layer->channels));
  layer->bias.assign(layer->channels, 0.0f);
  if (context.hasInput(2))
    std::copy_n(context.input(2).constantAs<float>().data(), layer->channels, layer->bias.data());
  layer->low = range.low;
  layer->high = range.high;
  context.sharedBytes += static_cast<int64_t>((layer->weights.size() + layer->bias.size()) * sizeof(float));
  const size_t multiplier = layer->channels / size_t(g.inChannels);
  const size_t pixels = size_t(g.inHeight) * size_t(g.inWidth);
  const size_t slot = multiplier > 1 ? context.addScratch(pixels * layer->channels * sizeof(float)) : 0;
  return makeKernel([=, function = runFunction(context.options.cpu)](const KernelContext& run) {
    const double work = double(g.outputItemSize()) * double(g.taps());
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      const float* image = run.input<float>(0) + b * g.itemSize();
      if (multiplier > 1) {
        float* repeated = run.scratchAs<float>(slot);
        for (size_t i = 0; i < g.itemSize(); ++i) std::fill_n(repeated + i * multiplier, multiplier, image[i]);
        image = repeated;
      }
      float* out = run.output<float>(0) + b * g.outputItemSize();
      inPieces(run, size_t(g.outHeight), 1, work, [&](size_t begin, size_t end) {
        for (size_t oy = begin; oy < end; ++oy) outputRow(*layer, function, image, out, static_cast<int32_t>(oy));
      });
    }
  });
}

}  // namespace quantscope::fast
