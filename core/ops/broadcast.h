#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Broadcasting of two operands by the numpy rule (spec/tflite-kernels.md section 2), as a short list of strided loops.
namespace quantscope::ops {

/// Shape of the result, or nothing where the shapes do not go together.
std::optional<std::vector<int32_t>> broadcastShape(std::span<const int32_t> a, std::span<const int32_t> b);

/// Loops over the result, outermost first; neighbouring dimensions are merged where both operands allow it.
/// There is at least one loop; strides are in elements, 0 where the operand repeats.
struct BroadcastPlan {
  struct Loop {
    int64_t extent, strideA, strideB;
  };
  std::vector<Loop> loops;
  int64_t count = 0;  ///< elements of the result

  bool elementwise() const { return loops.size() == 1 && loops[0].strideA == 1 && loops[0].strideB == 1; }
};

/// Plan for operands that broadcast to `result`, which must be reachable by the numpy rule.
BroadcastPlan planBroadcast(std::span<const int32_t> a, std::span<const int32_t> b, std::span<const int32_t> result);

/// Calls row(out, a, b, length, strideA, strideB) for every innermost run: element i of the run is result[out + i]
/// from a[a + i * strideA] and b[b + i * strideB].
template <typename Row>
void forEachRow(const BroadcastPlan& plan, Row&& row) {
  if (plan.count == 0) return;
  const auto& inner = plan.loops.back();
  const size_t outer = plan.loops.size() - 1;
  int64_t position[16] = {};
  int64_t a = 0, b = 0;
  for (int64_t out = 0; out < plan.count; out += inner.extent) {
    row(out, a, b, inner.extent, inner.strideA, inner.strideB);
    for (size_t d = outer; d-- > 0;) {
      const auto& loop = plan.loops[d];
      a += loop.strideA;
      b += loop.strideB;
      if (++position[d] < loop.extent) break;
      a -= loop.strideA * loop.extent;
      b -= loop.strideB * loop.extent;
      position[d] = 0;
    }
  }
}

/// result[i] = f(a[..], b[..]) over the whole plan.
template <typename A, typename B, typename R, typename F>
void broadcastBinary(const BroadcastPlan& plan, const A* a, const B* b, R* result, F&& f) {
  forEachRow(plan, [&](int64_t out, int64_t ia, int64_t ib, int64_t length, int64_t sa, int64_t sb) {
    R* r = result + out;
    const A* pa = a + ia;
    const B* pb = b + ib;
    if (sa == 1 && sb == 1) {
      for (int64_t i = 0; i < length; ++i) r[i] = f(pa[i], pb[i]);
    } else if (sa == 1 && sb == 0) {
      for (int64_t i = 0; i < length; ++i) r[i] = f(pa[i], *pb);
    } else {
      for (int64_t i = 0; i < length; ++i) r[i] = f(pa[i * sa], pb[i * sb]);
    }
  });
}

}  // namespace quantscope::ops
