#include <cmath>

#include "core/evaluation/answers.h"
#include "core/evaluation/bootstrap.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

EvaluationResult answers(const std::vector<Prediction>& predictions) {
  EvaluationResult result;
  result.labelled = true;
  result.samples = predictions.size();
  result.predictions = predictions;
  result.confusion.assign(3, std::vector<uint32_t>(3));
  for (const Prediction& p : predictions) ++result.confusion[static_cast<size_t>(p.label)][static_cast<size_t>(p.top1)];
  return result;
}

}  // namespace

TEST_CASE("The bootstrap interval of a mean is that of the normal distribution for many samples", "[statistics]") {
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) values.push_back(i % 4 == 0 ? 1 : 0);
  const Interval interval = bootstrapMean(values);
  const double half = 1.96 * std::sqrt(0.25 * 0.75 / 400);
  // 2,000 rounds leave about 5 % of the half width.
  CHECK(interval.low == Approx(0.25 - half).margin(0.006));
  CHECK(interval.high == Approx(0.25 + half).margin(0.006));
  const Interval again = bootstrapMean(values);
  CHECK(again.low == interval.low);
  CHECK(std::isnan(bootstrapMean({}).low));
}

TEST_CASE("A paired bootstrap sees a small shift that is the same everywhere", "[statistics]") {
  std::vector<double> first, second, noise;
  for (int i = 0; i < 100; ++i) {
    first.push_back(std::sin(i * 12.9898) * 10);
    second.push_back(first.back() + 0.1 + 0.05 * std::sin(i * 78.233));
    noise.push_back(first.back() + std::sin(i * 2.3));
  }
  const PairedDifference shift = pairedBootstrap(first, second);
  CHECK(shift.difference == Approx(0.1).margin(0.02));
  CHECK(shift.interval.low > 0.05);
  CHECK(shift.pValue <= 0.002);
  CHECK(pairedBootstrap(first, noise).pValue > 0.05);
  CHECK(pairedBootstrap(first, first).pValue == 1);
  CHECK(bootstrapMean(first, 2000, 2).low != bootstrapMean(first).low);
}

TEST_CASE("The samples that a difference needs follow Connor's formula", "[statistics]") {
  // (1.959964 sqrt(0.1) + 0.841621 sqrt(0.1 - 0.02^2))^2 / 0.02^2 = 1959.8
  CHECK(samplesToSee(0.02, 0.1) == 1960);
  CHECK(samplesToSee(-0.02, 0.1) == 1960);
  CHECK(samplesToSee(0, 0.1) == 0);
  CHECK(samplesToSee(0.2, 0.1) == 0);
  CHECK(samplesToSee(0.1, 0.1) >= 60);
  const double visible = visibleDifference(1960, 0.1);
  CHECK(visible == Approx(0.02).epsilon(0.001));
  CHECK(visibleDifference(10, 0.01) == 1);
}

TEST_CASE("Calibration error compares confidence and accuracy bin by bin", "[statistics]") {
  // Two bins of ten: 0.95 confident and half right; 0.35 confident and all right.
  std::vector<Prediction> predictions;
  for (uint32_t i = 0; i < 4; ++i) predictions.push_back({i, 0, i < 2 ? 0 : 1, true, 0.95f});
  for (uint32_t i = 4; i < 6; ++i) predictions.push_back({i, 2, 2, true, 0.35f});
  const auto calibration = confidenceCalibration(answers(predictions), 10);
  CHECK(calibration.bins[9].samples == 4);
  CHECK(calibration.bins[9].accuracy == Approx(0.5));
  CHECK(calibration.bins[3].samples == 2);
  CHECK(calibration.error == Approx(4.0 / 6 * 0.45 + 2.0 / 6 * 0.65).epsilon(1e-5));
  CHECK(confidenceCalibration(EvaluationResult()).error == 0);
}

TEST_CASE("Precision, recall and F1 follow from the confusion matrix", "[statistics]") {
  const auto scores =
      classScores(answers({{0, 0, 0, true, 1}, {1, 0, 0, true, 1}, {2, 0, 1, true, 1}, {3, 1, 1, true, 1}}));
  REQUIRE(scores.size() == 3);
  CHECK(scores[0].recall == Approx(2.0 / 3));
  CHECK(scores[0].precision == Approx(1));
  CHECK(scores[0].f1 == Approx(0.8));
  CHECK(scores[1].precision == Approx(0.5));
  CHECK(scores[1].recall == Approx(1));
  CHECK(scores[2].f1 == 0);
}

TEST_CASE("Changed answers are those of samples that both answered", "[statistics]") {
  const auto changed = changedAnswers(answers({{0, 0, 0, true, 1}, {1, 0, 0, true, 1}, {3, 1, 1, true, 1}}),
                                      answers({{0, 0, 1, true, 1}, {2, 0, 1, true, 1}, {3, 1, 1, true, 1}}));
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].sample == 0);
  CHECK(changed[0].first == 0);
  CHECK(changed[0].second == 1);
}
