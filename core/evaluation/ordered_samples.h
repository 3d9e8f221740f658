#pragma once

#include <algorithm>
#include <vector>

#include "core/base/thread_pool.h"
#include "core/jobs/progress.h"

namespace quantscope {

/// Calls work(item, worker, slot) for every item on several threads and reduce(item, slot) in ascending order on
/// this one: sums come out the same on any number of threads, and only a block of slots is held at a time.
/// False when it was cancelled; the last block is not reduced then. `first` items are left out: they were done before.
template <typename Slot, typename Work, typename Reduce>
bool forEachInOrder(size_t count, int threads, const Progress& progress, Work work, Reduce reduce, size_t first = 0,
                    size_t slotsHeld = 64) {
  for (size_t begin = first; begin < count; begin += slotsHeld) {
    std::vector<Slot> slots(std::min(slotsHeld, count - begin));
    parallelFor(slots.size(), threads, [&](size_t i, int worker) {
      if (progress.goOn()) work(begin + i, worker, slots[i]);
    });
    if (!progress.goOn()) return false;
    for (size_t i = 0; i < slots.size(); ++i) reduce(begin + i, slots[i]);
  }
  return true;
}

/// The same for work on `group` items at a time: work(begin, worker, slots) gets the slots of items begin, begin + 1,
/// ...
template <typename Slot, typename Work, typename Reduce>
bool forEachGroupInOrder(size_t count, size_t group, int threads, const Progress& progress, Work work, Reduce reduce,
                         size_t first = 0) {
  constexpr size_t kSlotsHeld = 128;
  const size_t groups = first < count ? (count - first + group - 1) / group : 0;
  return forEachInOrder<std::vector<Slot>>(
      groups, threads, progress,
      [&](size_t i, int worker, std::vector<Slot>& slots) {
        const size_t begin = first + i * group;
        slots.resize(std::min(group, count - begin));
        work(begin, worker, slots);
      },
      [&](size_t i, std::vector<Slot>& slots) {
        for (size_t k = 0; k < slots.size(); ++k) reduce(first + i * group + k, slots[k]);
      },
      0, std::max<size_t>(1, kSlotsHeld / group));
}

}  // namespace quantscope
