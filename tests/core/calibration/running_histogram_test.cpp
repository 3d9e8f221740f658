#include "core/calibration/running_histogram.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/catch.h"

using namespace quantscope;
using namespace quantscope::calibration;

namespace {

constexpr uint32_t kSide = 64;

/// As the collector feeds it: block by block.
Histogram counted(const std::vector<float>& values, size_t block, uint32_t side = kSide) {
  RunningHistogram histogram(side);
  BlockCounter counter(side);
  const auto& kernels = statistics::floatKernels(statistics::bestSimdLevel());
  for (size_t at = 0; at < values.size(); at += block) {
    const auto part = std::span(values).subspan(at, std::min(block, values.size() - at));
    const float low = *std::min_element(part.begin(), part.end()), high = *std::max_element(part.begin(), part.end());
    if (low == 0 && high == 0) {
      histogram.addZeros(part.size());
      continue;
    }
    histogram.fit(std::max(-low, high));
    if (part.size() < 10) {
      histogram.addFew(part);
      continue;
    }
    const int exponent = histogram.exponent();
    counter.count(kernels, part, exponent, low, high);
    histogram.add(exponent, counter.counts(), counter.firstBin());
  }
  return histogram.histogram();
}

void checkEqual(const Histogram& a, const Histogram& b) {
  CHECK(a.low == b.low);
  CHECK(a.high == b.high);
  CHECK(a.counts == b.counts);
}

}  // namespace

TEST_CASE("a histogram of growing range does not depend on the order of the values", "[calibration]") {
  std::mt19937 random(5);
  std::vector<float> values;
  for (int i = 0; i < 20000; ++i) {
    const float magnitude = std::ldexp(static_cast<float>(random() % 1000), static_cast<int>(random() % 40) - 45);
    values.push_back(random() % 2 ? magnitude : -magnitude);
  }
  values.push_back(-1e-44f);
  values.push_back(3.0f);
  const Histogram first = counted(values, 512);
  CHECK(first.total() == values.size());
  for (const size_t block : {1u, 7u, 300u, 100000u}) {
    std::shuffle(values.begin(), values.end(), random);
    checkEqual(counted(values, block), first);
  }
  std::sort(values.begin(), values.end());
  checkEqual(counted(values, 100), first);
}

TEST_CASE("bins hold what lies between their edges", "[calibration]") {
  const auto histogram = counted({-1.0f, -0.5f, -1e-30f, 0.0f, 0.5f, 63.0f, 64.0f}, 3);
  // 64 needs bins of 2: they begin at -2 and end at 66.
  CHECK(histogram.low == -2);
  CHECK(histogram.high == 66);
  CHECK(histogram.binWidth() == 2);
  CHECK(histogram.counts[0] == 3);
  CHECK(histogram.counts[1] == 2);
  CHECK(histogram.counts.back() == 1);
  CHECK(histogram.total() == 7);
}

TEST_CASE("the bins are at most twice as wide as needed", "[calibration]") {
  for (const float largest : {1e-40f, 1e-6f, 0.99f, 1.0f, 1.01f, 3e38f}) {
    const auto histogram = counted({largest, largest / 3}, 2, 2048);
    INFO(largest);
    CHECK(histogram.binWidth() <= 2 * static_cast<double>(largest) / 2048);
    CHECK(histogram.high >= static_cast<double>(largest));
    CHECK(histogram.total() == 2);
  }
}

TEST_CASE("zeros before anything else are not lost", "[calibration]") {
  CHECK(counted({}, 1).counts.empty());
  const auto zeros = counted({0, 0, 0}, 1);
  CHECK(zeros.low == 0);
  CHECK(zeros.total() == 3);
  const auto later = counted({0, 0, -5}, 1);
  CHECK(later.total() == 3);
  CHECK(later.counts.back() == 2);
}
