#include "tests/support/qt_event_loop_watch.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include <malloc.h>

namespace quantscope::tests {

namespace {

int64_t now() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// How long this thread was ready to run but did not get a processor, in nanoseconds.
int64_t waitedForProcessor() {
  std::ifstream file("/proc/thread-self/schedstat");
  int64_t ran = 0, waited = 0;
  return file >> ran >> waited ? waited : 0;
}

}  // namespace

EventLoopWatch::EventLoopWatch() {
  m_timer.setInterval(4);
  m_timer.setTimerType(Qt::PreciseTimer);
  connect(&m_timer, &QTimer::timeout, this, [this] { pulse(); });
  restart();
  m_timer.start();
}

void EventLoopWatch::restart() {
  m_last = now();
  m_lastWaited = waitedForProcessor();
  m_longest = 0;
}

void EventLoopWatch::pulse() {
  const int64_t time = now(), waited = waitedForProcessor();
  m_longest = std::max(m_longest, static_cast<double>(time - m_last - (waited - m_lastWaited)) / 1e6);
  m_last = time;
  m_lastWaited = waited;
}

int64_t residentBytes() {
  malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  int64_t total = 0, resident = 0;
  return file >> total >> resident ? resident * 4096 : 0;
}

}  // namespace quantscope::tests
