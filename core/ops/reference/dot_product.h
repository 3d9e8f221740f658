#pragma once

#include <cstddef>
#include <cstdint>

#include "core/numerics/fixed_point.h"

namespace quantscope::reference {

/// Sum of codes * weights, wrapped to 32 bits.
inline int32_t dot(const int8_t* codes, const int8_t* weights, size_t n) {
  int64_t sum = 0;
  for (size_t i = 0; i < n; ++i) sum += codes[i] * weights[i];
  return numerics::wrap32(sum);
}

/// The same as the x86 build of the reference kernels gives it in hybrid operators (spec/tflite-kernels.md section 14):
/// over the first 16 * floor(n / 16) values a weight of -128 counts as +128 where the code is negative.
inline int32_t defectiveDot(const int8_t* codes, const int8_t* weights, size_t n) {
  const size_t vectorized = n / 16 * 16;
  int64_t sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const bool wrong = i < vectorized && weights[i] == -128 && codes[i] < 0;
    sum += codes[i] * (wrong ? 128 : int32_t{weights[i]});
  }
  return numerics::wrap32(sum);
}

}  // namespace quantscope::reference
