#pragma once

#include <vector>

#include "core/base/thread_pool.h"
#include "core/jobs/progress.h"

namespace quantscope {

/// Calls work(item, worker, slot) for every item on several threads and reduce(item, slot) in ascending order on
/// this one: sums come out the same on any number of threads, and only a block of slots is held at a time.
/// False when it was cancelled; the last block is not reduced then. `first` items are left out: they were done before.
template <typename Slot, typename Work, typename Reduce>
bool forEachInOrder(size_t count, int threads, const Progress& progress, Work work, Reduce reduce, size_t first = 0) {
  constexpr size_t kBlock = 64;
  for (size_t begin = first; begin < count; begin += kBlock) {
    std::vector<Slot> slots(std::min(kBlock, count - begin));
    parallelFor(slots.size(), threads, [&](size_t i, int worker) {
      if (progress.goOn()) work(begin + i, worker, slots[i]);
    });
    if (!progress.goOn()) return false;
    for (size_t i = 0; i < slots.size(); ++i) reduce(begin + i, slots[i]);
  }
  return true;
}

}  // namespace quantscope
