#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/schema/tflite_generated.h"

/// Windows of convolutions and pools along one dimension (spec/tflite-kernels.md section 2).
namespace quantscope::ops {

struct Window {
  int32_t out = 0;        ///< positions of the window
  int32_t padBefore = 0;  ///< padded elements before the first; the odd one goes after
};

/// Nothing where stride, dilation or filter are below 1, the window is larger than the padded input (VALID) or
/// positions do not fit 31 bits.
inline std::optional<Window> windowOf(int32_t in, int32_t filter, int32_t stride, int32_t dilation,
                                      tflite::Padding padding) {
  if (in < 0 || filter < 1 || stride < 1 || dilation < 1) return std::nullopt;
  const int64_t extent = int64_t{filter - 1} * dilation + 1;
  const int64_t out =
      padding == tflite::Padding_SAME ? (int64_t{in} + stride - 1) / stride : (int64_t{in} + stride - extent) / stride;
  if (extent > INT32_MAX / 2 || out < 0 || (padding == tflite::Padding_VALID && int64_t{in} + stride < extent)) {
    return std::nullopt;
  }
  // Positions are computed in 32 bits.
  if (out * stride + extent > INT32_MAX / 2) return std::nullopt;
  const int64_t total = std::max<int64_t>(0, (out - 1) * stride + extent - in);
  return Window{static_cast<int32_t>(out), static_cast<int32_t>(total / 2)};
}

}  // namespace quantscope::ops
