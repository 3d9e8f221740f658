#include <algorithm>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/binary.h"

/// SQUARED_DIFFERENCE: spec/tflite-kernels.md 7.5.
namespace quantscope::ops {

Result<std::unique_ptr<Kernel>> prepareSquaredDifference(PrepareContext& context) {
  QS_ASSIGN(const Binary op, prepareBinary(context));
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  QS_TRY(requireSameType(context, a, y));
  QS_TRY(requireType(context, a, {ElementType::Float32, ElementType::Int32, ElementType::Int8}));
  if (op.type != ElementType::Int8) {
    return plainBinary(context, op, tflite::ActivationFunctionType_NONE,
                       [](auto p, auto q) { return (p - q) * (p - q); });
  }
  for (const Operand* operand : {&a, &b, &y}) QS_TRY(requireSingleScale(context, *operand));
  const double twice = 2.0 * std::max(double{a.scale()}, double{b.scale()});
  const auto ma = numerics::quantizeMultiplier(a.scale() / twice), mb = numerics::quantizeMultiplier(b.scale() / twice);
  const auto my = numerics::quantizeMultiplier(twice * twice / (16384.0 * double{y.scale()}));
  if (my.shift > 30) return context.malformed("its scales multiply to an impossible factor");
  const int32_t zeroA = a.zeroPoint(), zeroB = b.zeroPoint(), zeroY = y.zeroPoint();
  return binaryKernel<int8_t, int8_t>(op.plan, [=](int8_t codeA, int8_t codeB) {
    const int32_t difference =
        numerics::multiply((codeA - zeroA) * 128, ma) - numerics::multiply((codeB - zeroB) * 128, mb);
    const int64_t code = int64_t{numerics::multiply(difference * difference, my)} + zeroY;
    return static_cast<int8_t>(std::clamp<int64_t>(code, -128, 127));
  });
}

}  // namespace quantscope::ops
