#include <algorithm>

#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

StridedCopy box(const std::vector<int32_t>& in, const std::vector<int32_t>& size, int64_t start, int bytes) {
  const auto inSteps = rowMajorSteps(in), outSteps = rowMajorSteps(size);
  std::vector<StridedCopy::Loop> loops;
  for (size_t d = 0; d < in.size(); ++d) loops.push_back({size[d], inSteps[d], outSteps[d]});
  return {std::move(loops), start, 0, bytes};
}

/// Sizes known, positions not: the copy is the same from wherever it starts.
Result<std::unique_ptr<Kernel>> movingSlice(PrepareContext& context, const std::vector<int64_t>& sizes, int bytes) {
  const std::vector<int32_t> in = context.input(0).shape;
  std::vector<int32_t> shape;
  for (size_t d = 0; d < in.size(); ++d) {
    if (sizes[d] > in[d])
      return context.malformed("it takes more of dimension " + std::to_string(d) + " than there is");
    shape.push_back(static_cast<int32_t>(sizes[d]));
  }
  QS_TRY(requireType(context, context.input(1), {ElementType::Int32, ElementType::Int64}));
  if (context.input(1).elementCount() != context.input(0).rank()) {
    return context.malformed(describe(context, context.input(1)) + " has not one position per dimension");
  }
  QS_TRY(context.setOutputShape(0, shape));
  return makeKernel([=, copy = box(in, shape, 0, bytes), steps = rowMajorSteps(in),
                     type = context.input(1).type](const KernelContext& run) -> Result<void> {
    int64_t start = 0;
    for (size_t d = 0; d < in.size(); ++d) {
      const int64_t begin = integerAt(run.inputs[1], type, static_cast<int64_t>(d));
      if (begin < 0 || begin > in[d] - shape[d]) {
        return dataError("position " + std::to_string(begin) + " of dimension " + std::to_string(d) +
                         " is out of range");
      }
      start += begin * steps[d];
    }
    copy.run(run.inputs[0] + start * bytes, run.outputs[0]);
    return {};
  });
}

}  // namespace

/// out[i] = in[begin + i]; size -1 reaches to the end (spec/tflite-kernels.md section 12).
Result<std::unique_ptr<Kernel>> prepareSlice(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  if (!context.valuesKnown({2})) return nullptr;
  QS_ASSIGN(const auto sizes, integerValues(context, context.input(2), input.rank()));
  if (std::any_of(sizes.begin(), sizes.end(), [](int64_t size) { return size < -1; })) {
    return context.malformed("a size is negative");
  }
  const bool toTheEnd = std::find(sizes.begin(), sizes.end(), -1) != sizes.end();
  if (!toTheEnd && !context.input(1).isConstant) return movingSlice(context, sizes, bytes);
  if (!context.valuesKnown({1})) return nullptr;

  QS_ASSIGN(const auto begins, integerValues(context, context.input(1), input.rank()));
  const auto steps = rowMajorSteps(input.shape);
  std::vector<int32_t> shape;
  int64_t start = 0;
  for (size_t d = 0; d < input.shape.size(); ++d) {
    const int64_t available = input.shape[d] - begins[d];
    const int64_t size = sizes[d] == -1 ? available : sizes[d];
    if (begins[d] < 0 || available < 0 || size > available) {
      return context.malformed("it takes positions " + std::to_string(begins[d]) + " to " +
                               std::to_string(begins[d] + size) + " of dimension " + std::to_string(d) + " of " +
                               shapeText(input.shape));
    }
    shape.push_back(static_cast<int32_t>(size));
    start += begins[d] * steps[d];
  }
  const StridedCopy copy = box(input.shape, shape, start, bytes);
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return stridedKernel(copy);
}

}  // namespace quantscope::ops
