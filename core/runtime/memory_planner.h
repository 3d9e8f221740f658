#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace quantscope::runtime {

/// A piece of memory that is needed from step `first` to step `last` (inclusive).
struct MemoryBlock {
  int64_t bytes = 0;
  int first = 0, last = 0;
  int64_t offset = 0;  ///< result; a multiple of 64
};

/// Places blocks whose lives overlap side by side and lets the others share memory. Greedy by size: the
/// largest first, each at the smallest gap that fits (Pisarchyk and Lee, "Efficient memory management for
/// deep neural net inference", 2020). Returns the bytes of the whole; nothing where that does not fit an int64.
std::optional<int64_t> planMemory(std::vector<MemoryBlock>& blocks);

}  // namespace quantscope::runtime
