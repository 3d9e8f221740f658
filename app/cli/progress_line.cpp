#include "app/cli/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/report/text.h"

namespace quantscope::cli {

namespace {

constexpr double kPlainInterval = 2.0;  // seconds between plain lines

size_t terminalWidth() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

std::string clockText(double seconds) {
  const auto total = static_cast<long long>(std::ceil(seconds));
  char text[40];
  if (total >= 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", total / 3600, total / 60 % 60, total % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld", total / 60, total % 60);
  }
  return text;
}

bool inBytes(const ProgressState& state) {
  return state.unit == "bytes";
}

std::string amount(const ProgressState& state) {
  auto one = [&](uint64_t value) {
    return inBytes(state) ? text::bytes(static_cast<int64_t>(value)) : text::count(static_cast<int64_t>(value));
  };
  std::string shown = one(state.done);
  if (state.total > 0) shown += " of " + one(state.total);
  return inBytes(state) ? shown : shown + " " + state.unit;
}

}  // namespace

std::string rateText(const ProgressState& state, double seconds) {
  if (seconds < 0.3 || state.done == 0) return "";
  const double rate = static_cast<double>(state.done) / seconds;
  std::string shown = inBytes(state)  ? text::bytes(static_cast<int64_t>(rate)) + "/s"
                      : rate >= 100.0 ? text::count(static_cast<int64_t>(rate)) + "/s"
                                      : text::compact(rate, 3) + "/s";
  if (state.total > state.done) {
    shown += "  " + clockText(static_cast<double>(state.total - state.done) / rate) + " left";
  }
  return shown;
}

void ProgressLine::show(const ProgressState& state) {
  if (m_style == ProgressStyle::None) return;
  const std::lock_guard lock(m_mutex);
  const auto now = Clock::now();
  // A stage of the same name that starts over counts as a new one, too.
  if (state.stage != m_stage || state.done < m_lastDone) {
    m_stage = state.stage;
    m_stageStart = m_lastLine = now;
    m_finished = false;
  }
  m_lastDone = state.done;
  const double seconds = std::chrono::duration<double>(now - m_stageStart).count();
  if (m_style == ProgressStyle::Bar) {
    showBar(state, seconds);
  } else {
    showPlain(state, seconds);
  }
}

void ProgressLine::showBar(const ProgressState& state, double seconds) {
  constexpr size_t kBar = 24;
  std::string line = state.stage + "  ";
  if (state.total > 0) {
    const double fraction = std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
    const auto filled = static_cast<size_t>(fraction * kBar);
    line += "[" + std::string(filled, '#') + std::string(kBar - filled, '.') + "] ";
    line += text::fixed(std::floor(100 * fraction), 0) + " %  ";
  }
  line += amount(state);
  const std::string rate = rateText(state, seconds);
  if (!rate.empty()) line += "  " + rate;
  line = text::shorten(line, terminalWidth() - 1);
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  m_visible = true;
}

void ProgressLine::showPlain(const ProgressState& state, double seconds) {
  if (m_finished) return;
  const bool finished = state.total > 0 && state.done >= state.total;
  const auto now = Clock::now();
  const double sinceLine = std::chrono::duration<double>(now - m_lastLine).count();
  if (!finished && sinceLine < kPlainInterval) return;
  m_lastLine = now;
  m_finished = finished;
  const std::string rate = rateText(state, seconds);
  std::fprintf(stderr, "%s: %s%s%s\n", state.stage.c_str(), amount(state).c_str(), rate.empty() ? "" : "  ",
               rate.c_str());
}

void ProgressLine::clear() {
  const std::lock_guard lock(m_mutex);
  if (!m_visible) return;
  std::fprintf(stderr, "\r\x1b[K");
  std::fflush(stderr);
  m_visible = false;
}

}  // namespace quantscope::cli
