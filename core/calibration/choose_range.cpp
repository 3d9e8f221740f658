#include "core/calibration/choose_range.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace quantscope::calibration {

namespace {

constexpr double kOutside = 0.0001;  // 99.99 % of the values on each side
constexpr int kLevels = 256;
constexpr int kCandidates = 100;

struct Bounds {
  double min = 0, max = 0;
};

/// Centres and counts of the bins that hold something.
struct Points {
  std::vector<double> value, count;
  explicit Points(const Histogram& histogram) {
    for (size_t i = 0; i < histogram.counts.size(); ++i) {
      if (histogram.counts[i] == 0) continue;
      value.push_back(histogram.low + (static_cast<double>(i) + 0.5) * histogram.binWidth());
      count.push_back(static_cast<double>(histogram.counts[i]));
    }
  }
};

/// Expected squared error of 256 levels over the bounds, which are widened to hold zero as quantization does. Inside it
/// is a twelfth of the squared step (values spread evenly within a step), outside the squared distance.
double squaredError(const Points& points, Bounds bounds) {
  bounds = {std::min(0.0, bounds.min), std::max(0.0, bounds.max)};
  const double step = (bounds.max - bounds.min) / (kLevels - 1);
  double error = 0;
  for (size_t i = 0; i < points.value.size(); ++i) {
    const double x = points.value[i], outside = x < bounds.min ? bounds.min - x : x > bounds.max ? x - bounds.max : 0;
    error += points.count[i] * (outside > 0 ? outside * outside : step * step / 12);
  }
  return error;
}

/// The candidate with the least cost; the widest of equal ones.
double bestOf(double widest, const std::function<double(double)>& cost) {
  double best = widest, least = cost(widest);
  for (int i = kCandidates - 1; i > 0; --i) {
    const double candidate = widest * i / kCandidates, here = cost(candidate);
    if (here < least) {
      least = here;
      best = candidate;
    }
  }
  return best;
}

Bounds leastSquaredError(const Histogram& histogram, Bounds extremes) {
  const Points points(histogram);
  Bounds bounds = extremes;
  // Both ends by turns; two rounds settle them, since either hardly changes what is best for the other.
  for (int round = 0; round < 2; ++round) {
    if (extremes.max > 0)
      bounds.max = bestOf(extremes.max, [&](double max) { return squaredError(points, {bounds.min, max}); });
    if (extremes.min < 0)
      bounds.min = bestOf(extremes.min, [&](double min) { return squaredError(points, {min, bounds.max}); });
  }
  return bounds;
}

/// Kullback-Leibler divergence of the clipped histogram from what 256 levels leave of it: bins [begin, end) in equal
/// groups, each group's count spread over its bins that hold something; what is clipped counts at the edges
/// (Migacz, 8-bit inference with TensorRT, 2017).
double divergence(const std::vector<uint64_t>& counts, size_t begin, size_t end) {
  const size_t bins = end - begin;
  std::vector<double> clipped(counts.begin() + static_cast<ptrdiff_t>(begin),
                              counts.begin() + static_cast<ptrdiff_t>(end));
  std::vector<double> coarse(bins, 0.0);
  for (int level = 0; level < kLevels; ++level) {
    const size_t from = bins * static_cast<size_t>(level) / kLevels,
                 to = bins * (static_cast<size_t>(level) + 1) / kLevels;
    double sum = 0;
    size_t filled = 0;
    for (size_t i = from; i < to; ++i) {
      sum += clipped[i];
      filled += clipped[i] > 0 ? 1 : 0;
    }
    for (size_t i = from; i < to; ++i) coarse[i] = clipped[i] > 0 ? sum / static_cast<double>(filled) : 0;
  }
  for (size_t i = 0; i < begin; ++i) clipped.front() += static_cast<double>(counts[i]);
  for (size_t i = end; i < counts.size(); ++i) clipped.back() += static_cast<double>(counts[i]);
  double p = 0, q = 0, sum = 0;
  for (size_t i = 0; i < bins; ++i) {
    p += clipped[i];
    q += coarse[i];
  }
  if (p == 0 || q == 0) return std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < bins; ++i) {
    // An edge bin that holds clipped values only has no counterpart; a small one keeps the sum finite.
    const double model = std::max(coarse[i] / q, 1e-12);
    if (clipped[i] > 0) sum += clipped[i] / p * std::log(clipped[i] / p / model);
  }
  return sum;
}

Bounds leastDivergence(const Histogram& histogram, Bounds extremes) {
  const size_t bins = histogram.counts.size();
  const double width = histogram.binWidth();
  if (bins <= kLevels || width == 0) return extremes;
  auto binOf = [&](double value, bool up) {
    const double position = (value - histogram.low) / width;
    return static_cast<size_t>(
        std::clamp(up ? std::ceil(position) : std::floor(position), 0.0, static_cast<double>(bins)));
  };
  const double widest = std::max(std::abs(extremes.min), std::abs(extremes.max));
  const double threshold = bestOf(widest, [&](double candidate) {
    const size_t begin = binOf(-candidate, false), end = binOf(candidate, true);
    if (end < begin + kLevels) return std::numeric_limits<double>::infinity();
    return divergence(histogram.counts, begin, end);
  });
  return {std::max(extremes.min, -threshold), std::min(extremes.max, threshold)};
}

}  // namespace

ChosenRange chooseRange(Observer observer, const ObservedRange& seen) {
  const Bounds extremes{static_cast<double>(seen.min), static_cast<double>(seen.max)};
  Bounds bounds = extremes;
  switch (observer) {
    case Observer::MinMax:
      break;
    case Observer::MovingAverage:
      bounds = {seen.minSum / static_cast<double>(seen.samples), seen.maxSum / static_cast<double>(seen.samples)};
      break;
    case Observer::Percentile:
      bounds = {seen.histogram.quantile(kOutside), seen.histogram.quantile(1 - kOutside)};
      break;
    case Observer::MeanSquaredError:
      bounds = leastSquaredError(seen.histogram, extremes);
      break;
    case Observer::Entropy:
      bounds = leastDivergence(seen.histogram, extremes);
      break;
  }
  const auto min = static_cast<float>(std::clamp(bounds.min, extremes.min, extremes.max));
  const auto max = static_cast<float>(std::clamp(bounds.max, extremes.min, extremes.max));
  return {std::min(min, max), max};
}

}  // namespace quantscope::calibration
