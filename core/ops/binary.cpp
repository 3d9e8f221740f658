#include "core/ops/binary.h"

namespace quantscope::ops {

Result<Binary> prepareBinary(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &a = context.input(0), &b = context.input(1);
  QS_TRY(requireSameType(context, a, b));
  QS_TRY(requireRank(context, a, 0, 8));
  QS_TRY(requireRank(context, b, 0, 8));
  auto shape = broadcastShape(a.shape, b.shape);
  if (!shape) {
    return context.malformed(describe(context, a) + " and " + describe(context, b) + " do not broadcast");
  }
  Binary op{a.type, planBroadcast(a.shape, b.shape, *shape)};
  QS_TRY(context.setOutputShape(0, std::move(*shape)));
  return op;
}

}  // namespace quantscope::ops
