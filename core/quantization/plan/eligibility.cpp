#include "core/quantization/plan/eligibility.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/quantization/plan/file_costs.h"
#include "core/quantization/quantize.h"

namespace quantscope::quantization {
namespace {

using Obstacle = std::optional<std::string>;

std::string kernelName(const GraphView& view, OperatorIndex op) {
  return operatorName(view.model, view.op(op));
}

tflite::ActivationFunctionType fusedActivation(const Operator& op) {
  if (const auto* o = op.options.AsConv2DOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsDepthwiseConv2DOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsTransposeConvOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsFullyConnectedOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsAddOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsSubOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsMulOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsDivOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsPool2DOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsConcatenationOptions()) return o->fused_activation_function;
  if (const auto* o = op.options.AsL2NormOptions()) return o->fused_activation_function;
  return tflite::ActivationFunctionType_NONE;
}

bool isComparison(tflite::BuiltinOperator code) {
  using enum tflite::BuiltinOperator;
  return code == BuiltinOperator_EQUAL || code == BuiltinOperator_NOT_EQUAL || code == BuiltinOperator_LESS ||
         code == BuiltinOperator_LESS_EQUAL || code == BuiltinOperator_GREATER || code == BuiltinOperator_GREATER_EQUAL;
}

// Whole small constants are looked at; of large ones the first value, the rest when they are quantized.
bool looksFinite(std::span<const float> values) {
  const auto part = values.first(std::min<size_t>(values.size(), 1 << 12));
  return std::all_of(part.begin(), part.end(), [](float v) { return std::isfinite(v); });
}

// Infinities that the scale of the result, or of the operator, cuts off.
bool looksUsable(std::span<const float> values, const OperatorRules& rules) {
  const bool cut = rules.scale == ScaleRule::Same || rules.code == tflite::BuiltinOperator_ADD ||
                   rules.code == tflite::BuiltinOperator_SUB || rules.code == tflite::BuiltinOperator_MUL;
  if (!cut) return looksFinite(values);
  const auto part = values.first(std::min<size_t>(values.size(), 1 << 12));
  return std::none_of(part.begin(), part.end(), [](float v) { return std::isnan(v); });
}

// Which float operands and results an operator has, by role.
struct FloatOperands {
  int activations = 0;  ///< computed operands in activation roles
  int constants = 0;    ///< constant operands in activation roles
  int results = 0;
};

FloatOperands floatOperands(const GraphView& view, OperatorIndex i) {
  FloatOperands found;
  const Operator& op = view.op(i);
  const OperatorRules* rules = view.rules[i.position()];
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    const OperandRole role = rules ? rules->role(k) : OperandRole::Activation;
    if (role == OperandRole::AnyType || role == OperandRole::Parameter) continue;
    if (view.isActivation(op.inputs[k])) ++found.activations;
    if (role == OperandRole::Activation && view.isFloatConstant(op.inputs[k])) ++found.constants;
  }
  for (TensorIndex output : op.outputs)
    if (view.isActivation(output)) ++found.results;
  return found;
}

// Float values of any kind, for operators that have no row in the table.
bool touchesFloat(const GraphView& view, OperatorIndex i) {
  const Operator& op = view.op(i);
  auto isFloatTensor = [&](TensorIndex t) { return t.valid() && isFloat(view.tensor(t).type); };
  return std::any_of(op.inputs.begin(), op.inputs.end(), isFloatTensor) ||
         std::any_of(op.outputs.begin(), op.outputs.end(), isFloatTensor);
}

struct IntegerCheck {
  const GraphView& view;
  OperatorIndex index;
  const RangeSource& ranges;
  bool int16;
  bool missingRange = false;

  const Operator& op() const { return view.op(index); }
  const OperatorRules& rules() const { return *view.rules[index.position()]; }

  Obstacle range(TensorIndex tensor) {
    if (ranges.find(tensor)) return std::nullopt;
    missingRange = true;
    return ranges.calibrated() ? "no range was recorded for " + view.describe(tensor) : "no calibration ranges yet";
  }

  Obstacle operand(size_t k) {
    const TensorIndex input = op().inputs[k];
    if (!input.valid()) return std::nullopt;
    const Tensor& tensor = view.tensor(input);
    const auto constant = view.floatConstant(input);
    switch (rules().role(k)) {
      case OperandRole::Weight:
        if (constant.empty()) return tensor.sparsity ? "its weights are sparse" : "its weights are no float32 constant";
        return looksFinite(constant) ? Obstacle() : "its weights hold infinite values";
      case OperandRole::Bias:
        if (constant.empty()) return "its bias is no float32 constant";
        return looksFinite(constant) ? Obstacle() : "its bias holds infinite values";
      case OperandRole::Activation:
        if (!constant.empty())
          return looksUsable(constant, rules()) ? Obstacle() : "a constant operand holds infinite values";
        if (view.isActivation(input)) return range(input);
        if (tensor.isVariable) return "it reads a variable";
        return "its operand " + view.describe(input) + " is " + std::string(elementTypeName(tensor.type));
      default:
        return std::nullopt;
    }
  }

  Obstacle results(bool followsOperand) {
    for (TensorIndex output : op().outputs) {
      if (!output.valid()) continue;
      const Tensor& tensor = view.tensor(output);
      if (tensor.isVariable) return "it writes a variable";
      if (!view.isActivation(output)) {
        if (isFloat(tensor.type))
          return "its result " + view.describe(output) + " is " + std::string(elementTypeName(tensor.type));
        continue;
      }
      if (rules().scale == ScaleRule::Fixed || followsOperand) continue;
      if (Obstacle missing = range(output)) return missing;
    }
    return std::nullopt;
  }

  Obstacle weightShape() const {
    if (rules().weightInput < 0 || rules().role(static_cast<size_t>(rules().weightInput)) != OperandRole::Weight)
      return std::nullopt;
    const auto position = static_cast<size_t>(rules().weightInput);
    const TensorIndex weights = op().input(position);
    if (!weights.valid()) return "it has no weights";
    if (rules().weightChannelAxis >= 0 && !channelAxis(view, index, position))
      return "its weights have an unexpected shape";
    return std::nullopt;
  }

  // What kernels accept only in float.
  Obstacle options() const {
    const auto fused = fusedActivation(op());
    if (fused == tflite::ActivationFunctionType_TANH || fused == tflite::ActivationFunctionType_SIGN_BIT)
      return "integer kernels do not compute its fused " + std::string(tflite::EnumNameActivationFunctionType(fused));
    if (rules().code == tflite::BuiltinOperator_CONCATENATION && fused != tflite::ActivationFunctionType_NONE)
      return "the integer kernel has no fused activation";
    if (const auto* fc = op().options.AsFullyConnectedOptions()) {
      if (fc->weights_format != tflite::FullyConnectedOptionsWeightsFormat_DEFAULT) return "its weights are shuffled";
    }
    return std::nullopt;
  }

  // A state that is this operator's own becomes integer with it.
  bool ownState(TensorIndex state) const {
    if (!state.valid()) return false;
    const Tensor& tensor = view.tensor(state);
    const TensorUses& uses = view.uses[state.position()];
    return tensor.isVariable && tensor.type == ElementType::Float32 && uses.consumers.size() == 1 &&
           !uses.producer.valid() && !uses.graphOutput && !uses.graphInput;
  }

  Obstacle recurrence() const {
    switch (rules().recurrence) {
      case RecurrentRule::None:
        return std::nullopt;
      case RecurrentRule::Svdf:
        if (!ownState(op().input(4))) return "its state is no variable of its own";
        return op().input(2).valid() ? Obstacle() : "it has no weights of time";
      case RecurrentRule::Lstm:
        break;
    }
    if (op().inputs.size() < 20) return "its basic form has no integer kernel";
    for (size_t k = 20; k < op().inputs.size(); ++k)
      if (op().inputs[k].valid()) return "its layer normalization needs ranges of what is inside it";
    if (op().input(17).valid()) return "its projection has a bias";
    if (!ownState(op().input(18)) || !ownState(op().input(19))) return "its states are no variables of its own";
    const auto* sequence = op().options.AsUnidirectionalSequenceLSTMOptions();
    const auto* single = op().options.AsLSTMOptions();
    const auto fused = sequence ? sequence->fused_activation_function
                       : single ? single->fused_activation_function
                                : tflite::ActivationFunctionType_NONE;
    return fused == tflite::ActivationFunctionType_TANH ? Obstacle() : "its integer kernel computes TANH only";
  }

  Obstacle values() const {
    const auto input = op().inputs.empty() ? TensorIndex() : op().inputs[0];
    const auto known = input.valid() && view.isActivation(input) ? ranges.find(input) : std::nullopt;
    if (!known) return std::nullopt;
    using enum tflite::BuiltinOperator;
    if ((rules().code == BuiltinOperator_SQRT || rules().code == BuiltinOperator_RSQRT) && known->min < 0)
      return "its operand goes below zero, where the integer kernel stops";
    if (!isComparison(rules().code)) return std::nullopt;
    for (TensorIndex t : op().inputs) {
      const auto range = view.isActivation(t) ? ranges.find(t) : std::nullopt;
      if (range && std::max(range->max, 0.0f) - std::min(range->min, 0.0f) >= 255.0f)
        return "its operands are wider than the comparison kernel's fixed point holds";
    }
    return std::nullopt;
  }

  Obstacle check(bool avoidDefects) {
    if (!view.rules[index.position()]) return "no integer kernel for " + kernelName(view, index);
    if (int16 ? !rules().int16 : !rules().int8)
      return std::string("no ") + (int16 ? "int16" : "int8") + " kernel for " + kernelName(view, index);
    if (avoidDefects && rules().defect != KernelDefect::ReferenceBounds) {
      const std::string defect = defectText(view, index, int16 ? ElementType::Int16 : ElementType::Int8);
      if (!defect.empty()) return defect;
    }
    if (Obstacle o = options()) return o;
    if (Obstacle o = weightShape()) return o;
    if (Obstacle o = recurrence()) return o;
    for (size_t k = 0; k < op().inputs.size(); ++k)
      if (Obstacle o = operand(k)) return o;
    const FloatOperands floats = floatOperands(view, index);
    if (Obstacle o = results(rules().scale == ScaleRule::Same && floats.activations == 1 && floats.constants == 0))
      return o;
    return values();
  }
};

int64_t storedBytes(const GraphView& view, TensorIndex tensor) {
  const TensorIndex stored = view.storedAs(tensor);
  return stored.valid() ? byteSize(view.tensor(stored).type, view.constantCount(tensor)).value_or(0) : 0;
}

bool isStoredIn(const GraphView& view, TensorIndex tensor, int bits) {
  const TensorIndex stored = view.storedAs(tensor);
  return stored.valid() && !isFloat(view.tensor(stored).type) && bitsPerElement(view.tensor(stored).type) == bits;
}

Obstacle weightObstacle(const GraphView& view, OperatorIndex i, Granularity granularity, int bits, int32_t minElements,
                        bool withDequantize) {
  const auto operands = weightOperands(view, i);
  const OperatorRules* rules = view.rules[i.position()];
  if (operands.empty()) {
    const bool hasWeights =
        rules && rules->weightInput >= 0 && rules->role(static_cast<size_t>(rules->weightInput)) == OperandRole::Weight;
    return hasWeights ? "its weights are no float32 constant" : "it has no weights";
  }
  int64_t saved = 0;
  for (size_t k : operands) {
    const TensorIndex weights = view.op(i).inputs[k];
    if (!looksFinite(view.floatConstant(weights))) return "its weights hold infinite values";
    const auto axis = channelAxis(view, i, k);
    const int64_t scales =
        granularity == Granularity::PerTensor || !axis ? 1 : view.tensor(weights).shape[static_cast<size_t>(*axis)];
    const int64_t newBytes = (view.constantCount(weights) * bits + 7) / 8;
    // Codes that are there already only change the way in which they are used.
    if (isStoredIn(view, weights, bits)) return std::nullopt;
    if (view.constantCount(weights) < minElements) {
      return "its weights are " + std::to_string(view.constantCount(weights)) + " elements, below the " +
             std::to_string(minElements) + " asked for";
    }
    saved += storedBytes(view, weights) - newBytes - quantizationCost(scales) - (withDequantize ? kConversionCost : 0);
  }
  if (saved <= 0) return "its weights are so few that the file would grow";
  return std::nullopt;
}

Obstacle hybridObstacle(const GraphView& view, OperatorIndex i, int bits, const Scheme& wish, Granularity granularity) {
  const OperatorRules* rules = view.rules[i.position()];
  const auto operands = weightOperands(view, i);
  if (!operands.empty()) {
    if (!rules || rules->hybrid == HybridRule::None) return "no dynamic-range kernel for " + kernelName(view, i);
    if (bits == 4 && !rules->int4Weights) return "no int4 kernel for " + kernelName(view, i);
    const Operator& op = view.op(i);
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (rules->role(k) == OperandRole::Weight && op.inputs[k].valid() && !view.isFloatConstant(op.inputs[k]))
        return "one of its weights is no float32 constant";
    }
  }
  return weightObstacle(view, i, granularity, bits, wish.minElements, false);
}

Obstacle blockObstacle(const GraphView& view, OperatorIndex i, const Scheme& wish) {
  const OperatorRules* rules = view.rules[i.position()];
  if (wish.precision != Precision::DynamicRangeInt4 || !rules || !rules->blockwise)
    return "no kernel for blockwise weights in this form";
  constexpr std::array kSizes{32, 64, 128, 256};
  if (std::find(kSizes.begin(), kSizes.end(), wish.blockSize) == kSizes.end())
    return "kernels take blocks of 32, 64, 128 or 256 weights";
  const TensorIndex weights = view.op(i).input(static_cast<size_t>(rules->weightInput));
  if (!weights.valid() || view.tensor(weights).shape.size() != 2) return "its weights are no matrix";
  const int32_t depth = view.tensor(weights).shape[1];
  if (depth % wish.blockSize != 0) return "its depth " + std::to_string(depth) + " is no multiple of the block size";
  return std::nullopt;
}

Obstacle halfObstacle(const GraphView& view, OperatorIndex i) {
  bool constants = false;
  for (TensorIndex input : view.op(i).inputs) {
    const int64_t count = view.constantCount(input);
    constants |= count > 0;
    if (storedBytes(view, input) - 2 * count > kConversionCost) return std::nullopt;
  }
  return constants ? "its constants are so small that the file would grow" : "it has no constants";
}

std::string join(const std::string& earlier, const std::string& later) {
  if (earlier.empty() || later.empty()) return earlier + later;
  return earlier + "; " + later;
}

}  // namespace

ElementType computeType(Precision precision) {
  switch (precision) {
    case Precision::Int8:
    case Precision::Int4x8:
      return ElementType::Int8;
    case Precision::Int16x8:
    case Precision::Int4x16:
      return ElementType::Int16;
    default:
      return ElementType::Float32;
  }
}

int weightBits(Precision precision) {
  switch (precision) {
    case Precision::Float32:
      return 32;
    case Precision::Float16:
      return 16;
    case Precision::DynamicRangeInt4:
    case Precision::WeightOnlyInt4:
    case Precision::Int4x8:
    case Precision::Int4x16:
      return 4;
    default:
      return 8;
  }
}

std::vector<size_t> weightOperands(const GraphView& view, OperatorIndex i) {
  const OperatorRules* rules = view.rules[i.position()];
  const Operator& op = view.op(i);
  std::vector<size_t> found;
  if (!rules) {
    if (view.model.code(op) == tflite::BuiltinOperator_CONV_3D && view.isFloatConstant(op.input(1))) found.push_back(1);
    return found;
  }
  const bool lookup = rules->code == tflite::BuiltinOperator_GATHER;
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    const bool weight =
        rules->role(k) == OperandRole::Weight || static_cast<int>(k) == rules->weightInput || (lookup && k == 0);
    if (weight && view.isFloatConstant(op.inputs[k])) found.push_back(k);
  }
  return found;
}

std::optional<int32_t> channelAxis(const GraphView& view, OperatorIndex i, size_t operand) {
  const OperatorRules* rules = view.rules[i.position()];
  if (!rules || static_cast<int>(operand) != rules->weightInput || rules->weightChannelAxis == -1) return std::nullopt;
  const Tensor& weights = view.tensor(view.op(i).inputs[operand]);
  const auto rank = static_cast<int32_t>(weights.shape.size());
  if (rules->weightChannelAxis != kMatrixColumns)
    return rules->weightChannelAxis < rank ? std::optional<int32_t>(rules->weightChannelAxis) : std::nullopt;
  // Columns of a stack of matrices would share scales across the stack, which kernels do not expect.
  if (rank != 2) return std::nullopt;
  const auto* options = view.op(i).options.AsBatchMatMulOptions();
  return options && options->adj_y ? 0 : 1;
}

std::string defectText(const GraphView& view, OperatorIndex i, ElementType type) {
  const OperatorRules* rules = view.rules[i.position()];
  if (!rules || type == ElementType::Float32) return {};
  switch (rules->defect) {
    case KernelDefect::ReferenceSum:
      return "the reference kernels of shipped runtimes compute integer sums wrongly";
    case KernelDefect::ZeroBackground:
      return type == ElementType::Int16 ? "" : "its int8 kernel fills gaps with code 0, which is no real 0";
    case KernelDefect::ZeroDivisor:
      return "its integer kernel stops the run where a divisor rounds to 0";
    case KernelDefect::ReferenceBounds: {
      const Operator& op = view.op(i);
      const auto& shape = view.tensor(op.inputs[0]).shape;
      if (type == ElementType::Int16 || shape.empty() || shape.back() < 512) return {};
      return "the reference int8 kernel of shipped runtimes aborts where 512 or more results are nearly equal";
    }
    case KernelDefect::None:
      return {};
  }
  return {};
}

namespace {

// What the kernels of the CPU make of a wish.
Decision kernelDecision(const GraphView& view, OperatorIndex i, const Scheme& wish, const RangeSource& ranges,
                        bool avoidDefects) {
  Decision decision;
  decision.effective = wish.precision;
  decision.granularity = wish.granularity;
  const OperatorRules* rules = view.rules[i.position()];
  const Precision stored = view.stored[i.position()];
  if (wish.precision == Precision::Float32 && stored == Precision::Float32) return decision;

  const auto code = view.model.code(view.op(i));
  const bool conversion = code == tflite::BuiltinOperator_QUANTIZE || code == tflite::BuiltinOperator_DEQUANTIZE;
  const FloatOperands floats = floatOperands(view, i);
  const bool floatWork = conversion ? false : rules ? floats.activations + floats.results > 0 : touchesFloat(view, i);
  if (!floatWork) {
    decision.effective = stored;
    decision.asIs = decision.nothingToDo = true;
    if (stored != wish.precision)
      decision.reason = conversion ? "it is a conversion itself" : "it handles no float values";
    return decision;
  }
  if (stored != Precision::Float32 && weightBits(stored) <= weightBits(wish.precision) &&
      (wish.precision == stored || weightBits(wish.precision) > 8)) {
    decision.effective = stored;
    decision.asIs = true;
    if (stored != wish.precision)
      decision.reason = "its weights are " + std::string(precisionName(stored)) + " in the source";
    return decision;
  }
  auto settle = [&](Precision precision, const std::string& reason) {
    decision.effective = precision;
    decision.reason = join(decision.reason, reason);
  };
  if (wish.granularity == Granularity::Blockwise) {
    if (const Obstacle obstacle = blockObstacle(view, i, wish)) {
      decision.granularity = Granularity::PerChannel;
      if (rules && rules->weightInput >= 0) decision.reason = *obstacle + ", one scale per channel instead";
    }
  }

  if (computeType(decision.effective) != ElementType::Float32) {
    const bool int16 = computeType(decision.effective) == ElementType::Int16;
    IntegerCheck check{view, i, ranges, int16};
    if (Obstacle obstacle = check.check(avoidDefects)) {
      decision.missingRange = check.missingRange;
      settle(Precision::Float32, *obstacle);
      // A table of weights is as good in integers where nothing else of the operator can be.
      if (rules && (rules->scale == ScaleRule::NotQuantizable || rules->recurrence != RecurrentRule::None) &&
          !hybridObstacle(view, i, 8, wish, decision.granularity))
        settle(Precision::DynamicRange, "its weights become int8");
      return decision;
    }
    if (weightBits(decision.effective) == 4 && !rules->int4Weights) {
      const bool weights = !weightOperands(view, i).empty();
      settle(int16 ? Precision::Int16x8 : Precision::Int8,
             weights ? "no int4 kernel for " + kernelName(view, i) : "it has no weights");
    }
    return decision;
  }

  if (decision.effective == Precision::DynamicRangeInt4) {
    const Obstacle obstacle = hybridObstacle(view, i, 4, wish, decision.granularity);
    if (!obstacle) return decision;
    settle(Precision::DynamicRange, *obstacle);
  }
  if (decision.effective == Precision::DynamicRange) {
    const Obstacle obstacle = hybridObstacle(view, i, 8, wish, decision.granularity);
    const bool scalesNeeded = rules && (rules->code == tflite::BuiltinOperator_DEPTHWISE_CONV_2D ||
                                        rules->code == tflite::BuiltinOperator_TRANSPOSE_CONV);
    if (!obstacle) {
      if (scalesNeeded && decision.granularity == Granularity::PerTensor) {
        decision.granularity = Granularity::PerChannel;
        decision.reason = join(decision.reason, "its dynamic-range kernel needs one scale per channel");
      }
      return decision;
    }
    const std::string first = decision.reason;
    decision.reason.clear();
    const bool weightOnly = !weightObstacle(view, i, decision.granularity, 8, wish.minElements, true);
    settle(weightOnly ? Precision::WeightOnlyInt8 : Precision::Float32, *obstacle);
    return decision;
  }
  if (decision.effective == Precision::WeightOnlyInt8 || decision.effective == Precision::WeightOnlyInt4) {
    if (Obstacle obstacle =
            weightObstacle(view, i, decision.granularity, weightBits(decision.effective), wish.minElements, true))
      settle(Precision::Float32, *obstacle);
    return decision;
  }
  if (decision.effective == Precision::Float16) {
    if (Obstacle obstacle = halfObstacle(view, i)) settle(Precision::Float32, *obstacle);
  }
  return decision;
}

// Humbler forms, in the order in which they stand in for a refused one.
std::span<const Precision> alternatives(Precision wish) {
  using enum Precision;
  static constexpr std::array kInt4x16{Int16x8, Int8, Float32};
  static constexpr std::array kInteger{Int8, Float32};
  static constexpr std::array kInt8{Float32};
  static constexpr std::array kHybrid4{DynamicRange, WeightOnlyInt4, WeightOnlyInt8, Float16, Float32};
  static constexpr std::array kHybrid{WeightOnlyInt8, Float16, Float32};
  static constexpr std::array kWeights{Float16, Float32};
  switch (wish) {
    case Int4x16:
      return kInt4x16;
    case Int4x8:
    case Int16x8:
      return kInteger;
    case DynamicRangeInt4:
      return kHybrid4;
    case DynamicRange:
      return kHybrid;
    case WeightOnlyInt8:
    case WeightOnlyInt4:
      return kWeights;
    case Int8:
    case Float16:
      return kInt8;
    case Float32:
      break;
  }
  return {};
}

}  // namespace

Decision decidePrecision(const GraphView& view, OperatorIndex i, const Scheme& wish, const RangeSource& ranges,
                         const Target& target, bool avoidDefects) {
  Decision decision = kernelDecision(view, i, wish, ranges, avoidDefects);
  if (target.operators.empty() && target.limits == 0) return decision;
  const auto code = view.model.code(view.op(i));
  if (code == tflite::BuiltinOperator_QUANTIZE || code == tflite::BuiltinOperator_DEQUANTIZE) return decision;
  if (!target.perChannelDense && code == tflite::BuiltinOperator_FULLY_CONNECTED &&
      computeType(decision.effective) != ElementType::Float32 && decision.granularity != Granularity::PerTensor) {
    decision.granularity = Granularity::PerTensor;
    decision.reason = join(decision.reason, std::string(target.name) + " takes one scale for its weights");
  }
  auto refusal = [&](Precision precision) {
    return targetRefusal(target, view.model, view.index, view.op(i), precision);
  };
  decision.refusal = refusal(decision.effective);
  if (decision.refusal.empty() || decision.asIs) return decision;
  for (const Precision humbler : alternatives(decision.effective)) {
    if (!refusal(humbler).empty()) continue;
    Scheme other = wish;
    other.precision = humbler;
    Decision found = kernelDecision(view, i, other, ranges, avoidDefects);
    if (found.missingRange || !refusal(found.effective).empty()) continue;
    found.reason = join(join(decision.reason, decision.refusal), found.reason);
    return found;
  }
  return decision;
}

}  // namespace quantscope::quantization
