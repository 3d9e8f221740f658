#include <algorithm>
#include <unordered_map>

#include "core/ops/movement.h"

namespace quantscope::ops {

/// Values in the order of their first occurrence, and for each element which of them it is.
Result<std::unique_ptr<Kernel>> prepareUnique(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(2, 2));
  const Operand& input = context.input(0);
  QS_TRY(requireSameType(context, input, context.output(0)));
  QS_TRY(requireType(context, context.output(1), {ElementType::Int32, ElementType::Int64}));
  QS_TRY(requireRank(context, input, 0, 1));
  context.setOutputDynamic(0);
  QS_TRY(context.setOutputShape(1, input.shape));
  return dispatchNumber(context, input.type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([count = input.elementCount(),
                       wide = context.output(1).type == ElementType::Int64](const KernelContext& run) -> Result<void> {
      const T* in = run.input<T>(0);
      std::unordered_map<T, int64_t> places;
      std::vector<T> values;
      for (int64_t i = 0; i < count; ++i) {
        const auto [place, added] = places.emplace(in[i], static_cast<int64_t>(values.size()));
        if (added) values.push_back(in[i]);
        if (wide) {
          run.output<int64_t>(1)[i] = place->second;
        } else {
          run.output<int32_t>(1)[i] = static_cast<int32_t>(place->second);
        }
      }
      QS_ASSIGN(std::byte * out, run.resizeOutput(0, {static_cast<int32_t>(values.size())}));
      std::copy(values.begin(), values.end(), reinterpret_cast<T*>(out));
      return {};
    });
  });
}

/// The number of boundaries at or below each value.
Result<std::unique_ptr<Kernel>> prepareBucketize(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_TRY(requireType(context, input,
                     {ElementType::Float32, ElementType::Float64, ElementType::Int32, ElementType::Int64}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Int32}));
  const auto* options = context.op.options.AsBucketizeOptions();
  const std::vector<float> boundaries = options ? options->boundaries : std::vector<float>();
  if (!std::is_sorted(boundaries.begin(), boundaries.end())) {
    return context.malformed("its boundaries are not in ascending order");
  }
  QS_TRY(context.setOutputShape(0, input.shape));
  return dispatchNumber(context, input.type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([boundaries, count = input.elementCount()](const KernelContext& run) {
      for (int64_t i = 0; i < count; ++i) {
        const auto bucket = std::upper_bound(boundaries.begin(), boundaries.end(), run.input<T>(0)[i]);
        run.output<int32_t>(0)[i] = static_cast<int32_t>(bucket - boundaries.begin());
      }
    });
  });
}

/// The same bytes as another type; a wider one takes a dimension, a narrower one adds it.
Result<std::unique_ptr<Kernel>> prepareBitcast(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_ASSIGN(const int from, requireWholeBytes(context, input));
  QS_ASSIGN(const int to, requireWholeBytes(context, context.output(0)));
  std::vector<int32_t> shape = input.shape;
  if (from > to) {
    shape.push_back(from / to);
  } else if (to > from) {
    if (shape.empty() || shape.back() != to / from) {
      return context.malformed("its last dimension is not " + std::to_string(to / from));
    }
    shape.pop_back();
  }
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  context.allowInPlace(0, 0);
  const auto size = input.elementCount() * from;
  return makeKernel([copy = StridedCopy({{size, 1, 1}}, 0, 0, 1)](const KernelContext& run) {
    if (run.outputs[0] != run.inputs[0]) copy.run(run.inputs[0], run.outputs[0]);
  });
}

}  // namespace quantscope::ops
