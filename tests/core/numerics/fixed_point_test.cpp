#include "core/numerics/fixed_point.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace quantscope::numerics;

namespace {

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();

}  // namespace

TEST_CASE("a real factor becomes mantissa and shift", "[numerics]") {
  CHECK(quantizeMultiplier(0.0) == Multiplier{0, 0});
  CHECK(quantizeMultiplier(0.5) == Multiplier{1 << 30, 0});
  CHECK(quantizeMultiplier(1.0) == Multiplier{1 << 30, 1});
  CHECK(quantizeMultiplier(0.75) == Multiplier{1610612736, 0});
  CHECK(quantizeMultiplier(3.0) == Multiplier{1610612736, 2});
  CHECK(quantizeMultiplier(-0.75) == Multiplier{-1610612736, 0});
  // 1 - 2^-33 rounds up to the next power of two.
  CHECK(quantizeMultiplier(1.0 - 0x1p-33) == Multiplier{1 << 30, 1});
  CHECK(quantizeMultiplier(0x1p-40) == Multiplier{0, 0});
}

TEST_CASE("the doubling product rounds halves upwards and saturates its one overflow", "[numerics]") {
  CHECK(doublingHighMultiply(kMin, kMin) == kMax);
  CHECK(doublingHighMultiply(1 << 30, 1) == 1);    // 0.5
  CHECK(doublingHighMultiply(1 << 30, -1) == 0);   // -0.5
  CHECK(doublingHighMultiply(1 << 30, -3) == -1);  // -1.5
  CHECK(doublingHighMultiply(kMax, kMax) == kMax - 1);
  CHECK(doublingHighMultiply(int16_t{-32768}, int16_t{-32768}) == 32767);
  CHECK(doublingHighMultiply(int16_t{16384}, int16_t{1}) == 1);
}

TEST_CASE("division by a power of two rounds halves away from zero", "[numerics]") {
  CHECK(roundingDivideByPowerOfTwo(5, 1) == 3);
  CHECK(roundingDivideByPowerOfTwo(-5, 1) == -3);
  CHECK(roundingDivideByPowerOfTwo(6, 2) == 2);
  CHECK(roundingDivideByPowerOfTwo(-6, 2) == -2);
  CHECK(roundingDivideByPowerOfTwo(5, 2) == 1);
  CHECK(roundingDivideByPowerOfTwo(7, 0) == 7);
  CHECK(roundingDivideByPowerOfTwo(kMin, 31) == -1);
  CHECK(roundingDivideByPowerOfTwo(kMax, 31) == 1);
}

TEST_CASE("a product with a multiplier is within one of the real product", "[numerics]") {
  uint32_t seed = 1;
  for (int i = 0; i < 20000; ++i) {
    seed = seed * 1664525u + 1013904223u;
    const auto x = static_cast<int32_t>(seed) >> (i % 20);
    const double factor = std::exp(-12.0 * ((i % 97) + 1) / 97.0);
    const double exact = x * factor;
    CHECK(std::abs(multiply(x, quantizeMultiplier(factor)) - exact) <= 1.0);
    // The 64-bit form keeps 15 bits of the factor only.
    CHECK(std::abs(multiply(int64_t{x}, quantizeMultiplier(factor)) - exact) <= 1.0 + std::abs(exact) / 32767.0);
  }
}

TEST_CASE("left shifts of a multiplier wrap as the reference kernels do", "[numerics]") {
  CHECK(multiply(int32_t{3}, quantizeMultiplier(4.0)) == 12);
  CHECK(multiply(int32_t{1 << 30}, Multiplier{1 << 30, 3}) == 0);
  CHECK(multiply(int32_t{3 << 28}, Multiplier{1 << 30, 3}) == -(1 << 30));
}

TEST_CASE("fixed-point functions follow the real ones", "[numerics]") {
  for (int bits = 0; bits <= 5; ++bits) {
    for (int i = 0; i < 1000; ++i) {
      const auto a = static_cast<int32_t>(-2147480000.0 * i / 1000.0);
      const double x = a * std::ldexp(1.0, bits - 31);
      CHECK(expOnNegative(a, bits) / 2147483648.0 == Approx(std::exp(x)).margin(2e-8));
      CHECK(logistic(a, bits) / 2147483648.0 == Approx(1 / (1 + std::exp(-x))).margin(1e-7));
      CHECK(tanh(a, bits) / 2147483648.0 == Approx(std::tanh(x)).margin(5e-7));
      const auto half = static_cast<int16_t>(a >> 16);
      const double xHalf = half * std::ldexp(1.0, bits - 15);
      CHECK(expOnNegative(half, bits) / 32768.0 == Approx(std::exp(xHalf)).margin(2e-4));
      CHECK(logistic(half, bits) / 32768.0 == Approx(1 / (1 + std::exp(-xHalf))).margin(4e-4));
      CHECK(tanh(half, bits) / 32768.0 == Approx(std::tanh(xHalf)).margin(8e-4));
    }
  }
  CHECK(expOnNegative(int32_t{0}, 5) == kMax);
  CHECK(logistic(int32_t{0}, 4) == 1 << 30);
  CHECK(logistic(int16_t{0}, 3) == 1 << 14);
}

TEST_CASE("reciprocals, roots and logarithms follow the real ones", "[numerics]") {
  for (uint32_t x = 1; x < 4000000000u; x = x + x / 7 + 1) {
    const auto r = reciprocal(x, 31);
    const double value = r.raw * std::ldexp(1.0, -31 - r.shift);
    CHECK(value == Approx(1.0 / x).epsilon(1e-7));
    if (x >= 2 && x < 2147483647u) {
      const auto root = inverseSquareRoot(static_cast<int32_t>(x));
      CHECK(root.mantissa * std::ldexp(1.0, root.shift - 31) == Approx(1.0 / std::sqrt(x)).epsilon(2e-6));
    }
    if (x >= (1u << 19) && x < 2147483647u) {
      const double v = x * std::ldexp(1.0, 12 - 31);
      CHECK(logarithm(static_cast<int32_t>(x), 12, 5) * std::ldexp(1.0, 5 - 31) == Approx(std::log(v)).margin(1e-6));
    }
  }
  CHECK(inverseSquareRoot(1) == Multiplier{kMax, 0});
}

TEST_CASE("the input radius and powers of two are found", "[numerics]") {
  CHECK(inputRadius(5, 20) == 31 * 64);
  CHECK(inputRadius(4, 27) == 15);
  int exponent = 0;
  CHECK(checkedLog2(0.0078125f, exponent));
  CHECK(exponent == -7);
  CHECK(checkedLog2(0.0078f, exponent) == false);
}
