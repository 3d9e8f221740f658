#include "core/ops/weights.h"

#include "core/numerics/packing.h"
#include "core/ops/operand_checks.h"

namespace quantscope::ops {

Result<Int8Weights> Int8Weights::of(PrepareContext& context, size_t position) {
  const Operand& operand = context.input(position);
  Int8Weights weights;
  weights.m_position = position;
  if (operand.type == ElementType::Int8) {
    if (operand.isConstant) weights.m_constant = operand.constantAs<int8_t>().data();
    return weights;
  }
  if (!operand.isConstant) {
    return context.unsupported(describe(context, operand) + " must be constant");
  }
  const int bits = bitsPerElement(operand.type);
  const auto count = static_cast<size_t>(operand.elementCount());
  if (operand.constant.size() < numerics::packedBytes(count, bits)) {
    return context.malformed(describe(context, operand) + " has too few bytes");
  }
  auto unpacked = std::make_shared<std::vector<int8_t>>(count);
  numerics::unpackSigned(operand.constant, bits, *unpacked);
  context.sharedBytes += static_cast<int64_t>(count);
  weights.m_constant = unpacked->data();
  weights.m_unpacked = std::move(unpacked);
  return weights;
}

}  // namespace quantscope::ops
