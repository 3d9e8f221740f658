#include "core/numerics/packing.h"

namespace quantscope::numerics {

void unpackSigned(std::span<const std::byte> packed, int bits, std::span<int8_t> values) {
  const size_t perByte = 8 / static_cast<size_t>(bits);
  const int unused = 8 - bits;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto byte = static_cast<uint8_t>(packed[i / perByte]);
    const int shift = static_cast<int>(i % perByte) * bits;
    const auto top = static_cast<int8_t>(static_cast<uint8_t>(byte >> shift) << unused);
    values[i] = static_cast<int8_t>(top >> unused);
  }
}

void unpackUnsigned(std::span<const std::byte> packed, int bits, std::span<uint8_t> values) {
  const size_t perByte = 8 / static_cast<size_t>(bits);
  const auto mask = static_cast<uint8_t>((1 << bits) - 1);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto byte = static_cast<uint8_t>(packed[i / perByte]);
    values[i] = static_cast<uint8_t>((byte >> (static_cast<int>(i % perByte) * bits)) & mask);
  }
}

namespace {

template <typename T>
std::vector<std::byte> packValues(std::span<const T> values, int bits) {
  std::vector<std::byte> packed(packedBytes(values.size(), bits), std::byte{0});
  const size_t perByte = 8 / static_cast<size_t>(bits);
  const auto mask = static_cast<uint8_t>((1 << bits) - 1);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto value = static_cast<uint8_t>(static_cast<uint8_t>(values[i]) & mask);
    packed[i / perByte] |= static_cast<std::byte>(value << (static_cast<int>(i % perByte) * bits));
  }
  return packed;
}

}  // namespace

std::vector<std::byte> pack(std::span<const int8_t> values, int bits) {
  return packValues(values, bits);
}
std::vector<std::byte> pack(std::span<const uint8_t> values, int bits) {
  return packValues(values, bits);
}

}  // namespace quantscope::numerics
