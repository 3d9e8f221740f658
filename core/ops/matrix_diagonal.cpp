#include <algorithm>
#include <cstring>

#include "core/ops/movement.h"

namespace quantscope::ops {

/// A square matrix of zeros around each last-dimension vector.
Result<std::unique_ptr<Kernel>> prepareMatrixDiag(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& diagonal = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, diagonal, context.output(0)));
  if (diagonal.rank() < 1) return context.malformed("its input is a scalar");
  std::vector<int32_t> shape = diagonal.shape;
  const int64_t n = shape.back(), batches = product(shape, 0, shape.size() - 1);
  shape.push_back(shape.back());
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return makeKernel(
      [=, copy = StridedCopy({{batches, n, n * n}, {n, 1, n + 1}}, 0, 0, bytes)](const KernelContext& run) {
        std::memset(run.outputs[0], 0, static_cast<size_t>(batches * n * n * bytes));
        copy.run(run.inputs[0], run.outputs[0]);
      });
}

/// A copy of matrices with their main diagonals replaced.
Result<std::unique_ptr<Kernel>> prepareMatrixSetDiag(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &input = context.input(0), &diagonal = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_TRY(requireSameType(context, input, diagonal));
  if (input.rank() < 2) return context.malformed("its input is no matrix");
  const size_t rank = input.shape.size();
  const int64_t h = input.shape[rank - 2], w = input.shape[rank - 1], n = std::min(h, w);
  const int64_t batches = product(input.shape, 0, rank - 2);
  std::vector<int32_t> expected(input.shape.begin(), input.shape.end() - 2);
  expected.push_back(static_cast<int32_t>(n));
  if (diagonal.shape != expected) {
    return context.malformed("the diagonal " + shapeText(diagonal.shape) + " does not fit " + shapeText(input.shape));
  }
  QS_TRY(context.setOutputShape(0, input.shape));
  context.allowInPlace(0, 0);
  return makeKernel([copy = StridedCopy({{batches, n, h * w}, {n, 1, w + 1}}, 0, 0, bytes),
                     size = static_cast<size_t>(input.elementCount() * bytes)](const KernelContext& run) {
    if (run.outputs[0] != run.inputs[0] && size > 0) std::memcpy(run.outputs[0], run.inputs[0], size);
    copy.run(run.inputs[1], run.outputs[0]);
  });
}

}  // namespace quantscope::ops
