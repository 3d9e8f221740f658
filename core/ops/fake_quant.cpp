#include <algorithm>
#include <cmath>
#include <memory>

#include "core/ops/unary.h"

/// FAKE_QUANT: spec/tflite-kernels.md section 13.
namespace quantscope::ops {

Result<std::unique_ptr<Kernel>> prepareFakeQuant(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  QS_TRY(requireType(context, context.input(0), {ElementType::Float32}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  const auto* options = context.op.options.AsFakeQuantOptions();
  if (!options) return context.malformed("it has no FakeQuantOptions");
  const float min = options->min, max = options->max;
  if (options->num_bits < 2 || options->num_bits > 16 || !(min < max) || !std::isfinite(max - min)) {
    return context.malformed("its range " + std::to_string(min) + " to " + std::to_string(max) + " with " +
                             std::to_string(options->num_bits) + " bits is impossible");
  }
  const float qmin = options->narrow_range ? 1.0f : 0.0f;
  const auto qmax = static_cast<float>((1 << options->num_bits) - 1);
  const float scale = (max - min) / (qmax - qmin);
  const float exact = qmin - min / scale;
  const float zero = exact < qmin ? qmin : exact > qmax ? qmax : std::round(exact);
  const float low = (qmin - zero) * scale, high = (qmax - zero) * scale, inverse = 1.0f / scale;
  return unaryKernel<float, float>(count, [=](float v) {
    const float clamped = std::min(high, std::max(low, v));
    return std::round((clamped - low) * inverse) * scale + low;
  });
}

}  // namespace quantscope::ops
