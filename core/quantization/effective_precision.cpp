#include "core/ops/operator_rules.h"
#include "core/quantization/quantize.h"

namespace quantscope {
namespace {

enum class Weights { None, Float32, Float16, Int8, Int4, DequantizedInt8, DequantizedInt4 };

Weights byType(ElementType type, bool dequantized) {
  switch (type) {
    case ElementType::Float16:
      return Weights::Float16;
    case ElementType::Int8:
    case ElementType::UInt8:
      return dequantized ? Weights::DequantizedInt8 : Weights::Int8;
    case ElementType::Int4:
    case ElementType::Int2:
      return dequantized ? Weights::DequantizedInt4 : Weights::Int4;
    default:
      return Weights::Float32;
  }
}

// The operator whose first result each tensor is; null for inputs, constants and variables.
std::vector<const Operator*> producersOf(const Subgraph& graph) {
  std::vector<const Operator*> producers(graph.tensors.size(), nullptr);
  for (const Operator& op : graph.operators) {
    if (op.output(0).valid()) producers[op.output(0).position()] = &op;
  }
  for (const TensorIndex input : graph.inputs) producers[input.position()] = nullptr;
  return producers;
}

struct Place {
  const Model& model;
  const Subgraph& graph;
  std::vector<const Operator*> producers;
};

// How a constant operand is stored; None where it is no constant.
Weights storage(const Place& place, TensorIndex operand) {
  const auto& [model, graph, producers] = place;
  if (!operand.valid()) return Weights::None;
  const Tensor& tensor = graph.tensor(operand);
  if (isConstant(model, tensor)) return byType(tensor.type, false);
  if (tensor.type != ElementType::Float32) return Weights::None;
  const Operator* producer = producers[operand.position()];
  if (!producer || model.code(*producer) != tflite::BuiltinOperator_DEQUANTIZE || !producer->input(0).valid()) {
    return Weights::None;
  }
  const Tensor& from = graph.tensor(producer->input(0));
  return isConstant(model, from) ? byType(from.type, true) : Weights::None;
}

bool isQuantizedInteger(const Tensor& tensor, ElementType type) {
  return tensor.type == type && tensor.quantized();
}

// Type of the values an operator works on.
ElementType activationType(const Place& place, const Operator& op, const OperatorRules* rules) {
  auto look = [&place](TensorIndex index) {
    if (!index.valid() || isConstant(place.model, place.graph.tensor(index))) return ElementType::Float32;
    const Tensor& tensor = place.graph.tensor(index);
    if (isQuantizedInteger(tensor, ElementType::Int8) || isQuantizedInteger(tensor, ElementType::UInt8))
      return ElementType::Int8;
    if (isQuantizedInteger(tensor, ElementType::Int16)) return ElementType::Int16;
    return ElementType::Float32;
  };
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    if (rules && rules->role(k) != OperandRole::Activation) continue;
    if (const ElementType type = look(op.inputs[k]); type != ElementType::Float32) return type;
  }
  for (TensorIndex output : op.outputs)
    if (const ElementType type = look(output); type != ElementType::Float32) return type;
  return ElementType::Float32;
}

Weights narrowest(const Place& place, const Operator& op, const OperatorRules* rules) {
  Weights found = Weights::None;
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    const Weights stored = storage(place, op.inputs[k]);
    const bool weight = rules && (rules->role(k) == OperandRole::Weight || static_cast<int>(k) == rules->weightInput);
    // Integer constants that are no weights are shapes and indices; dequantized ones are values wherever they stand.
    if ((stored == Weights::Int8 || stored == Weights::Int4) && !weight) continue;
    if (stored > found) found = stored;
  }
  return found;
}

Precision effectivePrecision(const Place& place, const Operator& op) {
  const OperatorRules* rules = findRules(place.model.code(op));
  const Weights weights = narrowest(place, op, rules);
  switch (activationType(place, op, rules)) {
    case ElementType::Int8:
      return weights == Weights::Int4 ? Precision::Int4x8 : Precision::Int8;
    case ElementType::Int16:
      return weights == Weights::Int4 ? Precision::Int4x16 : Precision::Int16x8;
    default:
      break;
  }
  switch (weights) {
    case Weights::Float16:
      return Precision::Float16;
    case Weights::Int8:
      return Precision::DynamicRange;
    case Weights::Int4:
      return Precision::DynamicRangeInt4;
    case Weights::DequantizedInt8:
      return Precision::WeightOnlyInt8;
    case Weights::DequantizedInt4:
      return Precision::WeightOnlyInt4;
    default:
      return Precision::Float32;
  }
}

}  // namespace

std::vector<Precision> effectivePrecisions(const Model& model, SubgraphIndex subgraph) {
  const Subgraph& graph = model.subgraphs[subgraph.position()];
  const Place place{model, graph, producersOf(graph)};
  std::vector<Precision> precisions;
  precisions.reserve(graph.operators.size());
  for (const Operator& op : graph.operators) precisions.push_back(effectivePrecision(place, op));
  return precisions;
}

}  // namespace quantscope
