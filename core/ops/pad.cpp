#include <algorithm>
#include <cstring>

#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

struct Paddings {
  std::vector<int32_t> before, after, shape;
};

Result<Paddings> paddingsOf(const PrepareContext& context) {
  const Operand& input = context.input(0);
  QS_ASSIGN(const auto values, integerValues(context, context.input(1), int64_t{2} * input.rank()));
  Paddings result;
  for (size_t d = 0; d < input.shape.size(); ++d) {
    const int64_t before = values[2 * d], after = values[2 * d + 1];
    if (before < 0 || after < 0 || before > INT32_MAX || after > INT32_MAX ||
        input.shape[d] + before + after > INT32_MAX) {
      return context.malformed("it pads dimension " + std::to_string(d) + " by " + std::to_string(before) + " and " +
                               std::to_string(after));
    }
    result.before.push_back(static_cast<int32_t>(before));
    result.after.push_back(static_cast<int32_t>(after));
    result.shape.push_back(static_cast<int32_t>(input.shape[d] + before + after));
  }
  return result;
}

/// Fills `count` elements with the one at `value`.
void fill(std::byte* out, int64_t count, const std::byte* value, int bytes) {
  if (count == 0) return;
  const bool uniform = std::all_of(value, value + bytes, [&](std::byte b) { return b == value[0]; });
  if (uniform) {
    std::memset(out, std::to_integer<int>(value[0]), static_cast<size_t>(count * bytes));
    return;
  }
  for (int64_t i = 0; i < count; ++i) std::memcpy(out + i * bytes, value, static_cast<size_t>(bytes));
}

/// Copy of the input into the middle of the output.
StridedCopy middle(const std::vector<int32_t>& in, const Paddings& paddings, int bytes) {
  const auto inSteps = rowMajorSteps(in), outSteps = rowMajorSteps(paddings.shape);
  std::vector<StridedCopy::Loop> loops;
  int64_t start = 0;
  for (size_t d = 0; d < in.size(); ++d) {
    loops.push_back({in[d], inSteps[d], outSteps[d]});
    start += paddings.before[d] * outSteps[d];
  }
  return {std::move(loops), 0, start, bytes};
}

}  // namespace

/// PAD fills with the real value 0, PADV2 with its third operand (spec/tflite-kernels.md section 12).
Result<std::unique_ptr<Kernel>> preparePad(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_ASSIGN(const Paddings paddings, paddingsOf(context));
  QS_TRY(context.setOutputShape(0, paddings.shape));
  const bool valueGiven = context.hasInput(2);
  if (valueGiven) {
    QS_TRY(requireSameType(context, context.input(2), input));
    if (context.input(2).elementCount() != 1) return context.malformed("its padding value is not one value");
  }
  int32_t zero = 0;
  if (context.output(0).quantized()) {
    QS_TRY(requireSingleScale(context, context.output(0)));
    zero = context.output(0).zeroPoint();
  }
  return makeKernel([=, copy = middle(input.shape, paddings, bytes),
                     count = context.output(0).elementCount()](const KernelContext& run) {
    std::byte value[16] = {};
    if (valueGiven) {
      std::memcpy(value, run.inputs[2], static_cast<size_t>(bytes));
    } else {
      std::memcpy(value, &zero, static_cast<size_t>(std::min<int>(bytes, sizeof zero)));
    }
    fill(run.outputs[0], count, value, bytes);
    copy.run(run.inputs[0], run.outputs[0]);
  });
}

namespace {

/// Source position of every position of one dimension.
std::vector<int64_t> mirrored(int32_t size, int32_t before, int32_t after, int32_t offset) {
  std::vector<int64_t> from;
  for (int32_t i = 0; i < before; ++i) from.push_back(before + offset - 1 - i);
  for (int32_t i = 0; i < size; ++i) from.push_back(i);
  for (int32_t i = 0; i < after; ++i) from.push_back(size - 1 - offset - i);
  return from;
}

}  // namespace

/// Spec/tflite-kernels.md sections 12 and 12.1.
Result<std::unique_ptr<Kernel>> prepareMirrorPad(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const auto* options = context.op.options.AsMirrorPadOptions();
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_ASSIGN(const Paddings paddings, paddingsOf(context));
  const int32_t offset = options && options->mode == tflite::MirrorPadMode_SYMMETRIC ? 0 : 1;
  const auto steps = rowMajorSteps(input.shape);
  std::vector<std::vector<int64_t>> offsets;  // per dimension, in bytes
  for (size_t d = 0; d < input.shape.size(); ++d) {
    const int32_t most = std::max(0, input.shape[d] - offset);
    if (paddings.before[d] > most || paddings.after[d] > most) {
      return context.malformed("it mirrors more of dimension " + std::to_string(d) + " than there is");
    }
  }
  QS_TRY(context.setOutputShape(0, paddings.shape));
  if (context.output(0).elementCount() > 0) {
    for (size_t d = 0; d < input.shape.size(); ++d) {
      offsets.push_back(mirrored(input.shape[d], paddings.before[d], paddings.after[d], offset));
      for (int64_t& from : offsets.back()) from *= steps[d] * bytes;
    }
  }
  return makeKernel(
      [offsets = std::move(offsets), bytes, count = context.output(0).elementCount()](const KernelContext& run) {
        std::vector<size_t> position(offsets.size(), 0);
        for (int64_t i = 0; i < count; ++i) {
          const std::byte* in = run.inputs[0];
          for (size_t d = 0; d < offsets.size(); ++d) in += offsets[d][position[d]];
          std::memcpy(run.outputs[0] + i * bytes, in, static_cast<size_t>(bytes));
          for (size_t d = offsets.size(); d-- > 0;) {
            if (++position[d] < offsets[d].size()) break;
            position[d] = 0;
          }
        }
      });
}

}  // namespace quantscope::ops
