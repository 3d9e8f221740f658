#include "core/numerics/vector_functions.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"

namespace quantscope::tests {

namespace {

// Seen from the real runtime: x, its tanh, its logistic.
struct Seen {
  float x, tanh, logistic;
};
constexpr Seen kSeen[] = {
    {-0x1.3f0fe20000000p+4f, -0x1.0000000000000p+0f, 0x1.2c62ce0000000p-29f},
    {-0x1.9492920000000p+2f, -0x1.ffff280000000p-1f, 0x1.d651440000000p-10f},
    {0x1.7eafd60000000p+0f, 0x1.cef5880000000p-1f, 0x1.a234b00000000p-1f},
    {0x1.29f53e0000000p+3f, 0x1.0000000000000p+0f, 0x1.fff4260000000p-1f},
    {0x1.4000000000000p+4f, 0x1.0000000000000p+0f, 0x1.0000000000000p+0f},
    {-0x1.23e7f40000000p-7f, -0x1.23e5fa0000000p-7f, 0x1.fdb8300000000p-2f},
    {-0x1.b2ff8e0000000p+0f, -0x1.dee1020000000p-1f, 0x1.3c8e400000000p-3f},
    {0x1.10faa60000000p+1f, 0x1.f1d0800000000p-1f, 0x1.c9bf1e0000000p-1f},
};

}  // namespace

TEST_CASE("tanh and logistic of whole vectors give the bits of the real runtime", "[numerics]") {
  for (const Seen& seen : kSeen) {
    INFO(seen.x);
    CHECK(numerics::vectorTanh(seen.x) == seen.tanh);
    CHECK(numerics::vectorLogistic(seen.x) == seen.logistic);
  }
}

TEST_CASE("tanh and logistic of whole vectors stay near the true functions", "[numerics]") {
  for (float x = -30.0f; x < 30.0f; x += 0.01f) {
    const double tanh = std::tanh(double{x}), logistic = 1.0 / (1.0 + std::exp(-double{x}));
    CHECK(std::abs(double{numerics::vectorTanh(x)} - tanh) <= 5e-7 * std::abs(tanh));
    CHECK(std::abs(double{numerics::vectorLogistic(x)} - logistic) <= 5e-7 * logistic);
    CHECK(std::abs(double{numerics::scalarLogistic(x)} - logistic) <= 5e-7 * logistic);
  }
  CHECK(std::isnan(numerics::vectorLogistic(std::numeric_limits<float>::quiet_NaN())));
  CHECK(numerics::vectorLogistic(-1e30f) == 0.0f);
  CHECK(numerics::vectorLogistic(1e30f) == 1.0f);
}

TEST_CASE("whole vectors of four begin at aligned memory", "[numerics]") {
  // 2 values before the first aligned one, then one vector, then 1 left over.
  const bool expected[] = {false, false, true, true, true, true, false};
  for (size_t i = 0; i < 7; ++i) CHECK(numerics::inWholeVector(6, 7, i) == expected[i]);
  CHECK_FALSE(numerics::inWholeVector(0, 3, 0));
  CHECK(numerics::inWholeVector(4, 4, 3));
}

}  // namespace quantscope::tests
