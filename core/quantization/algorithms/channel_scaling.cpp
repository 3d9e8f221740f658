#include "core/quantization/algorithms/channel_scaling.h"

#include <algorithm>
#include <cmath>

#include "core/model/edit.h"
#include "core/quantization/constants/weight_codes.h"

namespace quantscope::quantization {
namespace {

using Fused = tflite::ActivationFunctionType;

std::optional<Fused> fusedActivation(const Operator& op) {
  if (const auto* o = op.options.AsConv2DOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsDepthwiseConv2DOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsFullyConnectedOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsPool2DOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsMulOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsAddOptions()) return o->fused_activation_function;
  return std::nullopt;
}

// Walks from a tensor to the constants that make its channels.
class SourceSearch {
public:
  explicit SourceSearch(const GraphView& view) : m_view(view) {}

  bool from(TensorIndex tensor, size_t consumers) {
    const TensorUses& uses = m_view.uses[tensor.position()];
    if (uses.graphOutput || uses.consumers.size() != consumers || !uses.producer.valid()) return false;
    const OperatorIndex i = uses.producer;
    const Operator& op = m_view.op(i);
    if (op.outputs.size() != 1 || !clipping(i, tensor)) return false;
    using enum tflite::BuiltinOperator;
    switch (m_view.model.code(op)) {
      case BuiltinOperator_CONV_2D:
      case BuiltinOperator_FULLY_CONNECTED:
        return layer(i, 0);
      case BuiltinOperator_DEPTHWISE_CONV_2D:
        return layer(i, 3);
      case BuiltinOperator_MUL:
        return constantOperand(i).has_value();
      case BuiltinOperator_ADD: {
        const auto constant = constantOperand(i);
        return constant && from(op.inputs[1 - *constant], 1);
      }
      case BuiltinOperator_RELU6:
        m_found.relu6.push_back(i);
        m_found.clipped.push_back(tensor);
        return from(op.inputs[0], 1);
      case BuiltinOperator_RELU:
      case BuiltinOperator_LEAKY_RELU:
      case BuiltinOperator_PRELU:
      case BuiltinOperator_MAX_POOL_2D:
      case BuiltinOperator_AVERAGE_POOL_2D:
      case BuiltinOperator_PAD:
      case BuiltinOperator_RESHAPE:
        return from(op.inputs[0], 1);
      case BuiltinOperator_MEAN:
        return overSpace(op) && from(op.inputs[0], 1);
      default:
        return false;
    }
  }

  std::optional<ChannelSources> result(TensorIndex tensor) {
    if (m_found.constants.empty() || m_found.channels < 1) return std::nullopt;
    const auto& shape = m_view.tensor(tensor).shape;
    if (shape.empty() || shape.back() % m_found.channels != 0) return std::nullopt;
    return std::move(m_found);
  }

private:
  // Whether factors go through the fused activation; notes those that are clipped at 6.
  bool clipping(OperatorIndex i, TensorIndex result) {
    const auto fused = fusedActivation(m_view.op(i));
    if (!fused || *fused == Fused::ActivationFunctionType_NONE || *fused == Fused::ActivationFunctionType_RELU)
      return true;
    if (*fused != Fused::ActivationFunctionType_RELU6) return false;
    m_found.relu6.push_back(i);
    m_found.clipped.push_back(result);
    return true;
  }

  bool setChannels(int32_t channels) {
    if (m_found.channels == 0) m_found.channels = channels;
    return m_found.channels == channels;
  }

  bool layer(OperatorIndex i, int32_t axis) {
    const Operator& op = m_view.op(i);
    const auto& shape = m_view.tensor(op.inputs[1]).shape;
    if (!m_view.isFloatConstant(op.input(1)) || static_cast<size_t>(axis) >= shape.size()) return false;
    if (!setChannels(shape[static_cast<size_t>(axis)])) return false;
    m_found.constants.push_back({i, 1, axis, true});
    m_found.layer = i;
    if (!op.input(2).valid()) return true;
    if (m_view.constantCount(op.inputs[2]) != m_found.channels) return false;
    m_found.constants.push_back({i, 2, 0, false});
    return true;
  }

  // The constant operand of a product or sum with one value per channel.
  std::optional<size_t> constantOperand(OperatorIndex i) {
    const Operator& op = m_view.op(i);
    if (op.inputs.size() != 2) return std::nullopt;
    for (size_t k = 0; k < 2; ++k) {
      if (!m_view.isFloatConstant(op.inputs[k]) || !m_view.isActivation(op.inputs[1 - k])) continue;
      const auto& shape = m_view.tensor(op.inputs[k]).shape;
      if (shape.empty() || m_view.constantCount(op.inputs[k]) != shape.back() || shape.back() < 2) return std::nullopt;
      if (m_view.tensor(op.inputs[1 - k]).shape.empty() || m_view.tensor(op.inputs[1 - k]).shape.back() != shape.back())
        return std::nullopt;
      if (!setChannels(shape.back())) return std::nullopt;
      m_found.constants.push_back({i, k, static_cast<int32_t>(shape.size()) - 1, false});
      return k;
    }
    return std::nullopt;
  }

  bool overSpace(const Operator& op) const {
    const auto rank = static_cast<int32_t>(m_view.tensor(op.inputs[0]).shape.size());
    if (!op.input(1).valid() || !isConstant(m_view.model, m_view.tensor(op.inputs[1]))) return false;
    for (const int32_t axis : constantValues<int32_t>(m_view.model, m_view.tensor(op.inputs[1])))
      if ((axis < 0 ? axis + rank : axis) == rank - 1) return false;
    return true;
  }

  const GraphView& m_view;
  ChannelSources m_found;
};

template <typename Options>
void unclip(Options* options) {
  if (options) options->fused_activation_function = Fused::ActivationFunctionType_RELU;
}

}  // namespace

std::span<const float> ScaledConstants::values(OperatorIndex op, size_t operand) const {
  const auto found = m_values.find({op.value, operand});
  return found != m_values.end() ? std::span<const float>(found->second)
                                 : m_view.floatConstant(m_view.op(op).inputs[operand]);
}

void ScaledConstants::scale(OperatorIndex op, size_t operand, int32_t axis, std::span<const double> factors) {
  auto& values = m_values[{op.value, operand}];
  const TensorIndex tensor = m_view.op(op).inputs[operand];
  if (values.empty()) {
    const auto source = m_view.floatConstant(tensor);
    values.assign(source.begin(), source.end());
  }
  const SliceLayout layout = sliceLayout(m_view.tensor(tensor).shape, axis);
  size_t position = 0;
  for (int64_t o = 0; o < layout.outer; ++o)
    for (int64_t s = 0; s < layout.slices; ++s) {
      const double factor = factors[static_cast<size_t>(s) % factors.size()];
      for (int64_t i = 0; i < layout.inner; ++i, ++position)
        values[position] = static_cast<float>(static_cast<double>(values[position]) * factor);
    }
}

void ScaledConstants::replaceRelu6(OperatorIndex op) {
  m_unclipped.push_back(op);
}

std::shared_ptr<const Model> ScaledConstants::model() const {
  auto model = std::make_shared<Model>(m_view.model);
  Subgraph& graph = model->subgraphs[m_view.index.position()];
  for (const auto& [place, values] : m_values) {
    Operator& op = graph.operators[static_cast<size_t>(place.first)];
    TensorIndex& operand = op.inputs[place.second];
    const TensorUses& uses = m_view.uses[operand.position()];
    const bool own = uses.consumers.size() == 1 && !uses.graphOutput && !uses.producer.valid() &&
                     std::count(op.inputs.begin(), op.inputs.end(), operand) == 1;
    Tensor tensor = graph.tensor(operand);
    tensor.type = ElementType::Float32;
    tensor.quantization.reset();
    tensor.buffer = addBuffer(*model, Buffer::fromValues<float>(values));
    if (own) {
      graph.tensor(operand) = std::move(tensor);
    } else {
      operand = addTensor(graph, std::move(tensor));
    }
  }
  for (OperatorIndex i : m_unclipped) {
    Operator& op = graph.operators[i.position()];
    if (model->code(op) == tflite::BuiltinOperator_RELU6)
      op.opcodeIndex = addOperatorCode(*model, OperatorCode::builtin(tflite::BuiltinOperator_RELU));
    unclip(op.options.AsConv2DOptions());
    unclip(op.options.AsDepthwiseConv2DOptions());
    unclip(op.options.AsFullyConnectedOptions());
    unclip(op.options.AsPool2DOptions());
    unclip(op.options.AsMulOptions());
    unclip(op.options.AsAddOptions());
  }
  return model;
}

std::optional<ChannelSources> channelSources(const GraphView& view, TensorIndex tensor, size_t consumers) {
  if (!tensor.valid() || !view.isActivation(tensor)) return std::nullopt;
  SourceSearch search(view);
  if (!search.from(tensor, consumers)) return std::nullopt;
  return search.result(tensor);
}

std::optional<int32_t> inputAxis(const GraphView& view, OperatorIndex layer, int32_t channels) {
  const Operator& op = view.op(layer);
  if (!view.isFloatConstant(op.input(1)) || op.input(1) == op.input(0)) return std::nullopt;
  const auto& shape = view.tensor(op.inputs[1]).shape;
  const auto& input = view.tensor(op.inputs[0]).shape;
  using enum tflite::BuiltinOperator;
  switch (view.model.code(op)) {
    case BuiltinOperator_CONV_2D:
      return shape.size() == 4 && shape[3] == channels && input.size() == 4 && input[3] == channels
                 ? std::optional<int32_t>(3)
                 : std::nullopt;
    case BuiltinOperator_DEPTHWISE_CONV_2D:
      return shape.size() == 4 && shape[3] == channels && input.size() == 4 && input[3] == channels
                 ? std::optional<int32_t>(3)
                 : std::nullopt;
    case BuiltinOperator_FULLY_CONNECTED:
      return shape.size() == 2 && shape[1] % channels == 0 ? std::optional<int32_t>(1) : std::nullopt;
    case BuiltinOperator_BATCH_MATMUL: {
      const auto* options = op.options.AsBatchMatMulOptions();
      if (!options || options->adj_x || shape.size() != 2) return std::nullopt;
      const int32_t axis = options->adj_y ? 1 : 0;
      return shape[static_cast<size_t>(axis)] == channels ? std::optional<int32_t>(axis) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::vector<double> channelMagnitudes(std::span<const float> values, std::span<const int32_t> shape, int32_t axis,
                                      int32_t channels) {
  const SliceLayout layout = sliceLayout(shape, axis);
  std::vector<double> magnitudes(static_cast<size_t>(channels), 0.0);
  size_t position = 0;
  for (int64_t o = 0; o < layout.outer; ++o)
    for (int64_t s = 0; s < layout.slices; ++s) {
      double& magnitude = magnitudes[static_cast<size_t>(s % channels)];
      for (int64_t i = 0; i < layout.inner; ++i, ++position)
        magnitude = std::max(magnitude, static_cast<double>(std::abs(values[position])));
    }
  return magnitudes;
}

}  // namespace quantscope::quantization
