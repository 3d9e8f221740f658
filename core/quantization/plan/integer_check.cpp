#include "core/quantization/plan/integer_check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "core/base/checked.h"
#include "core/quantization/plan/eligibility.h"

namespace quantscope::quantization {
namespace {

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

// Infinities that the scale of the result, or of the operator, cuts off.
bool looksUsable(std::span<const float> values, const OperatorRules& rules) {
  const bool cut = rules.scale == ScaleRule::Same || rules.code == tflite::BuiltinOperator_ADD ||
                   rules.code == tflite::BuiltinOperator_SUB || rules.code == tflite::BuiltinOperator_MUL;
  if (!cut) return looksFinite(values);
  const auto part = values.first(std::min<size_t>(values.size(), 1 << 12));
  return std::none_of(part.begin(), part.end(), [](float v) { return std::isnan(v); });
}

struct IntegerCheck {
  const GraphView& view;
  OperatorIndex index;
  const RangeSource& ranges;
  bool int16;
  bool missingRange = false;

  const Operator& op() const { return view.op(index); }
  const OperatorRules& rules() const { return *view.rules[index.position()]; }

  // Marks for "no value" such as 1e36 leave no codes for anything else, and factors that kernels cannot take;
  // comparisons shift real values by 8 bits in 32.
  Obstacle reach(Range r) const {
    const double most = isComparison(rules().code) ? std::ldexp(100.0, 30) : 1e30;
    const double reached = std::max(std::abs(double{r.min}), std::abs(double{r.max}));
    if (reached <= most) return std::nullopt;
    char text[64];
    std::snprintf(text, sizeof text, "its values reach %.3g, too far for integers", reached);
    return text;
  }

  Obstacle range(TensorIndex tensor) {
    if (const auto found = ranges.find(tensor)) return reach(*found);
    missingRange = true;
    return ranges.calibrated() ? "no range was recorded for " + view.describe(tensor) : "no calibration ranges yet";
  }

  // Masks that are added are cut off by the scale of the result.
  Obstacle constantReach(std::span<const float> constant) const {
    const auto code = rules().code;
    const bool cut = code == tflite::BuiltinOperator_ADD || code == tflite::BuiltinOperator_SUB ||
                     code == tflite::BuiltinOperator_MUL;
    return cut ? Obstacle() : reach(contentRange(constant.first(std::min<size_t>(constant.size(), 1 << 12))));
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
        if (!constant.empty()) {
          if (!looksUsable(constant, rules())) return "a constant operand holds infinite values";
          return looksFinite(constant) && rules().scale != ScaleRule::Same ? constantReach(constant) : Obstacle();
        }
        if (view.isActivation(input)) return range(input);
        if (tensor.isVariable) return "it reads a variable";
        return "its operand " + view.describe(input) + " is " + std::string(elementTypeName(tensor.type));
      case OperandRole::Parameter:
      case OperandRole::State:
        // A shape or an index that is computed in float: no integer form stands for it.
        if (view.isActivation(input)) return "its operand " + view.describe(input) + " is float32";
        return std::nullopt;
      case OperandRole::AnyType:
        return std::nullopt;
    }
    return std::nullopt;
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

  // Sums of 8-bit values in 32 bits that are too many even for values of one sign.
  Obstacle sums() const {
    if (int16) return std::nullopt;
    constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
    using enum tflite::BuiltinOperator;
    if (rules().code == BuiltinOperator_BATCH_MATMUL && view.isActivation(op().input(1))) {
      const auto* options = op().options.AsBatchMatMulOptions();
      const auto& shape = view.tensor(op().inputs[0]).shape;
      if (!options || shape.size() < 2) return std::nullopt;
      const int64_t depth = shape[shape.size() - (options->adj_x ? 2 : 1)];
      if (depth * 255 * 255 > kLargest) return "its sums of " + std::to_string(depth) + " products may exceed 32 bits";
    }
    if (rules().code == BuiltinOperator_MEAN || rules().code == BuiltinOperator_SUM) {
      const auto all = checkedElementCount(view.tensor(op().inputs[0]).shape),
                 results = checkedElementCount(view.tensor(op().outputs[0]).shape);
      if (all && results && *results > 0 && *all / *results > kLargest / 255)
        return "its sums of " + std::to_string(*all / *results) + " values may exceed 32 bits";
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
    if (Obstacle o = sums()) return o;
    return values();
  }
};

}  // namespace

std::string kernelName(const GraphView& view, OperatorIndex op) {
  return operatorName(view.model, view.op(op));
}

bool looksFinite(std::span<const float> values) {
  const auto part = values.first(std::min<size_t>(values.size(), 1 << 12));
  return std::all_of(part.begin(), part.end(), [](float v) { return std::isfinite(v); });
}

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

IntegerVerdict checkInteger(const GraphView& view, OperatorIndex op, const RangeSource& ranges, ElementType type,
                            bool avoidDefects) {
  IntegerCheck check{view, op, ranges, type == ElementType::Int16};
  IntegerVerdict verdict;
  verdict.obstacle = check.check(avoidDefects);
  verdict.missingRange = check.missingRange;
  return verdict;
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
      const TensorIndex input = view.op(i).input(0);
      if (!input.valid()) return {};
      const auto& shape = view.tensor(input).shape;
      if (type == ElementType::Int16 || shape.empty() || shape.back() < 512) return {};
      return "the reference int8 kernel of shipped runtimes aborts where 512 or more results are nearly equal";
    }
    case KernelDefect::None:
      return {};
  }
  return {};
}

}  // namespace quantscope::quantization
