#include "core/evaluation/tasks/rank_curve.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace quantscope {

namespace {

struct Point {
  double falsePositives = 0, truePositives = 0;  ///< rates
};

/// The curve's corners, one per different score, from (0, 0) to (1, 1); empty where a kind is missing.
std::vector<Point> rocCurve(std::span<const double> scores, std::span<const bool> positive) {
  const auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  const double negatives = static_cast<double>(positive.size()) - positives;
  if (positives == 0 || negatives == 0) return {};
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  std::vector<Point> curve(1);
  double right = 0, wrong = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    (positive[order[i]] ? right : wrong) += 1;
    if (i + 1 < order.size() && scores[order[i + 1]] == scores[order[i]]) continue;
    curve.push_back({wrong / negatives, right / positives});
  }
  return curve;
}

/// Trapezoids up to a rate, the last one cut by a straight line.
double areaUpTo(const std::vector<Point>& curve, double rate) {
  double area = 0;
  for (size_t i = 1; i < curve.size(); ++i) {
    const Point a = curve[i - 1];
    Point b = curve[i];
    if (a.falsePositives >= rate) break;
    if (b.falsePositives > rate) {
      const double part = (rate - a.falsePositives) / (b.falsePositives - a.falsePositives);
      b = {rate, a.truePositives + part * (b.truePositives - a.truePositives)};
    }
    area += (b.falsePositives - a.falsePositives) * (a.truePositives + b.truePositives) / 2;
  }
  return area;
}

}  // namespace

double areaUnderRoc(std::span<const double> scores, std::span<const bool> positive) {
  const auto curve = rocCurve(scores, positive);
  return curve.empty() ? std::nan("") : areaUpTo(curve, 1);
}

double partialAreaUnderRoc(std::span<const double> scores, std::span<const bool> positive,
                           double maxFalsePositiveRate) {
  const double rate = maxFalsePositiveRate;
  const auto curve = rocCurve(scores, positive);
  if (curve.empty() || !(rate > 0 && rate <= 1)) return std::nan("");
  const double chance = rate * rate / 2;
  if (rate == 1) return areaUpTo(curve, 1);
  return 0.5 * (1 + (areaUpTo(curve, rate) - chance) / (rate - chance));
}

}  // namespace quantscope
