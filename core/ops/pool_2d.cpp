#include <cmath>
#include <memory>

#include "core/ops/fast/pooling.h"
#include "core/ops/operand_checks.h"
#include "core/ops/reference/convolution.h"
#include "core/ops/window.h"

/// AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D: spec/tflite-kernels.md section 10.
namespace quantscope::ops {

using reference::ConvGeometry;

namespace {

struct Pool {
  ConvGeometry geometry;
  tflite::ActivationFunctionType activation = tflite::ActivationFunctionType_NONE;
};

/// Calls result(pool over the window of one channel) with a function `each(visit)` that visits the values.
template <typename X, typename Reduce>
void forEachWindow(const ConvGeometry& g, const X* x, X* y, Reduce&& reduce) {
  for (int32_t b = 0; b < g.batches; ++b) {
    for (int32_t oy = 0; oy < g.outHeight; ++oy) {
      for (int32_t ox = 0; ox < g.outWidth; ++ox) {
        for (int32_t c = 0; c < g.inChannels; ++c) {
          *y++ = reduce([&](auto&& visit) {
            reference::forEachTap(g, oy, ox,
                                  [&](int32_t iy, int32_t ix, size_t) { visit(x[g.pixel(b, iy, ix) + size_t(c)]); });
          });
        }
      }
    }
  }
}

Result<Pool> preparePool(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsPool2DOptions();
  if (!options) return context.malformed("it has no Pool2DOptions");
  QS_TRY(requireClampActivation(context, options->fused_activation_function));
  const Operand& x = context.input(0);
  QS_TRY(requireRank(context, x, 4, 4));
  QS_TRY(requireSameType(context, x, context.output(0)));
  const auto vertical = windowOf(x.shape[1], options->filter_height, options->stride_h, 1, options->padding);
  const auto horizontal = windowOf(x.shape[2], options->filter_width, options->stride_w, 1, options->padding);
  if (!vertical || !horizontal) {
    return context.malformed("its window of " + std::to_string(options->filter_height) + "×" +
                             std::to_string(options->filter_width) + " does not fit " + describe(context, x));
  }
  Pool pool;
  pool.activation = options->fused_activation_function;
  ConvGeometry& g = pool.geometry;
  g.batches = x.shape[0];
  g.inHeight = x.shape[1];
  g.inWidth = x.shape[2];
  g.inChannels = g.outChannels = x.shape[3];
  g.outHeight = vertical->out;
  g.outWidth = horizontal->out;
  g.filterHeight = options->filter_height;
  g.filterWidth = options->filter_width;
  g.filterChannels = 1;
  g.strideY = options->stride_h;
  g.strideX = options->stride_w;
  g.padTop = vertical->padBefore;
  g.padLeft = horizontal->padBefore;
  QS_TRY(context.setOutputShape(0, {g.batches, g.outHeight, g.outWidth, g.outChannels}));
  return pool;
}

template <typename X>
std::unique_ptr<Kernel> averageCodes(const PrepareContext& context, const Pool& pool,
                                     numerics::ActivationRange<int32_t> range) {
  if (context.options.kernels == KernelSet::Fast) {
    if (auto kernel = fast::makeAveragePool<X>(pool.geometry, range, context.options.cpu)) return kernel;
  }
  return makeKernel([=](const KernelContext& run) {
    forEachWindow(pool.geometry, run.input<X>(0), run.output<X>(0), [&](auto&& each) {
      int64_t sum = 0, count = 0;
      each([&](X value) { sum += value, ++count; });
      const int64_t rounded = count == 0 ? 0 : (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
      return static_cast<X>(range.clamp(static_cast<int32_t>(rounded)));
    });
  });
}

template <typename X, typename Range>
std::unique_ptr<Kernel> maximum(const PrepareContext& context, const Pool& pool, Range range) {
  if (context.options.kernels == KernelSet::Fast) {
    return fast::makeMaximumPool<X>(pool.geometry, range, context.options.cpu);
  }
  return makeKernel([=](const KernelContext& run) {
    forEachWindow(pool.geometry, run.input<X>(0), run.output<X>(0), [&](auto&& each) {
      X most = std::numeric_limits<X>::lowest();
      each([&](X value) { most = most < value ? value : most; });
      return static_cast<X>(range.clamp(most));
    });
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareAveragePool2d(PrepareContext& context) {
  QS_ASSIGN(const Pool pool, preparePool(context));
  const Operand &x = context.input(0), &y = context.output(0);
  if (x.type == ElementType::Float32) {
    const auto range = numerics::activationRange<float>(fused(pool.activation));
    if (context.options.kernels == KernelSet::Fast) {
      if (auto kernel = fast::makeAveragePool<float>(pool.geometry, range, context.options.cpu)) return kernel;
    }
    return makeKernel([=](const KernelContext& run) {
      forEachWindow(pool.geometry, run.input<float>(0), run.output<float>(0), [&](auto&& each) {
        float sum = 0.0f, count = 0.0f;
        each([&](float value) { sum += value, ++count; });
        return range.clamp(count == 0.0f ? 0.0f : sum / count);
      });
    });
  }
  QS_TRY(requireType(context, x, {ElementType::Int8, ElementType::UInt8, ElementType::Int16}));
  QS_TRY(requireSameScale(context, x, y));
  QS_ASSIGN(const auto range, quantizedRange(context, y, pool.activation));
  if (x.type == ElementType::Int8) return averageCodes<int8_t>(context, pool, range);
  if (x.type == ElementType::UInt8) return averageCodes<uint8_t>(context, pool, range);
  return averageCodes<int16_t>(context, pool, range);
}

Result<std::unique_ptr<Kernel>> prepareMaxPool2d(PrepareContext& context) {
  QS_ASSIGN(const Pool pool, preparePool(context));
  const Operand &x = context.input(0), &y = context.output(0);
  if (x.type == ElementType::Float32) {
    return maximum<float>(context, pool, numerics::activationRange<float>(fused(pool.activation)));
  }
  QS_TRY(requireType(context, x, {ElementType::Int8, ElementType::UInt8, ElementType::Int16}));
  QS_TRY(requireSameScale(context, x, y));
  QS_ASSIGN(const auto range, quantizedRange(context, y, pool.activation));
  if (x.type == ElementType::Int8) return maximum<int8_t>(context, pool, range);
  if (x.type == ElementType::UInt8) return maximum<uint8_t>(context, pool, range);
  return maximum<int16_t>(context, pool, range);
}

Result<std::unique_ptr<Kernel>> prepareL2Pool2d(PrepareContext& context) {
  QS_ASSIGN(const Pool pool, preparePool(context));
  QS_TRY(requireType(context, context.input(0), {ElementType::Float32}));
  const auto range = numerics::activationRange<float>(fused(pool.activation));
  return makeKernel([=](const KernelContext& run) {
    forEachWindow(pool.geometry, run.input<float>(0), run.output<float>(0), [&](auto&& each) {
      float sum = 0.0f;
      int count = 0;
      each([&](float value) { sum += value * value, ++count; });
      return range.clamp(count == 0 ? 0.0f : std::sqrt(sum / static_cast<float>(count)));
    });
  });
}

}  // namespace quantscope::ops
