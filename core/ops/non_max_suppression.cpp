#include <algorithm>
#include <cmath>
#include <queue>

#include "core/ops/boxes.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

struct Candidate {
  int32_t index;
  float score;
  int32_t comparedWith;  ///< chosen boxes that it has been weakened by already
  bool operator<(const Candidate& other) const { return score < other.score; }
};

struct Chosen {
  std::vector<int32_t> indices;
  std::vector<float> scores;
};

struct Thresholds {
  float overlap, score, sigma;
};

/// Hard suppression at the overlap threshold; with sigma > 0 overlapping scores are weakened first (soft-NMS, Bodla et
/// al. 2017).
Chosen choose(const Box* boxes, const float* scores, int32_t count, int32_t most, const Thresholds& t) {
  std::priority_queue<Candidate> open;
  for (int32_t i = 0; i < count; ++i) {
    if (scores[i] > t.score) open.push({i, scores[i], 0});
  }
  const float scale = t.sigma > 0.0f ? -0.5f / t.sigma : 0.0f;
  Chosen chosen;
  most = std::min(most, static_cast<int32_t>(open.size()));
  while (static_cast<int32_t>(chosen.indices.size()) < most && !open.empty()) {
    Candidate next = open.top();
    open.pop();
    const float before = next.score;
    bool suppressed = false;
    for (auto k = static_cast<int32_t>(chosen.indices.size()) - 1; k >= next.comparedWith; --k) {
      const float overlap =
          intersectionOverUnion(boxes[next.index], boxes[chosen.indices[static_cast<size_t>(k)]], false);
      if (overlap >= t.overlap) {
        suppressed = true;
        break;
      }
      if (t.sigma > 0.0f) {
        next.score *= std::exp(scale * overlap * overlap);
        if (next.score <= t.score) break;
      }
    }
    next.comparedWith = static_cast<int32_t>(chosen.indices.size());
    if (suppressed) continue;
    if (next.score == before) {
      chosen.indices.push_back(next.index);
      chosen.scores.push_back(next.score);
    }
    // What was chosen goes back too, as in the runtime: it meets itself and is dropped, but the order of equal scores
    // depends on it, and a box without area, which overlaps nothing, is chosen again.
    if (next.score > t.score) open.push(next);
  }
  return chosen;
}

template <typename T>
void writePadded(T* out, const std::vector<T>& values, int32_t size) {
  std::copy(values.begin(), values.end(), out);
  std::fill(out + values.size(), out + size, T{});
}

/// Inputs: boxes [n,4], scores [n], most, overlap threshold, score threshold, [sigma].
Result<std::unique_ptr<Kernel>> prepareNms(PrepareContext& context, bool soft) {
  QS_TRY(context.requireInputs(soft ? 6 : 5, soft ? 6 : 5));
  QS_TRY(context.requireOutputs(soft ? 3 : 2, soft ? 3 : 2));
  if (!context.valuesKnown({2})) return nullptr;
  const Operand &boxes = context.input(0), &scores = context.input(1);
  for (size_t i : {0, 1, 3, 4, 5}) {
    if (i >= context.inputCount()) continue;
    QS_TRY(requireType(context, context.input(i), {ElementType::Float32}));
    if (i >= 3 && context.input(i).elementCount() != 1) return context.malformed("a threshold is not one value");
  }
  if (boxes.rank() != 2 || boxes.shape[1] != 4 || scores.rank() != 1 || scores.shape[0] != boxes.shape[0]) {
    return context.malformed("its boxes " + shapeText(boxes.shape) + " and scores " + shapeText(scores.shape) +
                             " do not fit");
  }
  QS_ASSIGN(const int64_t wanted, integerScalar(context, context.input(2)));
  if (wanted < 0 || wanted > INT32_MAX) return context.malformed("its number of results is impossible");
  const auto most = static_cast<int32_t>(wanted);
  const size_t countOutput = soft ? 2 : 1;
  QS_TRY(requireType(context, context.output(0), {ElementType::Int32}));
  QS_TRY(requireType(context, context.output(countOutput), {ElementType::Int32}));
  QS_TRY(context.setOutputShape(0, {most}));
  QS_TRY(context.setOutputShape(countOutput, {}));
  if (soft) {
    QS_TRY(requireType(context, context.output(1), {ElementType::Float32}));
    QS_TRY(context.setOutputShape(1, {most}));
  }
  return makeKernel([=, count = boxes.shape[0]](const KernelContext& run) -> Result<void> {
    const Thresholds t{*run.input<float>(3), *run.input<float>(4), soft ? *run.input<float>(5) : 0.0f};
    if (!(t.overlap >= 0.0f && t.overlap <= 1.0f)) return dataError("the overlap threshold is outside of 0 to 1");
    if (t.sigma < 0.0f) return dataError("sigma is negative");
    const Chosen chosen = choose(run.input<Box>(0), run.input<float>(1), count, most, t);
    writePadded(run.output<int32_t>(0), chosen.indices, most);
    if (soft) writePadded(run.output<float>(1), chosen.scores, most);
    *run.output<int32_t>(countOutput) = static_cast<int32_t>(chosen.indices.size());
    return {};
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareNonMaxSuppressionV4(PrepareContext& context) {
  return prepareNms(context, false);
}

Result<std::unique_ptr<Kernel>> prepareNonMaxSuppressionV5(PrepareContext& context) {
  return prepareNms(context, true);
}

}  // namespace quantscope::ops
