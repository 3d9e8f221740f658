#include "core/calibration/choose_range.h"

#include <cmath>
#include <random>

#include "tests/support/catch.h"

using namespace quantscope;
using namespace quantscope::calibration;

namespace {

ObservedRange observed(const std::vector<float>& values) {
  ObservedRange range;
  RunningHistogram histogram(2048);
  BlockCounter counter(2048);
  range.min = *std::min_element(values.begin(), values.end());
  range.max = *std::max_element(values.begin(), values.end());
  range.samples = 4;
  range.minSum = 3 * range.min;
  range.maxSum = 2 * range.max;
  if (range.min == 0 && range.max == 0) {
    histogram.addZeros(values.size());
  } else {
    histogram.fit(std::max(-range.min, range.max));
    counter.count(statistics::floatKernels(statistics::SimdLevel::Baseline), values, histogram.exponent(), range.min,
                  range.max);
    histogram.add(histogram.exponent(), counter.counts(), counter.firstBin());
  }
  range.histogram = histogram.histogram();
  return range;
}

/// A bell curve and a few values far outside.
std::vector<float> bellWithOutliers(float outlier) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> values(200000);
  for (float& value : values) value = normal(random);
  values[0] = outlier;
  values[1] = -outlier / 2;
  return values;
}

/// What 256 levels over a range that holds zero do to the values, measured.
double measuredError(const std::vector<float>& values, ChosenRange range) {
  const double low = std::min(0.0f, range.min), high = std::max(0.0f, range.max), step = (high - low) / 255;
  double error = 0;
  for (const float value : values) {
    const double x = static_cast<double>(value), level = std::clamp(std::round((x - low) / step), 0.0, 255.0);
    error += (low + level * step - x) * (low + level * step - x);
  }
  return error / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("minmax takes the extremes, moving-average their mean over the samples", "[calibration]") {
  const auto seen = observed(bellWithOutliers(50));
  const auto widest = chooseRange(Observer::MinMax, seen);
  CHECK(widest.min == -25);
  CHECK(widest.max == 50);
  const auto mean = chooseRange(Observer::MovingAverage, seen);
  CHECK(mean.min == -18.75f);
  CHECK(mean.max == 25);
}

TEST_CASE("percentile leaves out the rarest values on each side", "[calibration]") {
  const auto range = chooseRange(Observer::Percentile, observed(bellWithOutliers(50)));
  // 3.72 deviations hold 99.99 % of a bell curve on one side.
  CHECK(range.min == Approx(-3.72).margin(0.2));
  CHECK(range.max == Approx(3.72).margin(0.2));
}

TEST_CASE("mse chooses a range with less error than the extremes, near the best", "[calibration]") {
  for (const float outlier : {6.0f, 20.0f, 50.0f}) {
    const auto values = bellWithOutliers(outlier);
    const auto seen = observed(values);
    const auto chosen = chooseRange(Observer::MeanSquaredError, seen);
    const double error = measuredError(values, chosen);
    CHECK(error <= measuredError(values, chooseRange(Observer::MinMax, seen)) * 1.001);
    for (float bound = 1; bound < outlier; bound += 0.25f) {
      INFO(outlier << " " << bound << " chosen " << chosen.min << " " << chosen.max);
      CHECK(error <= measuredError(values, {std::max(-bound, seen.min), std::min(bound, seen.max)}) * 1.05);
    }
  }
}

TEST_CASE("entropy clips outliers and keeps the bulk", "[calibration]") {
  const auto chosen = chooseRange(Observer::Entropy, observed(bellWithOutliers(50)));
  CHECK(chosen.max < 20);
  CHECK(chosen.max > 2);
  CHECK(chosen.min < -2);
  CHECK(chosen.min > -20);
}

TEST_CASE("evenly spread values are not clipped", "[calibration]") {
  std::vector<float> values;
  for (int i = 0; i <= 100000; ++i) values.push_back(static_cast<float>(i) / 100000.0f);
  const auto seen = observed(values);
  for (const Observer observer : {Observer::MeanSquaredError, Observer::Entropy, Observer::Percentile}) {
    const auto chosen = chooseRange(observer, seen);
    INFO(observerName(observer));
    CHECK(chosen.min <= 0.001f);
    CHECK(chosen.max >= 0.97f);
  }
}

TEST_CASE("every observer stays within the extremes, whatever was seen", "[calibration]") {
  const std::vector<std::vector<float>> cases{{0},          {5},     {-5}, {0, 0, 0}, {1e-40f}, {-3e38f, 3e38f},
                                              {1, 1, 1, 1}, {-2, -1}};
  for (const auto& values : cases) {
    const auto seen = observed(values);
    for (const Observer observer :
         {Observer::MinMax, Observer::Percentile, Observer::MeanSquaredError, Observer::Entropy}) {
      const auto chosen = chooseRange(observer, seen);
      CHECK(chosen.min >= seen.min);
      CHECK(chosen.max <= seen.max);
      CHECK(chosen.min <= chosen.max);
    }
  }
}

TEST_CASE("observers are called as on the command line", "[calibration]") {
  for (const char* name : {"minmax", "moving-average", "percentile", "mse", "entropy"}) {
    CHECK(observerName(parseObserver(name).value()) == name);
  }
  const auto unknown = parseObserver("median");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message().find("moving-average") != std::string::npos);
}
