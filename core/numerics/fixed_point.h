#pragma once

#include <cstdint>
#include <limits>

/// The integer arithmetic of the TensorFlow Lite kernels, bit for bit (spec/tflite-kernels.md section 1).
/// "Fk" is a raw integer with k integer bits: value = raw * 2^(k - 31), for int16 raws 2^(k - 15).
namespace quantscope::numerics {

/// A real factor as mantissa * 2^(shift - 31).
struct Multiplier {
  int32_t mantissa = 0;
  int32_t shift = 0;
  friend bool operator==(const Multiplier&, const Multiplier&) = default;
};

/// Nearest Multiplier of a finite real factor; below 2^-32 it becomes zero (1.1).
Multiplier quantizeMultiplier(double factor);

/// a reduced to its low 32 bits as a signed number.
constexpr int32_t wrap32(int64_t a) {
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(a)));
}

constexpr int32_t saturate32(int64_t a) {
  if (a > std::numeric_limits<int32_t>::max()) return std::numeric_limits<int32_t>::max();
  if (a < std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::min();
  return static_cast<int32_t>(a);
}

constexpr int16_t saturate16(int32_t a) {
  return static_cast<int16_t>(a > 32767 ? 32767 : a < -32768 ? -32768 : a);
}

/// floor((a * b + 2^30) / 2^31), saturated (SRDHM of 1.2).
constexpr int32_t doublingHighMultiply(int32_t a, int32_t b) {
  if (a == b && a == std::numeric_limits<int32_t>::min()) return std::numeric_limits<int32_t>::max();
  return static_cast<int32_t>((int64_t{a} * b + (int64_t{1} << 30)) >> 31);
}

/// The same in 16 bits (SRDHM16).
constexpr int16_t doublingHighMultiply(int16_t a, int16_t b) {
  if (a == b && a == std::numeric_limits<int16_t>::min()) return std::numeric_limits<int16_t>::max();
  return static_cast<int16_t>((int32_t{a} * b + (1 << 14)) >> 15);
}

/// x / 2^exponent, halves away from zero; 0 <= exponent <= 31 (RDPOT of 1.2).
constexpr int32_t roundingDivideByPowerOfTwo(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x times the factor, rounded twice as the reference kernels do (MBQM of 1.3).
constexpr int32_t multiply(int32_t x, Multiplier factor) {
  const int left = factor.shift > 0 ? factor.shift : 0;
  const int right = factor.shift > 0 ? 0 : -factor.shift;
  const int32_t shifted = wrap32(static_cast<int64_t>(static_cast<uint64_t>(int64_t{x}) << left));
  return roundingDivideByPowerOfTwo(doublingHighMultiply(shifted, factor.mantissa), right);
}

/// The same for 64-bit sums, with a 16-bit mantissa (MBQM64 of 1.3). Needs mantissa >= 0 and -31 <= shift < 8; the
/// product wraps beyond |x| = 2^47.
constexpr int32_t multiply(int64_t x, Multiplier factor) {
  const int32_t reduced = factor.mantissa < 0x7FFF0000 ? (factor.mantissa + (1 << 15)) >> 16 : 0x7FFF;
  const int total = 15 - factor.shift;
  const uint64_t product = static_cast<uint64_t>(x) * static_cast<uint64_t>(int64_t{reduced});
  return wrap32(static_cast<int64_t>(product + (uint64_t{1} << (total - 1))) >> total);
}

/// x * 2^exponent: saturating to the left, rounding to the right (POT of 1.4).
template <typename Raw>
constexpr Raw multiplyByPowerOfTwo(Raw x, int exponent) {
  if (exponent == 0) return x;
  if (exponent < 0) return static_cast<Raw>(roundingDivideByPowerOfTwo(x, -exponent));
  constexpr int bits = std::numeric_limits<Raw>::digits;
  const auto threshold = static_cast<Raw>((int64_t{1} << (bits - exponent)) - 1);
  if (x > threshold) return std::numeric_limits<Raw>::max();
  if (x < -threshold) return std::numeric_limits<Raw>::min();
  return static_cast<Raw>(int64_t{x} * (int64_t{1} << exponent));
}

/// Leading zero bits; 32 for 0.
constexpr int leadingZeros(uint32_t x) {
  return x == 0 ? 32 : __builtin_clz(x);
}

/// Transcendental functions of 1.4, for Raw = int32_t or int16_t (section 14b). Inputs Fk, results F0.
template <typename Raw>
Raw expOnNegative(Raw a, int integerBits);  ///< e^a for a <= 0
template <typename Raw>
Raw logistic(Raw a, int integerBits);
template <typename Raw>
Raw tanh(Raw a, int integerBits);
template <typename Raw>
Raw oneOverOnePlus(Raw x);  ///< 1 / (1 + x) for x in [0, 1), F0

/// A reciprocal 1 / x = raw (F0) * 2^-shift after the caller's own shifts.
struct Reciprocal {
  int32_t raw;
  int32_t shift;
};
/// RECIP of 1.4. x > 0 with `integerBits` integer bits, taken as unsigned.
Reciprocal reciprocal(uint32_t x, int integerBits);

/// 1 / sqrt(x) as a Multiplier (INVSQRT of 1.4, shift <= 0).
Multiplier inverseSquareRoot(int32_t x);

/// Natural logarithm of v >= 1 in F(inputBits), result in F(outputBits) (LOGX of 1.4).
int32_t logarithm(int32_t v, int inputBits, int outputBits);

/// RADIUS of 1.4: the largest input difference that a shift by `leftShift` keeps in range.
int32_t inputRadius(int integerBits, int leftShift, int totalBits = 31);

/// True where scale is a power of two to within the tolerance of the kernels; its exponent (CheckedLog2 of 1.4).
bool checkedLog2(float scale, int& exponent);

}  // namespace quantscope::numerics
