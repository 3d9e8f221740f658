#include "core/jobs/progress.h"

namespace quantscope {

namespace {
constexpr auto kNoticeInterval = std::chrono::milliseconds(33);
}

void Progress::begin(std::string stage, uint64_t total, std::string unit) {
  {
    const std::lock_guard lock(m_mutex);
    m_state.stage = std::move(stage);
    m_state.unit = std::move(unit);
    m_state.total = total;
    m_done.store(0, std::memory_order_relaxed);
  }
  notify(true);
}

bool Progress::advance(uint64_t n) {
  m_done.fetch_add(n, std::memory_order_relaxed);
  notify(false);
  return goOn();
}

ProgressState Progress::state() const {
  const std::lock_guard lock(m_mutex);
  ProgressState state = m_state;
  state.done = m_done.load(std::memory_order_relaxed);
  return state;
}

void Progress::notify(bool always) {
  if (!m_listener) return;
  const auto now = std::chrono::steady_clock::now();
  ProgressState state;
  {
    std::unique_lock lock(m_mutex, std::defer_lock);
    // A worker never waits to report: whoever holds the lock is reporting already.
    if (always) {
      lock.lock();
    } else if (!lock.try_lock()) {
      return;
    }
    const uint64_t done = m_done.load(std::memory_order_relaxed);
    const bool finished = m_state.total != 0 && done >= m_state.total;
    if (!always && !finished && now - m_lastNotice < kNoticeInterval) return;
    m_lastNotice = now;
    state = m_state;
    state.done = done;
  }
  m_listener(state);
}

}  // namespace quantscope
