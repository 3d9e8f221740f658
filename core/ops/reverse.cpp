#include <cstring>

#include "core/ops/movement.h"

namespace quantscope::ops {

/// The named dimensions run backwards (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareReverse(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_ASSIGN(const auto axes, integerValues(context, context.input(1)));
  const auto steps = rowMajorSteps(input.shape);
  std::vector<StridedCopy::Loop> loops;
  for (size_t d = 0; d < steps.size(); ++d) loops.push_back({input.shape[d], steps[d], steps[d]});
  int64_t start = 0;
  for (int64_t wanted : axes) {
    QS_ASSIGN(const size_t axis, axisOf(context, wanted, input.shape.size()));
    if (loops[axis].in < 0) return context.malformed("it names dimension " + std::to_string(axis) + " twice");
    start += (input.shape[axis] - 1) * steps[axis];
    loops[axis].in = -loops[axis].in;
  }
  QS_TRY(context.setOutputShape(0, input.shape));
  return stridedKernel(StridedCopy(std::move(loops), start, 0, bytes));
}

/// For batch b the first len[b] positions along seq_dim are reversed, the rest copied.
Result<std::unique_ptr<Kernel>> prepareReverseSequence(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  const Operand& lengths = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_TRY(requireType(context, lengths, {ElementType::Int32, ElementType::Int64}));
  const auto* options = context.op.options.AsReverseSequenceOptions();
  QS_ASSIGN(const size_t sequence, axisOf(context, options ? options->seq_dim : 0, input.shape.size()));
  QS_ASSIGN(const size_t batch, axisOf(context, options ? options->batch_dim : 0, input.shape.size()));
  if (sequence == batch) return context.malformed("its sequence and batch dimensions are one");
  if (lengths.elementCount() != input.shape[batch]) return context.malformed("it has not one length per batch");
  QS_TRY(context.setOutputShape(0, input.shape));
  const auto steps = rowMajorSteps(input.shape);
  return makeKernel([=, shape = input.shape, type = lengths.type](const KernelContext& run) -> Result<void> {
    for (int32_t b = 0; b < shape[batch]; ++b) {
      const int64_t length = integerAt(run.inputs[1], type, b);
      if (length < 0 || length > shape[sequence]) return dataError("a length is out of range");
      for (int32_t s = 0; s < shape[sequence]; ++s) {
        std::vector<StridedCopy::Loop> rest;
        for (size_t d = 0; d < shape.size(); ++d) {
          if (d != batch && d != sequence) rest.push_back({shape[d], steps[d], steps[d]});
        }
        const int64_t from = s < length ? length - 1 - s : s;
        StridedCopy(std::move(rest), b * steps[batch] + from * steps[sequence], b * steps[batch] + s * steps[sequence],
                    bytes)
            .run(run.inputs[0], run.outputs[0]);
      }
    }
    return {};
  });
}

}  // namespace quantscope::ops
