#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/unary.h"

/// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: spec/tflite-kernels.md 8.3.
namespace quantscope::ops {

namespace {

constexpr float kUnbounded = std::numeric_limits<float>::infinity();

struct RescaledClamp {
  int32_t zeroX, zeroY;
  numerics::Multiplier factor;
  int32_t low, high;

  int32_t operator()(int32_t code) const {
    const int64_t scaled = int64_t{numerics::multiply(code - zeroX, factor)} + zeroY;
    return static_cast<int32_t>(std::clamp<int64_t>(scaled, low, high));
  }
};

Result<RescaledClamp> rescaledClamp(const PrepareContext& context, float low, float high) {
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(x.type == ElementType::Int16 ? requireSymmetric(context, x) : requireSingleScale(context, x));
  QS_TRY(y.type == ElementType::Int16 ? requireSymmetric(context, y) : requireSingleScale(context, y));
  const CodeLimits limits = codeLimits(y.type);
  const auto code = [&](float bound) {
    const double steps = std::round(bound / y.scale());
    return static_cast<int32_t>(std::clamp<double>(y.zeroPoint() + steps, limits.min, limits.max));
  };
  const auto factor = numerics::quantizeMultiplier(x.scale() / y.scale());
  if (factor.shift > 30) return context.malformed("its scales divide to an impossible factor");
  return RescaledClamp{x.zeroPoint(), y.zeroPoint(), factor, code(low), high == kUnbounded ? limits.max : code(high)};
}

Result<std::unique_ptr<Kernel>> prepareClamp(PrepareContext& context, float low, float high, bool takesInt16) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  if (x.type == ElementType::Float32) {
    return unaryKernel<float, float>(count, [low, high](float v) { return v > high ? high : v < low ? low : v; });
  }
  if (x.type != ElementType::Int8 && x.type != ElementType::UInt8 && !(x.type == ElementType::Int16 && takesInt16)) {
    return unsupportedTypes(context);
  }
  QS_ASSIGN(const RescaledClamp clamp, rescaledClamp(context, low, high));
  if (x.type == ElementType::Int16) {
    return unaryKernel<int16_t, int16_t>(count, [clamp](int16_t v) { return static_cast<int16_t>(clamp(v)); });
  }
  return tableKernel(count, codeTable(x.type, clamp));
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareRelu(PrepareContext& context) {
  return prepareClamp(context, 0.0f, kUnbounded, true);
}

Result<std::unique_ptr<Kernel>> prepareRelu6(PrepareContext& context) {
  return prepareClamp(context, 0.0f, 6.0f, true);
}

Result<std::unique_ptr<Kernel>> prepareReluN1To1(PrepareContext& context) {
  return prepareClamp(context, -1.0f, 1.0f, false);
}

Result<std::unique_ptr<Kernel>> prepareRelu0To1(PrepareContext& context) {
  return prepareClamp(context, 0.0f, 1.0f, false);
}

}  // namespace quantscope::ops
