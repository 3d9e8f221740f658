#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

namespace quantscope {

/// The thread-safe wish to stop. Shared by the owner of a job and the work itself.
class CancelToken {
public:
  void cancel() { m_cancelled.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return m_cancelled.load(std::memory_order_relaxed); }

private:
  std::atomic<bool> m_cancelled{false};
};

/// What a job tells about itself. `total` is 0 while it is unknown.
struct ProgressState {
  std::string stage;  ///< "Calibrating", plain English
  std::string unit;   ///< "pictures", "bytes", "operators"
  uint64_t done = 0;
  uint64_t total = 0;
};

/// Reporting progress is asking whether to go on. Thread-safe: workers of one job share it.
/// The listener is called at most about 30 times a second (and at stage changes), from whichever
/// thread advanced; it must be quick.
class Progress {
public:
  using Listener = std::function<void(const ProgressState&)>;

  Progress() = default;
  explicit Progress(Listener listener) : m_listener(std::move(listener)) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Starts a stage: done goes back to 0.
  void begin(std::string stage, uint64_t total, std::string unit);
  /// Reports n more items; false when the work should stop as soon as it can.
  [[nodiscard]] bool advance(uint64_t n = 1);
  /// False when the work should stop; reports nothing.
  [[nodiscard]] bool goOn() const { return !m_cancel.cancelled(); }
  void cancel() { m_cancel.cancel(); }
  ProgressState state() const;

private:
  void notify(bool always);

  CancelToken m_cancel;
  Listener m_listener;
  std::atomic<uint64_t> m_done{0};
  mutable std::mutex m_mutex;
  ProgressState m_state;
  std::chrono::steady_clock::time_point m_lastNotice{};
};

}  // namespace quantscope
