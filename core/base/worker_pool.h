#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace quantscope {

/// Threads that wait for small pieces of work, for a caller that has many such portions in quick succession
/// (the operators of a network): handing over costs about a microsecond while the workers are awake. They
/// look for work for a short while before they sleep. One caller at a time; the caller works too.
class WorkerPool {
public:
  /// `threads` counts the caller; below 2 no thread is started.
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(m_workers.size()) + 1; }
  /// Calls body(piece) for every piece in [0, pieces), in any order, on any of the threads; returns when all
  /// are done. body must not throw and must not call run().
  void run(int pieces, const std::function<void(int piece)>& body);
  /// Between true and false more portions are to come: workers look for them longer before they sleep, and let other
  /// threads of the machine go first meanwhile.
  void expectWork(bool expected) { m_expected.store(expected, std::memory_order_relaxed); }

private:
  void work();
  /// The number of the portion after `seen`; `seen` where none came for a while.
  uint32_t lookForWork(uint32_t seen) const;
  bool takePiece(uint32_t generation);

  std::vector<std::thread> m_workers;
  const std::function<void(int)>* m_body = nullptr;
  /// Number of the portion (high half) and pieces not yet taken (low half), so that a worker that wakes
  /// late can never take a piece of another portion than it believes.
  std::atomic<uint64_t> m_ticket{0};
  std::atomic<uint32_t> m_generation{0};
  std::atomic<int> m_open{0};  ///< pieces not yet finished
  std::atomic<bool> m_expected{false};
  std::atomic<bool> m_stop{false};
};

}  // namespace quantscope
