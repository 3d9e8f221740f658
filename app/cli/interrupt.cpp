#include "app/cli/interrupt.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <string_view>

#include "core/base/temporary_files.h"

namespace quantscope::cli {

namespace {

// Work asks between its steps whether to go on. A step over hundreds of megabytes (reading a model, packing its
// weights) may take longer than a person is to wait; nothing is lost by ending the program in the midst of it.
constexpr suseconds_t kPatienceMicroseconds = 50'000;

// Lock-free atomics only: everything here is touched by a signal handler.
std::atomic<Progress*> progressToCancel{nullptr};
std::atomic<int> lastSignal{0};

[[noreturn]] void endAtOnce() {
  removeTemporaryFiles();
  // The bar of a terminal stands on the line.
  const std::string_view message = ::isatty(STDERR_FILENO) == 1 ? "\r\x1b[Kerror: cancelled\n" : "error: cancelled\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, message.data(), message.size());
  ::_exit(128 + lastSignal.load());
}

extern "C" void onSignal(int number) {
  if (lastSignal.exchange(number) != 0) endAtOnce();
  if (Progress* progress = progressToCancel.load()) progress->cancel();
  itimerval patience{};
  patience.it_value.tv_usec = kPatienceMicroseconds;
  ::setitimer(ITIMER_REAL, &patience, nullptr);
}

extern "C" void onPatienceOver(int) {
  endAtOnce();
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

void cancelOnSignals(Progress& progress) {
  progressToCancel.store(&progress);
  handle(SIGALRM, onPatienceOver);
  handle(SIGINT, onSignal);
  handle(SIGTERM, onSignal);
}

void workIsOver() {
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
}

int exitCodeOfSignal() {
  const int number = lastSignal.load();
  return number == 0 ? 0 : 128 + number;
}

}  // namespace quantscope::cli
