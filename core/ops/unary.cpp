#include "core/ops/unary.h"

#include <memory>

#include "core/ops/fast/pieces.h"

namespace quantscope::ops {

Result<size_t> prepareUnary(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(context.setOutputShape(0, x.shape));
  if (x.type == y.type) context.allowInPlace(0, 0);
  return static_cast<size_t>(x.elementCount());
}

std::unique_ptr<Kernel> arrayKernel(size_t count, void (*f)(const float* x, float* y, size_t count)) {
  // Costs about ten simple operations a value.
  return makeKernel([=](const KernelContext& run) {
    fast::inPieces(run, count, 64, double(count) * 10, [&](size_t begin, size_t end) {
      f(run.input<float>(0) + begin, run.output<float>(0) + begin, end - begin);
    });
  });
}

std::unique_ptr<Kernel> tableKernel(size_t count, const numerics::Table8& table) {
  return unaryKernel<uint8_t, uint8_t>(count, [table](uint8_t code) { return table(code); });
}

numerics::Table8 codeTable(ElementType type, const std::function<int32_t(int32_t)>& f) {
  numerics::Table8 table;
  const CodeLimits limits = codeLimits(type);
  for (int32_t code = limits.min; code <= limits.max; ++code) {
    table.entries[static_cast<uint8_t>(code)] = static_cast<uint8_t>(f(code));
  }
  return table;
}

Result<std::unique_ptr<Kernel>> tableFunctionKernel(PrepareContext& context, size_t count,
                                                    const std::function<float(float)>& f, bool wide) {
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  if (!(x.type == ElementType::Int8 || (x.type == ElementType::Int16 && wide))) return unsupportedTypes(context);
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  if (x.type == ElementType::Int8) return tableKernel(count, numerics::makeTable8(f, scaleZero(x), scaleZero(y)));
  return unaryKernel<int16_t, int16_t>(count, numerics::makeTable16(f, scaleZero(x), scaleZero(y)));
}

}  // namespace quantscope::ops
