#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "core/runtime/interpreter.h"
#include "tests/support/model_builder.h"

/// Models of one operator with random shapes, scales and values, and their results in every form of the kernels.
namespace quantscope::tests {

/// A source of random parts for one model.
class RandomLayer {
public:
  explicit RandomLayer(uint32_t seed) : m_random(seed) {}

  int32_t integer(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(m_random); }
  float real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(m_random); }
  bool chance(int percent) { return integer(1, 100) <= percent; }
  template <typename T>
  T oneOf(std::initializer_list<T> values) {
    return values.begin()[integer(0, static_cast<int32_t>(values.size()) - 1)];
  }

  /// An activation; integers get one scale and, but for int16, a random zero point.
  TensorIndex activation(std::vector<int32_t> shape, ElementType type, float scale);
  /// Integer weights with one scale for each slice of `dimension`, or one for all where that is -1. int8 values are
  /// -127..127: the reference kernels of dynamic range misread -128.
  TensorIndex weights(std::vector<int32_t> shape, ElementType type, int dimension);
  TensorIndex floatConstant(std::vector<int32_t> shape, float most);
  TensorIndex int32Constant(int32_t count, int32_t most);
  TensorIndex int64Constant(int32_t count, int64_t most);

  ModelBuilder builder;

private:
  template <typename T>
  TensorIndex integers(std::vector<int32_t> shape, ElementType type, const std::vector<T>& values);
  std::mt19937 m_random;
};

struct LayerResult {
  std::string error;  ///< empty: it ran
  std::vector<std::vector<std::byte>> outputs;
};

/// Runs the model once on inputs drawn from `seed`.
LayerResult runLayer(const std::shared_ptr<const Model>& model, const InterpreterOptions& options, uint32_t seed);

/// Checks that the fast kernels of every level, on one thread and on three, give the bits of the reference kernels
/// (`exact`), or floats within 1e-5 of the largest of them.
void checkEveryLevel(const std::shared_ptr<const Model>& model, uint32_t seed, bool exact);

}  // namespace quantscope::tests
