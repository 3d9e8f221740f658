#include <memory>

#include "core/numerics/dynamic_quantization.h"
#include "core/ops/affine.h"
#include "core/ops/conv_geometry.h"
#include "core/ops/fast/affine_float.h"
#include "core/ops/fast/depthwise_integer.h"
#include "core/ops/weights.h"

/// DEPTHWISE_CONV_2D: spec/tflite-kernels.md 5.2, hybrid 14.
namespace quantscope::ops {

using reference::CodeOffsets;
using reference::ConvGeometry;
using reference::Items;

namespace {

struct Depthwise {
  ConvGeometry geometry;
  tflite::ActivationFunctionType activation = tflite::ActivationFunctionType_NONE;
  Bias bias;

  Items all() const { return {0, geometry.batches}; }
};

std::unique_ptr<Kernel> floatKernel(PrepareContext& context, const Depthwise& conv) {
  const auto range = numerics::activationRange<float>(fused(conv.activation));
  if (context.options.kernels == KernelSet::Fast) {
    if (auto kernel = fast::makeDepthwiseFloat(context, conv.geometry, range)) return kernel;
  }
  return makeKernel([conv, range](const KernelContext& run) {
    const float* bias = conv.bias.real(run);
    float* y = run.output<float>(0);
    reference::convolveDepthwise<float>(
        conv.geometry, conv.all(), run.input<float>(0), run.input<float>(1), {},
        [&](float sum, size_t c, size_t out) { y[out] = range.clamp(bias ? sum + bias[c] : sum); });
  });
}

template <typename Sum, typename X, typename W, typename WeightsOf>
std::unique_ptr<Kernel> integerKernel(const Depthwise& conv, reference::Requantization requantize, CodeOffsets zero,
                                      WeightsOf weightsOf) {
  return makeKernel([=](const KernelContext& run) {
    const BiasView bias = conv.bias.integer(run);
    X* y = run.output<X>(0);
    const W* w = weightsOf(run);
    reference::convolveDepthwise<Sum>(
        conv.geometry, conv.all(), run.input<X>(0), w, zero,
        [&](Sum sum, size_t c, size_t out) { y[out] = static_cast<X>(requantize(bias.add(sum, c), c)); });
  });
}

Result<std::unique_ptr<Kernel>> prepareInteger(PrepareContext& context, const Depthwise& conv, AffineForm form) {
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  QS_ASSIGN(auto requantize, affineRequantization(context, x, w, y, 3, conv.geometry.outChannels, conv.activation));
  const CodeOffsets zero{x.zeroPoint(), form == AffineForm::UInt8 ? w.zeroPoint() : 0};
  const bool isFast = context.options.kernels == KernelSet::Fast && conv.bias.isConstant(context);
  if (form == AffineForm::UInt8) {
    if (isFast && w.isConstant) {
      const fast::IntegerLayer layer{true, zero.input, zero.weight, w.constant.data(), conv.bias.constant32(context)};
      if (auto kernel = fast::makeDepthwiseCodes(context, conv.geometry, layer, requantize)) return kernel;
    }
    return integerKernel<int32_t, uint8_t, uint8_t>(conv, std::move(requantize), zero,
                                                    [](const KernelContext& run) { return run.input<uint8_t>(1); });
  }
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  const auto values = [weights](const KernelContext& run) { return weights.values(run); };
  if (isFast && form == AffineForm::Int8) {
    const fast::IntegerLayer layer{false, zero.input, 0, weights.constantValues(), conv.bias.constant32(context)};
    if (auto kernel = fast::makeDepthwiseCodes(context, conv.geometry, layer, requantize)) return kernel;
  }
  if (isFast && form == AffineForm::Int16) {
    const fast::WideLayer layer{weights.constantValues(),
                                conv.bias.constantWide(context, size_t(conv.geometry.outChannels))};
    if (auto kernel = fast::makeDepthwiseWide(context, conv.geometry, layer, requantize)) return kernel;
  }
  if (form == AffineForm::Int8)
    return integerKernel<int32_t, int8_t, int8_t>(conv, std::move(requantize), zero, values);
  return integerKernel<int64_t, int16_t, int8_t>(conv, std::move(requantize), zero, values);
}

/// Float input quantized item by item, asymmetric.
Result<std::unique_ptr<Kernel>> prepareHybrid(PrepareContext& context, const Depthwise& conv) {
  const Operand& w = context.input(1);
  QS_TRY(requireWeightScales(context, w, 3));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  std::vector<float> scales(size_t(conv.geometry.outChannels));
  for (size_t c = 0; c < scales.size(); ++c) scales[c] = w.scale(c);
  const auto range = numerics::activationRange<float>(fused(conv.activation));
  if (context.options.kernels == KernelSet::Fast && conv.bias.isConstant(context)) {
    const fast::HybridLayer layer{
        weights.constantValues(), conv.bias.constantReal(context), scales, true, fast::RealOrder::FactorFirst, range};
    if (auto kernel = fast::makeDepthwiseHybrid(context, conv.geometry, layer)) return kernel;
  }
  const size_t slot = context.addScratch(size_t(conv.geometry.batches) * conv.geometry.itemSize());
  return makeKernel([=](const KernelContext& run) {
    const ConvGeometry& g = conv.geometry;
    const float* bias = conv.bias.real(run);
    float* y = run.output<float>(0);
    auto* codes = run.scratchAs<int8_t>(slot);
    for (int32_t b = 0; b < g.batches; ++b) {
      const size_t start = size_t(b) * g.itemSize();
      const auto dynamic = numerics::quantizeAsymmetric({run.input<float>(0) + start, g.itemSize()}, codes + start);
      reference::convolveDepthwise<int32_t>(g, {b, b + 1}, codes, weights.values(run), {dynamic.zeroPoint, 0},
                                            [&](int32_t sum, size_t c, size_t out) {
                                              const float factor = scales[c] * dynamic.scale;
                                              const float real = static_cast<float>(sum) * factor;
                                              y[out] = range.clamp(bias ? real + bias[c] : real);
                                            });
    }
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareDepthwiseConv2d(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 3));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsDepthwiseConv2DOptions();
  if (!options) return context.malformed("it has no DepthwiseConv2DOptions");
  QS_TRY(requireClampActivation(context, options->fused_activation_function));
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  QS_ASSIGN(const AffineForm form, affineForm(context, x, w, y));
  Depthwise conv;
  conv.activation = options->fused_activation_function;
  QS_ASSIGN(conv.geometry, depthwiseGeometry(context, x, w,
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
