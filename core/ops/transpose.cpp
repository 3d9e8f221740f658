#include "core/ops/movement.h"

namespace quantscope::ops {

/// out.shape[d] = in.shape[perm[d]] (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareTranspose(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_ASSIGN(const auto order, integerValues(context, context.input(1), input.rank()));
  const auto inSteps = rowMajorSteps(input.shape);
  std::vector<int32_t> shape;
  std::vector<uint8_t> used(order.size(), 0);
  std::vector<size_t> from;
  for (int64_t wanted : order) {
    QS_ASSIGN(const size_t axis, axisOf(context, wanted, order.size()));
    if (used[axis]) return context.malformed("its order of dimensions names " + std::to_string(axis) + " twice");
    used[axis] = 1;
    from.push_back(axis);
    shape.push_back(input.shape[axis]);
  }
  const auto outSteps = rowMajorSteps(shape);
  std::vector<StridedCopy::Loop> loops;
  for (size_t d = 0; d < from.size(); ++d) loops.push_back({shape[d], inSteps[from[d]], outSteps[d]});
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return stridedKernel(StridedCopy(std::move(loops), 0, 0, bytes));
}

}  // namespace quantscope::ops
