#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/ops/movement.h"

/// ARG_MAX, ARG_MIN, TOPK_V2, CUMSUM (spec/tflite-kernels.md section 10).
namespace quantscope::ops {

namespace {

/// One dimension of a tensor seen as outer × size × inner.
struct AxisView {
  int64_t outer, size, inner;
};

AxisView viewAlong(const std::vector<int32_t>& shape, size_t axis) {
  return {product(shape, 0, axis), shape[axis], product(shape, axis + 1, shape.size())};
}

template <typename T, typename Index, typename Better>
std::unique_ptr<Kernel> argKernel(AxisView view, Better better) {
  return makeKernel([=](const KernelContext& run) {
    const T* in = run.input<T>(0);
    Index* out = run.output<Index>(0);
    for (int64_t o = 0; o < view.outer; ++o, out += view.inner) {
      const T* rows = in + o * view.size * view.inner;
      std::fill_n(out, view.inner, Index{0});
      for (int64_t k = 1; k < view.size; ++k) {
        const T* row = rows + k * view.inner;
        for (int64_t i = 0; i < view.inner; ++i) {
          if (better(row[i], rows[int64_t{out[i]} * view.inner + i])) out[i] = static_cast<Index>(k);
        }
      }
    }
  });
}

/// The first of equals wins; raw values are compared.
template <typename Better>
Result<std::unique_ptr<Kernel>> prepareArg(PrepareContext& context, Better better) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_TRY(requireType(context, context.output(0), {ElementType::Int32, ElementType::Int64}));
  QS_ASSIGN(const int64_t wanted, integerScalar(context, context.input(1)));
  QS_ASSIGN(const size_t axis, axisOf(context, wanted, input.shape.size()));
  std::vector<int32_t> shape = input.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  const AxisView view = viewAlong(input.shape, axis);
  if (view.size == 0 && context.output(0).elementCount() > 0) return context.malformed("it chooses among nothing");
  const bool wide = context.output(0).type == ElementType::Int64;
  const auto visit = [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    if (wide) return argKernel<T, int64_t>(view, better);
    return argKernel<T, int32_t>(view, better);
  };
  if (input.type == ElementType::Bool) return visit(uint8_t{});
  return dispatchNumber(context, input.type, visit);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareArgMax(PrepareContext& context) {
  return prepareArg(context, [](auto a, auto b) { return a > b; });
}

Result<std::unique_ptr<Kernel>> prepareArgMin(PrepareContext& context) {
  return prepareArg(context, [](auto a, auto b) { return a < b; });
}

namespace {

/// Descending; equal values by position; NaN last.
template <typename T>
bool ranksBefore(const T* row, int32_t a, int32_t b) {
  if constexpr (std::is_floating_point_v<T>) {
    const bool nanA = std::isnan(row[a]), nanB = std::isnan(row[b]);
    if (nanA || nanB) return nanA == nanB ? a < b : nanB;
  }
  return row[a] != row[b] ? row[a] > row[b] : a < b;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareTopK(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(2, 2));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_TRY(requireSameType(context, input, context.output(0)));
  QS_TRY(requireType(context, context.output(1), {ElementType::Int32, ElementType::Int16}));
  if (input.rank() < 1) return context.malformed("its input is a scalar");
  QS_ASSIGN(const int64_t k, integerScalar(context, context.input(1)));
  const int32_t size = input.shape.back();
  if (k < 0 || k > size) {
    return context.malformed("it wants the largest " + std::to_string(k) + " of " + std::to_string(size));
  }
  std::vector<int32_t> shape = input.shape;
  shape.back() = static_cast<int32_t>(k);
  QS_TRY(context.setOutputShape(0, shape));
  QS_TRY(context.setOutputShape(1, shape));
  const int64_t rows = product(input.shape, 0, input.shape.size() - 1);
  const size_t scratch = context.addScratch(static_cast<size_t>(size) * sizeof(int32_t));
  return dispatchNumber(context, input.type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([=, narrow = context.output(1).type == ElementType::Int16](const KernelContext& run) {
      auto* order = run.scratchAs<int32_t>(scratch);
      for (int64_t r = 0; r < rows; ++r) {
        const T* row = run.input<T>(0) + r * size;
        std::iota(order, order + size, 0);
        std::partial_sort(order, order + k, order + size,
                          [row](int32_t a, int32_t b) { return ranksBefore(row, a, b); });
        for (int64_t i = 0; i < k; ++i) {
          run.output<T>(0)[r * k + i] = row[order[i]];
          if (narrow) {
            run.output<int16_t>(1)[r * k + i] = static_cast<int16_t>(order[i]);
          } else {
            run.output<int32_t>(1)[r * k + i] = order[i];
          }
        }
      }
    });
  });
}

/// Running sums along an axis; integers wrap.
Result<std::unique_ptr<Kernel>> prepareCumsum(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  QS_TRY(requireType(context, input, {ElementType::Float32, ElementType::Int32, ElementType::Int64}));
  QS_TRY(requireSameType(context, input, context.output(0)));
  QS_ASSIGN(const int64_t wanted, integerScalar(context, context.input(1)));
  QS_ASSIGN(const size_t axis, axisOf(context, wanted, input.shape.size()));
  QS_TRY(context.setOutputShape(0, input.shape));
  const auto* options = context.op.options.AsCumsumOptions();
  const bool exclusive = options && options->exclusive, reverse = options && options->reverse;
  const AxisView view = viewAlong(input.shape, axis);
  return dispatchNumber(context, input.type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([=](const KernelContext& run) {
      for (int64_t o = 0; o < view.outer; ++o) {
        for (int64_t i = 0; i < view.inner; ++i) {
          T sum{};
          for (int64_t k = 0; k < view.size; ++k) {
            const int64_t at = (o * view.size + (reverse ? view.size - 1 - k : k)) * view.inner + i;
            const T value = run.input<T>(0)[at];
            T next{};
            if constexpr (std::is_integral_v<T>) {
              next = static_cast<T>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(value));
            } else {
              next = sum + value;
            }
            run.output<T>(0)[at] = exclusive ? sum : next;
            sum = next;
          }
        }
      }
    });
  });
}

}  // namespace quantscope::ops
