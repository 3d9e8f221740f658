#pragma once

#include <cstdint>
#include <span>

/// How dynamic-range kernels turn a float vector into int8 while running (spec/tflite-kernels.md section 14).
namespace quantscope::numerics {

struct DynamicScale {
  float scale = 1.0f;
  int32_t zeroPoint = 0;
};

/// SYMQ: codes -127..127 of the vector, zero point 0. codes must be as long as values.
DynamicScale quantizeSymmetric(std::span<const float> values, int8_t* codes);
/// ASYMQ: codes -128..127.
DynamicScale quantizeAsymmetric(std::span<const float> values, int8_t* codes);

}  // namespace quantscope::numerics
