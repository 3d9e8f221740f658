#include "core/ops/movement.h"

#include <cstring>

namespace quantscope::ops {

Result<int> requireWholeBytes(const PrepareContext& context, const Operand& operand) {
  const int bits = bitsPerElement(operand.type);
  if (bits >= 8) return bits / 8;
  return context.unsupported("it does not move " + describe(context, operand));
}

Result<int> requireMovable(const PrepareContext& context, const Operand& input, const Operand& output) {
  QS_TRY(requireSameType(context, input, output));
  return requireWholeBytes(context, input);
}

Result<std::vector<int64_t>> integerValues(const PrepareContext& context, const Operand& operand, int64_t count) {
  QS_TRY(
      requireType(context, operand, {ElementType::Int32, ElementType::Int64, ElementType::Int16, ElementType::Int8}));
  const int64_t have = operand.elementCount();
  if (count >= 0 && have != count) {
    return context.malformed(describe(context, operand) + " has " + std::to_string(have) + " values, needs " +
                             std::to_string(count));
  }
  std::vector<int64_t> values(static_cast<size_t>(have));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = operand.type == ElementType::Int8
                    ? operand.constantAs<int8_t>()[i]
                    : integerAt(operand.constant.data(), operand.type, static_cast<int64_t>(i));
  }
  return values;
}

Result<int64_t> integerScalar(const PrepareContext& context, const Operand& operand) {
  QS_ASSIGN(const auto values, integerValues(context, operand, 1));
  return values[0];
}

Result<size_t> axisOf(const PrepareContext& context, int64_t axis, size_t rank) {
  const auto n = static_cast<int64_t>(rank);
  if (axis >= -n && axis < n) return static_cast<size_t>(axis < 0 ? axis + n : axis);
  return context.malformed("its axis " + std::to_string(axis) + " is outside of " + std::to_string(rank) +
                           " dimensions");
}

Result<std::unique_ptr<Kernel>> copyKernel(PrepareContext& context, std::vector<int32_t> shape) {
  QS_TRY(requireSameType(context, context.input(0), context.output(0)));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  const auto bytes = byteSize(context.input(0).type, context.input(0).elementCount());
  if (!bytes) return context.unsupported("it does not move " + describe(context, context.input(0)));
  context.allowInPlace(0, 0);
  return makeKernel([size = static_cast<size_t>(*bytes)](const KernelContext& run) {
    if (run.outputs[0] != run.inputs[0] && size > 0) std::memcpy(run.outputs[0], run.inputs[0], size);
  });
}

std::unique_ptr<Kernel> stridedKernel(StridedCopy copy, size_t i) {
  return makeKernel([copy = std::move(copy), i](const KernelContext& run) { copy.run(run.inputs[i], run.outputs[0]); });
}

int64_t product(const std::vector<int32_t>& shape, size_t first, size_t last) {
  int64_t result = 1;
  for (size_t d = first; d < last; ++d) result *= shape[d];
  return result;
}

Error dataError(std::string why) {
  return {ErrorCode::InvalidArgument, "", "", std::move(why), ""};
}

}  // namespace quantscope::ops
