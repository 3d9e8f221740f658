#include "core/ops/fast/affine_integer.h"

#include <cstdlib>

#include "core/ops/fast/integer_product.h"

namespace quantscope::fast {

namespace {

struct CodesKernel final : Kernel {
  IntegerProduct product;
  CodeFinish finish;
  FinishRows<uint8_t> finishRows;
  std::optional<NearestFinish> nearest;  ///< used instead where there is one
  bool isUnsigned;
  int32_t zeroX;
  size_t slot;

  CodesKernel(IntegerProduct p, CodeFinish f, FinishRows<uint8_t> rows, std::optional<NearestFinish> n,
              const IntegerLayer& layer, size_t scratch)
      : product(std::move(p)),
        finish(std::move(f)),
        finishRows(rows),
        nearest(std::move(n)),
        isUnsigned(layer.isUnsigned),
        zeroX(layer.zeroX),
        slot(scratch) {}

  Result<void> run(const KernelContext& run) const override {
    for (size_t b = 0; b < product.batches; ++b) {
      const std::byte* item = converted(run, b);
      uint8_t* out = run.output<uint8_t>(0) + b * product.outputItem;
      if (nearest) {
        product.multiplyCodes(run, item, *nearest, out);
        continue;
      }
      product.multiply(run, item, [&](const ProductRows<int32_t>& part) {
        finishRows(finish, {part.sums, part.stride, part.rows, part.first, part.count,
                            out + part.row * product.outChannels + part.first, product.outChannels});
      });
    }
    return {};
  }

private:
  /// The item with its border, as the tiles want the values.
  const std::byte* converted(const KernelContext& run, size_t b) const {
    std::byte* target = run.scratch[slot];
    const PaddedImage& image = product.image;
    const uint8_t* item = run.input<uint8_t>(0) + b * product.inputItem;
    if (product.form == CodeForm::Bytes) {
      // int8 + 128; the zero point is in the bias.
      image.fill(run, item, reinterpret_cast<uint8_t*>(target), static_cast<uint8_t>(zeroX + 128),
                 [](uint8_t v) { return static_cast<uint8_t>(v ^ 0x80); });
    } else if (isUnsigned) {
      image.fill(run, item, reinterpret_cast<int16_t*>(target), int16_t{0},
                 [zero = zeroX](uint8_t v) { return static_cast<int16_t>(v - zero); });
    } else {
      image.fill(run, reinterpret_cast<const int8_t*>(item), reinterpret_cast<int16_t*>(target), int16_t{0},
                 [zero = zeroX](int8_t v) { return static_cast<int16_t>(v - zero); });
    }
    return target;
  }
};

/// How large the sums of each channel can get, bias included.
template <typename W>
std::vector<int64_t> largestSums(const IntegerLayer& layer, const W* weights, size_t channels, size_t taps) {
  std::vector<int64_t> largest(channels);
  for (size_t c = 0; c < channels; ++c) {
    for (size_t k = 0; k < taps; ++k) largest[c] += 255 * std::abs(int64_t{weights[c * taps + k]} - layer.zeroW);
    if (layer.bias) largest[c] += std::abs(int64_t{layer.bias[c]});
  }
  return largest;
}

/// bias[c] less what the stored form of the input adds to every sum.
template <typename W>
std::vector<int32_t> correctedBias(const IntegerLayer& layer, const W* weights, size_t channels, size_t taps,
                                   int32_t added) {
  std::vector<int32_t> bias(channels);
  for (size_t c = 0; c < channels; ++c) {
    int64_t sum = 0;
    for (size_t k = 0; k < taps; ++k) sum += weights[c * taps + k];
    bias[c] = numerics::wrap32((layer.bias ? int64_t{layer.bias[c]} : 0) - sum * added);
  }
  return bias;
}

template <typename W, typename Requantize>
std::unique_ptr<Kernel> makeKernelOf(PrepareContext& context, const IntegerLayer& layer, ConvLowering lowering,
                                     size_t batches, size_t channels, const Requantize& requantize, bool inDouble) {
  const auto* weights = static_cast<const W*>(layer.weights);
  const CpuLevel cpu = context.options.cpu;
  const bool bytes = cpu >= CpuLevel::Avx512Vnni && !layer.isUnsigned;
  const size_t depth = lowering.gather.depth();
  const auto bias = correctedBias(layer, weights, channels, depth, bytes ? layer.zeroX + 128 : 0);
  IntegerProduct product(std::move(lowering), batches, channels, weights, layer.zeroW,
                         bytes ? CodeForm::Bytes : CodeForm::Pairs, cpu);
  context.sharedBytes += static_cast<int64_t>(product.packedBytes());
  const size_t slot = context.addScratch(product.scratchBytes());
  CodeFinish finish(requantize, bias);
  const auto largest = largestSums(layer, weights, channels, depth);
  finish.limitSums(largest);
  auto nearest = NearestFinish::make(finish, largest, layer.isUnsigned, cpu);
  return std::make_unique<CodesKernel>(std::move(product), std::move(finish), finishBytes(cpu, inDouble),
                                       std::move(nearest), layer, slot);
}

template <typename Requantize>
std::unique_ptr<Kernel> makeKernelFor(PrepareContext& context, const IntegerLayer& layer, ConvLowering lowering,
                                      size_t batches, size_t channels, const Requantize& requantize, bool inDouble) {
  if (layer.isUnsigned) {
    return makeKernelOf<uint8_t>(context, layer, std::move(lowering), batches, channels, requantize, inDouble);
  }
  return makeKernelOf<int8_t>(context, layer, std::move(lowering), batches, channels, requantize, inDouble);
}

}  // namespace

std::unique_ptr<Kernel> makeConvCodes(PrepareContext& context, const reference::ConvGeometry& g,
                                      const IntegerLayer& layer, const reference::Requantization& requantize) {
  if (!layer.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto lowering = lowerConvolution(g);
  if (!lowering) return nullptr;
  return makeKernelFor(context, layer, std::move(*lowering), size_t(g.batches), size_t(g.outChannels), requantize,
                       false);
}

std::unique_ptr<Kernel> makeFullyConnectedCodes(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                                const IntegerLayer& layer,
                                                const reference::DoubleRequantization& requantize) {
  if (!layer.weights || rows == 0 || depth == 0) return nullptr;
  return makeKernelFor(context, layer, lowerDense(rows, units, depth), 1, units, requantize, true);
}

ConvLowering lowerDense(size_t rows, size_t units, size_t depth) {
  ConvLowering lowering;
  lowering.gather = denseRows(rows, depth);
  lowering.groupColumns = units;
  lowering.image.channels = depth;
  lowering.image.height = lowering.image.inHeight = rows;
  lowering.image.width = lowering.image.inWidth = 1;
  return lowering;
}

}  // namespace quantscope::fast
