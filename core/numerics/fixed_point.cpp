#include "core/numerics/fixed_point.h"

#include <cmath>
#include <type_traits>

namespace quantscope::numerics {

Multiplier quantizeMultiplier(double factor) {
  if (factor == 0.0 || !std::isfinite(factor)) return {};
  int shift = 0;
  const double fraction = std::frexp(factor, &shift);
  auto mantissa = static_cast<int64_t>(std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (mantissa == (int64_t{1} << 31)) {
    mantissa /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  return {static_cast<int32_t>(mantissa), shift};
}

namespace {

template <typename Raw>
constexpr int kBits = std::numeric_limits<Raw>::digits;  // 31 or 15

template <typename Raw>
constexpr Raw wrap(int64_t a) {
  return static_cast<Raw>(static_cast<std::make_unsigned_t<Raw>>(static_cast<uint64_t>(a)));
}

// Constants are written for 32 bits; 16-bit code rounds them.
template <typename Raw>
constexpr Raw constant(int32_t raw32) {
  if constexpr (sizeof(Raw) == 4) {
    return raw32;
  } else {
    return saturate16(roundingDivideByPowerOfTwo(raw32, 16));
  }
}

template <typename Raw>
constexpr Raw product(Raw a, Raw b) {
  return doublingHighMultiply(a, b);
}

template <typename Raw>
constexpr Raw halfSum(Raw a, Raw b) {
  const int64_t sum = int64_t{a} + b;
  return static_cast<Raw>((sum + (sum >= 0 ? 1 : -1)) / 2);
}

template <typename Raw>
constexpr Raw kOne = std::numeric_limits<Raw>::max();

// e^x for x in [-1/4, 0), F0, by a fourth-order polynomial around -1/8.
template <typename Raw>
Raw expOnQuarter(Raw a) {
  const Raw base = constant<Raw>(1895147668), third = constant<Raw>(715827883);
  const Raw x = wrap<Raw>(int64_t{a} + (int64_t{1} << (kBits<Raw> - 3)));
  const Raw x2 = product(x, x), x3 = product(x2, x), x4 = product(x2, x2);
  const Raw x4Over4 = multiplyByPowerOfTwo(x4, -2);
  const Raw inner = wrap<Raw>(int64_t{product(wrap<Raw>(int64_t{x4Over4} + x3), third)} + x2);
  const Raw tail = multiplyByPowerOfTwo(inner, -1);
  const int64_t sum = int64_t{base} + product(base, wrap<Raw>(int64_t{x} + tail));
  if constexpr (sizeof(Raw) == 2) return saturate16(static_cast<int32_t>(sum));
  return wrap<Raw>(sum);
}

// Newton steps for 2 / (1 + x); the result is F2 of half of it.
template <typename Raw>
Raw newtonReciprocal(Raw x) {
  const Raw half = halfSum(x, kOne<Raw>);
  const Raw oneF2 = static_cast<Raw>(Raw{1} << (kBits<Raw> - 2));
  Raw u = wrap<Raw>(int64_t{constant<Raw>(1515870810)} + product(half, constant<Raw>(-1010580540)));
  for (int step = 0; step < 3; ++step) {
    const Raw rest = wrap<Raw>(int64_t{oneF2} - product(half, u));
    u = wrap<Raw>(int64_t{u} + multiplyByPowerOfTwo(product(u, rest), 2));
  }
  return u;
}

template <typename Raw>
constexpr Raw minusAbsolute(Raw a) {
  return static_cast<Raw>(a < 0 ? a : -a);
}

}  // namespace

template <typename Raw>
Raw expOnNegative(Raw a, int integerBits) {
  if (a == 0) return kOne<Raw>;
  const int fractionBits = kBits<Raw> - integerBits;
  // Bits of the argument that the table handles start at 1/4.
  const int64_t quarter = int64_t{1} << (fractionBits - 2);
  const auto rest = static_cast<Raw>((a & static_cast<Raw>(quarter - 1)) - quarter);
  Raw y = expOnQuarter(multiplyByPowerOfTwo(rest, integerBits));
  const int64_t remainder = int64_t{rest} - a;
  constexpr int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  for (int j = -2; j <= 4; ++j) {
    if (integerBits > j && ((remainder >> (fractionBits + j)) & 1)) y = product(y, constant<Raw>(factors[j + 2]));
  }
  if (integerBits > 5 && a < -(int64_t{1} << (kBits<Raw> + 5 - integerBits))) y = 0;
  return y;
}

template <typename Raw>
Raw oneOverOnePlus(Raw x) {
  return multiplyByPowerOfTwo(newtonReciprocal(x), 1);
}

template <typename Raw>
Raw logistic(Raw a, int integerBits) {
  if (a == 0) return static_cast<Raw>(Raw{1} << (kBits<Raw> - 1));
  const Raw positive = oneOverOnePlus(expOnNegative(minusAbsolute(a), integerBits));
  return a > 0 ? positive : static_cast<Raw>(kOne<Raw> - positive);
}

template <typename Raw>
Raw tanh(Raw a, int integerBits) {
  if (a == 0) return 0;
  const Raw e = expOnNegative(minusAbsolute(a), integerBits + 1);
  const Raw oneF2 = static_cast<Raw>(Raw{1} << (kBits<Raw> - 2));
  const Raw magnitude = multiplyByPowerOfTwo(wrap<Raw>(int64_t{newtonReciprocal(e)} - oneF2), 2);
  return a > 0 ? magnitude : static_cast<Raw>(-magnitude);
}

template int32_t expOnNegative(int32_t, int);
template int16_t expOnNegative(int16_t, int);
template int32_t oneOverOnePlus(int32_t);
template int16_t oneOverOnePlus(int16_t);
template int32_t logistic(int32_t, int);
template int16_t logistic(int16_t, int);
template int32_t tanh(int32_t, int);
template int16_t tanh(int16_t, int);

Reciprocal reciprocal(uint32_t x, int integerBits) {
  const int headroom = leadingZeros(x);
  const auto shifted = static_cast<int32_t>((x << headroom) - (uint32_t{1} << 31));
  return {oneOverOnePlus(shifted), integerBits - headroom};
}

Multiplier inverseSquareRoot(int32_t x) {
  if (x <= 1) return {std::numeric_limits<int32_t>::max(), 0};
  int shift = 11;
  while (x >= (1 << 29)) {
    x /= 4;
    ++shift;
  }
  const int pairs = (leadingZeros(static_cast<uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x <<= 2 * pairs;
  const int32_t half = roundingDivideByPowerOfTwo(x >> 1, 1);
  const int32_t threeHalves = (1 << 28) + (1 << 27);
  int32_t v = 1 << 28;
  for (int step = 0; step < 5; ++step) {
    const int32_t cube = multiplyByPowerOfTwo(product(product(v, v), v), 6);
    v = multiplyByPowerOfTwo(wrap32(int64_t{product(threeHalves, v)} - product(half, cube)), 3);
  }
  int32_t raw = product(v, 1518500250);
  if (shift < 0) {
    raw = wrap32(static_cast<int64_t>(static_cast<uint64_t>(int64_t{raw}) << -shift));
    shift = 0;
  }
  return {raw, -shift};
}

int32_t logarithm(int32_t v, int inputBits, int outputBits) {
  const int accumulatorBits = outputBits + 1;
  constexpr int32_t sqrtHalf = 1518500250, centre = 1805811301;
  const int32_t quarter = multiplyByPowerOfTwo(536870912, -accumulatorBits);

  // Two candidates of range reduction, to powers of two and to powers of two times sqrt(1/2).
  const int headroomA = leadingZeros(static_cast<uint32_t>(v));
  const int32_t reducedA = multiplyByPowerOfTwo(product(multiplyByPowerOfTwo(v, headroomA - 1), sqrtHalf), 1);
  const int32_t powerA =
      saturate32(int64_t{multiplyByPowerOfTwo(inputBits - headroomA, 31 - accumulatorBits)} + quarter);
  const int headroomB = leadingZeros(static_cast<uint32_t>(product(v, sqrtHalf))) - 1;
  const int32_t reducedB = multiplyByPowerOfTwo(v, headroomB);
  const int32_t powerB =
      saturate32(int64_t{multiplyByPowerOfTwo(inputBits - headroomB, 31 - accumulatorBits)} - quarter);
  const int32_t r = reducedA < reducedB ? reducedA : reducedB;
  const int32_t z = powerA > powerB ? powerA : powerB;

  const int32_t p = halfSum(r, centre);
  const int32_t q = wrap32((int64_t{r} - centre) * 2);
  const int32_t s = product(q, q);
  const int32_t numerator = wrap32(int64_t{product(q, r)} + product(product(q, s), 117049297));
  const int32_t denominator =
      wrap32(int64_t{product(p, wrap32(int64_t{1057819769} + q + product(127690142, s)))} + product(638450708, q));
  const int32_t fraction = product(multiplyByPowerOfTwo(numerator, -accumulatorBits), oneOverOnePlus(denominator));
  return multiplyByPowerOfTwo(wrap32(int64_t{product(z, 1488522236)} + fraction), accumulatorBits - outputBits);
}

int32_t inputRadius(int integerBits, int leftShift, int totalBits) {
  const double largest = static_cast<double>((1 << integerBits) - 1) *
                         static_cast<double>(int64_t{1} << (totalBits - integerBits)) / std::ldexp(1.0, leftShift);
  return static_cast<int32_t>(std::floor(largest));
}

bool checkedLog2(float scale, int& exponent) {
  const float logarithm2 = std::log(scale) * (1.0f / std::log(2.0f));
  const float rounded = std::round(logarithm2);
  exponent = static_cast<int>(rounded);
  return std::abs(logarithm2 - rounded) < 1e-3f;
}

}  // namespace quantscope::numerics
