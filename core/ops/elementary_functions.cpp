#include <algorithm>
#include <cmath>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/fast/real_functions.h"
#include "core/ops/unary.h"

/// EXP, LOG, SQRT, RSQRT, ELU, GELU: spec/tflite-kernels.md section 8, 8.5.
namespace quantscope::ops {

namespace {

float geluExact(float x) {
  return 0.5f * x * std::erfc(-x * 0.70710678118654752440f);
}

float geluApproximate(float x) {
  return 0.5f * x * (1.0f + std::tanh(0.7978845608028654f * (x + 0.044715f * x * x * x)));
}

float elu(float x) {
  return x < 0.0f ? std::expm1(x) : x;
}
float exponential(float x) {
  return std::exp(x);
}
float squareRoot(float x) {
  return std::sqrt(x);
}
float reciprocalRoot(float x) {
  return 1.0f / std::sqrt(x);
}

/// f on codes, or the error that a value is negative.
template <typename X, typename F>
std::unique_ptr<Kernel> nonNegativeKernel(size_t count, int32_t zeroX, F f) {
  return makeKernel([=](const KernelContext& run) -> Result<void> {
    const X* x = run.input<X>(0);
    X* y = run.output<X>(0);
    for (size_t i = 0; i < count; ++i) {
      if (x[i] < zeroX) return Error{ErrorCode::InvalidArgument, "", "", "it takes the root of a negative value", ""};
    }
    for (size_t i = 0; i < count; ++i) y[i] = f(x[i]);
    return {};
  });
}

Result<void> requireQuantizedPair(const PrepareContext& context) {
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::Int16}));
  QS_TRY(requireSingleScale(context, x));
  return requireSingleScale(context, y);
}

bool isFastFloat(const PrepareContext& context) {
  const bool real = context.input(0).type == ElementType::Float32 && context.output(0).type == ElementType::Float32;
  return real && context.options.kernels == KernelSet::Fast;
}

int32_t clampCode(int64_t code, CodeLimits limits) {
  return static_cast<int32_t>(std::clamp<int64_t>(code, limits.min, limits.max));
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareExp(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  if (isFastFloat(context)) return arrayKernel(count, fast::exponential(context.options.cpu));
  return functionKernel(context, count, exponential, true);
}

Result<std::unique_ptr<Kernel>> prepareLog(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  if (context.input(0).type == ElementType::Float32) {
    return functionKernel(
        context, count, [](float x) { return std::log(x); }, true);
  }
  // Codes of values without logarithm give the smallest result.
  const Operand& y = context.output(0);
  const float smallest = static_cast<float>(int64_t{codeLimits(y.type).min} - y.zeroPoint()) * y.scale();
  return functionKernel(
      context, count, [smallest](float x) { return x <= 0.0f ? smallest : std::log(x); }, true);
}

Result<std::unique_ptr<Kernel>> prepareElu(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  return functionKernel(context, count, elu, false);
}

Result<std::unique_ptr<Kernel>> prepareGelu(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const auto* options = context.op.options.AsGeluOptions();
  if (isFastFloat(context)) {
    return arrayKernel(count, fast::gelu(context.options.cpu, options && options->approximate));
  }
  return functionKernel(context, count, options && options->approximate ? geluApproximate : geluExact, true);
}

Result<std::unique_ptr<Kernel>> prepareSqrt(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  if (x.type == ElementType::Float32) return functionKernel(context, count, squareRoot, false);
  QS_TRY(requireQuantizedPair(context));
  const float scaleX = x.scale(), scaleY = y.scale();
  const int32_t zeroX = x.zeroPoint(), zeroY = y.zeroPoint();
  const CodeLimits limits = codeLimits(y.type);
  const auto f = [=](int32_t code) {
    const float root = std::sqrt(scaleX * static_cast<float>(code - zeroX)) / scaleY;
    return clampCode((root < 1e9f ? static_cast<int64_t>(root) : int64_t{1000000000}) + zeroY, limits);
  };
  if (x.type == ElementType::Int8) {
    const auto table = codeTable(x.type, [&](int32_t code) { return code < zeroX ? 0 : f(code); });
    return nonNegativeKernel<int8_t>(count, zeroX, table);
  }
  return nonNegativeKernel<int16_t>(count, zeroX, [f](int16_t code) { return static_cast<int16_t>(f(code)); });
}

Result<std::unique_ptr<Kernel>> prepareRsqrt(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  if (x.type == ElementType::Float32) return functionKernel(context, count, reciprocalRoot, false);
  QS_TRY(requireQuantizedPair(context));
  const int32_t zeroX = x.zeroPoint(), zeroY = y.zeroPoint();
  if (x.type == ElementType::Int16) {
    const float largest = 32767.0f * y.scale();
    const auto table = numerics::makeTable16([largest](float v) { return v <= 0.0f ? largest : reciprocalRoot(v); },
                                             scaleZero(x), scaleZero(y));
    return nonNegativeKernel<int16_t>(count, zeroX, table);
  }
  const float product = std::sqrt(x.scale()) * y.scale();
  const auto factor = numerics::quantizeMultiplier(1.0 / static_cast<double>(product));
  if (factor.shift - 20 > 30) return context.malformed("its scales multiply to an impossible factor");
  // A factor so small that nothing is left of any root.
  const numerics::Multiplier last =
      factor.shift - 20 < -31 ? numerics::Multiplier{} : numerics::Multiplier{factor.mantissa, factor.shift - 20};
  const auto table = codeTable(x.type, [&](int32_t code) {
    const int32_t v = code - zeroX;
    if (v <= 0) return 127;
    const auto root = numerics::inverseSquareRoot(v);
    const int32_t raised = numerics::multiply(int32_t{1}, {root.mantissa, root.shift + 20});
    return clampCode(int64_t{numerics::multiply(raised, last)} + zeroY, {-128, 127});
  });
  return nonNegativeKernel<int8_t>(count, zeroX, table);
}

}  // namespace quantscope::ops
