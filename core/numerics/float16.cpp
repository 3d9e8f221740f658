#include "core/numerics/float16.h"

#include <bit>
#include <cmath>

namespace quantscope::numerics {

float fromFloat16(uint16_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits & 0x8000u) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1Fu;
  const uint32_t fraction = bits & 0x3FFu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000u | (fraction << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

uint16_t toFloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<uint16_t>(sign | 0x7E00u | ((magnitude >> 13) & 0x3FFu));
  if (magnitude >= 0x477FF000u) return static_cast<uint16_t>(sign | 0x7C00u);
  if (magnitude < 0x38800000u) {
    // Subnormal: adding 0.5 puts the unit of the last place at 2^-24, so the addition rounds to even.
    const float sum = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(sum) - 0x3F000000u));
  }
  const uint32_t odd = (magnitude >> 13) & 1u;
  return static_cast<uint16_t>(sign | ((magnitude - 0x38000000u + 0xFFFu + odd) >> 13));
}

float fromBFloat16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

uint16_t toBFloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

void fromFloat16(std::span<const uint16_t> bits, std::span<float> values) {
  // The same without branches, so that compilers vectorize it: the exponent is moved by a product, which is exact and
  // makes subnormal numbers normal; that of infinities and NaN is filled up afterwards.
  const uint16_t* const from = bits.data();
  float* const to = values.data();
  for (size_t i = 0; i < bits.size(); ++i) {
    const uint32_t half = from[i];
    const uint32_t magnitude = (half & 0x7FFFu) << 13;
    const uint32_t scaled = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
    const uint32_t special = magnitude >= 0x0F800000u ? 0x7F800000u : 0u;
    to[i] = std::bit_cast<float>(scaled | special | (half & 0x8000u) << 16);
  }
}

void toFloat16(std::span<const float> values, std::span<uint16_t> bits) {
  for (size_t i = 0; i < values.size(); ++i) bits[i] = toFloat16(values[i]);
}

}  // namespace quantscope::numerics
