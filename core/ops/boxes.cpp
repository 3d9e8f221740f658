#include "core/ops/boxes.h"

#include <algorithm>

namespace quantscope::ops {

float intersectionOverUnion(const Box& first, const Box& second, bool sorted) {
  Box a = first, b = second;
  if (!sorted) {
    a = {std::min(first.yMin, first.yMax), std::min(first.xMin, first.xMax), std::max(first.yMin, first.yMax),
         std::max(first.xMin, first.xMax)};
    b = {std::min(second.yMin, second.yMax), std::min(second.xMin, second.xMax), std::max(second.yMin, second.yMax),
         std::max(second.xMin, second.xMax)};
  }
  const float areaA = (a.yMax - a.yMin) * (a.xMax - a.xMin);
  const float areaB = (b.yMax - b.yMin) * (b.xMax - b.xMin);
  if (areaA <= 0 || areaB <= 0) return 0.0f;
  const float height = std::max(std::min(a.yMax, b.yMax) - std::max(a.yMin, b.yMin), 0.0f);
  const float width = std::max(std::min(a.xMax, b.xMax) - std::max(a.xMin, b.xMin), 0.0f);
  const float common = height * width;
  return common / (areaA + areaB - common);
}

std::vector<int32_t> suppressOverlaps(const Box* boxes, const float* scores, int32_t count, int32_t most,
                                      float scoreThreshold, float overlapThreshold) {
  std::vector<int32_t> order;
  for (int32_t i = 0; i < count; ++i) {
    if (scores[i] >= scoreThreshold) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [scores](int32_t a, int32_t b) { return scores[a] > scores[b]; });
  std::vector<int32_t> kept;
  for (int32_t candidate : order) {
    if (static_cast<int32_t>(kept.size()) >= most) break;
    const bool covered = std::any_of(kept.begin(), kept.end(), [&](int32_t better) {
      return intersectionOverUnion(boxes[better], boxes[candidate], true) > overlapThreshold;
    });
    if (!covered) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace quantscope::ops
