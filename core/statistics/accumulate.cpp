#include "core/statistics/accumulate.h"

#include <cstring>

namespace quantscope::statistics {

namespace {

constexpr size_t kBlock = 4096;
// Shorter runs of one channel than this are not worth a call of the kernel each.
constexpr int64_t kShortRun = 32;
constexpr int64_t kWidestTable = int64_t{1} << 20;
constexpr int64_t kLeastRows = 4;

float floatAt(const std::byte* values, size_t index) {
  float value;
  std::memcpy(&value, values + index * sizeof(float), sizeof(float));
  return value;
}

double firstShift(const SummaryParts& parts, double first) {
  if (parts.finite > 0) return parts.mean;
  return std::isfinite(first) ? first : 0.0;
}

void addSums(uint64_t count, double shift, double sum, double squares, SummaryParts& parts) {
  const double others = static_cast<double>(count);
  parts.addMoments(count, shift + sum / others, std::max(0.0, squares - sum * sum / others));
}

}  // namespace

void accumulate(const FloatKernels& kernels, const std::byte* values, size_t count, SummaryParts& parts) {
  while (count > 0) {
    const size_t size = std::min(count, kBlock);
    const double shift = firstShift(parts, static_cast<double>(floatAt(values, 0)));
    FloatSums sums;
    kernels.summarize(values, size, shift, sums);
    if (std::isfinite(sums.squares)) {
      parts.min = std::min(parts.min, static_cast<double>(sums.min));
      parts.max = std::max(parts.max, static_cast<double>(sums.max));
      parts.zeros += sums.zeros;
      addSums(size, shift, sums.sum, sums.squares, parts);
    } else {
      for (size_t i = 0; i < size; ++i) parts.addValue(static_cast<double>(floatAt(values, i)));
    }
    values += size * sizeof(float);
    count -= size;
  }
}

void accumulate(std::span<const double> values, SummaryParts& parts) {
  while (!values.empty()) {
    const auto block = values.first(std::min(values.size(), kBlock));
    const double shift = firstShift(parts, block[0]);
    double sum = 0, squares = 0, min = block[0], max = block[0];
    uint64_t zeros = 0;
    for (const double value : block) {
      min = value < min ? value : min;
      max = value > max ? value : max;
      zeros += value == 0 ? 1 : 0;
      sum += value - shift;
      squares += (value - shift) * (value - shift);
    }
    if (std::isfinite(squares)) {
      parts.min = std::min(parts.min, min);
      parts.max = std::max(parts.max, max);
      parts.zeros += zeros;
      addSums(block.size(), shift, sum, squares, parts);
    } else {
      for (const double value : block) parts.addValue(value);
    }
    values = values.subspan(block.size());
  }
}

ChannelPiece::ChannelPiece(const ChannelLayout& layout, int64_t begin, int64_t end)
    : m_layout(layout), m_begin(begin), m_position(begin) {
  const int64_t rows = begin < end ? (end - 1) / layout.inner - begin / layout.inner + 1 : 0;
  m_parts.resize(static_cast<size_t>(std::min(layout.channels, rows)));
  const int64_t row = layout.channels * layout.inner;
  if (layout.inner < kShortRun && row <= kWidestTable && (end - begin) / row >= kLeastRows) {
    m_width = static_cast<size_t>(row * std::max<int64_t>(1, 512 / row));
  }
}

SummaryParts& ChannelPiece::partsOf(int64_t position) {
  return m_parts[static_cast<size_t>(position / m_layout.inner - m_begin / m_layout.inner) % m_parts.size()];
}

template <typename AddRun>
void ChannelPiece::forEachRun(size_t count, AddRun addRun) {
  for (size_t i = 0; i < count;) {
    const auto run = static_cast<size_t>(
        std::min<int64_t>(m_layout.inner - m_position % m_layout.inner, static_cast<int64_t>(count - i)));
    addRun(i, run, partsOf(m_position));
    i += run;
    m_position += static_cast<int64_t>(run);
  }
}

void ChannelPiece::add(const FloatKernels& kernels, const std::byte* floats, size_t count) {
  if (m_width == 0) {
    return forEachRun(count, [&](size_t i, size_t run, SummaryParts& parts) {
      accumulate(kernels, floats + i * sizeof(float), run, parts);
    });
  }
  for (size_t i = 0; i < count; i += kBlock) {
    const size_t size = std::min(kBlock, count - i);
    const std::byte* block = floats + i * sizeof(float);
    FloatSums sums;
    kernels.summarize(block, size, m_columns.shift, sums);
    if (std::isfinite(sums.squares)) {
      addColumns(kernels, block, size, sums);
    } else {
      forEachRun(size, [&](size_t at, size_t run, SummaryParts& parts) {
        for (size_t k = at; k < at + run; ++k) parts.addValue(static_cast<double>(floatAt(block, k)));
      });
    }
  }
}

void ChannelPiece::addColumns(const FloatKernels& kernels, const std::byte* floats, size_t count,
                              const FloatSums& sums) {
  Columns& c = m_columns;
  if (c.sum.empty()) {
    c.shift = sums.sum / static_cast<double>(count);
    c.sum.resize(m_width);
    c.squares.resize(m_width);
    c.min.assign(m_width, std::numeric_limits<float>::infinity());
    c.max.assign(m_width, -std::numeric_limits<float>::infinity());
    c.zeros.resize(m_width);
    c.begun.resize(m_width);
    c.ended.resize(m_width);
  }
  while (count > 0) {
    const size_t column = static_cast<size_t>(m_position) % m_width;
    const size_t run = std::min(count, m_width - column);
    kernels.addColumns(floats, run, c.shift,
                       {c.sum.data() + column, c.squares.data() + column, c.min.data() + column, c.max.data() + column,
                        c.zeros.data() + column});
    ++c.begun[column];
    ++c.ended[column + run - 1];
    floats += run * sizeof(float);
    count -= run;
    m_position += static_cast<int64_t>(run);
  }
}

void ChannelPiece::add(std::span<const double> values) {
  forEachRun(values.size(),
             [&](size_t i, size_t run, SummaryParts& parts) { accumulate(values.subspan(i, run), parts); });
}

void ChannelPiece::mergeInto(std::vector<SummaryParts>& channels) {
  const Columns& c = m_columns;
  uint64_t open = 0;
  for (size_t column = 0; column < c.sum.size(); ++column) {
    open += c.begun[column];
    const uint64_t count = open;
    open -= c.ended[column];
    if (count == 0) continue;
    SummaryParts parts;
    parts.min = static_cast<double>(c.min[column]);
    parts.max = static_cast<double>(c.max[column]);
    parts.zeros = c.zeros[column];
    addSums(count, c.shift, c.sum[column], c.squares[column], parts);
    channels[column / static_cast<size_t>(m_layout.inner) % channels.size()].merge(parts);
  }
  const int64_t first = m_begin / m_layout.inner;
  for (size_t i = 0; i < m_parts.size(); ++i) {
    channels[static_cast<size_t>((first + static_cast<int64_t>(i)) % m_layout.channels)].merge(m_parts[i]);
  }
}

}  // namespace quantscope::statistics
