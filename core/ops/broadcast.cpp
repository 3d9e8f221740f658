#include "core/ops/broadcast.h"

#include <algorithm>

namespace quantscope::ops {

std::optional<std::vector<int32_t>> broadcastShape(std::span<const int32_t> a, std::span<const int32_t> b) {
  std::vector<int32_t> shape(std::max(a.size(), b.size()));
  for (size_t back = 1; back <= shape.size(); ++back) {
    const int32_t da = back <= a.size() ? a[a.size() - back] : 1;
    const int32_t db = back <= b.size() ? b[b.size() - back] : 1;
    if (da != db && da != 1 && db != 1) return std::nullopt;
    shape[shape.size() - back] = da == 1 ? db : da;
  }
  return shape;
}

BroadcastPlan planBroadcast(std::span<const int32_t> a, std::span<const int32_t> b, std::span<const int32_t> result) {
  BroadcastPlan plan;
  plan.count = 1;
  int64_t nextA = 1, nextB = 1;
  std::vector<BroadcastPlan::Loop> inwards;  // innermost first
  for (size_t back = 1; back <= result.size(); ++back) {
    const int64_t extent = result[result.size() - back];
    plan.count *= extent;
    const int32_t da = back <= a.size() ? a[a.size() - back] : 1;
    const int32_t db = back <= b.size() ? b[b.size() - back] : 1;
    const BroadcastPlan::Loop loop{extent, da == 1 ? 0 : nextA, db == 1 ? 0 : nextB};
    nextA *= da;
    nextB *= db;
    if (extent == 1) continue;
    if (!inwards.empty()) {
      auto& last = inwards.back();
      const auto joins = [&](int64_t inner, int64_t outer) { return outer == inner * last.extent; };
      if (joins(last.strideA, loop.strideA) && joins(last.strideB, loop.strideB)) {
        last.extent *= extent;
        continue;
      }
    }
    inwards.push_back(loop);
  }
  if (inwards.empty()) inwards.push_back({plan.count == 0 ? 0 : 1, 1, 1});
  plan.loops.assign(inwards.rbegin(), inwards.rend());
  return plan;
}

}  // namespace quantscope::ops
