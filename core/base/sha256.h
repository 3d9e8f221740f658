#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace quantscope {

/// SHA-256 (FIPS 180-4), fed piece by piece.
class Sha256 {
public:
  using Digest = std::array<uint8_t, 32>;

  void add(std::span<const std::byte> bytes);
  Digest finish();
  /// In hexadecimal, lower case.
  static std::string text(const Digest& digest);

private:
  void block(const uint8_t* bytes);
  std::array<uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> m_rest{};
  uint64_t m_count = 0;
};

}  // namespace quantscope
