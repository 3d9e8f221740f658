#include <complex>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/binary.h"
#include "core/ops/fast/binary_codes.h"

/// MUL: spec/tflite-kernels.md 7.2.
namespace quantscope::ops {

namespace {

template <typename X>
std::unique_ptr<Kernel> codesKernel(const PrepareContext& context, const Binary& op,
                                    const reference::RescaledProduct& product) {
  if (context.options.kernels == KernelSet::Fast) {
    return fast::makeProductCodes<X>(op.plan, product, context.options.cpu);
  }
  return binaryKernel<X, X>(op.plan, [product](X a, X b) { return static_cast<X>(product(a, b)); });
}

/// int16 operands with a result of 8 bits: the product of two fractions.
template <typename Y>
std::unique_ptr<Kernel> fractionKernel(const Binary& op, int32_t zeroY, numerics::ActivationRange<int32_t> range) {
  return binaryKernel<int16_t, Y>(op.plan, [=](int16_t a, int16_t b) {
    const int32_t product = numerics::roundingDivideByPowerOfTwo(numerics::doublingHighMultiply(a, b), 8);
    return static_cast<Y>(range.clamp(product + zeroY));
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareMul(PrepareContext& context) {
  const auto* options = context.op.options.AsMulOptions();
  const auto activation = options ? options->fused_activation_function : tflite::ActivationFunctionType_NONE;
  QS_TRY(requireClampActivation(context, activation));
  QS_ASSIGN(const Binary op, prepareBinary(context));
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  if (op.type == y.type) {
    if (auto plain = plainBinary(context, op, activation, [](auto p, auto q) { return p * q; })) return plain;
  }
  const bool plain = activation == tflite::ActivationFunctionType_NONE && op.type == y.type;
  if (plain && op.type == ElementType::UInt32) {
    return binaryKernel<uint32_t, uint32_t>(op.plan, [](uint32_t p, uint32_t q) { return p * q; });
  }
  if (plain && op.type == ElementType::Complex64) {
    using Complex = std::complex<float>;
    return binaryKernel<Complex, Complex>(op.plan, [](Complex p, Complex q) { return p * q; });
  }
  QS_TRY(requireType(context, a,
                     {ElementType::Float32, ElementType::Float16, ElementType::Int8, ElementType::UInt8,
                      ElementType::Int16, ElementType::Int32, ElementType::Int64}));
  for (const Operand* operand : {&a, &b}) {
    QS_TRY(op.type == ElementType::Int16 ? requireSymmetric(context, *operand) : requireSingleScale(context, *operand));
  }
  QS_TRY(requireSingleScale(context, y));
  QS_ASSIGN(const auto range, quantizedRange(context, y, activation));
  if (op.type == ElementType::Int16 && y.type == ElementType::Int8)
    return fractionKernel<int8_t>(op, y.zeroPoint(), range);
  if (op.type == ElementType::Int16 && y.type == ElementType::UInt8) {
    return fractionKernel<uint8_t>(op, y.zeroPoint(), range);
  }
  if (op.type != y.type) return unsupportedTypes(context);
  const float product = a.scale() * b.scale();
  const auto factor = numerics::quantizeMultiplier(product / y.scale());
  if (factor.shift > 30) return context.malformed("its scales multiply to an impossible factor");
  const reference::RescaledProduct codes{a.zeroPoint(), b.zeroPoint(), y.zeroPoint(), factor, range};
  if (op.type == ElementType::Int8) return codesKernel<int8_t>(context, op, codes);
  if (op.type == ElementType::UInt8) return codesKernel<uint8_t>(context, op, codes);
  QS_TRY(requireSymmetric(context, y));
  return codesKernel<int16_t>(context, op, codes);
}

}  // namespace quantscope::ops
