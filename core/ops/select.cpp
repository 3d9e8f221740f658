#include <algorithm>
#include <cstring>

#include "core/ops/broadcast.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

/// Three operands over one output: steps per dimension, 0 where an operand repeats.
struct Ternary {
  std::vector<int64_t> extents;
  std::vector<int64_t> condition, x, y;
  int64_t count = 0;
};

std::vector<int64_t> repeatedSteps(const std::vector<int32_t>& own, const std::vector<int32_t>& result) {
  const auto steps = rowMajorSteps(own);
  const size_t added = result.size() - own.size();
  std::vector<int64_t> all(result.size(), 0);
  for (size_t d = 0; d < own.size(); ++d) {
    if (own[d] != 1) all[added + d] = steps[d];
  }
  return all;
}

template <typename Unit>
void select(const Ternary& plan, const KernelContext& run) {
  const auto* condition = run.input<uint8_t>(0);
  const auto *x = run.input<Unit>(1), *y = run.input<Unit>(2);
  auto* out = run.output<Unit>(0);
  std::vector<int64_t> position(plan.extents.size(), 0);
  int64_t c = 0, a = 0, b = 0;
  for (int64_t i = 0; i < plan.count; ++i) {
    out[i] = condition[c] != 0 ? x[a] : y[b];
    for (size_t d = position.size(); d-- > 0;) {
      c += plan.condition[d];
      a += plan.x[d];
      b += plan.y[d];
      if (++position[d] < plan.extents[d]) break;
      c -= plan.condition[d] * plan.extents[d];
      a -= plan.x[d] * plan.extents[d];
      b -= plan.y[d] * plan.extents[d];
      position[d] = 0;
    }
  }
}

Result<std::unique_ptr<Kernel>> selectKernel(PrepareContext& context, const std::vector<int32_t>& condition,
                                             const std::vector<int32_t>& shape, int bytes) {
  Ternary plan;
  plan.extents.assign(shape.begin(), shape.end());
  plan.condition = repeatedSteps(condition, shape);
  plan.x = repeatedSteps(context.input(1).shape, shape);
  plan.y = repeatedSteps(context.input(2).shape, shape);
  QS_TRY(context.setOutputShape(0, shape));
  plan.count = context.output(0).elementCount();
  switch (bytes) {
    case 1:
      return makeKernel([plan = std::move(plan)](const KernelContext& run) { select<uint8_t>(plan, run); });
    case 2:
      return makeKernel([plan = std::move(plan)](const KernelContext& run) { select<uint16_t>(plan, run); });
    case 4:
      return makeKernel([plan = std::move(plan)](const KernelContext& run) { select<uint32_t>(plan, run); });
    case 8:
      return makeKernel([plan = std::move(plan)](const KernelContext& run) { select<uint64_t>(plan, run); });
    default:
      return unsupportedTypes(context);
  }
}

Result<int> checkSelect(const PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  QS_TRY(requireType(context, context.input(0), {ElementType::Bool}));
  QS_TRY(requireSameType(context, context.input(1), context.input(2)));
  return requireMovable(context, context.input(1), context.output(0));
}

}  // namespace

/// The condition has the shape of the values, or is one value, or one value per row (spec/tflite-kernels.md section
/// 12).
Result<std::unique_ptr<Kernel>> prepareSelect(PrepareContext& context) {
  QS_ASSIGN(const int bytes, checkSelect(context));
  const std::vector<int32_t>& x = context.input(1).shape;
  if (context.input(2).shape != x) return context.malformed("its two values differ in shape");
  std::vector<int32_t> condition = context.input(0).shape;
  if (context.input(0).elementCount() == 1 && condition.size() <= 1) {
    condition.clear();
  } else if (condition != x) {
    if (condition.size() != 1 || x.empty() || condition[0] != x[0]) {
      return context.malformed("its condition " + shapeText(condition) + " does not fit " + shapeText(x));
    }
    condition.resize(x.size(), 1);
  }
  return selectKernel(context, condition, x, bytes);
}

Result<std::unique_ptr<Kernel>> prepareSelectV2(PrepareContext& context) {
  QS_ASSIGN(const int bytes, checkSelect(context));
  auto shape = broadcastShape(context.input(1).shape, context.input(2).shape);
  if (shape) shape = broadcastShape(*shape, context.input(0).shape);
  if (!shape) return context.malformed("its operands do not broadcast");
  return selectKernel(context, context.input(0).shape, *shape, bytes);
}

/// Positions of the true elements, row-major (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareWhere(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& condition = context.input(0);
  QS_TRY(requireType(context, context.output(0), {ElementType::Int64}));
  context.setOutputDynamic(0);
  const auto visit = [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel(
        [shape = condition.shape, total = condition.elementCount()](const KernelContext& run) -> Result<void> {
          const T* in = run.input<T>(0);
          const auto found = std::count_if(in, in + total, [](T v) { return v != T{}; });
          if (found > INT32_MAX) return dataError("too many elements are true");
          QS_ASSIGN(std::byte * data,
                    run.resizeOutput(0, {static_cast<int32_t>(found), static_cast<int32_t>(shape.size())}));
          auto* out = reinterpret_cast<int64_t*>(data);
          const auto steps = rowMajorSteps(shape);
          for (int64_t i = 0; i < total; ++i) {
            if (in[i] == T{}) continue;
            for (size_t d = 0; d < shape.size(); ++d) *out++ = i / steps[d] % shape[d];
          }
          return {};
        });
  };
  if (condition.type == ElementType::Bool) return visit(uint8_t{});
  return dispatchNumber(context, condition.type, visit);
}

}  // namespace quantscope::ops
