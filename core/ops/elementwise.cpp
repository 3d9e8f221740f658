#include <cmath>

#include "core/numerics/fixed_point.h"
#include "core/ops/broadcast.h"
#include "core/ops/movement.h"

/// Element-wise functions without quantization, and ABS (spec/tflite-kernels.md sections 7.7 and 8).
namespace quantscope::ops {

namespace {

template <typename F>
Result<std::unique_ptr<Kernel>> mapKernel(const PrepareContext& context, ElementType type, F f) {
  return dispatchNumber(context, type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([f, count = context.input(0).elementCount()](const KernelContext& run) {
      const T* in = run.input<T>(0);
      T* out = run.output<T>(0);
      for (int64_t i = 0; i < count; ++i) out[i] = static_cast<T>(f(in[i]));
    });
  });
}

Result<void> prepareUnary(PrepareContext& context, std::initializer_list<ElementType> types) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  QS_TRY(requireType(context, context.input(0), types));
  QS_TRY(requireSameType(context, context.input(0), context.output(0)));
  QS_TRY(context.setOutputShape(0, context.input(0).shape));
  context.allowInPlace(0, 0);
  return {};
}

template <typename F>
Result<std::unique_ptr<Kernel>> prepareFloatUnary(PrepareContext& context, F f) {
  QS_TRY(prepareUnary(context, {ElementType::Float32}));
  return mapKernel(context, ElementType::Float32, f);
}

/// Negation and magnitude wrap in integers.
template <typename T>
T negated(T v) {
  if constexpr (std::is_floating_point_v<T>) {
    return -v;
  } else {
    return static_cast<T>(-static_cast<uint64_t>(v));
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareFloor(PrepareContext& context) {
  return prepareFloatUnary(context, [](auto v) { return std::floor(v); });
}

Result<std::unique_ptr<Kernel>> prepareCeil(PrepareContext& context) {
  return prepareFloatUnary(context, [](auto v) { return std::ceil(v); });
}

/// Halves to even.
Result<std::unique_ptr<Kernel>> prepareRound(PrepareContext& context) {
  return prepareFloatUnary(context, [](auto v) { return std::nearbyint(v); });
}

Result<std::unique_ptr<Kernel>> prepareSin(PrepareContext& context) {
  return prepareFloatUnary(context, [](auto v) { return std::sin(v); });
}

Result<std::unique_ptr<Kernel>> prepareCos(PrepareContext& context) {
  return prepareFloatUnary(context, [](auto v) { return std::cos(v); });
}

Result<std::unique_ptr<Kernel>> prepareSquare(PrepareContext& context) {
  return prepareFloatUnary(context, [](auto v) { return v * v; });
}

Result<std::unique_ptr<Kernel>> prepareNeg(PrepareContext& context) {
  QS_TRY(prepareUnary(context, {ElementType::Float32, ElementType::Int32, ElementType::Int64}));
  return mapKernel(context, context.input(0).type, [](auto v) { return negated(v); });
}

Result<std::unique_ptr<Kernel>> prepareSign(PrepareContext& context) {
  QS_TRY(prepareUnary(context, {ElementType::Float32, ElementType::Float64, ElementType::Int32}));
  return mapKernel(context, context.input(0).type, [](auto v) {
    return v > decltype(v){} ? 1 : v < decltype(v){} ? -1 : 0;
  });
}

namespace {

/// v = abs(q - z), rescaled where the scales differ (spec/tflite-kernels.md section 8).
template <typename T>
Result<std::unique_ptr<Kernel>> quantizedAbs(PrepareContext& context) {
  const Operand &in = context.input(0), &out = context.output(0);
  QS_TRY(requireSingleScale(context, in));
  QS_TRY(requireSingleScale(context, out));
  const bool rescale = in.scale() != out.scale();
  const auto factor = numerics::quantizeMultiplier(in.scale() / out.scale());
  if (factor.shift > 30) return context.malformed("its scales divide to an impossible factor");
  const CodeLimits limits = codeLimits(in.type);
  return makeKernel(
      [=, zeroIn = in.zeroPoint(), zeroOut = out.zeroPoint(), count = in.elementCount()](const KernelContext& run) {
        for (int64_t i = 0; i < count; ++i) {
          const int32_t magnitude = std::abs(run.input<T>(0)[i] - zeroIn);
          const int64_t code = int64_t{rescale ? numerics::multiply(magnitude, factor) : magnitude} + zeroOut;
          run.output<T>(0)[i] = static_cast<T>(std::min<int64_t>(std::max<int64_t>(code, limits.min), limits.max));
        }
      });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareAbs(PrepareContext& context) {
  QS_TRY(prepareUnary(context, {ElementType::Float32, ElementType::Int8, ElementType::Int16, ElementType::Int32}));
  if (context.input(0).quantized() && context.input(0).type == ElementType::Int8) return quantizedAbs<int8_t>(context);
  if (context.input(0).quantized() && context.input(0).type == ElementType::Int16) {
    return quantizedAbs<int16_t>(context);
  }
  return mapKernel(context, context.input(0).type, [](auto v) { return v < decltype(v){} ? negated(v) : v; });
}

namespace {

Result<BroadcastPlan> arithmeticPlan(PrepareContext& context, std::initializer_list<ElementType> types) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &a = context.input(0), &b = context.input(1);
  QS_TRY(requireType(context, a, types));
  QS_TRY(requireSameType(context, a, b));
  QS_TRY(requireSameType(context, a, context.output(0)));
  QS_TRY(requireRank(context, a, 0, 8));
  QS_TRY(requireRank(context, b, 0, 8));
  auto shape = broadcastShape(a.shape, b.shape);
  if (!shape) {
    return context.malformed("the shapes " + shapeText(a.shape) + " and " + shapeText(b.shape) + " do not broadcast");
  }
  QS_TRY(context.setOutputShape(0, *shape));
  return planBroadcast(a.shape, b.shape, *shape);
}

/// `check` says why a second operand is impossible; null: it is fine.
template <typename F>
Result<std::unique_ptr<Kernel>> checkedBinary(const PrepareContext& context, BroadcastPlan plan, const char* problem,
                                              F f) {
  return dispatchNumber(context, context.input(0).type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([plan = std::move(plan), f, problem](const KernelContext& run) -> Result<void> {
      bool fine = true;
      broadcastBinary(plan, run.input<T>(0), run.input<T>(1), run.output<T>(0), [&](T a, T b) {
        T result{};
        fine = f(a, b, result) && fine;
        return result;
      });
      if (!fine) return dataError(problem);
      return {};
    });
  });
}

/// A double as an integer; what does not fit becomes the smallest value, as the processor's conversion gives it.
template <typename T>
T converted(double v) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(v);
  } else {
    constexpr double most = -static_cast<double>(std::numeric_limits<T>::min());
    if (!(v > -most - 1) || !(v < most)) return std::numeric_limits<T>::min();
    return static_cast<T>(v);
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> preparePow(PrepareContext& context) {
  QS_ASSIGN(auto plan, arithmeticPlan(context, {ElementType::Float32, ElementType::Int32}));
  return checkedBinary(context, std::move(plan), "an exponent is negative", [](auto a, auto b, auto& result) {
    using T = std::remove_reference_t<decltype(result)>;
    if constexpr (std::is_integral_v<T>) {
      if (b < 0) return false;
      result = converted<T>(std::pow(static_cast<double>(a), static_cast<double>(b)));
    } else {
      result = std::pow(a, b);
    }
    return true;
  });
}

Result<std::unique_ptr<Kernel>> prepareFloorDiv(PrepareContext& context) {
  QS_ASSIGN(auto plan, arithmeticPlan(context, {ElementType::Float32, ElementType::Int8, ElementType::Int16,
                                                ElementType::Int32, ElementType::Int64}));
  return checkedBinary(context, std::move(plan), "a divisor is 0", [](auto a, auto b, auto& result) {
    using T = std::remove_reference_t<decltype(result)>;
    if (std::is_integral_v<T> && b == T{}) return false;
    result = converted<T>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
    return true;
  });
}

/// The remainder with the sign of the divisor.
Result<std::unique_ptr<Kernel>> prepareFloorMod(PrepareContext& context) {
  QS_ASSIGN(auto plan, arithmeticPlan(context, {ElementType::Float32, ElementType::Int8, ElementType::Int16,
                                                ElementType::Int32, ElementType::Int64}));
  return checkedBinary(context, std::move(plan), "a divisor is 0", [](auto a, auto b, auto& result) {
    using T = std::remove_reference_t<decltype(result)>;
    if constexpr (std::is_integral_v<T>) {
      if (b == T{}) return false;
      // The one quotient that does not fit has remainder 0.
      result = b == T(-1) ? T{} : static_cast<T>(a % b);
    } else {
      result = std::fmod(a, b);
    }
    if (result != T{} && (b < T{}) != (result < T{})) result = static_cast<T>(result + b);
    return true;
  });
}

Result<std::unique_ptr<Kernel>> prepareAtan2(PrepareContext& context) {
  QS_ASSIGN(auto plan, arithmeticPlan(context, {ElementType::Float32, ElementType::Float64}));
  if (context.input(0).shape != context.input(1).shape) {
    return context.malformed(describe(context, context.input(1)) + " has another shape than " +
                             describe(context, context.input(0)));
  }
  return checkedBinary(context, std::move(plan), "", [](auto a, auto b, auto& result) {
    if constexpr (std::is_floating_point_v<decltype(a)>) result = std::atan2(a, b);
    return true;
  });
}

/// The sum from left to right.
Result<std::unique_ptr<Kernel>> prepareAddN(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, std::numeric_limits<size_t>::max()));
  QS_TRY(context.requireOutputs(1, 1));
  for (size_t i = 0; i < context.inputCount(); ++i) {
    if (!context.hasInput(i)) return context.malformed("input " + std::to_string(i) + " is left out");
    QS_TRY(requireType(context, context.input(i), {ElementType::Float32, ElementType::Int32}));
    QS_TRY(requireSameType(context, context.input(i), context.output(0)));
    if (context.input(i).shape != context.input(0).shape) return context.malformed("its inputs differ in shape");
  }
  QS_TRY(context.setOutputShape(0, context.input(0).shape));
  return dispatchNumber(context, context.input(0).type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel(
        [count = context.input(0).elementCount(), inputs = context.inputCount()](const KernelContext& run) {
          for (int64_t i = 0; i < count; ++i) {
            T sum = run.input<T>(0)[i];
            for (size_t k = 1; k < inputs; ++k) {
              if constexpr (std::is_integral_v<T>) {
                sum = static_cast<T>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(run.input<T>(k)[i]));
              } else {
                sum += run.input<T>(k)[i];
              }
            }
            run.output<T>(0)[i] = sum;
          }
        });
  });
}

}  // namespace quantscope::ops
