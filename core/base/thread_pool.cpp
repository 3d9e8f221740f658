#include "core/base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace quantscope {

int hardwareThreads() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallelFor(size_t count, int threads, const std::function<void(size_t, int)>& body) {
  const int workers = static_cast<int>(std::min<size_t>(count, static_cast<size_t>(std::max(1, threads))));
  std::atomic<size_t> next{0};
  auto work = [&](int worker) {
    for (size_t item = next++; item < count; item = next++) body(item, worker);
  };
  std::vector<std::jthread> others;
  for (int worker = 1; worker < workers; ++worker) others.emplace_back(work, worker);
  work(0);
}

}  // namespace quantscope
