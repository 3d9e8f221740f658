#pragma once

#include <cstddef>
#include <cstdint>

#include "core/statistics/float_kernels.h"

/// The inner loops of weight quantization, in the widths that processors have. All widths give the same codes.
namespace quantscope::quantization {

struct CodeKernels {
  /// Largest magnitude; NaN where some value is not finite.
  float (*magnitude)(const float* values, size_t count);
  /// clamp(rha(f64(v) / scale)) of finite values, into -limit..limit.
  void (*exact)(const float* values, size_t count, float scale, int limit, int8_t* codes);
  /// clamp(rha(f32(v * f32(1 / scale)))) of finite values.
  void (*reciprocal)(const float* values, size_t count, float scale, int limit, int8_t* codes);
  /// Two codes a byte, the first one low; the last nibble 0 where count is odd.
  void (*pack4)(const int8_t* codes, size_t count, std::byte* packed);
};
const CodeKernels& codeKernels(statistics::SimdLevel level = statistics::bestSimdLevel());

float magnitudeBaseline(const float* values, size_t count);
float magnitudeAvx2(const float* values, size_t count);
float magnitudeAvx512(const float* values, size_t count);
void exactBaseline(const float* values, size_t count, float scale, int limit, int8_t* codes);
void exactAvx2(const float* values, size_t count, float scale, int limit, int8_t* codes);
void exactAvx512(const float* values, size_t count, float scale, int limit, int8_t* codes);
void reciprocalBaseline(const float* values, size_t count, float scale, int limit, int8_t* codes);
void reciprocalAvx2(const float* values, size_t count, float scale, int limit, int8_t* codes);
void reciprocalAvx512(const float* values, size_t count, float scale, int limit, int8_t* codes);
void pack4Baseline(const int8_t* codes, size_t count, std::byte* packed);
void pack4Avx2(const int8_t* codes, size_t count, std::byte* packed);

}  // namespace quantscope::quantization
