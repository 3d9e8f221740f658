#include "core/ops/fourier.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace quantscope::ops {

void fourierTransform(std::complex<double>* values, size_t count, size_t step) {
  for (size_t i = 1, j = 0; i < count; ++i) {  // order by reversed bits
    size_t bit = count >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
    if (i < j) std::swap(values[i * step], values[j * step]);
  }
  for (size_t length = 2; length <= count; length *= 2) {
    for (size_t k = 0; k < length / 2; ++k) {
      const double angle = -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length);
      const std::complex<double> turn{std::cos(angle), std::sin(angle)};
      for (size_t first = k; first < count; first += length) {
        auto &a = values[first * step], &b = values[(first + length / 2) * step];
        const auto turned = b * turn;
        b = a - turned;
        a += turned;
      }
    }
  }
}

}  // namespace quantscope::ops
