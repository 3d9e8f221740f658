#include "core/quantization/algorithms/code_grid.h"

#include <cmath>
#include <random>

#include "core/quantization/constants/code_kernels.h"
#include "tests/support/catch.h"

using namespace quantscope;
using namespace quantscope::quantization;

namespace {

std::vector<float> bellValues(size_t count, float outlier = 0, uint32_t seed = 1) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& v : values) {
    float sum = 0;
    for (int i = 0; i < 4; ++i) sum += static_cast<float>(random()) / 4294967296.0f - 0.5f;
    v = sum;
  }
  if (outlier != 0) values[count / 2] = outlier;
  return values;
}

double squaredError(const std::vector<float>& values, const CodeGrid& grid) {
  const auto codes = grid.nearest(values);
  double total = 0;
  for (int64_t r = 0, i = 0; r < grid.rows; ++r) {
    for (int64_t k = 0; k < grid.depth; ++k, ++i) {
      const size_t place = static_cast<size_t>(i);
      const double e =
          static_cast<double>(values[place]) - static_cast<double>(grid.scale[grid.slice(r, k)]) * codes[place];
      total += e * e;
    }
  }
  return total;
}

}  // namespace

TEST_CASE("clipping by the squared error is never worse than the extremes, and far better with outliers",
          "[quantization][algorithms]") {
  GridRules rules;
  for (const int bits : {2, 3, 4, 8}) {
    rules.bits = bits;
    for (const float outlier : {0.0f, 3.0f, 40.0f}) {
      const auto values = bellValues(4 * 512, outlier);
      const double plain = squaredError(values, minMaxGrid(values, 4, 512, rules));
      const double mse = squaredError(values, leastErrorGrid(values, 4, 512, rules));
      const double octav = squaredError(values, octavGrid(values, 4, 512, rules));
      INFO(bits << " bits, outlier " << outlier);
      CHECK(mse <= plain);
      CHECK(octav <= plain);
      if (bits == 4 && outlier == 3.0f) {
        CHECK(mse < 0.9 * plain);
        CHECK(octav < 0.9 * plain);
      }
    }
  }
}

TEST_CASE("OCTAV's scale is a fixed point of its recursion", "[quantization][algorithms]") {
  GridRules rules;
  rules.bits = 4;
  const auto values = bellValues(20000);
  const CodeGrid grid = octavGrid(values, 1, 20000, rules);
  const double clip = static_cast<double>(grid.scale[0]) * 7;
  double above = 0, countAbove = 0, countBelow = 0;
  for (const float v : values) {
    const double m = std::abs(static_cast<double>(v));
    (m > clip ? countAbove : countBelow) += 1;
    if (m > clip) above += m;
  }
  CHECK(above / (countBelow / 256 / 3 + countAbove) == Approx(clip).epsilon(1e-3));
}

TEST_CASE("blocks and whole tensors have scales of their own", "[quantization][algorithms]") {
  GridRules rules;
  rules.bits = 4;
  const auto values = bellValues(2 * 128, 9.0f);
  rules.block = 32;
  CHECK(minMaxGrid(values, 2, 128, rules).slices() == 8);
  rules.block = 0;
  rules.oneScale = true;
  CHECK(minMaxGrid(values, 2, 128, rules).slices() == 1);
}

TEST_CASE("scales that are powers of two are", "[quantization][algorithms]") {
  GridRules rules;
  rules.scales = GridRules::Scales::PowerOfTwo;
  const auto values = bellValues(8 * 64, 2.5f);
  for (const CodeGrid& grid : {minMaxGrid(values, 8, 64, rules), leastErrorGrid(values, 8, 64, rules)})
    for (const float scale : grid.scale) CHECK(std::exp2(std::round(std::log2(scale))) == scale);
  CHECK(squaredError(values, leastErrorGrid(values, 8, 64, rules)) <=
        squaredError(values, minMaxGrid(values, 8, 64, rules)));
}

TEST_CASE("an asymmetric grid spends its codes on the side where the values are", "[quantization][algorithms]") {
  GridRules rules;
  rules.bits = 3;
  auto values = bellValues(256);
  for (float& v : values) v = std::abs(v);
  const double symmetric = squaredError(values, minMaxGrid(values, 1, 256, rules));
  rules.symmetric = false;
  const CodeGrid grid = minMaxGrid(values, 1, 256, rules);
  CHECK(grid.low[0] == 0);
  CHECK(grid.high[0] == 7);
  CHECK(squaredError(values, grid) < 0.5 * symmetric);
}

TEST_CASE("scales of channels that are zero, tiny or huge are usable numbers", "[quantization][algorithms]") {
  GridRules rules;
  for (const auto scales : {GridRules::Scales::Float, GridRules::Scales::Half, GridRules::Scales::PowerOfTwo}) {
    rules.scales = scales;
    for (const float v : {0.0f, 1e-42f, 1e-30f, 3e38f}) {
      const std::vector<float> values{v, -v, v, 0};
      for (const CodeGrid& grid : {minMaxGrid(values, 1, 4, rules), leastErrorGrid(values, 1, 4, rules)}) {
        CHECK(std::isnormal(grid.scale[0]));
        CHECK(grid.scale[0] > 0);
      }
    }
  }
}

TEST_CASE("codes are the same at every width of the processor", "[quantization][algorithms]") {
  auto values = bellValues(1003, 2.0f);
  // Halves, which round away from zero, and values beyond the limit.
  for (size_t i = 0; i < 200; ++i) values[i] = (static_cast<float>(i) - 100.0f) * 0.5f * 0.0078125f;
  const CodeKernels& baseline = codeKernels(statistics::SimdLevel::Baseline);
  for (const auto level : {statistics::SimdLevel::Avx2, statistics::SimdLevel::Avx512}) {
    if (level > statistics::bestSimdLevel()) continue;
    const CodeKernels& wide = codeKernels(level);
    CHECK(wide.magnitude(values.data(), values.size()) == baseline.magnitude(values.data(), values.size()));
    for (const float scale : {0.0078125f, 0.003f, 1.7e-4f}) {
      for (const int limit : {7, 127}) {
        std::vector<int8_t> a(values.size()), b(values.size());
        baseline.exact(values.data(), values.size(), scale, limit, a.data());
        wide.exact(values.data(), values.size(), scale, limit, b.data());
        CHECK(a == b);
        baseline.reciprocal(values.data(), values.size(), scale, limit, a.data());
        wide.reciprocal(values.data(), values.size(), scale, limit, b.data());
        CHECK(a == b);
        std::vector<std::byte> p((a.size() + 1) / 2), q(p.size());
        baseline.pack4(a.data(), a.size(), p.data());
        wide.pack4(b.data(), b.size(), q.data());
        CHECK(p == q);
      }
    }
    for (const float bad : {NAN, INFINITY, -INFINITY}) {
      for (const size_t place : {size_t{3}, size_t{500}, size_t{1002}}) {
        auto broken = values;
        broken[place] = bad;
        CHECK(std::isnan(wide.magnitude(broken.data(), broken.size())));
        CHECK(std::isnan(baseline.magnitude(broken.data(), broken.size())));
      }
    }
  }
}
