#pragma once

#include <vector>

#include "core/evaluation/evaluate.h"

/// What follows from the answers of classifiers.
namespace quantscope {

/// Samples whose confidence lies in one of equal parts of [0, 1].
struct ConfidenceBin {
  uint64_t samples = 0;
  double confidence = 0, accuracy = 0;  ///< means; 0 where empty
};
struct ConfidenceCalibration {
  std::vector<ConfidenceBin> bins;
  /// Expected calibration error (Guo et al. 2017, eq. 3): mean of |accuracy - confidence| over bins, weighted by
  /// samples.
  double error = 0;
};
/// Of the labelled samples. 15 bins are the custom.
ConfidenceCalibration confidenceCalibration(const EvaluationResult& result, size_t bins = 15);

struct ClassScore {
  uint64_t samples = 0, predicted = 0, right = 0;
  double precision = 0, recall = 0, f1 = 0;  ///< 0 where undefined
};
/// By class, from the confusion matrix; empty where there is none.
std::vector<ClassScore> classScores(const EvaluationResult& result);

/// A sample that two models answer differently.
struct ChangedAnswer {
  uint32_t sample = 0;
  int32_t label = -1, first = -1, second = -1;
  float firstConfidence = 0, secondConfidence = 0;
};
/// By sample, of those that both answered.
std::vector<ChangedAnswer> changedAnswers(const EvaluationResult& first, const EvaluationResult& second);

}  // namespace quantscope
