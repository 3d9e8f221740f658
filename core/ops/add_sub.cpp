#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/binary.h"
#include "core/ops/fast/binary_codes.h"

/// ADD and SUB: spec/tflite-kernels.md 7.1.
namespace quantscope::ops {

using reference::RescaledSum;

namespace {

enum class Sign { Plus, Minus };

Result<RescaledSum> rescaledSum(const PrepareContext& context, const Operand& a, const Operand& b, const Operand& y,
                                tflite::ActivationFunctionType activation, Sign sign) {
  RescaledSum sum;
  sum.zeroA = a.zeroPoint();
  sum.zeroB = b.zeroPoint();
  sum.zeroY = y.zeroPoint();
  sum.leftShift = a.type == ElementType::Int16 ? 15 : 20;
  sum.minus = sign == Sign::Minus;
  const double twice = 2.0 * std::max(double{a.scale()}, double{b.scale()});
  sum.a = numerics::quantizeMultiplier(a.scale() / twice);
  sum.b = numerics::quantizeMultiplier(b.scale() / twice);
  sum.y = numerics::quantizeMultiplier(twice / (std::ldexp(double{y.scale()}, sum.leftShift)));
  // The runtime stops at such an ADD; of a SUB it shifts by a negative number of bits, here it gets the right answer.
  if (sum.y.shift > 0 && sign == Sign::Plus) {
    return context.unsupported("the scale of " + describe(context, y) + " is too fine for those of the inputs");
  }
  if (sum.y.shift > 30) return context.malformed("its scales divide to an impossible factor");
  QS_ASSIGN(sum.range, quantizedRange(context, y, activation));
  return sum;
}

/// A difference whose result is finer than its operands: shifted to the left before it is multiplied.
template <typename X>
std::unique_ptr<Kernel> fineDifference(const Binary& op, const RescaledSum& sum) {
  RescaledSum fine = sum;
  fine.y = {1 << 30, 1};  // one: the difference itself comes out
  fine.zeroY = 0;
  fine.range = {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  return binaryKernel<X, X>(op.plan, [fine, sum](X a, X b) {
    const int64_t shifted =
        std::clamp<int64_t>(int64_t{fine(a, b)} * (int64_t{1} << sum.y.shift), std::numeric_limits<int32_t>::min(),
                            std::numeric_limits<int32_t>::max());
    const int64_t code = int64_t{numerics::multiply(static_cast<int32_t>(shifted), {sum.y.mantissa, 0})} + sum.zeroY;
    return static_cast<X>(std::clamp<int64_t>(code, sum.range.low, sum.range.high));
  });
}

template <typename X>
std::unique_ptr<Kernel> codesKernel(const PrepareContext& context, const Binary& op, const RescaledSum& sum) {
  if (sum.y.shift > 0) return fineDifference<X>(op, sum);
  if (context.options.kernels == KernelSet::Fast) {
    return fast::makeSumCodes<X>(op.plan, sum, context.options.cpu);
  }
  return binaryKernel<X, X>(op.plan, [sum](X a, X b) { return static_cast<X>(sum(a, b)); });
}

/// All three scales are powers of two: shift and add with saturation (int16).
Result<std::unique_ptr<Kernel>> powerOfTwoKernel(const PrepareContext& context, const Binary& op, int shiftA,
                                                 int shiftB, numerics::ActivationRange<int32_t> range, Sign sign) {
  if (shiftA > 0 || shiftB > 0 || (shiftA != 0 && shiftB != 0) || shiftA < -31 || shiftB < -31) {
    return context.unsupported("its scales are powers of two that its 16-bit form does not take",
                               "set pot_scale_int16 to false");
  }
  return binaryKernel<int16_t, int16_t>(op.plan, [=](int16_t a, int16_t b) {
    const int32_t sa = numerics::roundingDivideByPowerOfTwo(a, -shiftA);
    const int32_t sb = numerics::roundingDivideByPowerOfTwo(b, -shiftB);
    return static_cast<int16_t>(range.clamp(sign == Sign::Plus ? numerics::saturate16(sa + sb) : sa - sb));
  });
}

Result<std::unique_ptr<Kernel>> prepareSum(PrepareContext& context, tflite::ActivationFunctionType activation,
                                           bool powersOfTwo, Sign sign) {
  QS_TRY(requireClampActivation(context, activation));
  QS_ASSIGN(const Binary op, prepareBinary(context));
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  QS_TRY(requireSameType(context, a, y));
  auto plain = sign == Sign::Plus ? plainBinary(context, op, activation, [](auto p, auto q) { return p + q; })
                                  : plainBinary(context, op, activation, [](auto p, auto q) { return p - q; });
  if (plain) return plain;
  QS_TRY(requireType(context, a,
                     {ElementType::Float32, ElementType::Float16, ElementType::Int8, ElementType::UInt8,
                      ElementType::Int16, ElementType::Int32, ElementType::Int64}));
  for (const Operand* operand : {&a, &b, &y}) {
    QS_TRY(op.type == ElementType::Int16 ? requireSymmetric(context, *operand) : requireSingleScale(context, *operand));
  }
  if (op.type == ElementType::Int16) {
    int logA = 0, logB = 0, logY = 0;
    if (powersOfTwo && numerics::checkedLog2(a.scale(), logA) && numerics::checkedLog2(b.scale(), logB) &&
        numerics::checkedLog2(y.scale(), logY)) {
      QS_ASSIGN(const auto range, quantizedRange(context, y, activation));
      return powerOfTwoKernel(context, op, logA - logY, logB - logY, range, sign);
    }
  }
  QS_ASSIGN(const RescaledSum sum, rescaledSum(context, a, b, y, activation, sign));
  if (op.type == ElementType::Int8) return codesKernel<int8_t>(context, op, sum);
  if (op.type == ElementType::UInt8) return codesKernel<uint8_t>(context, op, sum);
  return codesKernel<int16_t>(context, op, sum);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareAdd(PrepareContext& context) {
  const auto* options = context.op.options.AsAddOptions();
  return prepareSum(context, options ? options->fused_activation_function : tflite::ActivationFunctionType_NONE,
                    options ? options->pot_scale_int16 : true, Sign::Plus);
}

Result<std::unique_ptr<Kernel>> prepareSub(PrepareContext& context) {
  const auto* options = context.op.options.AsSubOptions();
  return prepareSum(context, options ? options->fused_activation_function : tflite::ActivationFunctionType_NONE,
                    options ? options->pot_scale_int16 : true, Sign::Minus);
}

}  // namespace quantscope::ops
