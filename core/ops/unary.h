#pragma once

#include <functional>

#include "core/numerics/lookup_table.h"
#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"

namespace quantscope::ops {

/// One input, one output of the same shape; sets the output shape and allows in-place work where the types are equal.
/// Returns the number of elements.
Result<size_t> prepareUnary(PrepareContext& context);

/// y[i] = f(x[i]).
template <typename X, typename Y, typename F>
std::unique_ptr<Kernel> unaryKernel(size_t count, F f) {
  return makeKernel([count, f](const KernelContext& run) {
    const X* x = run.input<X>(0);
    Y* y = run.output<Y>(0);
    for (size_t i = 0; i < count; ++i) y[i] = f(x[i]);
  });
}

/// An array function: f(x, y, count).
std::unique_ptr<Kernel> arrayKernel(size_t count, void (*f)(const float* x, float* y, size_t count));

/// A table look-up for int8 or uint8 codes.
std::unique_ptr<Kernel> tableKernel(size_t count, const numerics::Table8& table);
/// Table of a function on the codes of an 8-bit type; results are already clamped.
numerics::Table8 codeTable(ElementType type, const std::function<int32_t(int32_t)>& f);

/// Scale and zero point of an operand, for tables.
inline numerics::ScaleZero scaleZero(const Operand& operand) {
  return {operand.scale(), operand.zeroPoint()};
}

/// The function by a table on int8, or on int16 by an interpolated one where `wide`. Scales are checked. Errors for
/// other types.
Result<std::unique_ptr<Kernel>> tableFunctionKernel(PrepareContext& context, size_t count,
                                                    const std::function<float(float)>& f, bool wide);

/// The same, and float32 directly.
template <typename F>
Result<std::unique_ptr<Kernel>> functionKernel(PrepareContext& context, size_t count, F f, bool wide) {
  if (context.input(0).type == ElementType::Float32 && context.output(0).type == ElementType::Float32) {
    return unaryKernel<float, float>(count, f);
  }
  return tableFunctionKernel(context, count, f, wide);
}

}  // namespace quantscope::ops
