#include <algorithm>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/binary.h"
#include "core/ops/unary.h"

/// LEAKY_RELU and PRELU: spec/tflite-kernels.md 8.6, 8.7.
namespace quantscope::ops {

namespace {

int32_t clampedSum(int32_t scaled, int32_t zeroPoint, CodeLimits limits) {
  return static_cast<int32_t>(std::clamp<int64_t>(int64_t{scaled} + zeroPoint, limits.min, limits.max));
}

Result<numerics::Multiplier> factorOf(const PrepareContext& context, float factor) {
  const auto multiplier = numerics::quantizeMultiplier(factor);
  if (multiplier.shift <= 30) return multiplier;
  return context.malformed("its scales divide to an impossible factor");
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareLeakyRelu(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const auto* options = context.op.options.AsLeakyReluOptions();
  if (!options) return context.malformed("it has no LeakyReluOptions");
  const float alpha = options->alpha;
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8, ElementType::Int16}));
  if (x.type == ElementType::Float32) {
    return unaryKernel<float, float>(count, [alpha](float v) { return v > 0.0f ? v : v * alpha; });
  }
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  QS_ASSIGN(const auto identity, factorOf(context, x.scale() / y.scale()));
  const float scaledAlpha = x.scale() * alpha;
  QS_ASSIGN(const auto slope, factorOf(context, scaledAlpha / y.scale()));
  const int32_t zeroX = x.zeroPoint(), zeroY = y.zeroPoint();
  const CodeLimits limits = codeLimits(y.type);
  const auto f = [=](int32_t code) {
    const int32_t v = code - zeroX;
    return clampedSum(numerics::multiply(v, v >= 0 ? identity : slope), zeroY, limits);
  };
  if (x.type == ElementType::Int16) {
    return unaryKernel<int16_t, int16_t>(count, [f](int16_t v) { return static_cast<int16_t>(f(v)); });
  }
  return tableKernel(count, codeTable(x.type, f));
}

Result<std::unique_ptr<Kernel>> preparePrelu(PrepareContext& context) {
  QS_ASSIGN(const Binary op, prepareBinary(context));
  const Operand &x = context.input(0), &alpha = context.input(1), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8}));
  if (x.type == ElementType::Float32) {
    return binaryKernel<float, float>(op.plan, [](float v, float a) { return v >= 0.0f ? v : v * a; });
  }
  for (const Operand* operand : {&x, &alpha, &y}) QS_TRY(requireSingleScale(context, *operand));
  QS_ASSIGN(const auto identity, factorOf(context, x.scale() / y.scale()));
  const float product = x.scale() * alpha.scale();
  QS_ASSIGN(const auto slope, factorOf(context, product / y.scale()));
  const int32_t zeroX = x.zeroPoint(), zeroAlpha = alpha.zeroPoint(), zeroY = y.zeroPoint();
  const CodeLimits limits = codeLimits(y.type);
  const auto f = [=](int32_t code, int32_t alphaCode) {
    const int32_t v = code - zeroX;
    return clampedSum(v >= 0 ? numerics::multiply(v, identity) : numerics::multiply(v * (alphaCode - zeroAlpha), slope),
                      zeroY, limits);
  };
  if (x.type == ElementType::Int8) {
    return binaryKernel<int8_t, int8_t>(op.plan, [f](int8_t v, int8_t a) { return static_cast<int8_t>(f(v, a)); });
  }
  return binaryKernel<uint8_t, uint8_t>(op.plan, [f](uint8_t v, uint8_t a) { return static_cast<uint8_t>(f(v, a)); });
}

}  // namespace quantscope::ops
