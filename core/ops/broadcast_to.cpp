#include <algorithm>

#include "core/base/checked.h"
#include "core/ops/broadcast.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

Result<std::vector<int32_t>> wantedShape(const PrepareContext& context, const Operand& operand) {
  QS_ASSIGN(const auto values, integerValues(context, operand));
  std::vector<int32_t> shape;
  for (int64_t value : values) {
    if (value < 0 || value > INT32_MAX)
      return context.malformed("the dimension " + std::to_string(value) + " is impossible");
    shape.push_back(static_cast<int32_t>(value));
  }
  return shape;
}

}  // namespace

/// The numpy rule to a given shape (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareBroadcastTo(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_ASSIGN(const auto shape, wantedShape(context, context.input(1)));
  if (shape.size() < input.shape.size()) {
    return context.malformed("it cannot make " + shapeText(shape) + " of " + shapeText(input.shape));
  }
  const auto inSteps = rowMajorSteps(input.shape), outSteps = rowMajorSteps(shape);
  const size_t added = shape.size() - input.shape.size();
  std::vector<StridedCopy::Loop> loops;
  for (size_t d = 0; d < shape.size(); ++d) {
    const int32_t own = d < added ? 1 : input.shape[d - added];
    if (own != 1 && own != shape[d]) {
      return context.malformed("it cannot make " + shapeText(shape) + " of " + shapeText(input.shape));
    }
    loops.push_back({shape[d], own == 1 ? 0 : inSteps[d - added], outSteps[d]});
  }
  QS_TRY(context.setOutputShape(0, shape));
  return stridedKernel(StridedCopy(std::move(loops), 0, 0, bytes));
}

/// out[i] = in[i mod n].
Result<std::unique_ptr<Kernel>> prepareTile(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  QS_ASSIGN(const auto multiples, integerValues(context, context.input(1), input.rank()));
  std::vector<int32_t> shape;
  for (size_t d = 0; d < multiples.size(); ++d) {
    const auto size = checkedMultiply<int64_t>(multiples[d], input.shape[d]);
    if (multiples[d] < 0 || multiples[d] > INT32_MAX || !size || *size > INT32_MAX) {
      return context.malformed("it repeats dimension " + std::to_string(d) + " " + std::to_string(multiples[d]) +
                               " times");
    }
    shape.push_back(static_cast<int32_t>(*size));
  }
  QS_TRY(context.setOutputShape(0, shape));
  const auto inSteps = rowMajorSteps(input.shape), outSteps = rowMajorSteps(shape);
  std::vector<StridedCopy::Loop> loops;
  for (size_t d = 0; d < multiples.size(); ++d) {
    loops.push_back({multiples[d], 0, outSteps[d] * input.shape[d]});
    loops.push_back({input.shape[d], inSteps[d], outSteps[d]});
  }
  return stridedKernel(StridedCopy(std::move(loops), 0, 0, bytes));
}

/// The shape that two shapes broadcast to.
Result<std::unique_ptr<Kernel>> prepareBroadcastArgs(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  for (size_t i = 0; i < 2; ++i) {
    QS_TRY(requireType(context, context.input(i), {ElementType::Int32, ElementType::Int64}));
    QS_TRY(requireRank(context, context.input(i), 1, 1));
    QS_TRY(requireSameType(context, context.input(i), context.output(0)));
  }
  const int32_t a = context.input(0).shape[0], b = context.input(1).shape[0];
  QS_TRY(context.setOutputShape(0, {std::max(a, b)}));
  return makeKernel([a, b, type = context.output(0).type](const KernelContext& run) -> Result<void> {
    const int32_t rank = std::max(a, b);
    for (int32_t d = 0; d < rank; ++d) {
      const int64_t left = d < rank - a ? 1 : integerAt(run.inputs[0], type, d - (rank - a));
      const int64_t right = d < rank - b ? 1 : integerAt(run.inputs[1], type, d - (rank - b));
      if (left != right && left != 1 && right != 1) return dataError("the shapes do not broadcast");
      const int64_t size = left == 1 ? right : left;
      if (type == ElementType::Int64) {
        run.output<int64_t>(0)[d] = size;
      } else {
        run.output<int32_t>(0)[d] = static_cast<int32_t>(size);
      }
    }
    return {};
  });
}

/// One value everywhere; the shape is a tensor.
Result<std::unique_ptr<Kernel>> prepareFill(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({0})) return nullptr;
  const Operand& value = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, value, context.output(0)));
  if (value.elementCount() != 1) return context.malformed("its value is not one value");
  QS_ASSIGN(auto shape, wantedShape(context, context.input(0)));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  const int64_t count = context.output(0).elementCount();
  return stridedKernel(StridedCopy({{count, 0, 1}}, 0, 0, bytes), 1);
}

}  // namespace quantscope::ops
