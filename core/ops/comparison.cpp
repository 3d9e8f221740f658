#include <algorithm>

#include "core/numerics/fixed_point.h"
#include "core/ops/broadcast.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

constexpr int kMostRank = 8;

/// Two operands of one type; sets the output's shape.
Result<BroadcastPlan> binaryPlan(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &a = context.input(0), &b = context.input(1);
  QS_TRY(requireSameType(context, a, b));
  QS_TRY(requireRank(context, a, 0, kMostRank));
  QS_TRY(requireRank(context, b, 0, kMostRank));
  auto shape = broadcastShape(a.shape, b.shape);
  if (!shape) {
    return context.malformed("the shapes " + shapeText(a.shape) + " and " + shapeText(b.shape) + " do not broadcast");
  }
  QS_TRY(context.setOutputShape(0, *shape));
  return planBroadcast(a.shape, b.shape, *shape);
}

template <typename T, typename Compare>
Result<std::unique_ptr<Kernel>> plainComparison(BroadcastPlan plan, Compare compare) {
  return makeKernel([plan = std::move(plan), compare](const KernelContext& run) {
    broadcastBinary(plan, run.input<T>(0), run.input<T>(1), run.output<uint8_t>(0),
                    [compare](T x, T y) { return static_cast<uint8_t>(compare(x, y)); });
  });
}

/// Codes are brought to real values in fixed point first (spec/tflite-kernels.md section 7.6).
template <typename T, typename Compare>
Result<std::unique_ptr<Kernel>> quantizedComparison(const PrepareContext& context, BroadcastPlan plan,
                                                    Compare compare) {
  constexpr int kLeftShift = 8;
  const Operand &a = context.input(0), &b = context.input(1);
  QS_TRY(requireSingleScale(context, a));
  QS_TRY(requireSingleScale(context, b));
  const auto factorA = numerics::quantizeMultiplier(a.scale()), factorB = numerics::quantizeMultiplier(b.scale());
  if (factorA.shift > 30 || factorB.shift > 30)
    return context.malformed("its scales are beyond what codes can be compared in");
  const int32_t zeroA = a.zeroPoint(), zeroB = b.zeroPoint();
  return makeKernel([=, plan = std::move(plan)](const KernelContext& run) {
    broadcastBinary(plan, run.input<T>(0), run.input<T>(1), run.output<uint8_t>(0), [=](T x, T y) {
      const int32_t left = numerics::multiply((x - zeroA) * (1 << kLeftShift), factorA);
      const int32_t right = numerics::multiply((y - zeroB) * (1 << kLeftShift), factorB);
      return static_cast<uint8_t>(compare(left, right));
    });
  });
}

template <typename Compare>
Result<std::unique_ptr<Kernel>> prepareComparison(PrepareContext& context, bool equality, Compare compare) {
  QS_ASSIGN(auto plan, binaryPlan(context));
  QS_TRY(requireType(context, context.output(0), {ElementType::Bool}));
  const bool quantized = context.input(0).quantized() && context.input(1).quantized();
  switch (context.input(0).type) {
    case ElementType::Bool:
      if (!equality) return unsupportedTypes(context);
      return plainComparison<uint8_t>(std::move(plan), [compare](uint8_t x, uint8_t y) {
        return compare(static_cast<int>(x != 0), static_cast<int>(y != 0));
      });
    case ElementType::Int8:
      if (quantized) return quantizedComparison<int8_t>(context, std::move(plan), compare);
      break;
    case ElementType::UInt8:
      if (quantized) return quantizedComparison<uint8_t>(context, std::move(plan), compare);
      break;
    case ElementType::Int16:
      // The reference kernels that order int16 compare the codes, whatever their scales.
      if (quantized && !equality && context.options.kernels == KernelSet::Reference) break;
      if (quantized) return quantizedComparison<int16_t>(context, std::move(plan), compare);
      break;
    default:
      break;
  }
  return dispatchNumber(context, context.input(0).type,
                        [&](auto sample) { return plainComparison<decltype(sample)>(std::move(plan), compare); });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareEqual(PrepareContext& context) {
  return prepareComparison(context, true, [](auto a, auto b) { return a == b; });
}

Result<std::unique_ptr<Kernel>> prepareNotEqual(PrepareContext& context) {
  return prepareComparison(context, true, [](auto a, auto b) { return a != b; });
}

Result<std::unique_ptr<Kernel>> prepareLess(PrepareContext& context) {
  return prepareComparison(context, false, [](auto a, auto b) { return a < b; });
}

Result<std::unique_ptr<Kernel>> prepareLessEqual(PrepareContext& context) {
  return prepareComparison(context, false, [](auto a, auto b) { return a <= b; });
}

Result<std::unique_ptr<Kernel>> prepareGreater(PrepareContext& context) {
  return prepareComparison(context, false, [](auto a, auto b) { return a > b; });
}

Result<std::unique_ptr<Kernel>> prepareGreaterEqual(PrepareContext& context) {
  return prepareComparison(context, false, [](auto a, auto b) { return a >= b; });
}

namespace {

/// Raw values compared; both inputs and the output share their parameters (spec/tflite-kernels.md section 7.4).
template <typename Choose>
Result<std::unique_ptr<Kernel>> prepareExtreme(PrepareContext& context, Choose choose) {
  QS_ASSIGN(auto plan, binaryPlan(context));
  QS_TRY(requireSameType(context, context.input(0), context.output(0)));
  return dispatchNumber(context, context.input(0).type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([plan = std::move(plan), choose](const KernelContext& run) {
      broadcastBinary(plan, run.input<T>(0), run.input<T>(1), run.output<T>(0),
                      [choose](T a, T b) { return choose(a, b); });
    });
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareMaximum(PrepareContext& context) {
  return prepareExtreme(context, [](auto a, auto b) { return a > b ? a : b; });
}

Result<std::unique_ptr<Kernel>> prepareMinimum(PrepareContext& context) {
  return prepareExtreme(context, [](auto a, auto b) { return a < b ? a : b; });
}

namespace {

template <typename Logic>
Result<std::unique_ptr<Kernel>> prepareLogical(PrepareContext& context, Logic logic) {
  QS_ASSIGN(auto plan, binaryPlan(context));
  QS_TRY(requireType(context, context.input(0), {ElementType::Bool}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Bool}));
  return makeKernel([plan = std::move(plan), logic](const KernelContext& run) {
    broadcastBinary(plan, run.input<uint8_t>(0), run.input<uint8_t>(1), run.output<uint8_t>(0),
                    [logic](uint8_t a, uint8_t b) { return static_cast<uint8_t>(logic(a != 0, b != 0)); });
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareLogicalAnd(PrepareContext& context) {
  return prepareLogical(context, [](bool a, bool b) { return a && b; });
}

Result<std::unique_ptr<Kernel>> prepareLogicalOr(PrepareContext& context) {
  return prepareLogical(context, [](bool a, bool b) { return a || b; });
}

Result<std::unique_ptr<Kernel>> prepareLogicalNot(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  QS_TRY(requireType(context, context.input(0), {ElementType::Bool}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Bool}));
  QS_TRY(context.setOutputShape(0, context.input(0).shape));
  return makeKernel([count = context.input(0).elementCount()](const KernelContext& run) {
    for (int64_t i = 0; i < count; ++i) run.output<uint8_t>(0)[i] = run.input<uint8_t>(0)[i] == 0;
  });
}

namespace {

template <typename F>
Result<std::unique_ptr<Kernel>> prepareBits(PrepareContext& context, F f) {
  QS_ASSIGN(auto plan, binaryPlan(context));
  QS_TRY(requireSameType(context, context.input(0), context.output(0)));
  const auto visit = [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    if constexpr (std::is_integral_v<T>) {
      return makeKernel([plan = std::move(plan), f](const KernelContext& run) {
        broadcastBinary(plan, run.input<T>(0), run.input<T>(1), run.output<T>(0), f);
      });
    } else {
      return unsupportedTypes(context);
    }
  };
  if (context.input(0).type == ElementType::Bool) return visit(uint8_t{});
  return dispatchNumber(context, context.input(0).type, visit);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareBitwiseXor(PrepareContext& context) {
  return prepareBits(context, [](auto a, auto b) { return static_cast<decltype(a)>(a ^ b); });
}

/// Arithmetic for signed types; counts below 0 are 0, counts beyond the width shift everything out.
Result<std::unique_ptr<Kernel>> prepareRightShift(PrepareContext& context) {
  return prepareBits(context, [](auto a, auto b) {
    using T = decltype(a);
    constexpr int most = static_cast<int>(sizeof(T) * 8 - 1);
    const int count = b < T{0}                                                 ? 0
                      : static_cast<uint64_t>(b) > static_cast<uint64_t>(most) ? most
                                                                               : static_cast<int>(b);
    return static_cast<T>(a >> count);
  });
}

}  // namespace quantscope::ops
