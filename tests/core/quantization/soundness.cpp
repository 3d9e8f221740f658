#include "tests/core/quantization/soundness.h"

#include <cmath>

#include "core/model/structure.h"
#include "core/ops/operator_rules.h"
#include "tests/support/catch.h"

namespace quantscope::tests {
namespace {

class Checker {
public:
  Checker(const Model& model, const Subgraph& graph) : m_model(model), m_graph(graph), m_uses(tensorUses(graph)) {}

  std::vector<std::string> run() {
    for (const Tensor& tensor : m_graph.tensors) checkParameters(tensor);
    for (const Operator& op : m_graph.operators) {
      m_place = operatorName(m_model, op);
      checkConversion(op);
      if (const OperatorRules* rules = findRules(m_model.code(op))) checkOperator(op, *rules);
    }
    return m_found;
  }

private:
  void report(const std::string& what) { m_found.push_back(m_place + ": " + what); }
  const Tensor& at(TensorIndex i) const { return m_graph.tensor(i); }

  void checkParameters(const Tensor& tensor) {
    m_place = tensor.name;
    if (!tensor.quantized()) return;
    for (const float scale : tensor.quantization->scale)
      if (!(scale > 0) || !std::isfinite(scale)) report("a scale is not positive");
    const int64_t low = tensor.type == ElementType::Int8 ? -128 : 0,
                  high = tensor.type == ElementType::UInt8 ? 255 : 127;
    for (const int64_t z : tensor.quantization->zeroPoint) {
      const bool wide = tensor.type == ElementType::Int8 || tensor.type == ElementType::UInt8;
      if (wide ? (z < low || z > high) : z != 0) report("a zero point lies outside of its type");
    }
    if (tensor.type == ElementType::Float32) report("a float tensor carries parameters");
  }

  void checkConversion(const Operator& op) {
    const auto code = m_model.code(op);
    if (code == tflite::BuiltinOperator_DEQUANTIZE) {
      if (at(op.output(0)).type != ElementType::Float32) report("its result is not float32");
      for (OperatorIndex consumer : m_uses[op.output(0).position()].consumers)
        if (m_model.code(m_graph.operators[consumer.position()]) == tflite::BuiltinOperator_QUANTIZE)
          report("a DEQUANTIZE feeds a QUANTIZE");
    }
    if (code == tflite::BuiltinOperator_QUANTIZE && same(at(op.input(0)), at(op.output(0))))
      report("it converts nothing");
  }

  static bool same(const Tensor& a, const Tensor& b) {
    return a.type == b.type && a.quantization && b.quantization && a.quantization->scale == b.quantization->scale &&
           a.quantization->zeroPoint == b.quantization->zeroPoint;
  }

  void checkOperator(const Operator& op, const OperatorRules& rules) {
    std::vector<TensorIndex> activations;
    for (size_t k = 0; k < op.inputs.size(); ++k)
      if (rules.role(k) == OperandRole::Activation && op.inputs[k].valid()) activations.push_back(op.inputs[k]);
    if (rules.scale != ScaleRule::IntegerResult)
      activations.insert(activations.end(), op.outputs.begin(), op.outputs.end());
    const Tensor* integer = nullptr;
    for (TensorIndex i : activations)
      if (at(i).quantized() && !isConstant(m_model, at(i))) integer = &at(i);
    if (!integer) return;
    for (TensorIndex i : activations) {
      if (at(i).type == ElementType::Float32) report("a float operand among integers: " + at(i).name);
      if (rules.scale == ScaleRule::Same && at(i).quantized() && !same(at(i), *integer))
        report("operands that must agree do not: " + at(i).name);
    }
    if (rules.scale == ScaleRule::Fixed) checkFixed(at(op.output(0)), rules);
    if (rules.weightInput >= 0 && rules.role(static_cast<size_t>(rules.weightInput)) == OperandRole::Weight)
      checkWeights(op, rules);
  }

  void checkFixed(const Tensor& result, const OperatorRules& rules) {
    const auto& fixed = result.type == ElementType::Int16 ? rules.fixedInt16 : rules.fixedInt8;
    if (!fixed || result.quantization->scale[0] != fixed->scale ||
        result.quantization->zeroPoint[0] != fixed->zeroPoint)
      report("its result does not have the operator's own scale");
  }

  void checkWeights(const Operator& op, const OperatorRules& rules) {
    const Tensor& weights = at(op.input(static_cast<size_t>(rules.weightInput)));
    if (weights.type == ElementType::Float32) report("float weights beside integer activations");
    if (weights.type == ElementType::Int8)
      for (const int8_t code : constantValues<int8_t>(m_model, weights))
        if (code == -128) report("a weight of -128");
    if (rules.biasInput < 0 || !op.input(static_cast<size_t>(rules.biasInput)).valid()) return;
    const Tensor& bias = at(op.input(static_cast<size_t>(rules.biasInput)));
    const Tensor& x = at(op.input(rules.code == tflite::BuiltinOperator_TRANSPOSE_CONV ? 2 : 0));
    if (bias.type != (x.type == ElementType::Int16 ? ElementType::Int64 : ElementType::Int32))
      report("its bias has a wrong type");
    if (!bias.quantized() || bias.quantization->scale.size() != weights.quantization->scale.size()) {
      report("its bias has other scales than its weights");
      return;
    }
    for (size_t c = 0; c < bias.quantization->scale.size(); ++c) {
      const float product = x.quantization->scale[0] * weights.quantization->scale[c];
      if (std::abs(bias.quantization->scale[c] - product) > 2e-7f * product) report("its bias has a wrong scale");
    }
  }

  const Model& m_model;
  const Subgraph& m_graph;
  std::vector<TensorUses> m_uses;
  std::string m_place;
  std::vector<std::string> m_found;
};

}  // namespace

std::vector<std::string> unsoundness(const Model& model) {
  std::vector<std::string> found;
  for (const Finding& finding : structuralFindings(model)) {
    if (finding.severity == Severity::Error)
      found.push_back(findingPlace(model, finding) + ": " + finding.what + ": " + finding.why);
  }
  for (const Subgraph& graph : model.subgraphs)
    for (std::string& sentence : Checker(model, graph).run()) found.push_back(std::move(sentence));
  for (const OperatorCode& code : model.operatorCodes) {
    if (code.deprecatedBuiltinCode != std::min<int>(code.builtinCode, 127))
      found.push_back("an operator code has one field only");
  }
  return found;
}

CalibrationResult uniformRanges(const Model& model, float min, float max) {
  CalibrationResult ranges;
  for (size_t g = 0; g < model.subgraphs.size(); ++g) {
    for (size_t t = 0; t < model.subgraphs[g].tensors.size(); ++t) {
      const Tensor& tensor = model.subgraphs[g].tensors[t];
      if (tensor.type == ElementType::Float32 && !isConstant(model, tensor))
        setRange(ranges, TensorIndex(t), min, max, static_cast<int>(g));
    }
  }
  return ranges;
}

void setRange(CalibrationResult& ranges, TensorIndex tensor, float min, float max, int subgraph) {
  TensorRange range;
  range.min = range.observedMin = min;
  range.max = range.observedMax = max;
  ranges.ranges[{subgraph, tensor.value}] = range;
}

std::shared_ptr<const Model> quantized(std::shared_ptr<const Model> model, const Recipe& recipe,
                                       const CalibrationResult* ranges, int threads) {
  const auto plan = planQuantization(model, recipe, ranges);
  if (!plan) FAIL(plan.error().message());
  Progress progress;
  QuantizeOptions options;
  options.threads = threads;
  const auto result = applyPlan(**plan, ranges, options, progress);
  if (!result) FAIL(result.error().message());
  for (const std::string& sentence : unsoundness(**result)) FAIL_CHECK(sentence);
  return *result;
}

size_t countOperators(const Model& model, tflite::BuiltinOperator code) {
  size_t count = 0;
  for (const Operator& op : model.subgraphs[0].operators) count += model.code(op) == code;
  return count;
}

const Operator& findOperator(const Model& model, tflite::BuiltinOperator code, size_t n) {
  for (const Operator& op : model.subgraphs[0].operators)
    if (model.code(op) == code && n-- == 0) return op;
  FAIL("no such operator: " << tflite::EnumNameBuiltinOperator(code));
  throw 0;
}

Precision precisionOf(const Model& model, tflite::BuiltinOperator code, size_t n) {
  const auto position = &findOperator(model, code, n) - model.subgraphs[0].operators.data();
  return effectivePrecisions(model, SubgraphIndex(0))[static_cast<size_t>(position)];
}

}  // namespace quantscope::tests
