#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/quantization/plan/graph_view.h"

/// Moving factors per channel from one constant of a float model to another, so that its function stays.
namespace quantscope::quantization {

/// Constants of a model while they are changed; nothing of the source is.
class ScaledConstants {
public:
  explicit ScaledConstants(const GraphView& view) : m_view(view) {}

  /// Values of an operator's constant operand as they are now.
  std::span<const float> values(OperatorIndex op, size_t operand) const;
  /// Multiplies every slice along an axis by factors[slice % factors.size()].
  void scale(OperatorIndex op, size_t operand, int32_t axis, std::span<const double> factors);
  /// From now on the operator is not clipped at 6.
  void replaceRelu6(OperatorIndex op);
  void set(OperatorIndex op, size_t operand, std::vector<float> values) {
    m_values[{op.value, operand}] = std::move(values);
  }

  bool changed() const { return !m_values.empty(); }
  /// The source with what was changed. Tensors keep their numbers; constants with other users are copied first.
  std::shared_ptr<const Model> model() const;

private:
  const GraphView& m_view;
  std::map<std::pair<int32_t, size_t>, std::vector<float>> m_values;
  std::vector<OperatorIndex> m_unclipped;
};

/// A constant that can take a factor per channel of a tensor, on the side where the tensor is made.
struct ChannelSource {
  OperatorIndex op;
  size_t operand = 0;
  int32_t axis = 0;
  bool weights = false;  ///< of a layer; otherwise a bias, or a constant factor or summand
};

/// All constants that together make the channels of a tensor, back to the layer or factor that they come from, through
/// what commutes with positive factors: RELU, PRELU, LEAKY_RELU, pooling, zero padding, means over space, reshapes.
struct ChannelSources {
  int32_t channels = 0;
  std::vector<ChannelSource> constants;
  std::vector<OperatorIndex> relu6;    ///< clipped at 6, which does not commute
  std::vector<TensorIndex> clipped;    ///< their results
  std::optional<OperatorIndex> layer;  ///< whose weights are among the constants
};
/// Nothing where the tensor is read elsewhere or cannot be scaled. `consumers`: how many operators may read it.
std::optional<ChannelSources> channelSources(const GraphView& view, TensorIndex tensor, size_t consumers);

/// Axis of a layer's weights that its input's channels run along; nothing where factors cannot be taken up.
std::optional<int32_t> inputAxis(const GraphView& view, OperatorIndex layer, int32_t channels);

/// Largest magnitude of every slice along an axis, slices taken modulo `channels`.
std::vector<double> channelMagnitudes(std::span<const float> values, std::span<const int32_t> shape, int32_t axis,
                                      int32_t channels);

}  // namespace quantscope::quantization
