#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Sub-byte integers: packed over the whole tensor, lowest bits first (spec/tflite-format.md).
namespace quantscope::numerics {

/// Bytes that `count` values of `bits` bits (2 or 4) take.
constexpr size_t packedBytes(size_t count, int bits) {
  const size_t perByte = 8 / static_cast<size_t>(bits);
  return count / perByte + (count % perByte != 0 ? 1 : 0);
}

/// Sign-extended values; `packed` must hold packedBytes(values.size(), bits).
void unpackSigned(std::span<const std::byte> packed, int bits, std::span<int8_t> values);
/// Zero-extended values.
void unpackUnsigned(std::span<const std::byte> packed, int bits, std::span<uint8_t> values);
/// The low `bits` bits of each value; unused bits of the last byte are zero.
std::vector<std::byte> pack(std::span<const int8_t> values, int bits);
std::vector<std::byte> pack(std::span<const uint8_t> values, int bits);

}  // namespace quantscope::numerics
