#include "core/evaluation/tasks/box_matching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace quantscope {

namespace {

constexpr size_t kOverlaps = 10, kRecalls = 101;
constexpr size_t kMostBoxes = 100;
constexpr std::array<size_t, 3> kBoxLimits{1, 10, kMostBoxes};

struct AreaRange {
  double low, high;
};
constexpr std::array<AreaRange, 4> kAreas{AreaRange{0, 1e10}, AreaRange{0, 32.0 * 32.0},
                                          AreaRange{32.0 * 32.0, 96.0 * 96.0}, AreaRange{96.0 * 96.0, 1e10}};

double overlapAt(size_t i) {
  return 0.5 + 0.05 * static_cast<double>(i);
}

/// Boxes of one category in one picture, the found ones by falling score.
struct Boxes {
  std::vector<const FoundBox*> found;
  std::vector<const TrueBox*> truth;
  std::vector<double> overlaps;  ///< [found][truth]

  double overlap(size_t f, size_t t) const { return overlaps[f * truth.size() + t]; }
};

std::vector<Boxes> boxesOf(const std::vector<PictureBoxes>& pictures, int64_t category) {
  std::vector<Boxes> all(pictures.size());
  for (size_t p = 0; p < pictures.size(); ++p) {
    Boxes& boxes = all[p];
    for (const FoundBox& box : pictures[p].found) {
      if (box.category == category) boxes.found.push_back(&box);
    }
    for (const TrueBox& box : pictures[p].truth) {
      if (box.category == category) boxes.truth.push_back(&box);
    }
    std::stable_sort(boxes.found.begin(), boxes.found.end(), [](auto* a, auto* b) { return a->score > b->score; });
    if (boxes.found.size() > kMostBoxes) boxes.found.resize(kMostBoxes);
    for (const FoundBox* f : boxes.found) {
      for (const TrueBox* t : boxes.truth) boxes.overlaps.push_back(boxOverlap(*f, *t));
    }
  }
  return all;
}

/// How each found box of a picture fared, per overlap.
struct Outcome {
  double score = 0;
  size_t rank = 0;  ///< among the boxes of its picture
  std::array<bool, kOverlaps> matched{}, ignored{};
};

/// Appends a picture's outcomes and returns how many true boxes count.
size_t match(const Boxes& boxes, const AreaRange& area, std::vector<Outcome>& outcomes) {
  auto outside = [&](double value) { return value < area.low || value > area.high; };
  std::vector<size_t> order;  // those that count first
  std::vector<bool> ignored(boxes.truth.size());
  for (size_t t = 0; t < boxes.truth.size(); ++t) ignored[t] = boxes.truth[t]->crowd || outside(boxes.truth[t]->area);
  for (const bool wanted : {false, true}) {
    for (size_t t = 0; t < boxes.truth.size(); ++t) {
      if (ignored[t] == wanted) order.push_back(t);
    }
  }
  const size_t first = outcomes.size();
  for (size_t f = 0; f < boxes.found.size(); ++f) {
    Outcome outcome;
    outcome.score = boxes.found[f]->score;
    outcome.rank = f;
    outcomes.push_back(outcome);
  }
  for (size_t o = 0; o < kOverlaps; ++o) {
    std::vector<bool> taken(boxes.truth.size());
    for (size_t f = 0; f < boxes.found.size(); ++f) {
      Outcome& outcome = outcomes[first + f];
      double best = std::min(overlapAt(o), 1 - 1e-10);
      std::ptrdiff_t chosen = -1;
      for (const size_t t : order) {
        if (taken[t] && !boxes.truth[t]->crowd) continue;
        // What counts and was found is not given up for what does not count.
        if (chosen >= 0 && !ignored[static_cast<size_t>(chosen)] && ignored[t]) break;
        if (boxes.overlap(f, t) < best) continue;
        best = boxes.overlap(f, t);
        chosen = static_cast<std::ptrdiff_t>(t);
      }
      if (chosen >= 0) {
        taken[static_cast<size_t>(chosen)] = true;
        outcome.matched[o] = true;
        outcome.ignored[o] = ignored[static_cast<size_t>(chosen)];
      } else {
        outcome.ignored[o] = outside(boxes.found[f]->width * boxes.found[f]->height);
      }
    }
  }
  return static_cast<size_t>(std::count(ignored.begin(), ignored.end(), false));
}

struct Curve {
  double averagePrecision = 0, recall = 0;
};

/// Precision averaged over 101 recalls, and the last recall, at one overlap; `outcomes` by falling score.
Curve curveOf(const std::vector<Outcome>& outcomes, size_t overlap, size_t mostBoxes, size_t truths) {
  std::vector<double> recalls, precisions;
  double right = 0, wrong = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.rank >= mostBoxes) continue;
    right += outcome.matched[overlap] && !outcome.ignored[overlap];
    wrong += !outcome.matched[overlap] && !outcome.ignored[overlap];
    recalls.push_back(right / static_cast<double>(truths));
    precisions.push_back(right / (right + wrong + std::numeric_limits<double>::epsilon()));
  }
  for (size_t i = precisions.size(); i > 1; --i) precisions[i - 2] = std::max(precisions[i - 2], precisions[i - 1]);
  Curve curve;
  for (size_t r = 0; r < kRecalls; ++r) {
    // The nearest double of r / 100, as the reference's steps are.
    const double wanted = static_cast<double>(r) * 0.01;
    const auto place = std::lower_bound(recalls.begin(), recalls.end(), wanted) - recalls.begin();
    if (static_cast<size_t>(place) < precisions.size()) {
      curve.averagePrecision += precisions[static_cast<size_t>(place)] / kRecalls;
    }
  }
  curve.recall = recalls.empty() ? 0 : recalls.back();
  return curve;
}

/// A mean of what was defined.
class Mean {
public:
  void add(double value) { m_sum += value, ++m_count; }
  double value() const { return m_count ? m_sum / static_cast<double>(m_count) : std::nan(""); }

private:
  double m_sum = 0;
  uint64_t m_count = 0;
};

}  // namespace

double boxOverlap(const FoundBox& found, const TrueBox& truth) {
  const double width = std::min(found.left + found.width, truth.left + truth.width) - std::max(found.left, truth.left);
  const double height = std::min(found.top + found.height, truth.top + truth.height) - std::max(found.top, truth.top);
  if (width <= 0 || height <= 0) return 0;
  const double both = width * height, area = found.width * found.height;
  const double either = truth.crowd ? area : area + truth.width * truth.height - both;
  return either > 0 ? both / either : 0;
}

BoxEvaluation evaluateBoxes(const std::vector<PictureBoxes>& pictures, const std::vector<Category>& categories) {
  BoxEvaluation result;
  Mean ap, ap50, ap75, byArea[kAreas.size()], recall[kBoxLimits.size()];
  for (const Category& category : categories) {
    const auto boxes = boxesOf(pictures, category.id);
    for (size_t a = 0; a < kAreas.size(); ++a) {
      std::vector<Outcome> outcomes;
      size_t truths = 0;
      for (const Boxes& picture : boxes) truths += match(picture, kAreas[a], outcomes);
      if (truths == 0) continue;
      std::stable_sort(outcomes.begin(), outcomes.end(),
                       [](const Outcome& x, const Outcome& y) { return x.score > y.score; });
      CategoryScores own{category.id, truths, 0, 0};
      for (size_t o = 0; o < kOverlaps; ++o) {
        const Curve curve = curveOf(outcomes, o, kMostBoxes, truths);
        byArea[a].add(curve.averagePrecision);
        if (a > 0) continue;
        ap.add(curve.averagePrecision);
        own.ap += curve.averagePrecision / kOverlaps;
        if (o == 0) ap50.add(curve.averagePrecision), own.ap50 = curve.averagePrecision;
        if (o == 5) ap75.add(curve.averagePrecision);
        for (size_t l = 0; l < kBoxLimits.size(); ++l)
          recall[l].add(curveOf(outcomes, o, kBoxLimits[l], truths).recall);
      }
      if (a == 0) result.categories.push_back(own);
    }
  }
  result.all = {ap.value(),        ap50.value(),      ap75.value(),      byArea[1].value(), byArea[2].value(),
                byArea[3].value(), recall[0].value(), recall[1].value(), recall[2].value()};
  return result;
}

}  // namespace quantscope
