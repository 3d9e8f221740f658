#include <algorithm>
#include <memory>

#include "core/ops/movement.h"

/// STABLEHLO_ADD, STABLEHLO_MULTIPLY, STABLEHLO_MAXIMUM, STABLEHLO_MINIMUM: element by element on two operands of one
/// shape, whose stored values are taken as they are.
namespace quantscope::ops {

namespace {

template <typename F>
Result<std::unique_ptr<Kernel>> prepareElementwise(PrepareContext& context, F combine) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &a = context.input(0), &b = context.input(1);
  QS_TRY(requireSameType(context, a, b));
  QS_TRY(requireSameType(context, a, context.output(0)));
  if (a.shape != b.shape)
    return context.malformed(describe(context, b) + " has another shape than " + describe(context, a));
  QS_TRY(context.setOutputShape(0, a.shape));
  context.allowInPlace(0, 0);
  return dispatchNumber(context, a.type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([combine, count = a.elementCount()](const KernelContext& run) {
      const T *a = run.input<T>(0), *b = run.input<T>(1);
      T* y = run.output<T>(0);
      for (int64_t i = 0; i < count; ++i) y[i] = combine(a[i], b[i]);
    });
  });
}

/// Integers wrap.
template <typename T, typename F>
T wrapping(T a, T b, F f) {
  if constexpr (std::is_floating_point_v<T>) {
    return f(a, b);
  } else {
    return static_cast<T>(f(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareStablehloAdd(PrepareContext& context) {
  return prepareElementwise(context,
                            [](auto a, auto b) { return wrapping(a, b, [](auto x, auto y) { return x + y; }); });
}

Result<std::unique_ptr<Kernel>> prepareStablehloMultiply(PrepareContext& context) {
  return prepareElementwise(context,
                            [](auto a, auto b) { return wrapping(a, b, [](auto x, auto y) { return x * y; }); });
}

Result<std::unique_ptr<Kernel>> prepareStablehloMaximum(PrepareContext& context) {
  return prepareElementwise(context, [](auto a, auto b) { return a < b ? b : a; });
}

Result<std::unique_ptr<Kernel>> prepareStablehloMinimum(PrepareContext& context) {
  return prepareElementwise(context, [](auto a, auto b) { return b < a ? b : a; });
}

}  // namespace quantscope::ops
