#include "core/quantization/plan/wiring.h"

#include <algorithm>
#include <cmath>

#include "core/quantization/plan/file_costs.h"

namespace quantscope::quantization {
namespace {

class Wiring {
public:
  Wiring(const GraphView& view, const std::vector<Decision>& decisions, const ScaleClasses& classes, GraphPlan& plan)
      : m_view(view),
        m_decisions(decisions),
        m_classes(classes),
        m_plan(plan),
        m_values(view.graph.tensors.size()),
        m_constantsOf(view.graph.tensors.size()) {}

  void boundaryInputs() {
    for (TensorIndex input : m_view.graph.inputs) {
      const bool integer = m_view.isActivation(input) && m_classes.madeAs(input) != ElementType::Float32;
      m_plan.inputs.push_back(integer ? use(made(input)) : OperandPlan());
    }
  }

  void operators() {
    for (size_t i = 0; i < m_view.graph.operators.size(); ++i) {
      const OperatorIndex index(i);
      const Operator& op = m_view.graph.operators[i];
      OperatorPlan wired;
      for (TensorIndex output : op.outputs) {
        const bool integer = m_view.isActivation(output) && m_classes.madeAs(output) != ElementType::Float32;
        wired.outputs.push_back(integer ? use(made(output)) : OperandPlan());
      }
      for (size_t k = 0; k < op.inputs.size(); ++k) wired.inputs.push_back(operand(index, k));
      linkBias(index, wired);
      m_plan.operators.push_back(std::move(wired));
    }
  }

  void boundaryOutputs(ElementType outputType) {
    for (TensorIndex output : m_view.graph.outputs) {
      if (!m_view.isActivation(output)) {
        m_plan.outputs.emplace_back();
        continue;
      }
      ActivationForm form;
      if (outputType == ElementType::UInt8) {
        form = m_classes.form(output, ElementType::Int8);
        form.type = ElementType::UInt8;
        form.zeroPoint += 128;
      } else if (outputType != ElementType::Float32) {
        form = m_classes.form(output, outputType);
      }
      m_plan.outputs.push_back(activation(output, form));
    }
  }

private:
  static OperandPlan use(int value) { return {OperandPlan::Kind::Value, value}; }
  static OperandPlan useConstant(int constant) { return {OperandPlan::Kind::Constant, constant}; }

  int addValue(TensorIndex tensor, const ActivationForm& form, int from) {
    m_plan.values.push_back({tensor, form, from});
    m_values[tensor.position()].push_back(static_cast<int>(m_plan.values.size()) - 1);
    return m_values[tensor.position()].back();
  }

  // The value that a tensor's producer makes.
  int made(TensorIndex tensor) {
    auto& values = m_values[tensor.position()];
    if (!values.empty()) return values.front();
    ActivationForm form;
    const ElementType type = m_classes.madeAs(tensor);
    if (type == ElementType::UInt8) {
      form = m_classes.form(tensor, ElementType::Int8);
      form.type = ElementType::UInt8;
      form.zeroPoint += 128;
    } else if (type != ElementType::Float32) {
      form = m_classes.form(tensor, type);
    }
    return addValue(tensor, form, -1);
  }

  OperandPlan activation(TensorIndex tensor, const ActivationForm& form) {
    // A float tensor read as float needs no plan.
    if (!form.integer() && m_classes.madeAs(tensor) == ElementType::Float32) return {};
    const int first = made(tensor);
    for (int value : m_values[tensor.position()])
      if (m_plan.values[static_cast<size_t>(value)].form == form) return use(value);
    return use(addValue(tensor, form, first));
  }

  OperandPlan operand(OperatorIndex i, size_t k) {
    const TensorIndex input = m_view.op(i).inputs[k];
    const OperatorRules* rules = m_view.rules[i.position()];
    const OperandRole role = rules ? rules->role(k) : OperandRole::Activation;
    const ElementType type = computeType(m_plan.effective[i.position()]);
    if (!input.valid()) return {};
    if (role == OperandRole::State && type == ElementType::Int8 && rules->recurrence != RecurrentRule::None)
      return state(i, k);
    if (m_view.isActivation(input)) {
      if (role == OperandRole::AnyType)
        return m_classes.madeAs(input) == ElementType::Float32 ? OperandPlan() : use(made(input));
      if (type == ElementType::Float32) return activation(input, {});
      return activation(input,
                        rules->scale == ScaleRule::Same ? m_classes.operatorForm(i) : m_classes.form(input, type));
    }
    if (!m_view.isFloatConstant(input)) return {};
    return type == ElementType::Float32 ? floatModeConstant(i, k) : integerConstant(i, k, role, type);
  }

  OperandPlan integerConstant(OperatorIndex i, size_t k, OperandRole role, ElementType type) {
    PlannedConstant constant;
    constant.source = m_view.op(i).inputs[k];
    constant.op = i;
    switch (role) {
      case OperandRole::Weight:
        if (const auto form = recurrentForm(i, k)) {
          constant.use = ConstantUse::Activation;
          constant.type = ElementType::Int16;
          constant.form = *form;
          m_plan.constants.push_back(constant);
          return useConstant(static_cast<int>(m_plan.constants.size()) - 1);
        }
        return weight(i, k, false);
      case OperandRole::Bias:
        constant.use = ConstantUse::Bias;
        constant.type = type == ElementType::Int16 ? ElementType::Int64 : ElementType::Int32;
        m_plan.constants.push_back(constant);
        return useConstant(static_cast<int>(m_plan.constants.size()) - 1);
      case OperandRole::Activation:
        constant.use = ConstantUse::Activation;
        constant.type = type;
        constant.form = m_view.rules[i.position()]->scale == ScaleRule::Same ? m_classes.operatorForm(i)
                                                                             : m_classes.constantForm(i, k, type);
        return useConstant(shared(constant));
      default:
        return {};
    }
  }

  OperandPlan floatModeConstant(OperatorIndex i, size_t k) {
    const Precision precision = m_plan.effective[i.position()];
    if (precision == Precision::Float16) {
      const TensorIndex source = m_view.op(i).inputs[k];
      if (m_view.tensor(source).type != ElementType::Float32 || 2 * m_view.constantCount(source) <= kConversionCost)
        return {};
      PlannedConstant constant;
      constant.source = m_view.op(i).inputs[k];
      constant.op = i;
      constant.use = ConstantUse::Half;
      constant.type = ElementType::Float16;
      constant.dequantize = true;
      return useConstant(shared(constant));
    }
    if (weightBits(precision) > 8) return {};
    const auto weights = weightOperands(m_view, i);
    if (std::find(weights.begin(), weights.end(), k) == weights.end()) return {};
    return weight(i, k, precision == Precision::WeightOnlyInt8 || precision == Precision::WeightOnlyInt4);
  }

  OperandPlan weight(OperatorIndex i, size_t k, bool dequantize) {
    const Decision& decision = m_decisions[i.position()];
    PlannedConstant constant;
    constant.source = m_view.op(i).inputs[k];
    constant.op = i;
    constant.type = weightBits(decision.effective) == 4 ? ElementType::Int4 : ElementType::Int8;
    constant.dequantize = dequantize;
    constant.staticRange = computeType(decision.effective) != ElementType::Float32;
    constant.algorithms = m_plan.schemes[i.position()].algorithms;
    const auto axis = channelAxis(m_view, i, k);
    if (axis && decision.granularity == Granularity::PerChannel) {
      constant.granularity = Granularity::PerChannel;
      constant.axis = *axis;
    } else if (axis && decision.granularity == Granularity::Blockwise) {
      constant.granularity = Granularity::Blockwise;
      constant.axis = 1 - *axis;
      constant.blockSize = m_plan.schemes[i.position()].blockSize;
    }
    // Weights whose bias may not fit take the scale that lets it, which depends on the operator's input.
    const OperatorRules* rules = m_view.rules[i.position()];
    const bool withBias = constant.staticRange && rules && rules->biasInput >= 0 &&
                          m_view.op(i).input(static_cast<size_t>(rules->biasInput)).valid();
    const bool ofGate = constant.staticRange && rules && rules->recurrence == RecurrentRule::Lstm && k >= 1 && k <= 4;
    if (withBias || ofGate) {
      m_plan.constants.push_back(constant);
      return useConstant(static_cast<int>(m_plan.constants.size()) - 1);
    }
    return useConstant(shared(constant));
  }

  // Index of an equal constant, added if there is none.
  int shared(const PlannedConstant& wanted) {
    auto& same = m_constantsOf[wanted.source.position()];
    for (const int c : same) {
      const PlannedConstant& other = m_plan.constants[static_cast<size_t>(c)];
      if (other.source == wanted.source && other.use == wanted.use && other.type == wanted.type &&
          other.granularity == wanted.granularity && other.axis == wanted.axis && other.blockSize == wanted.blockSize &&
          other.form == wanted.form && other.dequantize == wanted.dequantize &&
          other.staticRange == wanted.staticRange && other.algorithms == wanted.algorithms && other.partner < 0)
        return c;
    }
    m_plan.constants.push_back(wanted);
    same.push_back(static_cast<int>(m_plan.constants.size()) - 1);
    return same.back();
  }

  // Section 13: the output state is in the output's form. A cell forgets or keeps what it has and adds less than 1 in a
  // step, so that the number of steps bounds it; 16 is beyond what trained cells reach, and still leaves 11 bits
  // below 1. The state of an SVDF holds features, which their weights bound.
  OperandPlan state(OperatorIndex i, size_t k) {
    const Operator& op = m_view.op(i);
    ActivationForm form;
    if (m_view.rules[i.position()]->recurrence == RecurrentRule::Svdf) {
      form = {ElementType::Int16, featureBound(op) / 32767.0f, 0};
    } else if (k == 18) {
      form = m_plan.values[static_cast<size_t>(made(op.output(0)))].form;
    } else {
      form = {ElementType::Int16, std::ldexp(1.0f, cellExponent(op) - 15), 0};
    }
    return use(addValue(op.inputs[k], form, -1));
  }

  int cellExponent(const Operator& op) const {
    const auto& shape = m_view.tensor(op.inputs[0]).shape;
    const auto* options = op.options.AsUnidirectionalSequenceLSTMOptions();
    const int32_t steps = !options || shape.size() < 3 ? 16 : options->time_major ? shape[0] : shape[1];
    int exponent = 0;
    while (exponent < 4 && (1 << exponent) < steps) ++exponent;
    return exponent;
  }

  float featureBound(const Operator& op) const {
    const auto weights = m_view.floatConstant(op.inputs[1]);
    const auto& shape = m_view.tensor(op.inputs[1]).shape;
    const size_t depth = shape.size() == 2 && shape[1] > 0 ? static_cast<size_t>(shape[1]) : weights.size();
    const ActivationForm x = m_classes.form(op.inputs[0], ElementType::Int8);
    const float most = x.scale * static_cast<float>(std::max(x.zeroPoint + 128, 127 - x.zeroPoint));
    float largest = 0;
    for (size_t row = 0; depth > 0 && row + depth <= weights.size(); row += depth) {
      float sum = 0;
      for (size_t c = 0; c < depth; ++c) sum += std::abs(weights[row + c]);
      largest = std::max(largest, sum * most);
    }
    return largest > 0 ? largest : 1.0f;
  }

  // Weights of recurrent operators that are int16: of peepholes over their own range, of time on ten bits.
  std::optional<ActivationForm> recurrentForm(OperatorIndex i, size_t k) const {
    const RecurrentRule recurrence = m_view.rules[i.position()]->recurrence;
    const bool peephole = recurrence == RecurrentRule::Lstm && k >= 9 && k <= 11;
    const bool time = recurrence == RecurrentRule::Svdf && k == 2;
    if (!peephole && !time) return std::nullopt;
    const Range range = contentRange(m_view.floatConstant(m_view.op(i).inputs[k]));
    const float most = std::max(-range.min, range.max);
    return ActivationForm{ElementType::Int16, (most > 0 ? most : 1.0f) / (time ? 512.0f : 32767.0f), 0};
  }

  void linkRecurrent(OperatorIndex i, const OperatorPlan& wired) {
    auto constantAt = [&](size_t k) {
      const bool is = k < wired.inputs.size() && wired.inputs[k].kind == OperandPlan::Kind::Constant;
      return is ? wired.inputs[k].index : -1;
    };
    auto link = [&](size_t bias, size_t weights, size_t scaled) {
      const int b = constantAt(bias), w = constantAt(weights);
      if (b < 0 || w < 0) return;
      m_plan.constants[static_cast<size_t>(b)].input = wired.inputs[scaled].index;
      m_plan.constants[static_cast<size_t>(b)].partner = w;
      if (m_plan.constants[static_cast<size_t>(w)].use != ConstantUse::Weight) return;
      m_plan.constants[static_cast<size_t>(w)].input = wired.inputs[scaled].index;
      m_plan.constants[static_cast<size_t>(w)].partner = b;
    };
    if (m_view.rules[i.position()]->recurrence == RecurrentRule::Svdf) {
      link(3, 2, 4);
      return;
    }
    for (size_t gate = 0; gate < 4; ++gate) link(12 + gate, 1 + gate, 0);
    // What is inside is an output times the tanh of a cell: below 1.
    const bool projected = m_view.op(i).input(16).valid();
    ActivationForm hidden = m_plan.values[static_cast<size_t>(wired.outputs[0].index)].form;
    if (projected) hidden = {ElementType::Int8, 1.0f / 127, 0};
    m_plan.hidden.emplace_back(i, hidden);
  }

  // Bias and weights of one integer operator know each other, and the input whose scale they share.
  void linkBias(OperatorIndex i, const OperatorPlan& wired) {
    const OperatorRules* rules = m_view.rules[i.position()];
    if (!rules || computeType(m_plan.effective[i.position()]) == ElementType::Float32) return;
    if (rules->recurrence != RecurrentRule::None) linkRecurrent(i, wired);
    if (rules->biasInput < 0) return;
    const auto bias = static_cast<size_t>(rules->biasInput), weights = static_cast<size_t>(rules->weightInput);
    if (bias >= wired.inputs.size() || wired.inputs[bias].kind != OperandPlan::Kind::Constant) return;
    const size_t activation = rules->code == tflite::BuiltinOperator_TRANSPOSE_CONV ? 2 : 0;
    PlannedConstant& b = m_plan.constants[static_cast<size_t>(wired.inputs[bias].index)];
    PlannedConstant& w = m_plan.constants[static_cast<size_t>(wired.inputs[weights].index)];
    b.input = w.input = wired.inputs[activation].index;
    b.partner = wired.inputs[weights].index;
    w.partner = wired.inputs[bias].index;
  }

  const GraphView& m_view;
  const std::vector<Decision>& m_decisions;
  const ScaleClasses& m_classes;
  GraphPlan& m_plan;
  std::vector<std::vector<int>> m_values;       ///< by tensor
  std::vector<std::vector<int>> m_constantsOf;  ///< by tensor: those that several operators may share
};

}  // namespace

void planWiring(const GraphView& view, const std::vector<Decision>& decisions, const ScaleClasses& classes,
                ElementType outputType, GraphPlan& plan) {
  Wiring wiring(view, decisions, classes, plan);
  wiring.boundaryInputs();
  wiring.operators();
  wiring.boundaryOutputs(outputType);
}

}  // namespace quantscope::quantization
