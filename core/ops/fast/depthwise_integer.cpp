#include "core/ops/fast/depthwise_integer.h"

#include <algorithm>
#include <cstdlib>

#include "core/ops/fast/depthwise_columns.h"
#include "core/ops/fast/depthwise_tiles.h"
#include "core/ops/fast/dynamic_codes.h"
#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

using reference::ConvGeometry;

/// Neighbouring pixels of the output.
struct DepthwisePart {
  size_t pixel, pixels;
  size_t first, count;  ///< channels
};

struct DepthwiseSums : DepthwisePart {
  const int32_t* sums;
  size_t stride;  ///< sums from pixel to pixel
};

/// Calls use(pixel, first channel, number of channels, sums) for single pixels.
template <typename Use>
auto byPixel(Use use) {
  return [use](const DepthwiseSums& part) {
    for (size_t p = 0; p < part.pixels; ++p) use(part.pixel + p, part.first, part.count, part.sums + p * part.stride);
  };
}

/// The geometry, the weights and the loops, common to all kinds.
struct DepthwiseProduct {
  ConvGeometry g;
  DepthwiseTiles tiles;
  size_t channels = 0;           ///< of the output
  size_t padded = 0;             ///< the same, filled up to whole blocks
  size_t multiplier = 1;         ///< output channels of an input channel
  PaddedImage image;             ///< its channels are the padded ones
  std::vector<int64_t> offset;   ///< by tap
  LineVector<int16_t> weights;   ///< [block][pair][block of both taps]
  std::vector<int64_t> largest;  ///< sum of each channel
  size_t pairs = 0;

  size_t scratchBytes() const { return image.size() * sizeof(int16_t); }

  /// Copies an item into the padded image, value by value.
  template <typename X, typename Convert>
  void fill(const X* item, int16_t* target, Convert convert) const {
    const size_t inChannels = size_t(g.inChannels), inLine = size_t(g.inWidth) * inChannels;
    const size_t line = image.width * padded;
    std::fill_n(target, image.top * line, int16_t{0});
    for (size_t y = 0; y < image.inHeight; ++y) {
      int16_t* out = target + (y + image.top) * line;
      const X* in = item + y * inLine;
      std::fill_n(out, image.left * padded, int16_t{0});
      int16_t* pixel = out + image.left * padded;
      if (multiplier == 1 && padded == channels) {
        for (size_t i = 0; i < inLine; ++i) pixel[i] = convert(in[i]);
        pixel += inLine;
      } else {
        for (size_t x = 0; x < image.inWidth; ++x, in += inChannels, pixel += padded) {
          fillPixel(in, pixel, convert);
        }
      }
      std::fill(pixel, out + line, int16_t{0});
    }
    const size_t below = image.top + image.inHeight;
    std::fill_n(target + below * line, (image.height - below) * line, int16_t{0});
  }

  /// Calls finish(DepthwiseSums) for all pixels and channels.
  template <typename Finish>
  void multiply(const KernelContext& run, const int16_t* padding, Finish&& finish) const {
    overTiles(run, padding, [&](DepthwiseCall& call, const DepthwisePart& part) {
      alignas(64) int32_t sums[DepthwiseTiles::kMost * 32];
      call.sums = sums;
      (part.pixels == 1 ? tiles.one : tiles.four)(call);
      finish(DepthwiseSums{part, sums, tiles.block});
    });
  }

  /// Writes the codes [pixel][channels] of one item; the finish as `sources` arranges it.
  void multiplyCodes(const KernelContext& run, const int16_t* padding, const NearestFinish& finish,
                     uint8_t* out) const {
    overTiles(run, padding, [&](const DepthwiseCall& call, const DepthwisePart& part) {
      const NearestCall codes{&finish, part.first, part.count, out + part.pixel * channels + part.first, channels};
      (part.pixels == 1 ? tiles.oneCodes : tiles.fourCodes)(call, codes);
    });
  }

  /// The channel of each position of the packed weights.
  std::vector<size_t> sources() const {
    std::vector<size_t> all;
    for (size_t first = 0; first < padded; first += tiles.block) {
      for (const size_t channel : tiles.order) all.push_back(first + channel);
    }
    return all;
  }

private:
  template <typename X, typename Convert>
  void fillPixel(const X* in, int16_t* pixel, Convert convert) const {
    if (multiplier == 1) {
      for (size_t c = 0; c < channels; ++c) pixel[c] = convert(in[c]);
    } else {
      for (size_t c = 0; c < channels; ++c) pixel[c] = convert(in[c / multiplier]);
    }
    std::fill(pixel + channels, pixel + padded, int16_t{0});
  }

  /// Calls use(DepthwiseCall&, DepthwisePart) for everything, on the run's threads.
  template <typename Use>
  void overTiles(const KernelContext& run, const int16_t* padding, const Use& use) const {
    const double work = double(g.outputItemSize()) * double(pairs);
    inPieces(run, size_t(g.outHeight), 1, work, [&](size_t begin, size_t end) {
      for (size_t y = begin; y < end; ++y) overLine(padding, y, use);
    });
  }

  template <typename Use>
  void overLine(const int16_t* padding, size_t y, const Use& use) const {
    const size_t width = size_t(g.outWidth);
    DepthwiseCall call{};
    call.step = size_t(g.strideX) * padded;
    call.tapOffset = offset.data();
    call.pairs = pairs;
    call.pairStride = 2 * tiles.block;
    const int16_t* line = padding + y * size_t(g.strideY) * image.width * padded;
    for (size_t block = 0; block * tiles.block < channels; ++block) {
      const size_t first = block * tiles.block, count = std::min(tiles.block, channels - first);
      call.weights = weights.data() + block * pairs * call.pairStride;
      for (size_t x = 0; x < width;) {
        const size_t pixels = width - x >= DepthwiseTiles::kMost ? DepthwiseTiles::kMost : 1;
        call.image = line + x * call.step + first;
        use(call, DepthwisePart{y * width + x, pixels, first, count});
        x += pixels;
      }
    }
  }
};

/// Weights [taps][outChannels] less their zero point. Nothing where a sum of products with inputs up to `largest` could
/// leave 32 bits, or positions could.
template <typename W>
std::optional<DepthwiseProduct> makeProduct(const ConvGeometry& g, const W* weights, int32_t zeroW, int64_t largest,
                                            CpuLevel cpu) {
  if (!weights || g.outputItemSize() == 0 || g.itemSize() == 0) return std::nullopt;
  DepthwiseProduct product;
  product.g = g;
  product.channels = size_t(g.outChannels);
  product.tiles = depthwiseTiles(cpu, product.channels);
  product.padded = roundUp(product.channels, product.tiles.block);
  product.multiplier = size_t(g.outChannels / g.inChannels);
  // The window as that of a convolution of all channels at once.
  ConvGeometry whole = g;
  whole.inChannels = whole.filterChannels = static_cast<int32_t>(product.padded);
  whole.outChannels = 1;
  const auto lowering = lowerConvolution(whole);
  if (!lowering) return std::nullopt;
  product.image = lowering->image;
  const size_t taps = size_t(g.filterHeight) * size_t(g.filterWidth);
  for (int32_t fy = 0; fy < g.filterHeight; ++fy) {
    for (int32_t fx = 0; fx < g.filterWidth; ++fx) {
      const size_t pixel = size_t(fy) * size_t(g.dilationY) * product.image.width + size_t(fx) * size_t(g.dilationX);
      product.offset.push_back(static_cast<int64_t>(pixel * product.padded));
    }
  }
  product.pairs = (taps + 1) / 2;
  if (taps % 2 != 0) product.offset.push_back(product.offset.back());
  for (size_t c = 0; c < product.channels; ++c) {
    int64_t sum = 0;
    for (size_t t = 0; t < taps; ++t) sum += std::abs(int32_t{weights[t * product.channels + c]} - zeroW);
    if (sum * largest > INT32_MAX) return std::nullopt;
    product.largest.push_back(sum * largest);
  }
  const size_t block = product.tiles.block;
  product.weights.assign(product.padded * product.pairs * 2, 0);
  LineVector<int16_t> values(2 * product.pairs * product.padded, 0);
  for (size_t t = 0; t < taps; ++t) {
    for (size_t c = 0; c < product.channels; ++c) {
      values[t * product.padded + c] = static_cast<int16_t>(int32_t{weights[t * product.channels + c]} - zeroW);
    }
  }
  for (size_t b = 0; b < product.padded / block; ++b) {
    for (size_t p = 0; p < product.pairs; ++p) {
      const int16_t* first = values.data() + 2 * p * product.padded + b * block;
      int16_t* packed = product.weights.data() + (b * product.pairs + p) * 2 * block;
      for (const size_t channel : product.tiles.order) {
        *packed++ = first[channel];
        *packed++ = first[product.padded + channel];
      }
    }
  }
  return product;
}

std::shared_ptr<const DepthwiseProduct> shared(PrepareContext& context, std::optional<DepthwiseProduct> product) {
  if (!product) return nullptr;
  context.sharedBytes += static_cast<int64_t>(product->weights.size() * sizeof(int16_t));
  return std::make_shared<const DepthwiseProduct>(std::move(*product));
}

/// How sums become codes: `nearest`, as the product arranges it, where there is one.
struct DepthwiseFinish {
  CodeFinish exact;
  FinishRows<uint8_t> exactRows;
  std::optional<NearestFinish> nearest;
};

template <typename X>
std::unique_ptr<Kernel> codesKernel(std::shared_ptr<const DepthwiseProduct> product, DepthwiseFinish finish,
                                    int32_t zeroX, size_t slot) {
  return makeKernel([=, finish = std::move(finish)](const KernelContext& run) {
    const ConvGeometry& g = product->g;
    auto* padding = run.scratchAs<int16_t>(slot);
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      product->fill(run.input<X>(0) + b * g.itemSize(), padding,
                    [zeroX](X v) { return static_cast<int16_t>(v - zeroX); });
      uint8_t* out = run.output<uint8_t>(0) + b * g.outputItemSize();
      if (finish.nearest) {
        product->multiplyCodes(run, padding, *finish.nearest, out);
        continue;
      }
      product->multiply(run, padding, [&](const DepthwiseSums& part) {
        finish.exactRows(finish.exact, {part.sums, part.stride, part.pixels, part.first, part.count,
                                        out + part.pixel * product->channels + part.first, product->channels});
      });
    }
  });
}

}  // namespace

std::unique_ptr<Kernel> makeDepthwiseCodes(PrepareContext& context, const ConvGeometry& g, const IntegerLayer& layer,
                                           const reference::Requantization& requantize) {
  const CpuLevel cpu = context.options.cpu;
  auto made = layer.isUnsigned ? makeProduct(g, static_cast<const uint8_t*>(layer.weights), layer.zeroW, 255, cpu)
                               : makeProduct(g, static_cast<const int8_t*>(layer.weights), 0, 255, cpu);
  if (!made) return nullptr;
  std::vector<int32_t> bias(made->channels, 0);
  if (layer.bias) bias.assign(layer.bias, layer.bias + made->channels);
  CodeFinish finish(requantize, bias);
  auto largest = made->largest;
  for (size_t c = 0; c < largest.size(); ++c) largest[c] += std::abs(int64_t{bias[c]});
  finish.limitSums(largest);
  if (auto kernel = makeDepthwiseColumns(context, g, layer, finish, largest)) return kernel;
  auto product = shared(context, std::move(made));
  const size_t slot = context.addScratch(product->scratchBytes());
  auto nearest = NearestFinish::make(finish, largest, layer.isUnsigned, cpu);
  if (nearest) nearest = nearest->arranged(product->sources());
  DepthwiseFinish all{std::move(finish), finishBytes(cpu, false), std::move(nearest)};
  if (layer.isUnsigned) return codesKernel<uint8_t>(std::move(product), std::move(all), layer.zeroX, slot);
  return codesKernel<int8_t>(std::move(product), std::move(all), layer.zeroX, slot);
}

std::unique_ptr<Kernel> makeDepthwiseWide(PrepareContext& context, const ConvGeometry& g, const WideLayer& layer,
                                          const reference::Requantization& requantize) {
  const CpuLevel cpu = context.options.cpu;
  const bool small = std::all_of(layer.bias.begin(), layer.bias.end(),
                                 [](int64_t b) { return b > -kMostWideBias / 2 && b < kMostWideBias / 2; });
  if (!small) return nullptr;
  auto product = shared(context, makeProduct(g, layer.weights, 0, 32768, cpu));
  if (!product) return nullptr;
  const size_t slot = context.addScratch(product->scratchBytes());
  return makeKernel([=, finish = WideFinish(requantize, layer.bias),
                     finishRow = finishWide<int32_t>(cpu, false)](const KernelContext& run) {
    auto* padding = run.scratchAs<int16_t>(slot);
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      product->fill(run.input<int16_t>(0) + b * g.itemSize(), padding, [](int16_t v) { return v; });
      int16_t* out = run.output<int16_t>(0) + b * g.outputItemSize();
      product->multiply(run, padding, byPixel([&](size_t pixel, size_t first, size_t count, const int32_t* sums) {
                          finishRow(finish, sums, first, count, out + pixel * product->channels + first);
                        }));
    }
  });
}

std::unique_ptr<Kernel> makeDepthwiseHybrid(PrepareContext& context, const ConvGeometry& g, const HybridLayer& layer) {
  const CpuLevel cpu = context.options.cpu;
  auto made = makeProduct(g, layer.weights, 0, 255, cpu);
  if (!made) return nullptr;
  if (auto kernel = makeDepthwiseColumnsHybrid(context, g, layer)) return kernel;
  auto product = shared(context, std::move(made));
  const size_t slot = context.addScratch(product->scratchBytes());
  const size_t codesSlot = context.addScratch(g.itemSize());
  // The zero point is taken off the codes, so nothing is left to correct. -0 added leaves every sum as it is.
  RealFinish finish(layer.scales, layer.bias, -0.0f, std::vector<int32_t>(product->channels, 0), layer.range,
                    layer.order);
  return makeKernel([=, finish = std::move(finish), finishRow = finishReal(cpu),
                     quantize = dynamicQuantizer(cpu, layer.asymmetric)](const KernelContext& run) {
    auto* padding = run.scratchAs<int16_t>(slot);
    auto* codes = run.scratchAs<int8_t>(codesSlot);
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      const auto dynamic = quantize({run.input<float>(0) + b * g.itemSize(), g.itemSize()}, codes);
      product->fill(codes, padding, [zero = dynamic.zeroPoint](int8_t v) { return static_cast<int16_t>(v - zero); });
      float* out = run.output<float>(0) + b * g.outputItemSize();
      product->multiply(run, padding, byPixel([&](size_t pixel, size_t first, size_t count, const int32_t* sums) {
                          finishRow(finish, dynamic.scale, 0, sums, first, count,
                                    out + pixel * product->channels + first);
                        }));
    }
  });
}

}  // namespace quantscope::fast
