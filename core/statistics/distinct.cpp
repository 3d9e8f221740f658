#include "core/statistics/distinct.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/numerics/float16.h"

namespace quantscope::statistics {

namespace {

/// A power of two, at least twice the most values that are kept, so that searches stay short.
size_t slotCount(int64_t elements) {
  return std::bit_ceil(2 * std::min(static_cast<size_t>(elements), kMostDistinct + 1) + 2);
}

size_t slotOf(uint64_t key, size_t slots) {
  return static_cast<size_t>((key * 0x9e3779b97f4a7c15ull) >> (64 - std::countr_zero(slots)));
}

/// The same bits for all values that are equal.
uint32_t canonical(uint32_t bits) {
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc00000;
  return bits == 0x80000000 ? 0 : bits;
}
uint64_t canonical(uint64_t bits) {
  if ((bits & 0x7fffffffffffffff) > 0x7ff0000000000000) return 0x7ff8000000000000;
  return bits == 0x8000000000000000 ? 0 : bits;
}

}  // namespace

DistinctCounter::DistinctCounter(const TensorReader& reader, std::atomic<bool>& exceeded)
    : m_reader(&reader), m_exceeded(&exceeded) {
  const int bits = bitsPerElement(reader.type());
  if (bits <= 16) m_seen.resize(size_t{1} << bits);
}

void DistinctCounter::add(int64_t begin, size_t count) {
  if (m_exceeded->load(std::memory_order_relaxed)) return;
  if (!m_seen.empty()) return markCodes(begin, count);
  if (m_slots.empty()) m_slots.resize(slotCount(m_reader->count()));
  bitsPerElement(m_reader->type()) == 32 ? insertAll<uint32_t>(begin, count) : insertAll<uint64_t>(begin, count);
}

void DistinctCounter::markCodes(int64_t begin, size_t count) {
  const auto bits = static_cast<size_t>(bitsPerElement(m_reader->type()));
  const std::byte* bytes = m_reader->bytes().data();
  const auto first = static_cast<size_t>(begin);
  if (bits == 16) {
    for (size_t i = first; i < first + count; ++i) {
      uint16_t code;
      std::memcpy(&code, bytes + 2 * i, sizeof(code));
      m_seen[code] = 1;
    }
  } else if (bits == 8) {
    for (size_t i = first; i < first + count; ++i) m_seen[static_cast<uint8_t>(bytes[i])] = 1;
  } else {
    const unsigned mask = (1u << bits) - 1;
    for (size_t i = first; i < first + count; ++i) {
      m_seen[static_cast<unsigned>(bytes[i * bits / 8]) >> (i * bits % 8) & mask] = 1;
    }
  }
}

template <typename Bits>
void DistinctCounter::insertAll(int64_t begin, size_t count) {
  const ElementType type = m_reader->type();
  const bool complex = type == ElementType::Complex64 || type == ElementType::Complex128;
  const bool isReal = isFloat(type) || complex;
  std::array<Bits, 256> keys;
  Bits previous = 0;
  for (size_t at = 0; at < count && !m_exceeded->load(std::memory_order_relaxed); at += keys.size()) {
    const size_t size = std::min(keys.size(), count - at);
    if (complex) {
      std::array<double, 256> magnitudes;
      m_reader->read(begin + static_cast<int64_t>(at), std::span(magnitudes).first(size));
      if constexpr (sizeof(Bits) == 8) std::memcpy(keys.data(), magnitudes.data(), size * sizeof(Bits));
    } else {
      std::memcpy(keys.data(), m_reader->bytes().data() + (static_cast<size_t>(begin) + at) * sizeof(Bits),
                  size * sizeof(Bits));
    }
    // Long runs of one value (zeros, say) are common, and seen at once.
    Bits different = at == 0 ? Bits{1} : Bits{0};
    for (size_t i = 0; i < size; ++i) different |= keys[i] ^ previous;
    if (different == 0) continue;
    for (size_t i = 0; i < size; ++i) {
      const Bits key = isReal ? canonical(keys[i]) : keys[i];
      if (key == previous && at + i > 0) continue;
      previous = key;
      insert(key);
    }
  }
}

void DistinctCounter::insert(uint64_t key) {
  if (key == 0) {
    m_used += m_hasZero ? 0 : 1;
    m_hasZero = true;
  } else {
    size_t slot = slotOf(key, m_slots.size());
    while (m_slots[slot] != 0 && m_slots[slot] != key) slot = (slot + 1) & (m_slots.size() - 1);
    if (m_slots[slot] == key) return;
    // Full: what follows could not change the answer.
    if (m_used > kMostDistinct) return;
    m_slots[slot] = key;
    ++m_used;
  }
  if (m_used > kMostDistinct) m_exceeded->store(true, std::memory_order_relaxed);
}

void DistinctCounter::merge(const DistinctCounter& other) {
  if (m_exceeded->load(std::memory_order_relaxed)) return;
  for (size_t code = 0; code < other.m_seen.size(); ++code) m_seen[code] |= other.m_seen[code];
  if (m_slots.empty() && (other.m_hasZero || !other.m_slots.empty())) m_slots.resize(slotCount(m_reader->count()));
  if (other.m_hasZero) insert(0);
  for (const uint64_t key : other.m_slots) {
    if (key != 0) insert(key);
  }
}

std::optional<uint64_t> DistinctCounter::count() const {
  if (m_exceeded->load(std::memory_order_relaxed)) return std::nullopt;
  if (m_seen.empty()) return m_used;
  const ElementType type = m_reader->type();
  const bool isReal = isFloat(type), isBool = type == ElementType::Bool;
  // Codes of one value: both zeros, all NaN, all that is true.
  uint64_t codes = 0;
  bool zero = false, nan = false, truth = false;
  for (size_t code = 0; code < m_seen.size(); ++code) {
    if (m_seen[code] == 0) continue;
    double value = 1;
    if (isReal) {
      const auto stored = static_cast<uint16_t>(code);
      const auto bytes = std::as_bytes(std::span(&stored, 1)).first(static_cast<size_t>(bitsPerElement(type) / 8));
      const int32_t one = 1;
      value = TensorReader::make({type, std::span(&one, 1), bytes}, nullptr).value().at(0);
    }
    if (isReal && value == 0) {
      zero = true;
    } else if (std::isnan(value)) {
      nan = true;
    } else if (isBool && code > 0) {
      truth = true;
    } else {
      ++codes;
    }
  }
  return codes + (zero ? 1 : 0) + (nan ? 1 : 0) + (truth ? 1 : 0);
}

}  // namespace quantscope::statistics
