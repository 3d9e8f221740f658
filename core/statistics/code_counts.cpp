#include "core/statistics/code_counts.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace quantscope::statistics {

namespace {

constexpr size_t kMostTableBytes = size_t{64} << 20;
constexpr size_t kTables = 4;

size_t codesOf(ElementType type) {
  return size_t{1} << bitsPerElement(type);
}

/// The value of each code without scale, in ascending order of the bits.
std::vector<float> valuesOfCodes(ElementType type) {
  const auto bits = static_cast<size_t>(bitsPerElement(type));
  const size_t codes = codesOf(type);
  std::vector<std::byte> bytes(std::max<size_t>(1, codes * bits / 8));
  for (size_t code = 0; code < codes; ++code) {
    if (bits == 16) {
      const auto stored = static_cast<uint16_t>(code);
      std::memcpy(bytes.data() + 2 * code, &stored, sizeof(stored));
    } else {
      bytes[code * bits / 8] |= static_cast<std::byte>(code << (code * bits % 8));
    }
  }
  const auto count = static_cast<int32_t>(codes);
  std::vector<float> values(codes);
  TensorReader::make({type, std::span(&count, 1), bytes}, nullptr).value().read(0, std::span<float>(values));
  return values;
}

}  // namespace

bool CodeCounts::serve(const TensorReader& reader, const ChannelLayout& layout, int threads) {
  const int bits = bitsPerElement(reader.type());
  if (bits > 16 || !reader.fitsFloat() || (bits == 16 && layout.channels > 1)) return false;
  const auto scales = static_cast<int64_t>(reader.scaleCount());
  if (scales > 1 && (scales != layout.channels || reader.scaleRun() != layout.inner)) return false;
  const auto tables = static_cast<uint64_t>(layout.channels) * codesOf(reader.type()) * sizeof(uint64_t);
  return tables <= kMostTableBytes / static_cast<uint64_t>(std::max(1, threads)) &&
         static_cast<uint64_t>(layout.channels) * codesOf(reader.type()) <= static_cast<uint64_t>(layout.count) + 65536;
}

CodeCounts::CodeCounts(const TensorReader& reader, const ChannelLayout& layout)
    : m_reader(&reader),
      m_layout(layout),
      m_channels(static_cast<size_t>(layout.channels)),
      m_codes(codesOf(reader.type())),
      m_values(valuesOfCodes(reader.type())),
      m_counts(m_channels * m_codes) {}

float CodeCounts::valueOf(size_t channel, size_t code) const {
  return m_reader->scaledValue(m_values[code], channel);
}

void CodeCounts::add(int64_t begin, size_t count) {
  const int bits = bitsPerElement(m_reader->type());
  const std::byte* bytes = m_reader->bytes().data();
  if (bits == 16) return addHalves(bytes + 2 * static_cast<size_t>(begin), count);
  if (bits < 8) return addPacked(begin, count);
  const auto* codes = reinterpret_cast<const uint8_t*>(bytes) + begin;
  if (m_channels > 1) return addRuns(begin, codes, count);
  addBytes(codes, count);
}

void CodeCounts::addBytes(const uint8_t* codes, size_t count) {
  // Neighbours that are equal go to different counters, which need not wait for each other.
  std::array<std::array<uint32_t, 256>, kTables> tables{};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    std::memcpy(&word, codes + i, sizeof(word));
    for (size_t k = 0; k < 8; ++k) ++tables[k % kTables][word >> (8 * k) & 0xFF];
  }
  for (; i < count; ++i) ++tables[0][codes[i]];
  for (const auto& table : tables) {
    for (size_t code = 0; code < m_codes; ++code) m_counts[code] += table[code];
  }
}

void CodeCounts::addHalves(const std::byte* bytes, size_t count) {
  uint64_t* const counts = m_counts.data();
  for (size_t i = 0; i < count; ++i) {
    uint16_t code;
    std::memcpy(&code, bytes + 2 * i, sizeof(code));
    ++counts[code];
  }
}

void CodeCounts::addRuns(int64_t begin, const uint8_t* codes, size_t count) {
  auto channel = static_cast<size_t>(begin / m_layout.inner % m_layout.channels);
  auto left = static_cast<size_t>(m_layout.inner - begin % m_layout.inner);
  for (size_t i = 0; i < count;) {
    uint64_t* const counts = m_counts.data() + channel * m_codes;
    const size_t end = i + std::min(left, count - i);
    for (; i < end; ++i) ++counts[codes[i]];
    left = static_cast<size_t>(m_layout.inner);
    if (++channel == m_channels) channel = 0;
  }
}

void CodeCounts::addPacked(int64_t begin, size_t count) {
  constexpr size_t kBlock = 4096;
  const auto bits = static_cast<size_t>(bitsPerElement(m_reader->type()));
  const size_t perByte = 8 / bits, mask = m_codes - 1;
  const std::byte* bytes = m_reader->bytes().data();
  auto first = static_cast<size_t>(begin);
  if (m_channels == 1 && first % perByte == 0) {
    // Whole bytes are counted as they are, and their codes afterwards.
    std::array<uint64_t, 256> whole{};
    const size_t wholeBytes = count / perByte;
    std::array<std::array<uint32_t, 256>, kTables> tables{};
    const auto* from = reinterpret_cast<const uint8_t*>(bytes) + first / perByte;
    for (size_t i = 0; i < wholeBytes; ++i) ++tables[i % kTables][from[i]];
    for (size_t byte = 0; byte < 256; ++byte) {
      for (const auto& table : tables) whole[byte] += table[byte];
      for (size_t k = 0; k < perByte; ++k) m_counts[byte >> (k * bits) & mask] += whole[byte];
    }
    first += wholeBytes * perByte;
    count -= wholeBytes * perByte;
  }
  std::array<uint8_t, kBlock> codes;
  while (count > 0) {
    const size_t size = std::min(count, kBlock);
    for (size_t i = 0; i < size; ++i) {
      const size_t position = (first + i) * bits;
      codes[i] = static_cast<uint8_t>(static_cast<size_t>(bytes[position / 8]) >> (position % 8) & mask);
    }
    addRuns(static_cast<int64_t>(first), codes.data(), size);
    first += size;
    count -= size;
  }
}

void CodeCounts::merge(const CodeCounts& other) {
  for (size_t i = 0; i < m_counts.size(); ++i) m_counts[i] += other.m_counts[i];
}

void CodeCounts::mark(DistinctCounter& distinct) const {
  for (size_t code = 0; code < m_codes; ++code) {
    for (size_t channel = 0; channel < m_channels; ++channel) {
      if (m_counts[channel * m_codes + code] == 0) continue;
      distinct.mark(code);
      break;
    }
  }
}

}  // namespace quantscope::statistics
