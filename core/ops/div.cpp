#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/binary.h"

/// DIV: spec/tflite-kernels.md 7.3.
namespace quantscope::ops {

namespace {

struct CodeQuotient {
  int32_t zeroA = 0, zeroB = 0, zeroY = 0;
  numerics::Multiplier factor;
  numerics::ActivationRange<int32_t> range;
  bool defective = false;  ///< shifts above 31 as the reference kernels take them

  int32_t operator()(int32_t codeA, int32_t codeB) const {
    int32_t n = codeA - zeroA, d = codeB - zeroB;
    if (d < 0) n = -n, d = -d;
    const auto inverse = numerics::reciprocal(static_cast<uint32_t>(d), 31);
    const int headroom = numerics::leadingZeros(static_cast<uint32_t>(n >= 0 ? n : ~n)) - 1;
    const int32_t quotient =
        numerics::doublingHighMultiply(numerics::wrap32(int64_t{n} * (int64_t{1} << headroom)), inverse.raw);
    const int exponent = headroom + inverse.shift - factor.shift;
    const int32_t scaled = numerics::doublingHighMultiply(quotient, factor.mantissa);
    int32_t result = 0;
    if (exponent < 0) {
      result = numerics::saturate32(int64_t{scaled} << (-exponent > 31 ? 31 : -exponent));
    } else if (exponent <= 31) {
      result = numerics::roundingDivideByPowerOfTwo(scaled, exponent);
    } else if (defective) {
      result = (scaled >> (exponent % 32)) + (scaled >= 0 ? 1 : 0);
    }
    return range.clamp(numerics::saturate32(int64_t{result} + zeroY));
  }
};

template <typename X, typename F>
std::unique_ptr<Kernel> integerKernel(const BroadcastPlan& plan, int32_t zeroB, F f) {
  return makeKernel([=](const KernelContext& run) -> Result<void> {
    bool zero = false;
    broadcastBinary(plan, run.input<X>(0), run.input<X>(1), run.output<X>(0), [&](X a, X b) {
      if (b == static_cast<X>(zeroB)) {
        zero = true;
        return X{};
      }
      return f(a, b);
    });
    if (zero) return Error{ErrorCode::InvalidArgument, "", "", "it divides by zero", ""};
    return {};
  });
}

template <typename X>
std::unique_ptr<Kernel> codesKernel(const Binary& op, const CodeQuotient& quotient) {
  return integerKernel<X>(op.plan, quotient.zeroB, [quotient](X a, X b) { return static_cast<X>(quotient(a, b)); });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareDiv(PrepareContext& context) {
  const auto* options = context.op.options.AsDivOptions();
  const auto activation = options ? options->fused_activation_function : tflite::ActivationFunctionType_NONE;
  QS_TRY(requireClampActivation(context, activation));
  QS_ASSIGN(const Binary op, prepareBinary(context));
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  QS_TRY(requireSameType(context, a, y));
  if (op.type == ElementType::Float32) {
    return plainBinary(context, op, activation, [](auto p, auto q) { return p / q; });
  }
  if (op.type == ElementType::Int32) {
    const auto range = numerics::activationRange<int32_t>(fused(activation));
    return integerKernel<int32_t>(
        op.plan, 0, [range](int32_t p, int32_t q) { return range.clamp(numerics::wrap32(int64_t{p} / q)); });
  }
  QS_TRY(requireType(
      context, a,
      {ElementType::Float32, ElementType::Int32, ElementType::UInt8, ElementType::Int8, ElementType::Int16}));
  for (const Operand* operand : {&a, &b, &y}) QS_TRY(requireSingleScale(context, *operand));
  CodeQuotient quotient{a.zeroPoint(), b.zeroPoint(), y.zeroPoint(), {}, {}, false};
  const float divisor = b.scale() * y.scale();
  quotient.factor = numerics::quantizeMultiplier(a.scale() / divisor);
  if (quotient.factor.shift > 30) return context.malformed("its scales divide to an impossible factor");
  quotient.defective = context.options.kernels == KernelSet::Reference;
  QS_ASSIGN(quotient.range, quantizedRange(context, y, activation));
  if (op.type == ElementType::Int8) return codesKernel<int8_t>(op, quotient);
  if (op.type == ElementType::Int16) return codesKernel<int16_t>(op, quotient);
  return codesKernel<uint8_t>(op, quotient);
}

}  // namespace quantscope::ops
