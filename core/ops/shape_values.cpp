#include <cmath>
#include <cstring>

#include "core/ops/movement.h"

/// Operators whose result is made of shapes and counts: SHAPE, RANK, RANGE, ZEROS_LIKE, ONE_HOT.
namespace quantscope::ops {

namespace {

template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T>& values) {
  const auto raw = std::as_bytes(std::span(values));
  return {raw.begin(), raw.end()};
}

Result<std::unique_ptr<Kernel>> constantKernel(PrepareContext& context, std::vector<int32_t> shape,
                                               std::vector<std::byte> values) {
  QS_TRY(context.setOutputConstant(0, std::move(shape), values));
  return makeKernel([values = std::move(values)](const KernelContext& run) {
    if (!values.empty()) std::memcpy(run.outputs[0], values.data(), values.size());
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareShape(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const std::vector<int32_t>& shape = context.input(0).shape;
  const auto rank = static_cast<int32_t>(shape.size());
  if (context.output(0).type == ElementType::Int64) {
    return constantKernel(context, {rank}, bytesOf(std::vector<int64_t>(shape.begin(), shape.end())));
  }
  QS_TRY(requireType(context, context.output(0), {ElementType::Int32, ElementType::Int64}));
  return constantKernel(context, {rank}, bytesOf(shape));
}

Result<std::unique_ptr<Kernel>> prepareRank(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  QS_TRY(requireType(context, context.output(0), {ElementType::Int32}));
  return constantKernel(context, {}, bytesOf(std::vector<int32_t>{context.input(0).rank()}));
}

/// start + i * delta by repeated addition (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareRange(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({0, 1, 2})) return nullptr;
  for (size_t i = 0; i < 3; ++i) {
    QS_TRY(requireSameType(context, context.input(i), context.output(0)));
    if (context.input(i).elementCount() != 1)
      return context.malformed("input " + std::to_string(i) + " is not one value");
  }
  QS_TRY(requireType(context, context.output(0), {ElementType::Int32, ElementType::Int64, ElementType::Float32}));
  return dispatchNumber(context, context.output(0).type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    const T start = context.input(0).constantAs<T>()[0], limit = context.input(1).constantAs<T>()[0],
            delta = context.input(2).constantAs<T>()[0];
    const double distance = static_cast<double>(limit) - static_cast<double>(start);
    if (!(std::abs(static_cast<double>(delta)) > 0) || !std::isfinite(distance) ||
        (distance > 0) != (delta > 0 && distance != 0)) {
      return context.malformed("it counts in the wrong direction");
    }
    // Floats count in float, as the reference kernel does; integers exactly.
    double quotient = distance / static_cast<double>(delta);
    if constexpr (std::is_floating_point_v<T>) quotient = static_cast<double>((limit - start) / delta);
    const double exact = std::ceil(std::abs(quotient));
    if (!(exact <= INT32_MAX)) return context.malformed("it counts too far");
    const auto count = static_cast<int32_t>(exact);
    QS_TRY(context.setOutputShape(0, {count}));
    return makeKernel([=](const KernelContext& run) {
      T value = start;
      for (int32_t i = 0; i < count; ++i) {
        run.output<T>(0)[i] = value;
        if constexpr (std::is_integral_v<T>) {
          value = static_cast<T>(static_cast<uint64_t>(value) + static_cast<uint64_t>(delta));
        } else {
          value += delta;
        }
      }
    });
  });
}

Result<std::unique_ptr<Kernel>> prepareZerosLike(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  QS_ASSIGN(const int bytes, requireMovable(context, context.input(0), context.output(0)));
  QS_TRY(context.setOutputShape(0, context.input(0).shape));
  return makeKernel([size = static_cast<size_t>(context.input(0).elementCount() * bytes)](const KernelContext& run) {
    if (size > 0) std::memset(run.outputs[0], 0, size);
  });
}

/// out[p, j, s] = (idx[p, s] == j) ? on : off.
Result<std::unique_ptr<Kernel>> prepareOneHot(PrepareContext& context) {
  QS_TRY(context.requireInputs(4, 4));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& indices = context.input(0);
  QS_TRY(requireType(context, indices, {ElementType::Int32, ElementType::Int64}));
  QS_ASSIGN(const int64_t depth, integerScalar(context, context.input(1)));
  if (depth < 0 || depth > INT32_MAX) return context.malformed("its depth " + std::to_string(depth) + " is impossible");
  for (size_t i : {2, 3}) {
    QS_TRY(requireSameType(context, context.input(i), context.output(0)));
    if (context.input(i).elementCount() != 1)
      return context.malformed("input " + std::to_string(i) + " is not one value");
  }
  QS_ASSIGN(const int bytes, requireWholeBytes(context, context.output(0)));
  const auto* options = context.op.options.AsOneHotOptions();
  std::vector<int32_t> shape = indices.shape;
  QS_ASSIGN(const size_t axis, axisOf(context, options ? options->axis : -1, shape.size() + 1));
  const int64_t before = product(shape, 0, axis), after = product(shape, axis, shape.size());
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<int32_t>(depth));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return makeKernel([=, type = indices.type](const KernelContext& run) {
    std::byte* out = run.outputs[0];
    for (int64_t p = 0; p < before; ++p) {
      for (int64_t j = 0; j < depth; ++j) {
        for (int64_t s = 0; s < after; ++s, out += bytes) {
          const bool on = integerAt(run.inputs[0], type, p * after + s) == j;
          std::memcpy(out, run.inputs[on ? 2 : 3], static_cast<size_t>(bytes));
        }
      }
    }
  });
}

}  // namespace quantscope::ops
