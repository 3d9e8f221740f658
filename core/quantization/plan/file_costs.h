#pragma once

#include <cstdint>

/// What the pieces of a .tflite file take, in bytes, as a compact writer lays them out (equal vtables, texts and
/// lists stored once). Good to a few bytes; used where a form is chosen because it makes the file smaller.
namespace quantscope::quantization {

/// A table of quantization parameters with its lists; zero points are one shared list of zeros.
constexpr int64_t quantizationCost(int64_t scales) {
  return 28 + 4 * scales;
}
/// An inserted QUANTIZE or DEQUANTIZE: operator, operand lists, the new tensor and its name.
inline constexpr int64_t kConversionCost = 80;

}  // namespace quantscope::quantization
