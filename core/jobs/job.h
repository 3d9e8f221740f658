#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "core/base/result.h"
#include "core/jobs/progress.h"

namespace quantscope {

/// Work on its own thread that yields an immutable value. Whoever owns the Job owns the work: the
/// destructor cancels and joins. No Qt is needed; the window wraps it.
template <typename T>
class Job {
public:
  using Value = std::shared_ptr<const T>;
  using Work = std::function<Result<Value>(Progress&)>;

  /// Starts at once. `finished` (may be empty) is called on the job's thread after the result is ready.
  Job(Work work, Progress::Listener listener = {}, std::function<void()> finished = {})
      : m_progress(std::make_unique<Progress>(std::move(listener))),
        m_future(m_promise.get_future().share()),
        m_thread([this, work = std::move(work), finished = std::move(finished)] {
          m_promise.set_value(work(*m_progress));
          if (finished) finished();
        }) {}
  ~Job() { m_progress->cancel(); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  void cancel() { m_progress->cancel(); }
  bool ready() const { return m_future.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  /// Waits for and returns the result.
  const Result<Value>& result() const { return m_future.get(); }
  const Progress& progress() const { return *m_progress; }

private:
  std::unique_ptr<Progress> m_progress;
  std::promise<Result<Value>> m_promise;
  std::shared_future<Result<Value>> m_future;
  std::jthread m_thread;  // last: joins before the rest goes
};

}  // namespace quantscope
