#pragma once

#include <cstdint>
#include <vector>

namespace quantscope::ops {

/// Two opposite corners, as detection models write them.
struct Box {
  float yMin, xMin, yMax, xMax;
};

/// Common area over joint area; 0 where either box has none. Corners may be in any order where `sorted` is false.
float intersectionOverUnion(const Box& a, const Box& b, bool sorted);

/// Greedy suppression of one class: indices of boxes whose score reaches `scoreThreshold`, best first (equal scores by
/// index), without those that overlap a better one by more than `overlapThreshold`; at most `most`.
std::vector<int32_t> suppressOverlaps(const Box* boxes, const float* scores, int32_t count, int32_t most,
                                      float scoreThreshold, float overlapThreshold);

}  // namespace quantscope::ops
