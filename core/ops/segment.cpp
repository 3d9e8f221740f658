#include <algorithm>
#include <limits>

#include "core/ops/movement.h"

/// Rows combined by the segment that an id names (spec/tflite-kernels.md section 12.1).
namespace quantscope::ops {

namespace {

template <typename T, typename Combine>
std::unique_ptr<Kernel> segmentKernel(int64_t rows, int64_t segments, int64_t width, T initial, bool skipNegative,
                                      Combine combine) {
  return makeKernel([=](const KernelContext& run) -> Result<void> {
    T* out = run.output<T>(0);
    std::fill(out, out + segments * width, initial);
    const auto* ids = run.input<int32_t>(1);
    for (int64_t r = 0; r < rows; ++r) {
      if (ids[r] < 0 && skipNegative) continue;
      if (ids[r] < 0 || ids[r] >= segments) {
        return dataError("segment " + std::to_string(ids[r]) + " is outside of " + std::to_string(segments));
      }
      const T* in = run.input<T>(0) + r * width;
      T* to = out + ids[r] * width;
      for (int64_t i = 0; i < width; ++i) to[i] = combine(to[i], in[i]);
    }
    return {};
  });
}

/// a + b and a * b that wrap in integers.
struct Sum {
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    return a + b;
  }
};

struct Product {
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    return a * b;
  }
};

}  // namespace

Result<std::unique_ptr<Kernel>> prepareSegmentSum(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand &data = context.input(0), &ids = context.input(1);
  QS_TRY(requireType(context, data, {ElementType::Float32, ElementType::Int32}));
  QS_TRY(requireSameType(context, data, context.output(0)));
  QS_TRY(requireType(context, ids, {ElementType::Int32}));
  if (data.rank() < 1 || ids.rank() != 1 || ids.shape[0] != data.shape[0]) {
    return context.malformed("it has not one segment per row");
  }
  const auto values = ids.constantAs<int32_t>().first(static_cast<size_t>(ids.shape[0]));
  if (!std::is_sorted(values.begin(), values.end()) || (!values.empty() && values[0] < 0)) {
    return context.malformed("its segments are not in ascending order");
  }
  const int64_t segments = values.empty() ? 0 : int64_t{values.back()} + 1;
  if (segments > INT32_MAX) return context.malformed("it has too many segments");
  std::vector<int32_t> shape = data.shape;
  shape[0] = static_cast<int32_t>(segments);
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  const int64_t width = product(data.shape, 1, data.shape.size());
  if (data.type == ElementType::Int32) {
    return segmentKernel<int32_t>(ids.shape[0], segments, width, 0, false, Sum());
  }
  return segmentKernel<float>(ids.shape[0], segments, width, 0.0f, false, Sum());
}

namespace {

/// Negative ids are left out. `initial` of a type by a sample of it.
template <typename Initial, typename Combine>
Result<std::unique_ptr<Kernel>> prepareUnsorted(PrepareContext& context, Initial initial, Combine combine) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({2})) return nullptr;
  const Operand &data = context.input(0), &ids = context.input(1);
  QS_TRY(requireType(context, data, {ElementType::Float32, ElementType::Int32}));
  QS_TRY(requireSameType(context, data, context.output(0)));
  QS_TRY(requireType(context, ids, {ElementType::Int32}));
  QS_ASSIGN(const int64_t segments, integerScalar(context, context.input(2)));
  if (segments < 0 || segments > INT32_MAX) return context.malformed("its number of segments is impossible");
  if (ids.rank() > data.rank() || !std::equal(ids.shape.begin(), ids.shape.end(), data.shape.begin())) {
    return context.malformed("its segments " + shapeText(ids.shape) + " do not fit " + shapeText(data.shape));
  }
  std::vector<int32_t> shape{static_cast<int32_t>(segments)};
  shape.insert(shape.end(), data.shape.begin() + ids.rank(), data.shape.end());
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  const int64_t width = product(data.shape, ids.shape.size(), data.shape.size());
  if (data.type == ElementType::Int32) {
    return segmentKernel<int32_t>(ids.elementCount(), segments, width, initial(int32_t{}), true, combine);
  }
  return segmentKernel<float>(ids.elementCount(), segments, width, initial(float{}), true, combine);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareUnsortedSegmentSum(PrepareContext& context) {
  return prepareUnsorted(
      context, [](auto sample) { return decltype(sample){0}; }, Sum());
}

Result<std::unique_ptr<Kernel>> prepareUnsortedSegmentProd(PrepareContext& context) {
  return prepareUnsorted(
      context, [](auto sample) { return decltype(sample){1}; }, Product());
}

Result<std::unique_ptr<Kernel>> prepareUnsortedSegmentMax(PrepareContext& context) {
  return prepareUnsorted(
      context, [](auto sample) { return std::numeric_limits<decltype(sample)>::lowest(); },
      [](auto a, auto b) { return std::max(a, b); });
}

Result<std::unique_ptr<Kernel>> prepareUnsortedSegmentMin(PrepareContext& context) {
  return prepareUnsorted(
      context, [](auto sample) { return std::numeric_limits<decltype(sample)>::max(); },
      [](auto a, auto b) { return std::min(a, b); });
}

}  // namespace quantscope::ops
