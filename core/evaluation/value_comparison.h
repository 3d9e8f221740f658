#pragma once

#include <array>
#include <optional>
#include <span>

#include "core/evaluation/error_sums.h"
#include "core/model/model.h"

namespace quantscope {

/// Real values that a tensor can hold.
struct RealRange {
  double low = 0, high = 0, scale = 0;

  /// Of an integer tensor with one scale; nothing for others.
  static std::optional<RealRange> of(const Tensor& tensor);
};

/// How the values of a result differ from their reference, added up over samples.
struct ValueComparison {
  static constexpr size_t kBins = 64;

  ErrorSums sums;
  uint64_t saturated = 0;  ///< reference values beyond the range by more than half a step
  /// Values by equal parts of the range, those beyond it at its ends.
  std::array<uint64_t, kBins> reference{}, approximation{};

  void add(const ValueComparison& other);
  /// Kullback-Leibler divergence in nats of the approximation's distribution over the bins from the reference's, half a
  /// value added to every bin; 0 without a range.
  double klDivergence() const;
  double saturatedShare() const;
};
/// Of two arrays of equal length; without a range only the sums.
ValueComparison compareInRange(std::span<const float> reference, std::span<const float> approximation,
                               const std::optional<RealRange>& range);

}  // namespace quantscope
