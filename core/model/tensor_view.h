#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/model/element_type.h"

namespace quantscope {

/// Values of a tensor that live elsewhere. Row-major, packed as in the file (int4: two per byte, low nibble first).
struct TensorView {
  ElementType type = ElementType::Float32;
  std::span<const int32_t> shape;
  std::span<const std::byte> bytes;

  template <typename T>
  std::span<const T> values() const { return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)}; }
};

/// Values of a tensor that it owns: one input of a sample, one output kept.
struct TensorValue {
  ElementType type = ElementType::Float32;
  std::vector<int32_t> shape;
  std::vector<std::byte> bytes;

  TensorView view() const { return {type, shape, bytes}; }
  template <typename T>
  std::span<const T> values() const { return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)}; }
  template <typename T>
  std::span<T> mutableValues() { return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)}; }
};

}  // namespace quantscope
