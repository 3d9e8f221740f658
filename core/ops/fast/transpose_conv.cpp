#include "core/ops/fast/transpose_conv.h"

#include <algorithm>
#include <cstdlib>

#include "core/ops/fast/float_product.h"
#include "core/ops/fast/integer_product.h"

namespace quantscope::fast {

namespace {

using reference::ConvGeometry;

/// Along one dimension: outputs first, first + stride, ... of one remainder, and the taps that they see.
struct Remainder {
  int32_t first = 0, count = 0;  ///< outputs
  int32_t taps = 0, firstTap = 0;
  int32_t firstInput = 0;  ///< of the last tap's input of the first output; may be negative
};

std::vector<Remainder> remainders(int32_t out, int32_t filter, int32_t stride, int32_t pad) {
  std::vector<Remainder> all;
  for (int32_t a = 0; a < stride; ++a) {
    Remainder r;
    // Outputs o with (o + pad) % stride == a.
    r.first = ((a - pad) % stride + stride) % stride;
    r.count = r.first < out ? (out - r.first + stride - 1) / stride : 0;
    r.taps = filter > a ? (filter - a + stride - 1) / stride : 0;
    r.firstTap = a + (r.taps - 1) * stride;
    r.firstInput = (r.first + pad - a) / stride - (r.taps - 1);
    if (r.count > 0) all.push_back(r);
  }
  return all;
}

/// One pair of remainders as a convolution of stride 1, and where its outputs go.
struct Phase {
  ConvLowering lowering;
  Remainder vertical, horizontal;
  size_t lineWidth() const { return size_t(horizontal.count); }
};

/// All phases over one padded image; nothing where positions do not fit 32 bits.
std::optional<std::vector<Phase>> phasesOf(const ConvGeometry& g) {
  const auto vertical = remainders(g.outHeight, g.filterHeight, g.strideY, g.padTop);
  const auto horizontal = remainders(g.outWidth, g.filterWidth, g.strideX, g.padLeft);
  PaddedImage image;
  image.channels = size_t(g.inChannels);
  image.inHeight = size_t(g.inHeight);
  image.inWidth = size_t(g.inWidth);
  const auto extend = [](const std::vector<Remainder>& list, size_t in, size_t& before, size_t& size) {
    int32_t lowest = 0, highest = static_cast<int32_t>(in);
    for (const Remainder& r : list) {
      lowest = std::min(lowest, r.firstInput);
      highest = std::max(highest, r.firstInput + r.count + r.taps - 1);
    }
    before = size_t(-lowest);
    size = size_t(highest - lowest);
  };
  extend(vertical, image.inHeight, image.top, image.height);
  extend(horizontal, image.inWidth, image.left, image.width);
  if (image.size() > UINT32_MAX / 4) return std::nullopt;
  std::vector<Phase> phases;
  for (const Remainder& v : vertical) {
    for (const Remainder& h : horizontal) {
      Phase phase{{}, v, h};
      phase.lowering.image = image;
      phase.lowering.groupColumns = size_t(g.outChannels);
      RowGather& gather = phase.lowering.gather;
      gather.rows = size_t(v.count) * size_t(h.count);
      for (int32_t y = 0; y < v.count; ++y) {
        for (int32_t x = 0; x < h.count; ++x) {
          const size_t line = size_t(y + v.firstInput + static_cast<int32_t>(image.top));
          const size_t column = size_t(x + h.firstInput + static_cast<int32_t>(image.left));
          gather.rowStart.push_back(static_cast<uint32_t>((line * image.width + column) * image.channels));
        }
      }
      gather.runLength = size_t(h.taps) * image.channels;
      for (int32_t t = 0; t < v.taps && h.taps > 0; ++t) {
        gather.runStart.push_back(static_cast<int64_t>(size_t(t) * image.width * image.channels));
      }
      phases.push_back(std::move(phase));
    }
  }
  return phases;
}

/// Weights of the phase's taps as [outChannels][taps]; inputs ascend where taps descend.
template <typename W>
std::vector<W> phaseWeights(const ConvGeometry& g, const Phase& phase, const W* weights) {
  std::vector<W> values;
  const size_t channels = size_t(g.inChannels);
  for (size_t oc = 0; oc < size_t(g.outChannels); ++oc) {
    for (int32_t y = 0; y < phase.vertical.taps; ++y) {
      for (int32_t x = 0; x < phase.horizontal.taps; ++x) {
        const int32_t fy = phase.vertical.firstTap - y * g.strideY, fx = phase.horizontal.firstTap - x * g.strideX;
        const size_t tap = size_t(fy) * size_t(g.filterWidth) + size_t(fx);
        const W* first = weights + oc * g.taps() + tap * channels;
        values.insert(values.end(), first, first + channels);
      }
    }
  }
  return values;
}

/// Where the first channel of an output of the phase lies within an item.
size_t outputStart(const ConvGeometry& g, const Phase& phase, size_t line, size_t column) {
  const size_t y = size_t(phase.vertical.first) + line * size_t(g.strideY);
  const size_t x = size_t(phase.horizontal.first) + column * size_t(g.strideX);
  return (y * size_t(g.outWidth) + x) * size_t(g.outChannels);
}

/// One row by a function for several.
template <typename Code>
struct OneRow {
  FinishRows<Code> finishRows;
  void operator()(const CodeFinish& finish, const int32_t* sums, size_t first, size_t count, Code* out) const {
    finishRows(finish, {sums, 0, 1, first, count, out, 0});
  }
};

struct IntegerPhase {
  IntegerProduct product;
  std::vector<size_t> outputStart;  ///< by row
};

template <typename W>
std::vector<IntegerPhase> integerPhases(PrepareContext& context, const ConvGeometry& g, std::vector<Phase> phases,
                                        const W* weights, int32_t zeroW) {
  std::vector<IntegerPhase> result;
  for (Phase& phase : phases) {
    const auto values = phaseWeights(g, phase, weights);
    std::vector<size_t> starts;
    for (size_t y = 0; y < size_t(phase.vertical.count); ++y) {
      for (size_t x = 0; x < phase.lineWidth(); ++x) starts.push_back(outputStart(g, phase, y, x));
    }
    IntegerProduct product(std::move(phase.lowering), 1, size_t(g.outChannels), values.data(), zeroW, CodeForm::Pairs,
                           context.options.cpu);
    context.sharedBytes += static_cast<int64_t>(product.packedBytes());
    result.push_back({std::move(product), std::move(starts)});
  }
  return result;
}

template <typename X, typename Y, typename Finish, typename FinishRow>
std::unique_ptr<Kernel> integerKernel(PrepareContext& context, const ConvGeometry& g, size_t input,
                                      std::vector<IntegerPhase> phases, int32_t zeroX, Finish finish,
                                      FinishRow finishRow) {
  size_t scratch = 0;
  for (const IntegerPhase& phase : phases) scratch = std::max(scratch, phase.product.scratchBytes());
  const size_t slot = context.addScratch(scratch);
  return makeKernel([=, phases = std::move(phases), finish = std::move(finish)](const KernelContext& run) {
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      phases[0].product.image.fill(run, run.input<X>(input) + b * g.itemSize(), run.scratchAs<int16_t>(slot),
                                   int16_t{0}, [zeroX](X v) { return static_cast<int16_t>(v - zeroX); });
      Y* out = run.output<Y>(0) + b * g.outputItemSize();
      for (const IntegerPhase& phase : phases) {
        phase.product.multiply(run, run.scratch[slot],
                               byRow([&](size_t row, size_t first, size_t count, const int32_t* sums) {
                                 finishRow(finish, sums, first, count, out + phase.outputStart[row] + first);
                               }));
      }
    }
  });
}

}  // namespace

std::unique_ptr<Kernel> makeTransposeConvFloat(PrepareContext& context, const ConvGeometry& g, size_t input,
                                               const float* weights, const float* bias,
                                               numerics::ActivationRange<float> range) {
  if (!weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  const auto phases = phasesOf(g);
  if (!phases) return nullptr;
  std::vector<PackedFloat> packed;
  for (const Phase& phase : *phases) {
    const auto values = phaseWeights(g, phase, weights);
    packed.emplace_back(values.data(), bias, size_t(g.outChannels), phase.lowering.gather.depth());
    context.sharedBytes += static_cast<int64_t>(packed.back().bytes());
  }
  const PaddedImage image = phases->front().lowering.image;
  const size_t slot = image.needed() ? context.addScratch(image.size() * sizeof(float)) : 0;
  return makeKernel([=, phases = *phases, packed = std::move(packed),
                     tiles = &floatTiles(context.options.cpu)](const KernelContext& run) {
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      const float* item = run.input<float>(input) + b * g.itemSize();
      if (image.needed()) {
        image.fill(run, item, run.scratchAs<float>(slot), 0.0f, [](float v) { return v; });
        item = run.scratchAs<float>(slot);
      }
      float* out = run.output<float>(0) + b * g.outputItemSize();
      for (size_t p = 0; p < phases.size(); ++p) {
        const Phase& phase = phases[p];
        const size_t width = phase.lineWidth();
        const double work =
            double(phase.lowering.gather.rows) * double(phase.lowering.gather.depth()) * double(g.outChannels);
        inPieces(run, size_t(phase.vertical.count), 1, work, [&](size_t begin, size_t end) {
          for (size_t y = begin; y < end; ++y) {
            multiply(*tiles, packed[p].panelsView(), phase.lowering.gather, item, range,
                     out + outputStart(g, phase, y, 0), size_t(g.strideX) * size_t(g.outChannels),
                     {y * width, (y + 1) * width, 0, packed[p].panels()});
          }
        });
      }
    }
  });
}

std::unique_ptr<Kernel> makeTransposeConvCodes(PrepareContext& context, const ConvGeometry& g, size_t input,
                                               const IntegerLayer& layer, const reference::Requantization& requantize) {
  if (!layer.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto phases = phasesOf(g);
  if (!phases) return nullptr;
  std::vector<int32_t> bias(size_t(g.outChannels), 0);
  if (layer.bias) bias.assign(layer.bias, layer.bias + g.outChannels);
  CodeFinish finish(requantize, bias);
  const OneRow<uint8_t> row{finishBytes(context.options.cpu, false)};
  if (layer.isUnsigned) {
    auto products =
        integerPhases(context, g, std::move(*phases), static_cast<const uint8_t*>(layer.weights), layer.zeroW);
    return integerKernel<uint8_t, uint8_t>(context, g, input, std::move(products), layer.zeroX, std::move(finish), row);
  }
  auto products = integerPhases(context, g, std::move(*phases), static_cast<const int8_t*>(layer.weights), 0);
  return integerKernel<int8_t, uint8_t>(context, g, input, std::move(products), layer.zeroX, std::move(finish), row);
}

std::unique_ptr<Kernel> makeTransposeConvWide(PrepareContext& context, const ConvGeometry& g, size_t input,
                                              const WideLayer& layer, const reference::Requantization& requantize) {
  if (!layer.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto phases = phasesOf(g);
  if (!phases) return nullptr;
  if (layer.narrowSum) {
    std::vector<int32_t> bias;
    for (const int64_t value : layer.bias) bias.push_back(numerics::wrap32(value));
    auto products = integerPhases(context, g, std::move(*phases), layer.weights, 0);
    return integerKernel<int16_t, int16_t>(context, g, input, std::move(products), 0, CodeFinish(requantize, bias),
                                           OneRow<int16_t>{finishWords(context.options.cpu, false)});
  }
  for (size_t c = 0; c < size_t(g.outChannels); ++c) {
    int64_t sum = 0;
    for (size_t k = 0; k < g.taps(); ++k) sum += std::abs(int32_t{layer.weights[c * g.taps() + k]});
    const int64_t bias = layer.bias[c];
    if (sum * 32768 > INT32_MAX || bias <= -kMostWideBias / 2 || bias >= kMostWideBias / 2) return nullptr;
  }
  auto products = integerPhases(context, g, std::move(*phases), layer.weights, 0);
  return integerKernel<int16_t, int16_t>(context, g, input, std::move(products), 0, WideFinish(requantize, layer.bias),
                                         finishWide<int32_t>(context.options.cpu, false));
}

}  // namespace quantscope::fast
