#pragma once

#include <cstddef>
#include <functional>

namespace quantscope {

/// Number of hardware threads this process may use, at least 1.
int hardwareThreads();

/// Calls body(item, worker) for every item in [0, count), on up to `threads` threads; the calling thread
/// is worker 0. Items are handed out one by one in ascending order, so uneven items balance. Returns when
/// all are done. body must not throw. To be deterministic, write results by item and reduce in item
/// order afterwards; `worker` (< threads) is for scratch memory only.
void parallelFor(size_t count, int threads, const std::function<void(size_t item, int worker)>& body);

}  // namespace quantscope
