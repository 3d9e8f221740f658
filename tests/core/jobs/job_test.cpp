#include "core/jobs/job.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "core/base/thread_pool.h"
#include "tests/support/catch.h"

using namespace quantscope;
using namespace std::chrono_literals;

TEST_CASE("progress counts what all threads report", "[jobs]") {
  Progress progress;
  progress.begin("Counting", 1000, "items");
  std::atomic<int> refused{0};
  parallelFor(1000, 4, [&](size_t, int) { refused += progress.advance() ? 0 : 1; });
  CHECK(refused == 0);
  const ProgressState state = progress.state();
  CHECK(state.done == 1000);
  CHECK(state.total == 1000);
  CHECK(state.stage == "Counting");
  CHECK(state.unit == "items");
  progress.begin("Next", 0, "bytes");
  CHECK(progress.state().done == 0);
}

TEST_CASE("advancing asks whether to go on", "[jobs]") {
  Progress progress;
  progress.begin("Work", 10, "items");
  CHECK(progress.advance());
  progress.cancel();
  CHECK_FALSE(progress.advance());
  CHECK_FALSE(progress.goOn());
}

TEST_CASE("the listener hears of the start and the end, and seldom in between", "[jobs]") {
  std::vector<ProgressState> heard;
  Progress progress([&](const ProgressState& state) { heard.push_back(state); });
  progress.begin("Work", 100'000, "items");
  bool goOn = true;
  for (int i = 0; i < 100'000; ++i) goOn = progress.advance() && goOn;
  CHECK(goOn);
  REQUIRE(heard.size() >= 2);
  CHECK(heard.front().done == 0);
  CHECK(heard.back().done == 100'000);
  CHECK(heard.size() < 200);
}

TEST_CASE("a job yields its value on its own thread", "[jobs]") {
  std::atomic<bool> finished{false};
  std::thread::id worker;
  Job<int> job(
      [&](Progress&) -> Result<std::shared_ptr<const int>> {
        worker = std::this_thread::get_id();
        return std::make_shared<const int>(42);
      },
      {}, [&] { finished = true; });
  REQUIRE(job.result().ok());
  CHECK(**job.result() == 42);
  CHECK(worker != std::this_thread::get_id());
  CHECK(job.ready());
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (!finished && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(finished);
}

TEST_CASE("a job stops soon after it is cancelled", "[jobs]") {
  std::atomic<bool> started{false};
  Job<int> job([&](Progress& progress) -> Result<std::shared_ptr<const int>> {
    started = true;
    while (progress.advance()) std::this_thread::sleep_for(1ms);
    return Error::cancelled();
  });
  while (!started) std::this_thread::yield();
  CHECK_FALSE(job.ready());
  const auto begin = std::chrono::steady_clock::now();
  job.cancel();
  CHECK(job.result().error().code == ErrorCode::Cancelled);
  CHECK(std::chrono::steady_clock::now() - begin < 200ms);
}

TEST_CASE("whoever drops a job ends its work", "[jobs]") {
  std::atomic<bool> ended{false};
  const auto begin = std::chrono::steady_clock::now();
  {
    Job<int> job([&](Progress& progress) -> Result<std::shared_ptr<const int>> {
      while (progress.goOn()) std::this_thread::sleep_for(1ms);
      ended = true;
      return Error::cancelled();
    });
  }
  CHECK(ended);
  CHECK(std::chrono::steady_clock::now() - begin < 1s);
}
