#include "core/quantization/plan/graph_view.h"

#include <algorithm>
#include <cmath>

#include "core/base/checked.h"
#include "core/numerics/float16.h"
#include "core/numerics/packing.h"
#include "core/numerics/quantization_parameters.h"
#include "core/quantization/constants/weight_codes.h"
#include "core/quantization/quantize.h"

namespace quantscope::quantization {
namespace {

// Subgraphs that operators call keep the types their callers know.
std::vector<int32_t> calledSubgraphs(const Operator& op) {
  if (const auto* options = op.options.AsIfOptions())
    return {options->then_subgraph_index, options->else_subgraph_index};
  if (const auto* options = op.options.AsWhileOptions())
    return {options->cond_subgraph_index, options->body_subgraph_index};
  if (const auto* options = op.options.AsCallOnceOptions()) return {options->init_subgraph_index};
  if (const auto* options = op.options2.AsStableHLOCompositeOptions()) return {options->decomposition_subgraph_index};
  return {};
}

bool isEntry(const Model& model, SubgraphIndex index) {
  if (index.value == 0) return true;
  for (const Subgraph& graph : model.subgraphs) {
    for (const Operator& op : graph.operators) {
      const auto called = calledSubgraphs(op);
      if (std::find(called.begin(), called.end(), index.value) != called.end()) return false;
    }
  }
  return std::any_of(model.signatures.begin(), model.signatures.end(), [&](const Signature& signature) {
    return signature.subgraphIndex == static_cast<uint32_t>(index.value);
  });
}

bool isLongEnough(const Model& model, const Tensor& tensor) {
  const auto count = checkedElementCount(tensor.shape);
  const auto bytes = count ? byteSize(tensor.type, *count) : std::nullopt;
  return bytes && *bytes > 0 && static_cast<uint64_t>(*bytes) <= constantBytes(model, tensor).size() &&
         !tensor.sparsity && tensor.externalBuffer == 0 && !tensor.isVariable;
}

bool isHalf(const Model& model, const Tensor& tensor) {
  return tensor.type == ElementType::Float16 && isLongEnough(model, tensor);
}

// Float constants as they stand: float32, or integers with parameters that dynamic-range kernels read as floats.
bool isStoredConstant(const Model& model, const Tensor& tensor) {
  if (!isLongEnough(model, tensor)) return false;
  if (tensor.type == ElementType::Float32) return true;
  if ((tensor.type != ElementType::Int8 && tensor.type != ElementType::Int4) || !tensor.quantized()) return false;
  const Quantization& q = *tensor.quantization;
  if (q.zeroPoint.size() != q.scale.size() || q.details) return false;
  const auto axis = static_cast<size_t>(q.quantizedDimension);
  return q.scale.size() == 1 ||
         (axis < tensor.shape.size() && q.scale.size() == static_cast<size_t>(tensor.shape[axis]));
}

// Training for quantization leaves constants in float, followed by a QUANTIZE and a DEQUANTIZE.
bool isRounded(const Model& model, const Tensor& from, const Tensor& to) {
  const bool codes = to.type == ElementType::Int8 || to.type == ElementType::UInt8 || to.type == ElementType::Int16;
  if (from.type != ElementType::Float32 || !isLongEnough(model, from) || !codes || !to.quantized()) return false;
  const Quantization& q = *to.quantization;
  const auto axis = static_cast<size_t>(q.quantizedDimension);
  const bool fits = q.scale.size() == 1 || (axis < to.shape.size() && q.scale.size() == size_t(to.shape[axis]));
  const auto positive = [](float s) { return std::isfinite(s) && s > 0; };
  return fits && q.zeroPoint.size() == q.scale.size() && std::ranges::all_of(q.scale, positive) &&
         from.shape == to.shape;
}

std::vector<float> rounded(std::span<const float> values, const Tensor& codes) {
  const Quantization& q = *codes.quantization;
  const bool isSigned = codes.type != ElementType::UInt8;
  const int bits = bitsPerElement(codes.type);
  const int32_t low = isSigned ? -(1 << (bits - 1)) : 0, high = low + (1 << bits) - 1;
  const SliceLayout layout = sliceLayout(codes.shape, q.scale.size() == 1 ? -1 : q.quantizedDimension);
  std::vector<float> result(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t slice = i / static_cast<size_t>(layout.inner) % static_cast<size_t>(layout.slices);
    const auto zero = static_cast<int32_t>(q.zeroPoint[slice]);
    const int32_t code = numerics::quantizeByDivision(values[i], q.scale[slice], zero, low, high);
    result[i] = q.scale[slice] * static_cast<float>(code - zero);
  }
  return result;
}

}  // namespace

GraphView::GraphView(const Model& m, SubgraphIndex i)
    : model(m), graph(m.subgraphs[i.position()]), index(i), uses(tensorUses(graph)), entry(isEntry(m, i)) {
  stored = effectivePrecisions(m, i);
  rules.reserve(graph.operators.size());
  for (const Operator& op : graph.operators) rules.push_back(findRules(model.code(op)));
  m_stored.resize(graph.tensors.size());
  m_decoded = std::make_unique<Decoded[]>(graph.tensors.size());
  for (size_t t = 0; t < graph.tensors.size(); ++t)
    if (isStoredConstant(model, graph.tensors[t])) m_stored[t] = TensorIndex(t);
  m_rounding.resize(graph.tensors.size());
  std::vector<TensorIndex> roundedFrom(graph.tensors.size());
  for (const Operator& op : graph.operators) {
    const TensorIndex from = op.input(0), to = op.output(0);
    if (!from.valid() || !to.valid()) continue;
    if (model.code(op) == tflite::BuiltinOperator_QUANTIZE && isRounded(model, tensor(from), tensor(to)))
      roundedFrom[to.position()] = from;
    if (model.code(op) != tflite::BuiltinOperator_DEQUANTIZE) continue;
    if (roundedFrom[from.position()].valid() && tensor(to).type == ElementType::Float32 &&
        tensor(to).shape == tensor(from).shape) {
      m_stored[to.position()] = roundedFrom[from.position()];
      m_rounding[to.position()] = from;
      continue;
    }
    const bool widens = m_stored[from.position()] == from || isHalf(model, tensor(from));
    if (widens && tensor(to).type == ElementType::Float32 && tensor(to).shape == tensor(from).shape)
      m_stored[to.position()] = from;
  }
}

bool GraphView::isActivation(TensorIndex i) const {
  if (!i.valid()) return false;
  const Tensor& t = tensor(i);
  return t.type == ElementType::Float32 && !isConstant(model, t) && !t.isVariable && t.externalBuffer == 0 &&
         !m_stored[i.position()].valid();
}

bool GraphView::isFloatConstant(TensorIndex i) const {
  return constantCount(i) > 0;
}

int64_t GraphView::constantCount(TensorIndex i) const {
  if (!i.valid() || !m_stored[i.position()].valid()) return 0;
  return checkedElementCount(tensor(i).shape).value_or(0);
}

TensorIndex GraphView::storedAs(TensorIndex i) const {
  return i.valid() ? m_stored[i.position()] : TensorIndex();
}

std::span<const float> GraphView::floatConstant(TensorIndex i) const {
  const int64_t count = constantCount(i);
  if (count == 0) return {};
  const Tensor& stored = tensor(m_stored[i.position()]);
  Decoded& decoded = m_decoded[i.position()];
  if (stored.type == ElementType::Float32) {
    const auto values = constantValues<float>(model, stored).first(static_cast<size_t>(count));
    const TensorIndex codes = m_rounding[i.position()];
    if (!codes.valid()) return values;
    std::call_once(decoded.once, [&] { decoded.values = rounded(values, tensor(codes)); });
    return decoded.values;
  }
  std::call_once(decoded.once, [&] { decoded.values = decodeConstant(model, stored); });
  return decoded.values;
}

std::string GraphView::describe(TensorIndex i) const {
  const std::string& name = tensor(i).name;
  return "tensor " + std::to_string(i.value) + (name.empty() ? "" : " " + name);
}

std::string GraphView::describe(OperatorIndex i) const {
  return "operator " + std::to_string(i.value) + " " + operatorName(model, op(i));
}

Result<void> checkIndices(const Model& model) {
  auto broken = [](size_t subgraph, const std::string& what) {
    return Error{ErrorCode::Malformed, "the model cannot be quantized", "subgraph " + std::to_string(subgraph), what,
                 "verify names all that is wrong with it"};
  };
  if (model.subgraphs.empty() || model.buffers.empty())
    return Error{ErrorCode::Malformed, "the model cannot be quantized", "", "it has no subgraph or no buffers", ""};
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& graph = model.subgraphs[s];
    auto known = [&](TensorIndex i) { return i.value >= -1 && (!i.valid() || i.position() < graph.tensors.size()); };
    auto given = [&](TensorIndex i) { return i.valid() && known(i); };
    for (const Tensor& tensor : graph.tensors) {
      if (!tensor.buffer.valid() || tensor.buffer.position() >= model.buffers.size())
        return broken(s, "tensor " + tensor.name + " names a buffer that does not exist");
    }
    for (size_t o = 0; o < graph.operators.size(); ++o) {
      const Operator& op = graph.operators[o];
      const bool ok = op.opcodeIndex < model.operatorCodes.size() &&
                      std::all_of(op.inputs.begin(), op.inputs.end(), known) &&
                      std::all_of(op.outputs.begin(), op.outputs.end(), known) &&
                      std::all_of(op.intermediates.begin(), op.intermediates.end(), known);
      if (!ok)
        return broken(s, "operator " + std::to_string(o) + " names a tensor or operator code that does not exist");
    }
    if (!std::all_of(graph.inputs.begin(), graph.inputs.end(), given) ||
        !std::all_of(graph.outputs.begin(), graph.outputs.end(), given))
      return broken(s, "an input or output does not exist");
  }
  return {};
}

RangeSource::RangeSource(const GraphView& view, const Recipe& recipe, const CalibrationResult* calibrated)
    : m_view(view), m_calibrated(calibrated), m_overrides(view.graph.tensors.size()) {
  if (view.index.value != 0) return;
  for (const RangeOverride& range : recipe.ranges) {
    if (range.tensor >= 0 && static_cast<size_t>(range.tensor) < m_overrides.size())
      m_overrides[static_cast<size_t>(range.tensor)] = Range{range.min, range.max};
  }
}

std::optional<Range> RangeSource::recorded(TensorIndex tensor) const {
  if (const auto& byHand = m_overrides[tensor.position()]) return byHand;
  if (const auto trained = trainedRange(tensor)) return trained;
  const TensorRange* range = observed(tensor);
  if (!range) return std::nullopt;
  Range found{range->min, range->max};
  if (range->paddingLow + range->paddingHigh == 0) return found;
  const float room = paddingRoom(tensor);
  if (range->paddingLow > 0) found.min = std::min(found.min, 0.0f) - room;
  if (range->paddingHigh > 0) found.max = std::max(found.max, 0.0f) + room;
  return found;
}

// Training for quantization leaves a QUANTIZE and a DEQUANTIZE behind each activation: its range is that of the codes.
std::optional<Range> RangeSource::trainedRange(TensorIndex tensor) const {
  auto codesOf = [&](TensorIndex values, OperatorIndex op) -> std::optional<Range> {
    if (!values.valid() || !op.valid() || m_view.model.code(m_view.op(op)) != tflite::BuiltinOperator_QUANTIZE)
      return std::nullopt;
    const TensorIndex codes = m_view.op(op).output(0);
    if (!codes.valid() || m_view.op(op).input(0) != values) return std::nullopt;
    const Tensor& t = m_view.tensor(codes);
    const bool eight = t.type == ElementType::Int8 || t.type == ElementType::UInt8;
    if (!eight || !t.quantized() || t.quantization->scale.size() != 1 || t.quantization->zeroPoint.size() != 1)
      return std::nullopt;
    const double scale = t.quantization->scale[0];
    const double low = (t.type == ElementType::Int8 ? -128.0 : 0.0) - static_cast<double>(t.quantization->zeroPoint[0]);
    if (!std::isfinite(scale) || scale <= 0 || low > 0 || low < -255) return std::nullopt;
    return Range{static_cast<float>(low * scale), static_cast<float>((low + 255) * scale)};
  };
  if (!m_view.isActivation(tensor)) return std::nullopt;
  const auto& uses = m_view.uses[tensor.position()];
  if (uses.consumers.size() == 1 && !uses.graphOutput) {
    const OperatorIndex reader = uses.consumers[0];
    const TensorIndex codes = m_view.op(reader).output(0);
    const bool pair = codes.valid() && std::ranges::any_of(m_view.uses[codes.position()].consumers, [&](auto next) {
                        return m_view.model.code(m_view.op(next)) == tflite::BuiltinOperator_DEQUANTIZE;
                      });
    if (pair)
      if (const auto range = codesOf(tensor, reader)) return range;
  }
  const OperatorIndex producer = uses.producer;
  if (!producer.valid() || m_view.model.code(m_view.op(producer)) != tflite::BuiltinOperator_DEQUANTIZE)
    return std::nullopt;
  const TensorIndex codes = m_view.op(producer).input(0);
  if (!codes.valid()) return std::nullopt;
  const OperatorIndex rounding = m_view.uses[codes.position()].producer;
  return rounding.valid() ? codesOf(m_view.op(rounding).input(0), rounding) : std::nullopt;
}

const TensorRange* RangeSource::observed(TensorIndex tensor) const {
  if (!m_calibrated) return nullptr;
  const auto found = m_calibrated->ranges.find({m_view.index.value, tensor.value});
  if (found == m_calibrated->ranges.end()) return nullptr;
  const TensorRange& range = found->second;
  return std::isfinite(range.min) && std::isfinite(range.max) && range.min <= range.max ? &range : nullptr;
}

// Beyond the honest values; a mask that is added reaches over the other operand too, so that the sum is beyond as well.
float RangeSource::paddingRoom(TensorIndex tensor) const {
  constexpr float kRoom = 11;
  float widest = 0;
  for (OperatorIndex reader : m_view.uses[tensor.position()].consumers) {
    const Operator& op = m_view.op(reader);
    const auto code = m_view.model.code(op);
    if (code != tflite::BuiltinOperator_ADD && code != tflite::BuiltinOperator_SUB) continue;
    for (TensorIndex other : op.inputs) {
      if (!other.valid() || other == tensor) continue;
      if (const TensorRange* range = observed(other))
        widest = std::max(widest, std::max(range->max, 0.0f) - std::min(range->min, 0.0f));
    }
  }
  return kRoom + widest;
}

std::optional<Range> RangeSource::find(TensorIndex tensor) const {
  // Bounded, because the graph may be cyclic in a broken file.
  for (size_t steps = 0; steps <= m_view.graph.operators.size(); ++steps) {
    if (const auto range = recorded(tensor)) return range;
    const OperatorIndex producer = m_view.uses[tensor.position()].producer;
    const OperatorRules* rules = producer.valid() ? m_view.rules[producer.position()] : nullptr;
    if (!rules || rules->scale != ScaleRule::Same) return std::nullopt;
    TensorIndex operand;
    const auto& inputs = m_view.op(producer).inputs;
    for (size_t k = 0; k < inputs.size(); ++k) {
      if (rules->role(k) != OperandRole::Activation || !inputs[k].valid()) continue;
      if (operand.valid() || !m_view.isActivation(inputs[k])) return std::nullopt;
      operand = inputs[k];
    }
    if (!operand.valid()) return std::nullopt;
    tensor = operand;
  }
  return std::nullopt;
}

std::vector<float> decodeConstant(const Model& model, const Tensor& tensor) {
  if (!isHalf(model, tensor) && !isStoredConstant(model, tensor)) return {};
  const auto count = static_cast<size_t>(*checkedElementCount(tensor.shape));
  std::vector<float> values(count);
  if (tensor.type == ElementType::Float16) {
    numerics::fromFloat16(constantValues<uint16_t>(model, tensor).first(count), values);
    return values;
  }
  std::vector<int8_t> codes(count);
  if (tensor.type == ElementType::Int4) {
    numerics::unpackSigned(constantBytes(model, tensor), 4, codes);
  } else {
    std::copy_n(constantValues<int8_t>(model, tensor).begin(), count, codes.begin());
  }
  const Quantization& q = *tensor.quantization;
  const SliceLayout layout = sliceLayout(tensor.shape, q.scale.size() == 1 ? -1 : q.quantizedDimension);
  for (size_t i = 0; i < count; ++i) {
    const size_t slice = i / static_cast<size_t>(layout.inner) % static_cast<size_t>(layout.slices);
    values[i] = q.scale[slice] * static_cast<float>(codes[i] - q.zeroPoint[slice]);
  }
  return values;
}

Range contentRange(std::span<const float> values) {
  Range range;
  for (const float v : values) {
    range.min = v < range.min ? v : range.min;
    range.max = v > range.max ? v : range.max;
  }
  return range;
}

}  // namespace quantscope::quantization
