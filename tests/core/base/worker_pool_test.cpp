#include "core/base/worker_pool.h"

#include <atomic>
#include <chrono>
#include <vector>

#include "tests/support/catch.h"

namespace quantscope::tests {

TEST_CASE("a worker pool does every piece of every portion exactly once", "[base]") {
  WorkerPool pool(3);
  CHECK(pool.threads() == 3);
  for (int portion = 0; portion < 2000; ++portion) {
    const int pieces = portion % 7;
    std::vector<std::atomic<int>> done(7);
    pool.run(pieces, [&](int piece) { ++done[static_cast<size_t>(piece)]; });
    for (int piece = 0; piece < 7; ++piece) REQUIRE(done[static_cast<size_t>(piece)] == (piece < pieces ? 1 : 0));
  }
}

TEST_CASE("workers that sleep are woken by the next portion", "[base]") {
  WorkerPool pool(2);
  for (int portion = 0; portion < 3; ++portion) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::atomic<int> done{0};
    pool.run(50, [&](int) { ++done; });
    CHECK(done == 50);
  }
}

TEST_CASE("a pool of one thread works on the caller", "[base]") {
  WorkerPool pool(1);
  const auto caller = std::this_thread::get_id();
  pool.run(4, [&](int) { CHECK(std::this_thread::get_id() == caller); });
}

}  // namespace quantscope::tests
