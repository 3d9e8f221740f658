#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantscope::tests {

/// A small model put together in memory, for tests. Tensors, constants and operators go to the last subgraph begun
/// (the first one is there from the start); names default to "t<index>".
class ModelBuilder {
public:
  ModelBuilder();

  /// A float32 activation (or another type) without data.
  TensorIndex tensor(std::vector<int32_t> shape, ElementType type = ElementType::Float32, std::string name = {});
  /// A float32 constant.
  TensorIndex constant(std::vector<int32_t> shape, std::span<const float> values, std::string name = {});
  /// A float32 constant drawn deterministically from [-1, 1).
  TensorIndex randomConstant(std::vector<int32_t> shape, std::string name = {}, uint32_t seed = 1);
  /// An int32 constant.
  TensorIndex indices(std::vector<int32_t> shape, std::span<const int32_t> values);
  TensorIndex indices(std::initializer_list<int32_t> values);

  /// Appends an operator; -1 in inputs leaves an optional operand out. Returns it for its options to be set.
  Operator& op(tflite::BuiltinOperator code, std::vector<TensorIndex> inputs, std::vector<TensorIndex> outputs);
  /// Typical operators with their options set.
  Operator& conv2d(TensorIndex x, TensorIndex w, TensorIndex bias, TensorIndex y);
  Operator& fullyConnected(TensorIndex x, TensorIndex w, TensorIndex bias, TensorIndex y);
  Operator& add(TensorIndex a, TensorIndex b, TensorIndex y);

  void inputs(std::vector<TensorIndex> tensors) { graph().inputs = std::move(tensors); }
  void outputs(std::vector<TensorIndex> tensors) { graph().outputs = std::move(tensors); }
  /// Begins another subgraph and returns its index.
  size_t beginSubgraph();

  Subgraph& graph() { return model.subgraphs.back(); }
  std::shared_ptr<const Model> build() const { return std::make_shared<const Model>(model); }

  Model model;
};

}  // namespace quantscope::tests
