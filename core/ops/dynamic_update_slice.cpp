#include <algorithm>
#include <cstring>

#include "core/ops/movement.h"

namespace quantscope::ops {

/// A copy of the operand with the update written over it; starts are moved so that the update fits.
Result<std::unique_ptr<Kernel>> prepareDynamicUpdateSlice(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &operand = context.input(0), &update = context.input(1), &starts = context.input(2);
  QS_ASSIGN(const int bytes, requireMovable(context, operand, context.output(0)));
  QS_TRY(requireSameType(context, operand, update));
  QS_TRY(requireType(context, starts, {ElementType::Int32, ElementType::Int64}));
  if (update.rank() != operand.rank() || starts.elementCount() != operand.rank()) {
    return context.malformed("its operands differ in rank");
  }
  const auto outSteps = rowMajorSteps(operand.shape), inSteps = rowMajorSteps(update.shape);
  std::vector<StridedCopy::Loop> loops;
  std::vector<int64_t> room;
  for (size_t d = 0; d < operand.shape.size(); ++d) {
    room.push_back(int64_t{operand.shape[d]} - update.shape[d]);
    if (room[d] < 0) return context.malformed("its update is larger than its operand");
    loops.push_back({update.shape[d], inSteps[d], outSteps[d]});
  }
  QS_TRY(context.setOutputShape(0, operand.shape));
  context.allowInPlace(0, 0);
  return makeKernel([=, copy = StridedCopy(std::move(loops), 0, 0, bytes), type = starts.type,
                     size = static_cast<size_t>(operand.elementCount() * bytes)](const KernelContext& run) {
    int64_t start = 0;
    for (size_t d = 0; d < room.size(); ++d) {
      start += std::clamp<int64_t>(integerAt(run.inputs[2], type, static_cast<int64_t>(d)), 0, room[d]) * outSteps[d];
    }
    if (run.outputs[0] != run.inputs[0] && size > 0) std::memcpy(run.outputs[0], run.inputs[0], size);
    copy.run(run.inputs[1], run.outputs[0] + start * bytes);
  });
}

}  // namespace quantscope::ops
