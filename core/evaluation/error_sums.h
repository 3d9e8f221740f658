#pragma once

#include <cstdint>
#include <span>

namespace quantscope {

/// Sums from which the usual distances of a result to its reference follow. Adding two of them in a fixed order
/// gives the same digits every time.
struct ErrorSums {
  uint64_t values = 0;
  double signal = 0;         ///< sum of a^2, a the reference
  double approximation = 0;  ///< sum of b^2
  double product = 0;        ///< sum of a b
  double noise = 0;          ///< sum of (a - b)^2
  double maxAbsolute = 0;    ///< greatest |a - b|

  void add(const ErrorSums& other);
  double sqnrDecibel() const;  ///< 10 log10(signal / noise); infinity where equal
  double meanSquaredError() const;
  double cosine() const;  ///< 1 where both are all zero
};

/// Of two arrays of equal length.
ErrorSums compareValues(std::span<const float> reference, std::span<const float> approximation);

}  // namespace quantscope
