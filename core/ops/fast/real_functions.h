#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ops/kernel.h"

/// Float functions over arrays, vectorized. exp, logistic and tanh are polynomials within 3e-7 of the exact value
/// (relative; results below 1e-38 lose digits); the conversions to codes are exact. The same bits on every level.
namespace quantscope::fast {

using RealFunction = void (*)(const float* x, float* y, size_t count);
RealFunction exponential(CpuLevel level);
RealFunction logistic(CpuLevel level);
RealFunction hyperbolicTangent(CpuLevel level);
/// x * min(6, max(0, x + 3)) / 6.
RealFunction hardSwish(CpuLevel level);
/// x times the normal distribution, by the error function or by the approximation with tanh.
RealFunction gelu(CpuLevel level, bool byTanh);

/// y = softmax(beta * x) of one row.
using SoftmaxRow = void (*)(const float* x, float* y, size_t count, float beta);
SoftmaxRow softmaxRow(CpuLevel level);

/// clamp(round(x / scale) + zero, low, high), halves away from zero; NaN gives low.
struct CodeScale {
  float scale;
  int32_t zero, low, high;
};
template <typename Code>
using ToCodes = void (*)(const float* x, Code* y, size_t count, const CodeScale& scale);
ToCodes<int8_t> toInt8(CpuLevel level);
ToCodes<uint8_t> toUInt8(CpuLevel level);
ToCodes<int16_t> toInt16(CpuLevel level);

/// (x - zero) * scale.
template <typename Code>
using ToReals = void (*)(const Code* x, float* y, size_t count, float scale, int32_t zero);
ToReals<int8_t> fromInt8(CpuLevel level);
ToReals<uint8_t> fromUInt8(CpuLevel level);
ToReals<int16_t> fromInt16(CpuLevel level);

}  // namespace quantscope::fast
