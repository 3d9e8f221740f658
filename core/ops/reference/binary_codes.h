#pragma once

#include <cstdint>

#include "core/numerics/activation_range.h"
#include "core/numerics/fixed_point.h"

/// ADD, SUB and MUL of two codes (spec/tflite-kernels.md 7.1 and 7.2).
namespace quantscope::reference {

/// Both operands at a common finer scale, summed, and brought to the output's scale.
struct RescaledSum {
  int32_t zeroA = 0, zeroB = 0, zeroY = 0;
  int leftShift = 20;
  numerics::Multiplier a, b, y;  ///< shifts at most 0
  numerics::ActivationRange<int32_t> range;
  bool minus = false;

  int32_t operator()(int32_t codeA, int32_t codeB) const {
    const int32_t scaledA = numerics::multiply((codeA - zeroA) * (1 << leftShift), a);
    const int32_t scaledB = numerics::multiply((codeB - zeroB) * (1 << leftShift), b);
    const int32_t sum = numerics::wrap32(minus ? int64_t{scaledA} - scaledB : int64_t{scaledA} + scaledB);
    return range.clamp(numerics::wrap32(int64_t{numerics::multiply(sum, y)} + zeroY));
  }
};

struct RescaledProduct {
  int32_t zeroA = 0, zeroB = 0, zeroY = 0;
  numerics::Multiplier factor;
  numerics::ActivationRange<int32_t> range;

  int32_t operator()(int32_t codeA, int32_t codeB) const {
    const int32_t product = (codeA - zeroA) * (codeB - zeroB);
    return range.clamp(numerics::wrap32(int64_t{numerics::multiply(product, factor)} + zeroY));
  }
};

}  // namespace quantscope::reference
