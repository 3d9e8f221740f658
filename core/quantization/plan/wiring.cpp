#include "core/quantization/plan/wiring.h"

#include <algorithm>

#include "core/quantization/plan/file_costs.h"

namespace quantscope::quantization {
namespace {

class Wiring {
public:
  Wiring(const GraphView& view, const std::vector<Decision>& decisions, const ScaleClasses& classes, GraphPlan& plan)
      : m_view(view), m_decisions(decisions), m_classes(classes), m_plan(plan), m_values(view.graph.tensors.size()) {}

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
        return weight(i, k, false);
      case OperandRole::Bias:
        constant.use = ConstantUse::Bias;
        constant.type = type == ElementType::Int16 ? ElementType::Int64 : ElementType::Int32;
        m_plan.constants.push_back(constant);
        return useConstant(static_cast<int>(m_plan.constants.size()) - 1);
      case OperandRole::Activation:
        constant.use = ConstantUse::Activation;
        constant.type = type;
        if (m_view.rules[i.position()]->scale == ScaleRule::Same) constant.form = m_classes.operatorForm(i);
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
    if (withBias) {
      m_plan.constants.push_back(constant);
      return useConstant(static_cast<int>(m_plan.constants.size()) - 1);
    }
    return useConstant(shared(constant));
  }

  // Index of an equal constant, added if there is none.
  int shared(const PlannedConstant& wanted) {
    for (size_t c = 0; c < m_plan.constants.size(); ++c) {
      const PlannedConstant& other = m_plan.constants[c];
      if (other.source == wanted.source && other.use == wanted.use && other.type == wanted.type &&
          other.granularity == wanted.granularity && other.axis == wanted.axis && other.blockSize == wanted.blockSize &&
          other.form == wanted.form && other.dequantize == wanted.dequantize &&
          other.staticRange == wanted.staticRange && other.algorithms == wanted.algorithms && other.partner < 0)
        return static_cast<int>(c);
    }
    m_plan.constants.push_back(wanted);
    return static_cast<int>(m_plan.constants.size()) - 1;
  }

  // Bias and weights of one integer operator know each other, and the input whose scale they share.
  void linkBias(OperatorIndex i, const OperatorPlan& wired) {
    const OperatorRules* rules = m_view.rules[i.position()];
    if (!rules || rules->biasInput < 0 || computeType(m_plan.effective[i.position()]) == ElementType::Float32) return;
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
  std::vector<std::vector<int>> m_values;  ///< by tensor
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
