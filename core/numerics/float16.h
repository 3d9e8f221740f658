#pragma once

#include <cstdint>
#include <span>

namespace quantscope::numerics {

/// IEEE half precision to float: exact.
float fromFloat16(uint16_t bits);
/// Nearest half precision number, ties to even; above 65504 + 16 infinity; NaN stays NaN.
uint16_t toFloat16(float value);
/// bfloat16 to float: exact.
float fromBFloat16(uint16_t bits);
/// Nearest bfloat16 number, ties to even; NaN stays NaN.
uint16_t toBFloat16(float value);

/// The same for equally long arrays.
void fromFloat16(std::span<const uint16_t> bits, std::span<float> values);
void toFloat16(std::span<const float> values, std::span<uint16_t> bits);

}  // namespace quantscope::numerics
