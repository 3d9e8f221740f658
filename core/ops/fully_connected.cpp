#include <algorithm>
#include <cmath>
#include <memory>

#include "core/numerics/vector_functions.h"
#include "core/ops/affine.h"
#include "core/ops/fast/affine_float.h"
#include "core/ops/fast/affine_integer.h"
#include "core/ops/fully_connected.h"
#include "core/ops/weights.h"

/// FULLY_CONNECTED: spec/tflite-kernels.md 6.1, hybrid 14.
namespace quantscope::ops {

float applyActivation(tflite::ActivationFunctionType activation, float value) {
  switch (activation) {
    case tflite::ActivationFunctionType_TANH:
      return numerics::vectorTanh(value);
    case tflite::ActivationFunctionType_SIGN_BIT:
      return std::signbit(value) ? 1.0f : 0.0f;
    default:
      return numerics::activationRange<float>(fused(activation)).clamp(value);
  }
}

namespace {

std::unique_ptr<Kernel> floatKernel(PrepareContext& context, const FullyConnected& layer) {
  const bool clamps = layer.activation <= tflite::ActivationFunctionType_RELU6;
  if (context.options.kernels == KernelSet::Fast && clamps) {
    const auto range = numerics::activationRange<float>(fused(layer.activation));
    if (auto kernel = fast::makeFullyConnectedFloat(context, layer.rows, range)) return kernel;
  }
  return makeKernel([layer](const KernelContext& run) {
    const float *x = run.input<float>(0), *w = run.input<float>(1), *bias = layer.bias.real(run);
    float* y = run.output<float>(0);
    for (size_t b = 0; b < layer.rows; ++b) {
      for (size_t u = 0; u < layer.units; ++u) {
        float sum = 0.0f;
        for (size_t d = 0; d < layer.depth; ++d) sum += x[b * layer.depth + d] * w[u * layer.depth + d];
        y[b * layer.units + u] = applyActivation(layer.activation, bias ? sum + bias[u] : sum);
      }
    }
  });
}

template <typename Sum, typename X, typename W, typename Requantize, typename WeightsOf>
std::unique_ptr<Kernel> integerKernel(const FullyConnected& layer, Requantize requantize, int32_t zeroX, int32_t zeroW,
                                      WeightsOf weightsOf) {
  return makeKernel([=](const KernelContext& run) {
    const X* x = run.input<X>(0);
    const W* w = weightsOf(run);
    const BiasView bias = layer.bias.integer(run);
    X* y = run.output<X>(0);
    for (size_t b = 0; b < layer.rows; ++b) {
      for (size_t u = 0; u < layer.units; ++u) {
        int64_t sum = 0;
        for (size_t d = 0; d < layer.depth; ++d) {
          sum += int64_t{x[b * layer.depth + d] - zeroX} * (w[u * layer.depth + d] - zeroW);
        }
        Sum cut{};
        if constexpr (std::is_same_v<Sum, int32_t>)
          cut = numerics::wrap32(sum);
        else
          cut = sum;
        y[b * layer.units + u] = static_cast<X>(requantize(bias.add(cut, u), u));
      }
    }
  });
}

Result<std::unique_ptr<Kernel>> prepareInteger(PrepareContext& context, const FullyConnected& layer, AffineForm form) {
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  const auto units = static_cast<int32_t>(layer.units);
  reference::DoubleRequantization requantize;
  QS_ASSIGN(requantize.range, quantizedRange(context, y, layer.activation));
  QS_TRY(requireClampActivation(context, layer.activation));
  requantize.zeroPoint = y.zeroPoint();
  const bool isFast = context.options.kernels == KernelSet::Fast && layer.bias.isConstant(context);
  requantize.imitatesOverflow = context.options.kernels == KernelSet::Reference;
  if (form == AffineForm::UInt8) {
    QS_TRY(requireSingleScale(context, x));
    QS_TRY(requireSingleScale(context, y));
    QS_TRY(requireSingleScale(context, w));
    requantize.factors.assign(layer.units, double{x.scale()} * double{w.scale()} / double{y.scale()});
    if (isFast && w.isConstant) {
      const fast::IntegerLayer codes{true, x.zeroPoint(), w.zeroPoint(), w.constant.data(),
                                     layer.bias.constant32(context)};
      if (auto kernel =
              fast::makeFullyConnectedCodes(context, layer.rows, layer.units, layer.depth, codes, requantize)) {
        return kernel;
      }
    }
    return integerKernel<int32_t, uint8_t, uint8_t>(layer, std::move(requantize), x.zeroPoint(), w.zeroPoint(),
                                                    [](const KernelContext& run) { return run.input<uint8_t>(1); });
  }
  // Weights that are computed are quantized like any result, with a zero point.
  if (form == AffineForm::Int8 && w.type == ElementType::Int8 && w.scales().size() == 1 && w.zeroPoint() != 0) {
    for (const Operand* operand : {&x, &w, &y}) QS_TRY(requireSingleScale(context, *operand));
    requantize.factors.assign(layer.units, double{x.scale()} * double{w.scale()} / double{y.scale()});
    return integerKernel<int32_t, int8_t, int8_t>(layer, std::move(requantize), x.zeroPoint(), w.zeroPoint(),
                                                  [](const KernelContext& run) { return run.input<int8_t>(1); });
  }
  QS_ASSIGN(requantize.factors, affineFactors(context, x, w, y, 0, units));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  const auto values = [weights](const KernelContext& run) { return weights.values(run); };
  if (form == AffineForm::Int8) {
    const fast::IntegerLayer codes{false, x.zeroPoint(), 0, weights.constantValues(), layer.bias.constant32(context)};
    if (isFast) {
      if (auto kernel =
              fast::makeFullyConnectedCodes(context, layer.rows, layer.units, layer.depth, codes, requantize)) {
        return kernel;
      }
    }
    return integerKernel<int32_t, int8_t, int8_t>(layer, std::move(requantize), x.zeroPoint(), 0, values);
  }
  if (isFast) {
    const fast::WideLayer wide{weights.constantValues(), layer.bias.constantWide(context, layer.units),
                               layer.narrowSum};
    if (auto kernel = fast::makeFullyConnectedWide(context, layer.rows, layer.units, layer.depth, wide, requantize)) {
      return kernel;
    }
  }
  if (layer.narrowSum) return integerKernel<int32_t, int16_t, int8_t>(layer, std::move(requantize), 0, 0, values);
  return integerKernel<int64_t, int16_t, int8_t>(layer, std::move(requantize), 0, 0, values);
}

/// int16 weights: 64-bit sums and the fixed-point product.
Result<std::unique_ptr<Kernel>> prepareInt16Weights(PrepareContext& context, const FullyConnected& layer) {
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  QS_ASSIGN(auto requantize,
            affineRequantization(context, x, w, y, 0, static_cast<int32_t>(layer.units), layer.activation));
  return integerKernel<int64_t, int16_t, int16_t>(layer, std::move(requantize), 0, 0,
                                                  [](const KernelContext& run) { return run.input<int16_t>(1); });
}

Result<std::vector<int32_t>> resultShape(const PrepareContext& context, const FullyConnected& layer, bool keepDims) {
  const Operand& x = context.input(0);
  if (!keepDims) return std::vector<int32_t>{static_cast<int32_t>(layer.rows), static_cast<int32_t>(layer.units)};
  if (x.rank() < 1 || x.shape.back() != static_cast<int32_t>(layer.depth)) {
    return context.malformed(describe(context, x) + " does not end in the depth of " +
                             describe(context, context.input(1)));
  }
  std::vector<int32_t> shape = x.shape;
  shape.back() = static_cast<int32_t>(layer.units);
  return shape;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareFullyConnected(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 3));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsFullyConnectedOptions();
  if (!options) return context.malformed("it has no FullyConnectedOptions");
  const Operand &x = context.input(0), &w = context.input(1), &y = context.output(0);
  if (options->weights_format != tflite::FullyConnectedOptionsWeightsFormat_DEFAULT) {
    return context.unsupported("its weights are stored shuffled", "convert the model again");
  }
  if (options->fused_activation_function > tflite::ActivationFunctionType_SIGN_BIT) {
    return context.malformed("it has an unknown fused activation");
  }
  QS_TRY(requireRank(context, w, 2, 2));
  FullyConnected layer;
  layer.activation = options->fused_activation_function;
  layer.asymmetricInputs = options->asymmetric_quantize_inputs;
  layer.units = static_cast<size_t>(w.shape[0]);
  layer.depth = static_cast<size_t>(w.shape[1]);
  const int64_t count = x.elementCount();
  if (layer.depth == 0 || layer.units == 0 || count % w.shape[1] != 0 || count / w.shape[1] > INT32_MAX) {
    return context.malformed(describe(context, x) + " does not divide into rows for " + describe(context, w));
  }
  layer.rows = static_cast<size_t>(count / w.shape[1]);
  const bool wideWeights = x.type == ElementType::Int16 && w.type == ElementType::Int16 && y.type == x.type;
  AffineForm form = AffineForm::Int16;
  if (!wideWeights) {
    QS_ASSIGN(form, affineForm(context, x, w, y));
  }
  layer.narrowSum = sumsIn32Bits(form, options->quantized_bias_type);
  QS_ASSIGN(layer.bias, Bias::of(context, 2, form, w.shape[0]));
  QS_ASSIGN(auto shape, resultShape(context, layer, options->keep_num_dims));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  context.macs = count * w.shape[0];
  if (wideWeights) return prepareInt16Weights(context, layer);
  switch (form) {
    case AffineForm::Float:
      return floatKernel(context, layer);
    case AffineForm::Hybrid:
      return prepareHybridFullyConnected(context, layer);
    default:
      return prepareInteger(context, layer, form);
  }
}

}  // namespace quantscope::ops
