#include <algorithm>
#include <memory>

#include "core/numerics/dynamic_quantization.h"
#include "core/ops/affine.h"
#include "core/ops/conv_geometry.h"
#include "core/ops/fast/affine_float.h"
#include "core/ops/fast/affine_hybrid.h"
#include "core/ops/fast/affine_integer.h"
#include "core/ops/weights.h"

/// CONV_2D: spec/tflite-kernels.md 5.1, hybrid 14.
namespace quantscope::ops {

using reference::CodeOffsets;
using reference::ConvGeometry;
using reference::Items;

namespace {

struct Conv {
  ConvGeometry geometry;
  tflite::ActivationFunctionType activation = tflite::ActivationFunctionType_NONE;
  Bias bias;
  bool narrowSum = true;

  Items all() const { return {0, geometry.batches}; }
};

std::unique_ptr<Kernel> floatKernel(PrepareContext& context, const Conv& conv) {
  const auto range = numerics::activationRange<float>(fused(conv.activation));
  if (context.options.kernels == KernelSet::Fast) {
    if (auto kernel = fast::makeConvFloat(context, conv.geometry, range)) return kernel;
  }
  return makeKernel([conv, range](const KernelContext& run) {
    const float* bias = conv.bias.real(run);
    float* y = run.output<float>(0);
    reference::convolve<float>(
        conv.geometry, conv.all(), run.input<float>(0), run.input<float>(1), {},
        [&](float sum, size_t c, size_t out) { y[out] = range.clamp(bias ? sum + bias[c] : sum); });
  });
}

template <typename Sum, typename X, typename W, typename WeightsOf>
std::unique_ptr<Kernel> integerKernel(const Conv& conv, reference::Requantization requantize, CodeOffsets zero,
                                      WeightsOf weightsOf) {
  return makeKernel([=](const KernelContext& run) {
    const BiasView bias = conv.bias.integer(run);
    X* y = run.output<X>(0);
    const W* w = weightsOf(run);
    reference::convolve<Sum>(conv.geometry, conv.all(), run.input<X>(0), w, zero, [&](Sum sum, size_t c, size_t out) {
      y[out] = static_cast<X>(requantize(bias.add(sum, c), c));
    });
  });
}

Result<std::unique_ptr<Kernel>> prepareInteger(PrepareContext& context, const Conv& conv, AffineForm form) {
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  QS_ASSIGN(auto requantize, affineRequantization(context, x, w, y, 0, conv.geometry.outChannels, conv.activation));
  const CodeOffsets zero{x.zeroPoint(), form == AffineForm::UInt8 ? w.zeroPoint() : 0};
  const bool isFast = context.options.kernels == KernelSet::Fast && conv.bias.isConstant(context);
  if (form == AffineForm::UInt8) {
    if (isFast && w.isConstant) {
      const fast::IntegerLayer layer{true, zero.input, zero.weight, w.constant.data(), conv.bias.constant32(context)};
      if (auto kernel = fast::makeConvCodes(context, conv.geometry, layer, requantize)) return kernel;
    }
    return integerKernel<int32_t, uint8_t, uint8_t>(conv, std::move(requantize), zero,
                                                    [](const KernelContext& run) { return run.input<uint8_t>(1); });
  }
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  const auto values = [weights](const KernelContext& run) { return weights.values(run); };
  if (isFast && form == AffineForm::Int8) {
    const fast::IntegerLayer layer{false, zero.input, 0, weights.constantValues(), conv.bias.constant32(context)};
    if (auto kernel = fast::makeConvCodes(context, conv.geometry, layer, requantize)) return kernel;
  }
  if (isFast && form == AffineForm::Int16) {
    const fast::WideLayer layer{weights.constantValues(),
                                conv.bias.constantWide(context, size_t(conv.geometry.outChannels)), conv.narrowSum};
    if (auto kernel = fast::makeConvWide(context, conv.geometry, layer, requantize)) return kernel;
  }
  if (form == AffineForm::Int8)
    return integerKernel<int32_t, int8_t, int8_t>(conv, std::move(requantize), zero, values);
  if (conv.narrowSum) return integerKernel<int32_t, int16_t, int8_t>(conv, std::move(requantize), zero, values);
  return integerKernel<int64_t, int16_t, int8_t>(conv, std::move(requantize), zero, values);
}

/// Float input quantized item by item, asymmetric, weights with a scale per channel.
std::unique_ptr<Kernel> hybridPerChannel(const Conv& conv, const Int8Weights& weights, std::vector<float> scales,
                                         size_t codesSlot) {
  return makeKernel([=, range = numerics::activationRange<float>(fused(conv.activation))](const KernelContext& run) {
    const ConvGeometry& g = conv.geometry;
    const float* bias = conv.bias.real(run);
    float* y = run.output<float>(0);
    auto* codes = run.scratchAs<int8_t>(codesSlot);
    for (int32_t b = 0; b < g.batches; ++b) {
      const size_t start = size_t(b) * g.itemSize();
      const auto dynamic = numerics::quantizeAsymmetric({run.input<float>(0) + start, g.itemSize()}, codes + start);
      reference::convolve<int32_t>(g, {b, b + 1}, codes, weights.values(run), {dynamic.zeroPoint, 0},
                                   [&](int32_t sum, size_t c, size_t out) {
                                     const float real = static_cast<float>(sum) * scales[c] * dynamic.scale;
                                     y[out] = range.clamp(bias ? real + bias[c] : real);
                                   });
    }
  });
}

/// Sum over one window as the reference kernel's vector code gives it: over the first 16 * floor(n / 16) values of the
/// window a weight of -128 counts as +128 where the input is negative.
int32_t defectiveSum(const ConvGeometry& g, int32_t b, int32_t oy, int32_t ox, const int8_t* codes,
                     const int8_t* filter) {
  const size_t vectorized = g.taps() / 16 * 16;
  int32_t sum = 0;
  reference::forEachTap(g, oy, ox, [&](int32_t iy, int32_t ix, size_t tap) {
    const int8_t* pixel = codes + g.pixel(b, iy, ix);
    for (size_t c = 0; c < size_t(g.filterChannels); ++c) {
      const size_t position = tap * size_t(g.filterChannels) + c;
      const int32_t weight = filter[position];
      const bool wrong = weight == -128 && pixel[c] < 0 && position < vectorized;
      sum += pixel[c] * (wrong ? 128 : weight);
    }
  });
  return sum;
}

/// Float input quantized item by item, symmetric, one weight scale.
std::unique_ptr<Kernel> hybridPerTensor(const Conv& conv, const Int8Weights& weights, float scale, size_t codesSlot,
                                        bool defective) {
  return makeKernel([=, range = numerics::activationRange<float>(fused(conv.activation))](const KernelContext& run) {
    const ConvGeometry& g = conv.geometry;
    const float* bias = conv.bias.real(run);
    float* y = run.output<float>(0);
    auto* codes = run.scratchAs<int8_t>(codesSlot);
    const int8_t* w = weights.values(run);
    for (int32_t b = 0; b < g.batches; ++b) {
      const size_t start = size_t(b) * g.itemSize();
      const auto dynamic = numerics::quantizeSymmetric({run.input<float>(0) + start, g.itemSize()}, codes + start);
      const float factor = dynamic.scale * scale;
      reference::convolve<int32_t>(g, {b, b + 1}, codes, w, {}, [&](int32_t sum, size_t c, size_t out) {
        if (defective) {
          const size_t pixel = (out - size_t(b) * g.outputItemSize()) / size_t(g.outChannels);
          sum = defectiveSum(g, b, static_cast<int32_t>(pixel / size_t(g.outWidth)),
                             static_cast<int32_t>(pixel % size_t(g.outWidth)), codes, w + c * g.taps());
        }
        const float real = static_cast<float>(sum) * factor;
        y[out] = range.clamp(bias ? real + bias[c] : real);
      });
    }
  });
}

Result<std::unique_ptr<Kernel>> prepareHybrid(PrepareContext& context, const Conv& conv) {
  const Operand& w = context.input(1);
  QS_TRY(requireWeightScales(context, w, 0));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  const std::vector<float>& scales = w.scales();
  const bool grouped = conv.geometry.filterChannels != conv.geometry.inChannels;
  if (grouped && scales.size() == 1 && conv.geometry.outChannels > 1)
    return context.unsupported("with groups " + describe(context, w) + " must have one scale per output channel");
  const bool uneven = std::any_of(scales.begin(), scales.end(), [&](float s) { return s != scales[0]; });
  if (context.options.kernels == KernelSet::Fast && conv.bias.isConstant(context)) {
    fast::HybridLayer layer;
    layer.weights = weights.constantValues();
    layer.bias = conv.bias.constantReal(context);
    for (size_t c = 0; c < size_t(conv.geometry.outChannels); ++c) layer.scales.push_back(w.scale(c));
    layer.asymmetric = grouped || uneven;
    layer.order = layer.asymmetric ? fast::RealOrder::WeightFirst : fast::RealOrder::FactorFirst;
    layer.range = numerics::activationRange<float>(fused(conv.activation));
    if (auto kernel = fast::makeConvHybrid(context, conv.geometry, layer)) return kernel;
  }
  const size_t slot = context.addScratch(size_t(conv.geometry.batches) * conv.geometry.itemSize());
  if (grouped || uneven) {
    std::vector<float> perChannel(size_t(conv.geometry.outChannels));
    for (size_t c = 0; c < perChannel.size(); ++c) perChannel[c] = w.scale(c);
    return hybridPerChannel(conv, weights, std::move(perChannel), slot);
  }
  const size_t count = static_cast<size_t>(w.elementCount());
  const bool hasLowest = !weights.constantValues() ||
                         std::find(weights.constantValues(), weights.constantValues() + count, int8_t{-128}) !=
                             weights.constantValues() + count;
  // Four output channels at a time go through another, right, product.
  const bool defective =
      context.options.kernels == KernelSet::Reference && hasLowest && conv.geometry.outChannels % 4 != 0;
  return hybridPerTensor(conv, weights, scales[0], slot, defective);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareConv2d(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 3));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsConv2DOptions();
  if (!options) return context.malformed("it has no Conv2DOptions");
  QS_TRY(requireClampActivation(context, options->fused_activation_function));
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  QS_ASSIGN(const AffineForm form, affineForm(context, x, w, y));
  Conv conv;
  conv.activation = options->fused_activation_function;
  conv.narrowSum = sumsIn32Bits(form, options->quantized_bias_type);
  QS_ASSIGN(conv.geometry, convGeometry(context, x, w,
                                        {options->stride_h, options->stride_w, options->dilation_h_factor,
                                         options->dilation_w_factor, options->padding}));
  QS_ASSIGN(conv.bias, Bias::of(context, 2, form, conv.geometry.outChannels));
  QS_TRY(context.setOutputShape(0, outputShape(conv.geometry)));
  context.macs = context.output(0).elementCount() * static_cast<int64_t>(conv.geometry.taps());
  switch (form) {
    case AffineForm::Float:
      return floatKernel(context, conv);
    case AffineForm::Hybrid:
      return prepareHybrid(context, conv);
    default:
      return prepareInteger(context, conv, form);
  }
}

}  // namespace quantscope::ops
