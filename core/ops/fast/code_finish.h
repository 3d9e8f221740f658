#pragma once

#include "core/ops/fast/targets.h"
#include "core/ops/reference/requantization.h"

/// From 32-bit sums to 8-bit codes, vectorized; equal to reference::Requantization and DoubleRequantization bit for
/// bit.
namespace quantscope::fast {

struct CodeFinish {
  LineVector<int32_t> bias, mantissa, left, right;  ///< by channel, 16 more than there are channels
  LineVector<double> factors;                       ///< empty: fixed point
  int32_t zeroPoint = 0, low = 0, high = 0;

  /// bias: already corrected for zero points.
  CodeFinish(const reference::Requantization& requantization, const std::vector<int32_t>& bias);
  CodeFinish(const reference::DoubleRequantization& requantization, const std::vector<int32_t>& bias);
};

/// Writes the codes of channels [first, first + count) to out as bytes (int8 or uint8 alike). sums may be read, and
/// parameters are read, up to the next multiple of 16.
using FinishRow = void (*)(const CodeFinish& finish, const int32_t* sums, size_t first, size_t count, uint8_t* out);
FinishRow finishRow(CpuLevel level, bool inDouble);

}  // namespace quantscope::fast
