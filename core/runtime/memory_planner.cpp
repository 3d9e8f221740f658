#include "core/runtime/memory_planner.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/checked.h"

namespace quantscope::runtime {

namespace {

constexpr int64_t kAlignment = 64;

bool livesOverlap(const MemoryBlock& a, const MemoryBlock& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

std::optional<int64_t> planMemory(std::vector<MemoryBlock>& blocks) {
  for (MemoryBlock& block : blocks) {
    // Every block is at least one line: empty tensors have an address of their own too.
    const auto rounded = checkedAdd<int64_t>(std::max<int64_t>(block.bytes, 1), kAlignment - 1);
    if (!rounded) return std::nullopt;
    block.bytes = *rounded / kAlignment * kAlignment;
  }
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return blocks[a].bytes > blocks[b].bytes; });

  std::vector<size_t> placed;  // by offset
  int64_t total = 0;
  for (size_t index : order) {
    MemoryBlock& block = blocks[index];
    int64_t best = -1, bestGap = std::numeric_limits<int64_t>::max(), end = 0;
    for (size_t other : placed) {
      if (!livesOverlap(block, blocks[other])) continue;
      const int64_t gap = blocks[other].offset - end;
      if (gap >= block.bytes && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = std::max(end, blocks[other].offset + blocks[other].bytes);
    }
    block.offset = best >= 0 ? best : end;
    const auto blockEnd = checkedAdd(block.offset, block.bytes);
    if (!blockEnd) return std::nullopt;
    total = std::max(total, *blockEnd);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), index,
                                   [&](size_t a, size_t b) { return blocks[a].offset < blocks[b].offset; }),
                  index);
  }
  return total;
}

}  // namespace quantscope::runtime
