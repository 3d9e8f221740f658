#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/quantization/recipe.h"

namespace quantscope::quantization {

/// A constant seen as outer x slices x inner, one scale per slice.
struct SliceLayout {
  int64_t outer = 1, slices = 1, inner = 1;
  int64_t count() const { return outer * slices * inner; }
};
/// One slice for the whole constant where axis is negative.
SliceLayout sliceLayout(std::span<const int32_t> shape, int32_t axis);

/// Largest magnitude of each slice; nothing where some value is not finite.
std::vector<float> sliceMagnitudes(std::span<const float> values, const SliceLayout& layout);

/// How values are divided by scales.
enum class CodeRule : uint8_t {
  Reciprocal,  ///< clamp(rha(f32(v * f32(1/s)))): static int8 per channel (4.4 M)
  Exact        ///< clamp(rha(f64(v) / s)): everything else (4.4 D)
};

/// Symmetric codes -limit..limit of each value with its slice's scale. codes is as long as values.
void symmetricCodes(std::span<const float> values, const SliceLayout& layout, std::span<const float> scales, int limit,
                    CodeRule rule, std::span<int8_t> codes);

/// Blockwise int4 (section 14): rows x depth cut into blocks along depth; depth must be divisible by blockSize.
struct BlockwiseCodes {
  std::vector<uint16_t> scales;  ///< float16 bits, [rows, depth / blockSize], of bfloat16 precision
  std::vector<int8_t> codes;     ///< -7..7
};
BlockwiseCodes blockwiseCodes(std::span<const float> values, int64_t rows, int64_t depth, int64_t blockSize);

}  // namespace quantscope::quantization
