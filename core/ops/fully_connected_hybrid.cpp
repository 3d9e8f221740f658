#include <algorithm>
#include <memory>

#include "core/numerics/dynamic_quantization.h"
#include "core/ops/block_scales.h"
#include "core/ops/fast/affine_hybrid.h"
#include "core/ops/fully_connected.h"
#include "core/ops/reference/dot_product.h"
#include "core/ops/weights.h"

/// Dynamic-range FULLY_CONNECTED: spec/tflite-kernels.md section 14.
namespace quantscope::ops {

namespace {

int64_t sumOf(const int8_t* values, size_t n) {
  int64_t sum = 0;
  for (size_t i = 0; i < n; ++i) sum += values[i];
  return sum;
}

Result<std::unique_ptr<Kernel>> prepareScaled(PrepareContext& context, const FullyConnected& layer) {
  const Operand& w = context.input(1);
  QS_TRY(requireWeightScales(context, w, 0));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  std::vector<float> scales(layer.units);
  for (size_t u = 0; u < scales.size(); ++u) scales[u] = w.scale(u);
  const bool clamps = layer.activation <= tflite::ActivationFunctionType_RELU6;
  if (context.options.kernels == KernelSet::Fast && clamps && layer.bias.isConstant(context)) {
    const fast::HybridLayer hybrid{weights.constantValues(),
                                   layer.bias.constantReal(context),
                                   scales,
                                   layer.asymmetricInputs,
                                   fast::RealOrder::FactorFirst,
                                   numerics::activationRange<float>(fused(layer.activation))};
    if (auto kernel = fast::makeFullyConnectedHybrid(context, layer.rows, layer.units, layer.depth, hybrid)) {
      return kernel;
    }
  }
  const size_t slot = context.addScratch(layer.depth);
  const bool defective = context.options.kernels == KernelSet::Reference;
  return makeKernel([=, scales = std::move(scales)](const KernelContext& run) {
    const float *x = run.input<float>(0), *bias = layer.bias.real(run);
    float* y = run.output<float>(0);
    const int8_t* w = weights.values(run);
    auto* codes = run.scratchAs<int8_t>(slot);
    for (size_t b = 0; b < layer.rows; ++b, x += layer.depth, y += layer.units) {
      const std::span<const float> row{x, layer.depth};
      const auto dynamic =
          layer.asymmetricInputs ? numerics::quantizeAsymmetric(row, codes) : numerics::quantizeSymmetric(row, codes);
      for (size_t u = 0; u < layer.units; ++u) {
        const int8_t* weightRow = w + u * layer.depth;
        int64_t sum = defective ? reference::defectiveDot(codes, weightRow, layer.depth)
                                : reference::dot(codes, weightRow, layer.depth);
        if (dynamic.zeroPoint != 0) sum -= dynamic.zeroPoint * sumOf(weightRow, layer.depth);
        const float factor = dynamic.scale * scales[u];
        const float real = static_cast<float>(numerics::wrap32(sum)) * factor;
        y[u] = applyActivation(layer.activation, (bias ? bias[u] : 0.0f) + real);
      }
    }
  });
}

/// The reference kernels return the bias only; the result here is that of the optimized ones.
Result<std::unique_ptr<Kernel>> prepareBlockwise(PrepareContext& context, const FullyConnected& layer) {
  QS_ASSIGN(const BlockScales scales, BlockScales::of(context, context.input(1), layer.units, layer.depth));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  if (context.options.kernels == KernelSet::Reference) {
    return makeKernel([layer](const KernelContext& run) {
      const float* bias = layer.bias.real(run);
      float* y = run.output<float>(0);
      for (size_t i = 0; i < layer.rows * layer.units; ++i) {
        y[i] = applyActivation(layer.activation, bias ? bias[i % layer.units] : 0.0f);
      }
    });
  }
  const size_t slot = context.addScratch(layer.depth);
  return makeKernel([=](const KernelContext& run) {
    const float *x = run.input<float>(0), *bias = layer.bias.real(run);
    float* y = run.output<float>(0);
    const size_t blocks = layer.depth / scales.size;
    auto* codes = run.scratchAs<int8_t>(slot);
    for (size_t b = 0; b < layer.rows; ++b, x += layer.depth, y += layer.units) {
      const auto dynamic = numerics::quantizeAsymmetric({x, layer.depth}, codes);
      for (size_t u = 0; u < layer.units; ++u) {
        const int8_t* weightRow = weights.values(run) + u * layer.depth;
        float products = 0.0f, sums = 0.0f;
        for (size_t k = 0; k < blocks; ++k) {
          const int8_t* block = weightRow + k * scales.size;
          const float scale = scales.values[u * blocks + k];
          products += static_cast<float>(reference::dot(codes + k * scales.size, block, scales.size)) * scale;
          sums += scale * static_cast<float>(sumOf(block, scales.size));
        }
        const float offset = static_cast<float>(dynamic.zeroPoint) * sums;
        const float real = dynamic.scale * (products - offset);
        y[u] = applyActivation(layer.activation, bias ? real + bias[u] : real);
      }
    }
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareHybridFullyConnected(PrepareContext& context, const FullyConnected& layer) {
  const auto& quantization = context.input(1).tensor->quantization;
  if (quantization && quantization->blockwise()) return prepareBlockwise(context, layer);
  return prepareScaled(context, layer);
}

}  // namespace quantscope::ops
