#include "app/cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace quantscope::cli {

namespace {

// Lock-free atomics only: everything here is touched by a signal handler.
std::atomic<Progress*> progressToCancel{nullptr};
std::atomic<int> lastSignal{0};
std::atomic<int> signals{0};

extern "C" void onSignal(int number) {
  lastSignal.store(number);
  if (Progress* progress = progressToCancel.load()) progress->cancel();
  if (signals.fetch_add(1) >= 2) ::_exit(128 + number);
}

}  // namespace

void cancelOnSignals(Progress& progress) {
  progressToCancel.store(&progress);
  struct sigaction action {};
  action.sa_handler = onSignal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int exitCodeOfSignal() {
  const int number = lastSignal.load();
  return number == 0 ? 0 : 128 + number;
}

}  // namespace quantscope::cli
