#pragma once

#include <algorithm>
#include <functional>

#include "core/ops/kernel.h"

namespace quantscope::fast {

/// Calls body(begin, end) for parts of [0, count) on the run's threads; on this thread alone where `work`
/// (multiplications, or values moved) is too little to be worth handing over. Parts are multiples of `unit`.
template <typename Body>
void inPieces(const KernelContext& run, size_t count, size_t unit, double work, Body&& body) {
  constexpr double worthHandingOver = 200000.0;
  const size_t threads = run.tasks ? static_cast<size_t>(std::max(run.tasks->threads(), 1)) : 1;
  const size_t units = (count + unit - 1) / unit;
  const size_t pieces = work < worthHandingOver ? 1 : std::min(threads, units);
  if (pieces <= 1) {
    body(size_t{0}, count);
    return;
  }
  const auto part = [&](int piece) {
    const size_t begin = units * static_cast<size_t>(piece) / pieces * unit;
    const size_t end = std::min(units * (static_cast<size_t>(piece) + 1) / pieces * unit, count);
    if (begin < end) body(begin, end);
  };
  // By reference: a function object of this size would be allocated.
  run.tasks->run(static_cast<int>(pieces), std::cref(part));
}

}  // namespace quantscope::fast
