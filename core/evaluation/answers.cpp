#include "core/evaluation/answers.h"

#include <algorithm>
#include <cmath>

namespace quantscope {

ConfidenceCalibration confidenceCalibration(const EvaluationResult& result, size_t bins) {
  ConfidenceCalibration calibration;
  calibration.bins.resize(std::max<size_t>(1, bins));
  uint64_t total = 0;
  for (const Prediction& p : result.predictions) {
    if (p.label < 0) continue;
    const double confidence = static_cast<double>(p.confidence);
    // Bins are open below and closed above, as in the paper.
    const double place = std::ceil(confidence * static_cast<double>(calibration.bins.size())) - 1;
    const double last = static_cast<double>(calibration.bins.size() - 1);
    ConfidenceBin& bin = calibration.bins[static_cast<size_t>(place > 0 ? std::min(place, last) : 0)];
    ++bin.samples;
    ++total;
    bin.confidence += confidence;
    bin.accuracy += p.top1 == p.label;
  }
  for (ConfidenceBin& bin : calibration.bins) {
    if (bin.samples == 0) continue;
    calibration.error += std::abs(bin.accuracy - bin.confidence) / static_cast<double>(total);
    bin.confidence /= static_cast<double>(bin.samples);
    bin.accuracy /= static_cast<double>(bin.samples);
  }
  return calibration;
}

std::vector<ClassScore> classScores(const EvaluationResult& result) {
  const auto& confusion = result.confusion;
  std::vector<ClassScore> scores(confusion.size());
  for (size_t label = 0; label < confusion.size(); ++label) {
    for (size_t answer = 0; answer < confusion.size(); ++answer) {
      scores[label].samples += confusion[label][answer];
      scores[answer].predicted += confusion[label][answer];
    }
    scores[label].right = confusion[label][label];
  }
  auto share = [](uint64_t part, uint64_t whole) {
    return whole ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  for (ClassScore& score : scores) {
    score.precision = share(score.right, score.predicted);
    score.recall = share(score.right, score.samples);
    score.f1 = share(2 * score.right, score.samples + score.predicted);
  }
  return scores;
}

std::vector<ChangedAnswer> changedAnswers(const EvaluationResult& first, const EvaluationResult& second) {
  std::vector<ChangedAnswer> changed;
  auto other = second.predictions.begin();
  for (const Prediction& p : first.predictions) {
    while (other != second.predictions.end() && other->sample < p.sample) ++other;
    if (other == second.predictions.end()) break;
    if (other->sample != p.sample || other->top1 == p.top1) continue;
    changed.push_back({p.sample, p.label, p.top1, other->top1, p.confidence, other->confidence});
  }
  return changed;
}

}  // namespace quantscope
