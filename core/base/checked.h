#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace quantscope {

/// a * b, or nothing where it does not fit.
template <typename T>
constexpr std::optional<T> checkedMultiply(T a, T b) {
  T product{};
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

/// a + b, or nothing where it does not fit.
template <typename T>
constexpr std::optional<T> checkedAdd(T a, T b) {
  T sum{};
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

/// Number of elements of a shape (1 for a scalar), or nothing for a negative dimension or a product above int64.
constexpr std::optional<int64_t> checkedElementCount(std::span<const int32_t> shape) {
  int64_t count = 1;
  bool zero = false;
  for (int32_t dimension : shape) {
    if (dimension < 0) return std::nullopt;
    if (dimension == 0) {
      zero = true;
      continue;
    }
    if (__builtin_mul_overflow(count, static_cast<int64_t>(dimension), &count)) return std::nullopt;
  }
  return zero ? 0 : count;
}

}  // namespace quantscope
