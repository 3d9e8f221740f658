#include <algorithm>

#include "core/ops/fast/dynamic_codes.h"
#include "core/ops/fast/levels.h"
#include "core/ops/fast/transpose_conv.h"

namespace quantscope::fast {

namespace {

/// y[c] += ((weights[c] * value) * scales[c]) * inputScale. Codes multiply exactly in float.
QS_INLINE void addProductsBody(const float* weights, float value, const float* scales, float inputScale, float* y,
                               size_t count) {
  QS_INDEPENDENT
  for (size_t c = 0; c < count; ++c) y[c] += weights[c] * value * scales[c] * inputScale;
}
QS_LEVELS(addProducts,
          (const float* weights, float value, const float* scales, float inputScale, float* y, size_t count),
          (weights, value, scales, inputScale, y, count))

struct Layer {
  reference::ConvGeometry g;
  LineVector<float> weights;  ///< [tap][inChannels][outChannels]
  LineVector<float> scales, bias;
  numerics::ActivationRange<float> range;
};

}  // namespace

std::unique_ptr<Kernel> makeTransposeConvHybrid(PrepareContext& context, const reference::ConvGeometry& g, size_t input,
                                                const HybridLayer& source) {
  if (!source.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  const size_t outChannels = size_t(g.outChannels), inChannels = size_t(g.inChannels);
  auto layer = std::make_shared<Layer>();
  layer->g = g;
  layer->range = source.range;
  layer->scales.assign(source.scales.begin(), source.scales.end());
  // -0 added leaves every sum as it is.
  layer->bias.assign(outChannels, -0.0f);
  if (source.bias) std::copy_n(source.bias, outChannels, layer->bias.data());
  layer->weights.resize(g.taps() * outChannels);
  for (size_t o = 0; o < outChannels; ++o) {
    for (size_t k = 0; k < g.taps(); ++k) layer->weights[k * outChannels + o] = source.weights[o * g.taps() + k];
  }
  context.sharedBytes += static_cast<int64_t>(layer->weights.size() * sizeof(float));
  const size_t slot = context.addScratch(g.itemSize());
  return makeKernel([=, layer = std::shared_ptr<const Layer>(layer),
                     quantize = dynamicQuantizer(context.options.cpu, true),
                     add = addProductsAt(context.options.cpu)](const KernelContext& run) {
    const reference::ConvGeometry& shape = layer->g;
    auto* codes = run.scratchAs<int8_t>(slot);
    for (size_t b = 0; b < size_t(shape.batches); ++b) {
      float* y = run.output<float>(0) + b * shape.outputItemSize();
      const auto dynamic = quantize({run.input<float>(input) + b * shape.itemSize(), shape.itemSize()}, codes);
      std::fill_n(y, shape.outputItemSize(), 0.0f);
      const int8_t* code = codes;
      for (int32_t iy = 0; iy < shape.inHeight; ++iy) {
        for (int32_t ix = 0; ix < shape.inWidth; ++ix) {
          const int32_t y0 = iy * shape.strideY - shape.padTop, x0 = ix * shape.strideX - shape.padLeft;
          for (size_t ic = 0; ic < inChannels; ++ic, ++code) {
            const auto value = static_cast<float>(*code - dynamic.zeroPoint);
            for (int32_t fy = std::max(0, -y0); fy < std::min(shape.filterHeight, shape.outHeight - y0); ++fy) {
              for (int32_t fx = std::max(0, -x0); fx < std::min(shape.filterWidth, shape.outWidth - x0); ++fx) {
                const size_t tap = size_t(fy) * size_t(shape.filterWidth) + size_t(fx);
                const size_t pixel = size_t(y0 + fy) * size_t(shape.outWidth) + size_t(x0 + fx);
                add(layer->weights.data() + (tap * inChannels + ic) * outChannels, value, layer->scales.data(),
                    dynamic.scale, y + pixel * outChannels, outChannels);
              }
            }
          }
        }
      }
      for (size_t i = 0; i < shape.outputItemSize(); i += outChannels) {
        for (size_t c = 0; c < outChannels; ++c) y[i + c] = layer->range.clamp(y[i + c] + layer->bias[c]);
      }
    }
  });
}

}  // namespace quantscope::fast
