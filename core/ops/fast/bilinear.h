#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ops/kernel.h"

namespace quantscope::fast {

/// RESIZE_BILINEAR of int8 in units of 1 / 1024 (spec/tflite-kernels.md section 11). Weights stay within ±2048, so
/// sums fit 32 bits.
struct BilinearCodes {
  /// out[i] = a[i] * weightA + b[i] * weightB
  void (*lines)(const int8_t* a, const int8_t* b, int32_t weightA, int32_t weightB, int32_t* out, size_t count);
  /// out[i] = (a[i] * weightA + b[i] * weightB) / 2^20, halves away from zero
  void (*pixels)(const int32_t* a, const int32_t* b, int32_t weightA, int32_t weightB, int8_t* out, size_t count);
};
BilinearCodes bilinearCodes(CpuLevel level);

}  // namespace quantscope::fast
