#include <algorithm>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/fast/real_functions.h"
#include "core/ops/unary.h"

/// HARD_SWISH: spec/tflite-kernels.md 8.4.
namespace quantscope::ops {

namespace {

int16_t highHalf(int32_t mantissa) {
  return mantissa >= INT32_MAX - (1 << 15) ? int16_t{32767} : static_cast<int16_t>((mantissa + (1 << 15)) >> 16);
}

struct HardSwishCodes {
  int32_t zeroX, zeroY;
  int16_t outputFactor, reluFactor;
  int outputShift, reluShift;
  CodeLimits limits;

  int32_t operator()(int32_t code) const {
    const auto x = static_cast<int16_t>((code - zeroX) * 128);
    const int16_t onOutputScale = numerics::doublingHighMultiply(x, outputFactor);
    int16_t r = x;
    if (reluShift > 0) r = numerics::saturate16(int32_t{r} * (1 << (reluShift - 1)));
    r = numerics::doublingHighMultiply(r, reluFactor);
    if (reluShift > 0) r = numerics::saturate16(int32_t{r} * 2);
    if (reluShift < 0) r = static_cast<int16_t>(numerics::roundingDivideByPowerOfTwo(r, -reluShift));
    r = static_cast<int16_t>((int32_t{r} + 32768) >> 1);
    const int32_t product = (int32_t{r} * onOutputScale) / 32768;
    const int32_t result = numerics::roundingDivideByPowerOfTwo(product, -outputShift) + zeroY;
    return std::clamp(result, limits.min, limits.max);
  }
};

}  // namespace

Result<std::unique_ptr<Kernel>> prepareHardSwish(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8}));
  if (x.type == ElementType::Float32) {
    if (context.options.kernels == KernelSet::Fast) return arrayKernel(count, fast::hardSwish(context.options.cpu));
    return unaryKernel<float, float>(count,
                                     [](float v) { return v * std::min(6.0f, std::max(0.0f, v + 3.0f)) / 6.0f; });
  }
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  const float fine = (1.0f / 128.0f) * x.scale();
  const auto output = numerics::quantizeMultiplier(fine / y.scale());
  const auto relu = numerics::quantizeMultiplier(fine / (3.0f / 32768.0f));
  if (output.shift > 0 || relu.shift > 15) {
    return context.unsupported("the scale of " + describe(context, y) + " is too fine for its input");
  }
  return tableKernel(
      count, codeTable(x.type, HardSwishCodes{x.zeroPoint(), y.zeroPoint(), highHalf(output.mantissa),
                                              highHalf(relu.mantissa), output.shift, relu.shift, codeLimits(y.type)}));
}

}  // namespace quantscope::ops
