#include "core/quantization/targets/target.h"

#include <array>

#include "core/model/finding_list.h"
#include "core/ops/operator_rules.h"
#include "core/quantization/quantize.h"
#include "core/quantization/targets/limits.h"
#include "core/quantization/targets/target_list.h"

namespace quantscope {
namespace {

using namespace quantization;

std::string_view formName(Form form) {
  switch (form) {
    case kFloatForm:
      return "float32";
    case kHalfForm:
      return "float16 constants";
    case kWeightOnlyForm:
      return "integer weights behind a DEQUANTIZE";
    case kHybridForm:
    case kHybrid4Form:
      return "integer weights with float activations";
    case kInt8Form:
      return "int8";
    case kInt16Form:
      return "int16 activations";
    case kInt4Form:
    case kInt4x16Form:
      return "int4 weights";
  }
  return "";
}

const TargetOperator* findRow(const Target& target, tflite::BuiltinOperator code) {
  const auto row = std::lower_bound(target.operators.begin(), target.operators.end(), code,
                                    [](const TargetOperator& r, tflite::BuiltinOperator c) { return r.code < c; });
  return row != target.operators.end() && row->code == code ? &*row : nullptr;
}

// Operators that only move integers, booleans and shapes about take part in no precision.
bool handlesReals(const Model& model, const Subgraph& graph, const Operator& op) {
  const OperatorRules* rules = findRules(model.code(op));
  auto real = [&](TensorIndex t) {
    return t.valid() && (isFloat(graph.tensor(t).type) || graph.tensor(t).quantized());
  };
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    if (rules && rules->role(k) == OperandRole::AnyType) continue;
    if (real(op.inputs[k])) return true;
  }
  return std::any_of(op.outputs.begin(), op.outputs.end(), real);
}

// A conversion at the border to float: between a float and an integer tensor.
bool touchesFloat(const Subgraph& graph, const Operator& op) {
  auto real = [&](TensorIndex t) { return t.valid() && isFloat(graph.tensor(t).type); };
  return std::any_of(op.inputs.begin(), op.inputs.end(), real) ||
         std::any_of(op.outputs.begin(), op.outputs.end(), real);
}

class TargetCheck {
public:
  TargetCheck(const Model& model, const Target& target) : m_model(model), m_target(target) {}

  std::vector<Finding> run() {
    for (size_t g = 0; g < m_model.subgraphs.size(); ++g) {
      const auto precisions = effectivePrecisions(m_model, SubgraphIndex(g));
      for (size_t i = 0; i < precisions.size() && !m_findings.full(); ++i) checkOperator(g, i, precisions[i]);
    }
    return m_findings.take();
  }

private:
  void checkOperator(size_t g, size_t i, Precision precision) {
    const Subgraph& graph = m_model.subgraphs[g];
    const Operator& op = graph.operators[i];
    const FindingList::Place place{static_cast<int>(g), OperatorIndex(i), op.output(0)};
    const auto code = m_model.code(op);
    std::string refusal;
    if (code == tflite::BuiltinOperator_QUANTIZE || code == tflite::BuiltinOperator_DEQUANTIZE) {
      refusal = conversionRefusal(graph, op);
    } else {
      refusal = targetRefusal(m_target, m_model, SubgraphIndex(g), op, precision);
    }
    if (!refusal.empty())
      m_findings.error(place, operatorName(m_model, op) + " does not run on " + std::string(m_target.name), refusal);
  }

  std::string conversionRefusal(const Subgraph& graph, const Operator& op) const {
    if (op.input(0).valid() && isConstant(m_model, graph.tensor(op.input(0)))) {
      const bool half = graph.tensor(op.input(0)).type == ElementType::Float16;
      const Form form = half ? kHalfForm : kWeightOnlyForm;
      if (m_target.all & form) return {};
      return "it takes no " + std::string(formName(form));
    }
    if (m_target.integerOnly && touchesFloat(graph, op))
      return "it converts to or from float32, which this device does not compute; give the model integer inputs and "
             "outputs";
    const Limits limits = m_target.limits;
    return limitRefusal(limits, m_model, graph, op);
  }

  const Model& m_model;
  const Target& m_target;
  FindingList m_findings;
};

}  // namespace

Form formOf(Precision precision) {
  switch (precision) {
    case Precision::Float32:
      return kFloatForm;
    case Precision::Float16:
      return kHalfForm;
    case Precision::DynamicRange:
      return kHybridForm;
    case Precision::DynamicRangeInt4:
      return kHybrid4Form;
    case Precision::WeightOnlyInt8:
    case Precision::WeightOnlyInt4:
      return kWeightOnlyForm;
    case Precision::Int8:
      return kInt8Form;
    case Precision::Int16x8:
      return kInt16Form;
    case Precision::Int4x8:
      return kInt4Form;
    case Precision::Int4x16:
      return kInt4x16Form;
  }
  return kFloatForm;
}

std::span<const Target> targets() {
  static const std::array kTargets{cpuTarget(),   gpuTarget(),   edgeTpuTarget(),
                                   microTarget(), ethosTarget(), hexagonTarget()};
  return kTargets;
}

std::vector<std::string> targetNames() {
  std::vector<std::string> names;
  for (const Target& target : targets()) names.emplace_back(target.name);
  return names;
}

Result<const Target*> findTarget(std::string_view name) {
  std::string known;
  for (const Target& target : targets()) {
    if (target.name == name) return &target;
    known += (known.empty() ? "" : ", ") + std::string(target.name);
  }
  return Error{ErrorCode::InvalidArgument, "unknown target", std::string(name), "", "use one of " + known};
}

std::string targetRefusal(const Target& target, const Model& model, SubgraphIndex subgraph, const Operator& op,
                          Precision precision) {
  const Subgraph& graph = model.subgraphs[subgraph.position()];
  const auto code = model.code(op);
  const TargetOperator* row = findRow(target, code);
  const Forms forms = row ? row->forms : target.others;
  const std::string name = operatorName(model, op);
  if (forms == 0) return std::string(target.name) + " has no " + name;
  // Custom operators are known by no table; whatever takes everything takes them.
  if (handlesReals(model, graph, op)) {
    // An operator without constants is the same in all float precisions.
    const Form form = formOf(precision);
    if (!(forms & form)) return std::string(target.name) + " has no " + name + " with " + std::string(formName(form));
  }
  std::string limit = limitRefusal(target.limits | (row ? row->limits : 0), model, graph, op);
  if (!limit.empty()) return std::string(target.name) + ": " + limit;
  if (!target.perChannelDense && code == tflite::BuiltinOperator_FULLY_CONNECTED && op.input(1).valid()) {
    const Tensor& weights = graph.tensor(op.input(1));
    if (weights.quantization && weights.quantization->perChannel())
      return std::string(target.name) + ": takes one scale for the weights of " + name + ", these have one per channel";
  }
  return {};
}

std::vector<Finding> targetFindings(const Model& model, const Target& target) {
  return TargetCheck(model, target).run();
}

}  // namespace quantscope
