#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/statistics/tensor_statistics.h"

namespace quantscope::statistics {

/// A summary under construction, of any part of a tensor. Mean and the sum of squared differences from it are merged by
/// Chan, Golub and LeVeque's formula (1979), so that a large mean does not swallow a small deviation.
struct SummaryParts {
  uint64_t finite = 0, nan = 0, infinite = 0, zeros = 0;
  double min = std::numeric_limits<double>::infinity(), max = -std::numeric_limits<double>::infinity();
  double mean = 0, squares = 0;

  /// Adds `count` finite values given by their mean and squared differences from it.
  void addMoments(uint64_t count, double otherMean, double otherSquares);
  void addValue(double value);
  /// The same value `count` times.
  void addValues(double value, uint64_t count);
  void merge(const SummaryParts& other);
  ValueSummary summary() const;
};

inline void SummaryParts::addMoments(uint64_t count, double otherMean, double otherSquares) {
  if (count == 0) return;
  const double mine = static_cast<double>(finite), others = static_cast<double>(count), total = mine + others;
  const double difference = otherMean - mean;
  mean += difference * (others / total);
  squares += otherSquares + difference * difference * (mine * others / total);
  finite += count;
}

inline void SummaryParts::addValue(double value) {
  addValues(value, 1);
}

inline void SummaryParts::addValues(double value, uint64_t count) {
  if (std::isnan(value)) {
    nan += count;
  } else if (std::isinf(value)) {
    infinite += count;
  } else {
    min = std::min(min, value);
    max = std::max(max, value);
    zeros += value == 0 ? count : 0;
    addMoments(count, value, 0);
  }
}

inline void SummaryParts::merge(const SummaryParts& other) {
  nan += other.nan;
  infinite += other.infinite;
  zeros += other.zeros;
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  addMoments(other.finite, other.mean, other.squares);
}

inline ValueSummary SummaryParts::summary() const {
  ValueSummary result;
  result.count = finite + nan + infinite;
  result.finite = finite;
  result.nan = nan;
  result.infinite = infinite;
  result.zeros = zeros;
  if (finite == 0) return result;
  // The sign of a zero would depend on the order of the values.
  result.min = min + 0.0;
  result.max = max + 0.0;
  result.mean = std::clamp(mean, min, max) + 0.0;
  result.standardDeviation = std::sqrt(std::max(0.0, squares) / static_cast<double>(finite));
  return result;
}

}  // namespace quantscope::statistics
