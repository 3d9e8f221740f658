#pragma once

#include <QObject>
#include <QTimer>
#include <cstdint>

namespace quantscope::tests {

/// Measures the longest time for which the window's thread did not come back to its event loop: computing or blocked.
/// Time in which the system let other programs run on a busy machine is not counted, where the system tells it
/// (/proc/thread-self/schedstat); elsewhere it is part of the gap.
class EventLoopWatch : public QObject {
public:
  EventLoopWatch();
  /// Forgets what was measured so far.
  void restart();
  double longestMilliseconds() const { return m_longest; }

private:
  void pulse();
  QTimer m_timer;
  int64_t m_last = 0, m_lastWaited = 0;  ///< nanoseconds
  double m_longest = 0;
};

/// Bytes of memory that the program holds now (resident set); 0 where the system does not tell.
int64_t residentBytes();

}  // namespace quantscope::tests
