#pragma once

#include <cstdint>
#include <vector>

#include "core/data/ground_truth.h"

/// Average precision of boxes as COCO defines it (cocodataset.org, "Detection evaluation"), with the figures of its
/// reference program: 10 overlaps from 0.5 to 0.95, 101 recalls, at most 100 boxes per picture and category.
namespace quantscope {

/// A box that a model found, in pixels of the whole picture.
struct FoundBox {
  double left = 0, top = 0, width = 0, height = 0;
  int64_t category = 0;
  double score = 0;
};

struct PictureBoxes {
  std::vector<FoundBox> found;
  std::vector<TrueBox> truth;
};

/// Figures between 0 and 1; NaN where no true box counts.
struct BoxScores {
  double ap = 0, ap50 = 0, ap75 = 0;
  double apSmall = 0, apMedium = 0, apLarge = 0;  ///< areas below 32², below 96², above
  double ar1 = 0, ar10 = 0, ar100 = 0;            ///< recall with so many boxes per picture, mean over overlaps
};
struct CategoryScores {
  int64_t category = 0;
  uint64_t truths = 0;
  double ap = 0, ap50 = 0;
};
struct BoxEvaluation {
  BoxScores all;
  std::vector<CategoryScores> categories;  ///< in the order given, those with true boxes
};
BoxEvaluation evaluateBoxes(const std::vector<PictureBoxes>& pictures, const std::vector<Category>& categories);

/// Intersection over union; with a crowd, over the found box alone.
double boxOverlap(const FoundBox& found, const TrueBox& truth);

}  // namespace quantscope
