#include "core/statistics/float_kernels.h"

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using namespace quantscope::statistics;

namespace {

std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> result;
  for (const SimdLevel level : {SimdLevel::Avx2, SimdLevel::Avx512}) {
    if (level <= bestSimdLevel()) result.push_back(level);
  }
  return result;
}

/// Numbers of all magnitudes, many zeros, at an odd address.
std::vector<std::byte> samples(size_t count, bool odd) {
  std::mt19937 random(11);
  std::vector<std::byte> bytes(count * 4 + 1);
  for (size_t i = 0; i < count; ++i) {
    float value = std::ldexp(static_cast<float>(random()) - 2e9f, static_cast<int>(random() % 60) - 50);
    if (random() % 7 == 0) value = random() % 2 ? 0.0f : -0.0f;
    if (odd && random() % 50 == 0) value = random() % 2 ? NAN : (random() % 2 ? INFINITY : -INFINITY);
    std::memcpy(bytes.data() + 1 + 4 * i, &value, 4);
  }
  return bytes;
}

}  // namespace

TEST_CASE("all widths of processors sum to the same bits", "[statistics]") {
  const auto& baseline = floatKernels(SimdLevel::Baseline);
  for (const size_t count : {1u, 7u, 16u, 31u, 32u, 1000u, 4096u, 65536u}) {
    const auto bytes = samples(count, false);
    FloatSums wanted;
    baseline.summarize(bytes.data() + 1, count, 0.37, wanted);
    for (const SimdLevel level : levels()) {
      FloatSums found;
      floatKernels(level).summarize(bytes.data() + 1, count, 0.37, found);
      INFO("level " << static_cast<int>(level) << ", count " << count);
      CHECK(found.min == wanted.min);
      CHECK(found.max == wanted.max);
      CHECK(found.zeros == wanted.zeros);
      CHECK(std::memcmp(&found.sum, &wanted.sum, sizeof(double)) == 0);
      CHECK(std::memcmp(&found.squares, &wanted.squares, sizeof(double)) == 0);
    }
  }
}

TEST_CASE("all widths notice what is not finite, wherever it is", "[statistics]") {
  for (const SimdLevel level : {SimdLevel::Baseline, SimdLevel::Avx2, SimdLevel::Avx512}) {
    if (level > bestSimdLevel()) continue;
    for (const float odd : {NAN, INFINITY, -INFINITY}) {
      for (size_t at = 0; at < 40; ++at) {
        std::vector<float> values(40, 1.5f);
        values[at] = odd;
        FloatSums sums;
        floatKernels(level).summarize(reinterpret_cast<const std::byte*>(values.data()), values.size(), 1.0, sums);
        CHECK_FALSE(std::isfinite(sums.squares));
      }
    }
  }
}

TEST_CASE("all widths count into the same bins", "[statistics]") {
  for (const uint32_t last : {0u, 1u, 2047u, 65535u}) {
    const size_t count = 10007, bins = last + 1;
    const auto bytes = samples(count, true);
    const double low = -1e3, factor = static_cast<double>(bins) / 2e3;
    std::vector<uint16_t> wanted(bins * kHistogramLanes);
    floatKernels(SimdLevel::Baseline).bin(bytes.data() + 1, count, low, factor, last, wanted.data());
    size_t total = 0;
    for (const uint16_t counter : wanted) total += counter;
    CHECK(total == count);
    for (const SimdLevel level : levels()) {
      std::vector<uint16_t> found(bins * kHistogramLanes);
      floatKernels(level).bin(bytes.data() + 1, count, low, factor, last, found.data());
      CHECK((found == wanted));
    }
  }
}

TEST_CASE("all widths add columns to the same bits", "[statistics]") {
  for (const size_t count : {1u, 7u, 16u, 31u, 100u}) {
    const auto bytes = samples(3 * count, false);
    struct Table {
      std::vector<double> sum, squares;
      std::vector<float> min, max;
      std::vector<uint32_t> zeros;
    };
    auto add = [&](SimdLevel level) {
      Table table{std::vector<double>(count), std::vector<double>(count), std::vector<float>(count, INFINITY),
                  std::vector<float>(count, -INFINITY), std::vector<uint32_t>(count)};
      for (size_t row = 0; row < 3; ++row) {
        floatKernels(level).addColumns(
            bytes.data() + 1 + row * count * 4, count, 0.37,
            {table.sum.data(), table.squares.data(), table.min.data(), table.max.data(), table.zeros.data()});
      }
      return table;
    };
    const Table wanted = add(SimdLevel::Baseline);
    for (const SimdLevel level : levels()) {
      const Table found = add(level);
      INFO("level " << static_cast<int>(level) << ", count " << count);
      CHECK(std::memcmp(found.sum.data(), wanted.sum.data(), count * sizeof(double)) == 0);
      CHECK(std::memcmp(found.squares.data(), wanted.squares.data(), count * sizeof(double)) == 0);
      CHECK(found.min == wanted.min);
      CHECK(found.max == wanted.max);
      CHECK(found.zeros == wanted.zeros);
    }
  }
}
