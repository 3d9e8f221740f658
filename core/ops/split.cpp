#include <limits>

#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

constexpr size_t kAny = std::numeric_limits<size_t>::max();

/// Parts of these lengths along `axis`; `keepAxis` false: every length is 1 and the dimension goes.
Result<std::unique_ptr<Kernel>> splitKernel(PrepareContext& context, size_t input, size_t axis,
                                            const std::vector<int64_t>& lengths, bool keepAxis) {
  const std::vector<int32_t> in = context.input(input).shape;
  const int64_t outer = product(in, 0, axis), inner = product(in, axis + 1, in.size());
  const int64_t inStep = in[axis] * inner;
  std::vector<StridedCopy> copies;
  int64_t start = 0;
  for (size_t o = 0; o < lengths.size(); ++o) {
    if (!context.output(o).present()) return context.malformed("output " + std::to_string(o) + " is left out");
    QS_ASSIGN(const int bytes, requireMovable(context, context.input(input), context.output(o)));
    std::vector<int32_t> shape = in;
    shape[axis] = static_cast<int32_t>(lengths[o]);
    if (!keepAxis) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    QS_TRY(context.setOutputShape(o, std::move(shape)));
    const int64_t row = lengths[o] * inner;
    copies.emplace_back(std::vector<StridedCopy::Loop>{{outer, inStep, row}, {row, 1, 1}}, start, 0, bytes);
    start += row;
  }
  return makeKernel([copies = std::move(copies), input](const KernelContext& run) {
    for (size_t o = 0; o < copies.size(); ++o) copies[o].run(run.inputs[input], run.outputs[o]);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareSplit(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, kAny));
  if (!context.valuesKnown({0})) return nullptr;
  const Operand& input = context.input(1);
  QS_ASSIGN(const int64_t wanted, integerScalar(context, context.input(0)));
  QS_ASSIGN(const size_t axis, axisOf(context, wanted, input.shape.size()));
  const auto parts = static_cast<int64_t>(context.outputCount());
  if (input.shape[axis] % parts != 0) {
    return context.malformed("it splits " + std::to_string(input.shape[axis]) + " into " + std::to_string(parts) +
                             " equal parts");
  }
  return splitKernel(context, 1, axis, std::vector<int64_t>(context.outputCount(), input.shape[axis] / parts), true);
}

Result<std::unique_ptr<Kernel>> prepareSplitV(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, kAny));
  if (!context.valuesKnown({1, 2})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(auto lengths, integerValues(context, context.input(1), static_cast<int64_t>(context.outputCount())));
  QS_ASSIGN(const int64_t wanted, integerScalar(context, context.input(2)));
  QS_ASSIGN(const size_t axis, axisOf(context, wanted, input.shape.size()));
  int64_t sum = 0, *rest = nullptr;
  for (int64_t& length : lengths) {
    if (length == -1 && !rest) {
      rest = &length;
    } else if (length < 0 || length > input.shape[axis]) {
      return context.malformed("a part of length " + std::to_string(length) + " is impossible");
    } else {
      sum += length;
    }
  }
  if (rest) sum += * rest = input.shape[axis] - sum;
  if (sum != input.shape[axis] || (rest && *rest < 0)) {
    return context.malformed("its parts do not add up to " + std::to_string(input.shape[axis]));
  }
  return splitKernel(context, 0, axis, lengths, true);
}

Result<std::unique_ptr<Kernel>> prepareUnpack(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, kAny));
  const auto* options = context.op.options.AsUnpackOptions();
  const Operand& input = context.input(0);
  QS_ASSIGN(const size_t axis, axisOf(context, options ? options->axis : 0, input.shape.size()));
  if (static_cast<size_t>(input.shape[axis]) != context.outputCount()) {
    return context.malformed("it unpacks " + std::to_string(input.shape[axis]) + " slices into " +
                             std::to_string(context.outputCount()) + " outputs");
  }
  return splitKernel(context, 0, axis, std::vector<int64_t>(context.outputCount(), 1), false);
}

}  // namespace quantscope::ops
