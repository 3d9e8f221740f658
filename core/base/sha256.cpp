#include "core/base/sha256.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace quantscope {
namespace {

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
std::array<uint32_t, 64> roundConstants() {
  std::array<uint32_t, 64> constants{};
  size_t found = 0;
  for (uint32_t n = 2; found < constants.size(); ++n) {
    bool prime = true;
    for (uint32_t d = 2; d * d <= n; ++d) prime &= n % d != 0;
    if (!prime) continue;
    const long double root = std::cbrt(static_cast<long double>(n));
    constants[found++] = static_cast<uint32_t>((root - std::floor(root)) * 4294967296.0L);
  }
  return constants;
}

}  // namespace

void Sha256::block(const uint8_t* bytes) {
  static const auto k = roundConstants();
  std::array<uint32_t, 64> w;
  for (size_t t = 0; t < 16; ++t) {
    w[t] = uint32_t{bytes[4 * t]} << 24 | uint32_t{bytes[4 * t + 1]} << 16 | uint32_t{bytes[4 * t + 2]} << 8 |
           uint32_t{bytes[4 * t + 3]};
  }
  for (size_t t = 16; t < 64; ++t) {
    const uint32_t low = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const uint32_t high = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + low + w[t - 7] + high;
  }
  auto [a, b, c, d, e, f, g, h] = m_state;
  for (size_t t = 0; t < 64; ++t) {
    const uint32_t t1 =
        h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + k[t] + w[t];
    const uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<uint32_t, 8> sum{a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < 8; ++i) m_state[i] += sum[i];
}

void Sha256::add(std::span<const std::byte> bytes) {
  const auto* at = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t left = bytes.size();
  const size_t filled = m_count % 64;
  m_count += left;
  if (filled > 0) {
    const size_t part = std::min(left, 64 - filled);
    std::copy_n(at, part, m_rest.begin() + static_cast<ptrdiff_t>(filled));
    at += part;
    left -= part;
    if (filled + part < 64) return;
    block(m_rest.data());
  }
  for (; left >= 64; left -= 64, at += 64) block(at);
  std::copy_n(at, left, m_rest.begin());
}

Sha256::Digest Sha256::finish() {
  const uint64_t bits = 8 * m_count;
  const std::byte one{0x80}, zero{0};
  add({&one, 1});
  while (m_count % 64 != 56) add({&zero, 1});
  std::array<std::byte, 8> length;
  for (size_t i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(bits >> (56 - 8 * i));
  add(length);
  Digest digest;
  for (size_t i = 0; i < 32; ++i) digest[i] = static_cast<uint8_t>(m_state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

std::string Sha256::text(const Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace quantscope
