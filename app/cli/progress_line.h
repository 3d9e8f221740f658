#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "core/jobs/progress.h"

namespace quantscope::cli {

enum class ProgressStyle { Bar, Plain, None };

/// Shows a job's progress on stderr: one line with a bar, rate and remaining time that is drawn over, or plain lines
/// at most every two seconds.
class ProgressLine {
public:
  explicit ProgressLine(ProgressStyle style) : m_style(style) {}
  void setStyle(ProgressStyle style) { m_style = style; }
  /// To be given to Progress; thread-safe.
  void show(const ProgressState& state);
  /// Removes the bar; before anything else is written to the terminal.
  void clear();

private:
  using Clock = std::chrono::steady_clock;
  void showBar(const ProgressState& state, double seconds);
  void showPlain(const ProgressState& state, double seconds);

  ProgressStyle m_style;
  std::mutex m_mutex;
  std::string m_stage;
  Clock::time_point m_stageStart{}, m_lastLine{};
  uint64_t m_lastDone = 0;
  bool m_finished = false;
  bool m_visible = false;
};

/// "1,234/s" and "0:42 left" for what was done in so many seconds; empty where nothing can be said yet.
std::string rateText(const ProgressState& state, double seconds);

}  // namespace quantscope::cli
