#include "core/base/worker_pool.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace quantscope {

namespace {

void pauseBriefly() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

/// About 50 microseconds: shorter than anybody notices.
constexpr int kSpins = 2000;
/// Some milliseconds: longer than operators take that are not worth handing over.
constexpr int kExpectingSpins = 100000;
/// Spins after which the processor is offered to others.
constexpr int kSpinsBetweenYields = 256;

}  // namespace

WorkerPool::WorkerPool(int threads) {
  for (int i = 1; i < threads; ++i) m_workers.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  m_stop.store(true);
  m_generation.fetch_add(1);
  m_generation.notify_all();
  for (auto& worker : m_workers) worker.join();
}

bool WorkerPool::takePiece(uint32_t generation) {
  uint64_t ticket = m_ticket.load(std::memory_order_acquire);
  do {
    if ((ticket >> 32) != generation || (ticket & 0xffffffffu) == 0) return false;
  } while (!m_ticket.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire));
  // The portion cannot end before this piece does, so the body stays what it is.
  (*m_body)(static_cast<int>((ticket & 0xffffffffu) - 1));
  m_open.fetch_sub(1, std::memory_order_release);
  return true;
}

void WorkerPool::run(int pieces, const std::function<void(int)>& body) {
  if (m_workers.empty() || pieces < 2) {
    for (int piece = 0; piece < pieces; ++piece) body(piece);
    return;
  }
  m_body = &body;
  m_open.store(pieces, std::memory_order_relaxed);
  const uint32_t generation = m_generation.load(std::memory_order_relaxed) + 1;
  m_ticket.store((static_cast<uint64_t>(generation) << 32) | static_cast<uint32_t>(pieces), std::memory_order_release);
  m_generation.store(generation, std::memory_order_release);
  m_generation.notify_all();
  while (takePiece(generation)) {
  }
  for (int spins = 0; m_open.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < kSpins) {
      pauseBriefly();
    } else {
      std::this_thread::yield();
    }
  }
}

uint32_t WorkerPool::lookForWork(uint32_t seen) const {
  for (int spins = 1;; ++spins) {
    const uint32_t generation = m_generation.load(std::memory_order_acquire);
    const int most = m_expected.load(std::memory_order_relaxed) ? kExpectingSpins : kSpins;
    if (generation != seen || spins > most) return generation;
    if (spins > kSpins && spins % kSpinsBetweenYields == 0) {
      std::this_thread::yield();
    } else {
      pauseBriefly();
    }
  }
}

void WorkerPool::work() {
  uint32_t seen = 0;
  while (true) {
    const uint32_t generation = lookForWork(seen);
    if (generation == seen) {
      m_generation.wait(seen, std::memory_order_acquire);
      continue;
    }
    if (m_stop.load()) return;
    seen = generation;
    while (takePiece(generation)) {
    }
  }
}

}  // namespace quantscope
