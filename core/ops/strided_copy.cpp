#include "core/ops/strided_copy.h"

#include <cstring>

namespace quantscope::ops {

namespace {

struct Bytes16 {
  uint64_t low, high;
};

template <typename Unit>
void copyUnits(const std::byte* in, std::byte* out, const StridedCopy::Loop& loop) {
  for (int64_t i = 0; i < loop.extent; ++i) {
    Unit unit;
    std::memcpy(&unit, in + i * loop.in, sizeof unit);
    std::memcpy(out + i * loop.out, &unit, sizeof unit);
  }
}

void copyRow(const std::byte* in, std::byte* out, const StridedCopy::Loop& loop, int64_t unit) {
  switch (unit) {
    case 1:
      return copyUnits<uint8_t>(in, out, loop);
    case 2:
      return copyUnits<uint16_t>(in, out, loop);
    case 4:
      return copyUnits<uint32_t>(in, out, loop);
    case 8:
      return copyUnits<uint64_t>(in, out, loop);
    case 16:
      return copyUnits<Bytes16>(in, out, loop);
    default:
      for (int64_t i = 0; i < loop.extent; ++i) {
        std::memcpy(out + i * loop.out, in + i * loop.in, static_cast<size_t>(unit));
      }
  }
}

}  // namespace

StridedCopy::StridedCopy(std::vector<Loop> loops, int64_t inStart, int64_t outStart, int elementBytes)
    : m_inStart(inStart * elementBytes), m_outStart(outStart * elementBytes), m_unit(elementBytes) {
  std::vector<Loop> merged;
  for (const Loop& loop : loops) {
    if (loop.extent <= 0) {
      m_unit = 0;
      return;
    }
    if (loop.extent == 1) continue;
    const Loop inBytes{loop.extent, loop.in * elementBytes, loop.out * elementBytes};
    if (!merged.empty() && merged.back().in == inBytes.in * inBytes.extent &&
        merged.back().out == inBytes.out * inBytes.extent) {
      merged.back() = {merged.back().extent * inBytes.extent, inBytes.in, inBytes.out};
    } else {
      merged.push_back(inBytes);
    }
  }
  if (!merged.empty() && merged.back().in == m_unit && merged.back().out == m_unit) {
    m_unit *= merged.back().extent;
    merged.pop_back();
  }
  m_inner = {1, 0, 0};
  if (!merged.empty()) {
    m_inner = merged.back();
    merged.pop_back();
  }
  m_loops = std::move(merged);
}

void StridedCopy::run(const std::byte* in, std::byte* out) const {
  if (m_unit == 0) return;
  in += m_inStart;
  out += m_outStart;
  if (m_loops.empty()) return copyRow(in, out, m_inner, m_unit);
  constexpr size_t kMostLoops = 32;
  int64_t small[kMostLoops] = {};
  std::vector<int64_t> large(m_loops.size() > kMostLoops ? m_loops.size() : 0, 0);
  int64_t* position = large.empty() ? small : large.data();
  while (true) {
    copyRow(in, out, m_inner, m_unit);
    size_t d = m_loops.size();
    while (d-- > 0) {
      const Loop& loop = m_loops[d];
      in += loop.in;
      out += loop.out;
      if (++position[d] < loop.extent) break;
      in -= loop.in * loop.extent;
      out -= loop.out * loop.extent;
      position[d] = 0;
      if (d == 0) return;
    }
  }
}

std::vector<int64_t> rowMajorSteps(const std::vector<int32_t>& shape) {
  std::vector<int64_t> steps(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;) steps[d - 1] = steps[d] * shape[d];
  return steps;
}

}  // namespace quantscope::ops
