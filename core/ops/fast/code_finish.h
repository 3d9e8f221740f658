#pragma once

#include "core/ops/fast/targets.h"
#include "core/ops/reference/requantization.h"

/// From sums of products to codes, vectorized; equal to reference::Requantization and DoubleRequantization bit for bit.
namespace quantscope::fast {

/// Sums of 32 bits.
struct CodeFinish {
  LineVector<int32_t> bias, mantissa, left, right;  ///< by channel, 16 more than there are channels
  LineVector<double> factors;                       ///< empty: fixed point
  int32_t zeroPoint = 0, low = 0, high = 0;
  /// Sums and results are known to stay so small that the two roundings take fewer steps; see limitSums.
  bool small = false;
  LineVector<int32_t> nudge, belowZero;  ///< of the second rounding; the latter is added to negative values

  /// bias: already corrected for zero points.
  CodeFinish(const reference::Requantization& requantization, const std::vector<int32_t>& bias);
  CodeFinish(const reference::DoubleRequantization& requantization, const std::vector<int32_t>& bias);
  /// Says how large the sums of each channel can get, bias included.
  void limitSums(const std::vector<int64_t>& largest);
};

/// Sums of a few rows, and where their codes go; strides in values.
template <typename Code>
struct FinishCall {
  const int32_t* sums;
  size_t sumStride, rows;
  size_t first, count;  ///< channels
  Code* out;            ///< of channel `first`
  size_t outStride;
};

/// Writes the codes of channels [first, first + count) of every row: bytes (int8 or uint8 alike) or int16. Sums may be
/// read, and parameters are read, up to the next multiple of 16.
template <typename Code>
using FinishRows = void (*)(const CodeFinish& finish, const FinishCall<Code>& call);
FinishRows<uint8_t> finishBytes(CpuLevel level, bool inDouble);
FinishRows<int16_t> finishWords(CpuLevel level, bool inDouble);

/// Sums of 64 bits: int16 activations with 64-bit bias.
struct WideFinish {
  LineVector<int64_t> bias;             ///< by channel, 16 more than there are channels; |bias| < kMostWideBias
  LineVector<int64_t> mantissa, shift;  ///< 16-bit mantissas, and 15 - shift
  LineVector<double> factors;           ///< empty: fixed point
  int32_t zeroPoint = 0, low = 0, high = 0;

  WideFinish(const reference::Requantization& requantization, const std::vector<int64_t>& bias);
  WideFinish(const reference::DoubleRequantization& requantization, const std::vector<int64_t>& bias);
};
/// Biases and sums below this are finished exactly.
inline constexpr int64_t kMostWideBias = int64_t{1} << 45;

template <typename Sum>
using FinishWideRow = void (*)(const WideFinish& finish, const Sum* sums, size_t first, size_t count, int16_t* out);
/// Sum: int32_t or int64_t.
template <typename Sum>
FinishWideRow<Sum> finishWide(CpuLevel level, bool inDouble);
template <>
FinishWideRow<int32_t> finishWide<int32_t>(CpuLevel level, bool inDouble);
template <>
FinishWideRow<int64_t> finishWide<int64_t>(CpuLevel level, bool inDouble);

}  // namespace quantscope::fast
