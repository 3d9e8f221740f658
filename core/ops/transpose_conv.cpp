#include <algorithm>
#include <memory>

#include "core/numerics/dynamic_quantization.h"
#include "core/ops/affine.h"
#include "core/ops/conv_geometry.h"
#include "core/ops/fast/transpose_conv.h"
#include "core/ops/weights.h"

/// TRANSPOSE_CONV: spec/tflite-kernels.md 5.3, hybrid 14.
namespace quantscope::ops {

using reference::ConvGeometry;

namespace {

constexpr size_t kShape = 0, kWeights = 1, kInput = 2, kBias = 3;

struct TransposeConv {
  ConvGeometry geometry;
  tflite::ActivationFunctionType activation = tflite::ActivationFunctionType_NONE;
  Bias bias;
  bool narrowSum = true;
};

std::unique_ptr<Kernel> floatKernel(PrepareContext& context, const TransposeConv& conv) {
  const Operand& w = context.input(kWeights);
  if (context.options.kernels == KernelSet::Fast && w.isConstant && conv.bias.isConstant(context)) {
    if (auto kernel = fast::makeTransposeConvFloat(context, conv.geometry, kInput, w.constantAs<float>().data(),
                                                   conv.bias.constantReal(context),
                                                   numerics::activationRange<float>(fused(conv.activation)))) {
      return kernel;
    }
  }
  return makeKernel([conv, range = numerics::activationRange<float>(fused(conv.activation))](const KernelContext& run) {
    const ConvGeometry& g = conv.geometry;
    const float* bias = conv.bias.real(run);
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      float* y = run.output<float>(0) + b * g.outputItemSize();
      std::fill_n(y, g.outputItemSize(), 0.0f);
      reference::scatterTransposed(g, run.input<float>(kInput) + b * g.itemSize(), run.input<float>(kWeights),
                                   [y](float x, float w, size_t, size_t out) { y[out] += x * w; });
      for (size_t i = 0; i < g.outputItemSize(); ++i) {
        y[i] = range.clamp(bias ? y[i] + bias[i % size_t(g.outChannels)] : y[i]);
      }
    }
  });
}

template <typename Sum, typename X, typename W, typename WeightsOf>
std::unique_ptr<Kernel> integerKernel(PrepareContext& context, const TransposeConv& conv,
                                      reference::Requantization requantize, int32_t zeroX, int32_t zeroW,
                                      WeightsOf weightsOf) {
  const size_t slot = context.addScratch(conv.geometry.outputItemSize() * sizeof(int64_t));
  return makeKernel([=](const KernelContext& run) {
    const ConvGeometry& g = conv.geometry;
    const BiasView bias = conv.bias.integer(run);
    auto* sums = run.scratchAs<int64_t>(slot);
    const W* w = weightsOf(run);
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      X* y = run.output<X>(0) + b * g.outputItemSize();
      std::fill_n(sums, g.outputItemSize(), int64_t{0});
      reference::scatterTransposed(
          g, run.input<X>(kInput) + b * g.itemSize(), w,
          [=](X x, W weight, size_t, size_t out) { sums[out] += int64_t{x - zeroX} * (weight - zeroW); });
      for (size_t i = 0; i < g.outputItemSize(); ++i) {
        const size_t c = i % size_t(g.outChannels);
        y[i] = static_cast<X>(requantize(bias.add(reference::finished<Sum>(sums[i]), c), c));
      }
    }
  });
}

Result<std::unique_ptr<Kernel>> prepareInteger(PrepareContext& context, const TransposeConv& conv, AffineForm form) {
  const Operand &x = context.input(kInput), &w = context.input(kWeights), &y = context.output(0);
  QS_ASSIGN(auto requantize, affineRequantization(context, x, w, y, 0, conv.geometry.outChannels, conv.activation));
  const bool isFast = context.options.kernels == KernelSet::Fast && conv.bias.isConstant(context);
  if (form == AffineForm::UInt8) {
    if (isFast && w.isConstant) {
      const fast::IntegerLayer layer{true, x.zeroPoint(), w.zeroPoint(), w.constant.data(),
                                     conv.bias.constant32(context)};
      if (auto kernel = fast::makeTransposeConvCodes(context, conv.geometry, kInput, layer, requantize)) return kernel;
    }
    return integerKernel<int32_t, uint8_t, uint8_t>(
        context, conv, std::move(requantize), x.zeroPoint(), w.zeroPoint(),
        [](const KernelContext& run) { return run.input<uint8_t>(kWeights); });
  }
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, kWeights));
  const auto values = [weights](const KernelContext& run) { return weights.values(run); };
  const int32_t zero = x.zeroPoint();
  if (isFast && form == AffineForm::Int8) {
    const fast::IntegerLayer layer{false, zero, 0, weights.constantValues(), conv.bias.constant32(context)};
    if (auto kernel = fast::makeTransposeConvCodes(context, conv.geometry, kInput, layer, requantize)) return kernel;
  }
  if (isFast && form == AffineForm::Int16) {
    const fast::WideLayer layer{weights.constantValues(),
                                conv.bias.constantWide(context, size_t(conv.geometry.outChannels)), conv.narrowSum};
    if (auto kernel = fast::makeTransposeConvWide(context, conv.geometry, kInput, layer, requantize)) return kernel;
  }
  if (form == AffineForm::Int8) {
    return integerKernel<int32_t, int8_t, int8_t>(context, conv, std::move(requantize), zero, 0, values);
  }
  if (conv.narrowSum) {
    return integerKernel<int32_t, int16_t, int8_t>(context, conv, std::move(requantize), zero, 0, values);
  }
  return integerKernel<int64_t, int16_t, int8_t>(context, conv, std::move(requantize), zero, 0, values);
}

/// Every product is scaled and added in float.
Result<std::unique_ptr<Kernel>> prepareHybrid(PrepareContext& context, const TransposeConv& conv) {
  const Operand& w = context.input(kWeights);
  QS_TRY(requireWeightScales(context, w, 0));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, kWeights));
  std::vector<float> scales(size_t(conv.geometry.outChannels));
  for (size_t c = 0; c < scales.size(); ++c) scales[c] = w.scale(c);
  const auto range = numerics::activationRange<float>(fused(conv.activation));
  if (context.options.kernels == KernelSet::Fast && conv.bias.isConstant(context)) {
    fast::HybridLayer layer;
    layer.weights = weights.constantValues();
    layer.bias = conv.bias.constantReal(context);
    layer.scales = scales;
    layer.range = range;
    if (auto kernel = fast::makeTransposeConvHybrid(context, conv.geometry, kInput, layer)) return kernel;
  }
  const size_t slot = context.addScratch(conv.geometry.itemSize());
  return makeKernel([=](const KernelContext& run) {
    const ConvGeometry& g = conv.geometry;
    const float* bias = conv.bias.real(run);
    auto* codes = run.scratchAs<int8_t>(slot);
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      float* y = run.output<float>(0) + b * g.outputItemSize();
      const auto dynamic =
          numerics::quantizeAsymmetric({run.input<float>(kInput) + b * g.itemSize(), g.itemSize()}, codes);
      std::fill_n(y, g.outputItemSize(), 0.0f);
      reference::scatterTransposed(g, codes, weights.values(run), [&](int8_t x, int8_t weight, size_t c, size_t out) {
        y[out] += static_cast<float>(weight * (x - dynamic.zeroPoint)) * scales[c] * dynamic.scale;
      });
      for (size_t i = 0; i < g.outputItemSize(); ++i) {
        y[i] = range.clamp(bias ? y[i] + bias[i % size_t(g.outChannels)] : y[i]);
      }
    }
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareTransposeConv(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 4));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({kShape})) return nullptr;
  const auto* options = context.op.options.AsTransposeConvOptions();
  if (!options) return context.malformed("it has no TransposeConvOptions");
  QS_TRY(requireClampActivation(context, options->fused_activation_function));
  const Operand &shape = context.input(kShape), &w = context.input(kWeights), &x = context.input(kInput);
  QS_TRY(requireType(context, shape, {ElementType::Int32}));
  QS_TRY(requireRank(context, shape, 1, 1));
  QS_ASSIGN(const AffineForm form, affineForm(context, x, w, context.output(0)));
  TransposeConv conv;
  conv.activation = options->fused_activation_function;
  conv.narrowSum = sumsIn32Bits(form, options->quantized_bias_type);
  const auto sizes = shape.constantAs<int32_t>().first(static_cast<size_t>(shape.elementCount()));
  QS_ASSIGN(conv.geometry,
            transposedGeometry(context, x, w, sizes, {options->stride_h, options->stride_w, 1, 1, options->padding}));
  QS_ASSIGN(conv.bias, Bias::of(context, kBias, form, conv.geometry.outChannels));
  QS_TRY(context.setOutputShape(0, outputShape(conv.geometry)));
  context.macs = x.elementCount() * w.elementCount() / w.shape[3];
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
