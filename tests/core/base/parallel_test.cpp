#include <atomic>
#include <numeric>
#include <vector>

#include "core/base/checked.h"
#include "core/base/index.h"
#include "core/base/thread_pool.h"
#include "tests/support/catch.h"

using namespace quantscope;

TEST_CASE("every item is done once, on any number of threads", "[base]") {
  for (const int threads : {-1, 0, 1, 2, 3, 8}) {
    for (const size_t count : {0u, 1u, 2u, 1000u}) {
      std::vector<std::atomic<int>> done(count);
      std::atomic<bool> workersKnown{true};
      parallelFor(count, threads, [&](size_t item, int worker) {
        ++done[item];
        if (worker < 0 || worker >= std::max(1, threads)) workersKnown = false;
      });
      CHECK(workersKnown);
      CHECK(std::all_of(done.begin(), done.end(), [](const auto& n) { return n == 1; }));
    }
  }
}

TEST_CASE("sums by item are the same on any number of threads", "[base]") {
  auto sum = [](int threads) {
    std::vector<float> parts(1000);
    parallelFor(parts.size(), threads, [&](size_t item, int) { parts[item] = 1.0f / static_cast<float>(item + 1); });
    return std::accumulate(parts.begin(), parts.end(), 0.0f);
  };
  const float one = sum(1);
  CHECK(sum(2) == one);
  CHECK(sum(5) == one);
}

TEST_CASE("there is at least one hardware thread", "[base]") {
  CHECK(hardwareThreads() >= 1);
}

TEST_CASE("checked sums and products tell when they do not fit", "[base]") {
  CHECK(checkedAdd<int32_t>(2147483646, 1) == 2147483647);
  CHECK_FALSE(checkedAdd<int32_t>(2147483647, 1));
  CHECK(checkedMultiply<int64_t>(int64_t{1} << 31, int64_t{1} << 31) == int64_t{1} << 62);
  CHECK_FALSE(checkedMultiply<int64_t>(int64_t{1} << 32, int64_t{1} << 31));
  CHECK_FALSE(checkedMultiply<uint64_t>(~uint64_t{0}, 2));
}

TEST_CASE("an index is invalid until it is given", "[base]") {
  CHECK_FALSE(TensorIndex().valid());
  CHECK(TensorIndex(size_t{3}).position() == 3);
  CHECK(TensorIndex(1) < TensorIndex(2));
  CHECK(std::hash<TensorIndex>()(TensorIndex(7)) == std::hash<TensorIndex>()(TensorIndex(7)));
}
