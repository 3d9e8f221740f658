#include "core/evaluation/error_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantscope {

void ErrorSums::add(const ErrorSums& other) {
  values += other.values;
  signal += other.signal;
  approximation += other.approximation;
  product += other.product;
  noise += other.noise;
  maxAbsolute = std::max(maxAbsolute, other.maxAbsolute);
}

double ErrorSums::sqnrDecibel() const {
  if (noise == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal / noise);
}

double ErrorSums::meanSquaredError() const {
  return values ? noise / static_cast<double>(values) : 0;
}

double ErrorSums::cosine() const {
  if (signal == 0 && approximation == 0) return 1;
  if (signal == 0 || approximation == 0) return 0;
  return product / (std::sqrt(signal) * std::sqrt(approximation));
}

ErrorSums compareValues(std::span<const float> reference, std::span<const float> approximation) {
  ErrorSums sums;
  sums.values = reference.size();
  for (size_t i = 0; i < reference.size(); ++i) {
    const double a = reference[i], b = approximation[i], difference = a - b;
    sums.signal += a * a;
    sums.approximation += b * b;
    sums.product += a * b;
    sums.noise += difference * difference;
    sums.maxAbsolute = std::max(sums.maxAbsolute, std::abs(difference));
  }
  return sums;
}

}  // namespace quantscope
