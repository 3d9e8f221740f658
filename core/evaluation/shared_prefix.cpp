#include "core/evaluation/shared_prefix.h"

#include <algorithm>
#include <cstring>

namespace quantscope {

namespace {

bool sameQuantization(const Tensor& a, const Tensor& b) {
  if (a.quantized() != b.quantized()) return false;
  if (!a.quantized()) return true;
  return a.quantization->scale == b.quantization->scale && a.quantization->zeroPoint == b.quantization->zeroPoint &&
         a.quantization->quantizedDimension == b.quantization->quantizedDimension && !a.quantization->details &&
         !b.quantization->details;
}

bool sameKind(const Tensor& a, const Tensor& b) {
  return a.type == b.type && sameQuantization(a, b);
}

bool sameBytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  if (a.size() != b.size()) return false;
  return a.data() == b.data() || a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0;
}

class Walk {
public:
  Walk(const Model& reference, const Model& variant)
      : m_reference(reference),
        m_variant(variant),
        m_from(reference.subgraphs[0]),
        m_to(variant.subgraphs[0]),
        m_uses(tensorUses(m_from)),
        m_twin(m_to.tensors.size()),
        m_changed(m_to.operators.size(), true) {
    for (const Operator& op : m_from.operators) {
      if (readsConstantsOnly(reference, m_from, op)) m_onConstants.push_back(&op);
    }
  }

  ChangedPart run() {
    for (size_t i = 0; i < std::min(m_from.inputs.size(), m_to.inputs.size()); ++i) {
      if (sameKind(m_from.tensor(m_from.inputs[i]), m_to.tensor(m_to.inputs[i]))) {
        m_twin[m_to.inputs[i].position()] = m_from.inputs[i];
      }
    }
    for (size_t j = 0; j < m_to.operators.size(); ++j) findTwin(j);
    return collect();
  }

private:
  bool sameOperand(TensorIndex from, TensorIndex to) const {
    if (!from.valid() || !to.valid()) return from.valid() == to.valid();
    if (m_twin[to.position()].valid()) return m_twin[to.position()] == from;
    const Tensor& a = m_from.tensor(from);
    const Tensor& b = m_to.tensor(to);
    if (a.isVariable || b.isVariable || !isConstant(m_reference, a) || !isConstant(m_variant, b)) return false;
    return a.shape == b.shape && sameKind(a, b) &&
           sameBytes(constantBytes(m_reference, a), constantBytes(m_variant, b));
  }

  bool sameOperator(const Operator& a, const Operator& b) const {
    const OperatorCode& x = m_reference.operatorCode(a);
    const OperatorCode& y = m_variant.operatorCode(b);
    if (x.code() != y.code() || x.version != y.version || x.customCode != y.customCode) return false;
    if (a.inputs.size() != b.inputs.size() || a.outputs.size() != b.outputs.size()) return false;
    if (!(a.options == b.options) || !(a.options2 == b.options2)) return false;
    if (a.customOptions.has_value() != b.customOptions.has_value()) return false;
    if (a.customOptions && !sameBytes(a.customOptions->bytes, b.customOptions->bytes)) return false;
    for (size_t i = 0; i < a.inputs.size(); ++i) {
      if (!sameOperand(a.inputs[i], b.inputs[i])) return false;
    }
    for (size_t i = 0; i < a.outputs.size(); ++i) {
      if (a.outputs[i].valid() != b.outputs[i].valid()) return false;
      if (a.outputs[i].valid() && !sameKind(m_from.tensor(a.outputs[i]), m_to.tensor(b.outputs[i]))) return false;
    }
    return true;
  }

  static bool runsOtherGraphs(tflite::BuiltinOperator code) {
    switch (code) {
      case tflite::BuiltinOperator_IF:
      case tflite::BuiltinOperator_WHILE:
      case tflite::BuiltinOperator_CALL:
      case tflite::BuiltinOperator_CALL_ONCE:
      case tflite::BuiltinOperator_VAR_HANDLE:
      case tflite::BuiltinOperator_READ_VARIABLE:
      case tflite::BuiltinOperator_ASSIGN_VARIABLE:
      case tflite::BuiltinOperator_STABLEHLO_COMPOSITE:
      case tflite::BuiltinOperator_STABLEHLO_WHILE:
      case tflite::BuiltinOperator_STABLEHLO_REDUCE:
      case tflite::BuiltinOperator_RANDOM_UNIFORM:
      case tflite::BuiltinOperator_RANDOM_STANDARD_NORMAL:
      case tflite::BuiltinOperator_MULTINOMIAL:
        return true;
      default:
        return false;
    }
  }

  static bool readsConstantsOnly(const Model& model, const Subgraph& subgraph, const Operator& op) {
    return !op.inputs.empty() && std::all_of(op.inputs.begin(), op.inputs.end(), [&](TensorIndex input) {
      return !input.valid() || isConstant(model, subgraph.tensor(input));
    });
  }

  void findTwin(size_t j) {
    const Operator& op = m_to.operators[j];
    if (runsOtherGraphs(m_variant.code(op))) return;
    if (readsConstantsOnly(m_variant, m_to, op)) {
      for (const Operator* candidate : m_onConstants) {
        if (takeTwin(j, *candidate)) return;
      }
      return;
    }
    for (const TensorIndex input : op.inputs) {
      if (!input.valid() || !m_twin[input.position()].valid()) continue;
      for (const OperatorIndex consumer : m_uses[m_twin[input.position()].position()].consumers) {
        if (takeTwin(j, m_from.operators[consumer.position()])) return;
      }
      return;  // the consumers of one operand are all the candidates there are
    }
  }

  bool takeTwin(size_t j, const Operator& candidate) {
    const Operator& op = m_to.operators[j];
    if (!sameOperator(candidate, op)) return false;
    m_changed[j] = false;
    for (size_t k = 0; k < op.outputs.size(); ++k) {
      if (op.outputs[k].valid()) m_twin[op.outputs[k].position()] = candidate.outputs[k];
    }
    return true;
  }

  ChangedPart collect() {
    ChangedPart result;
    result.part = extractOperators(m_variant, m_changed, m_to.outputs);
    for (const TensorIndex input : result.part.inputs) result.sources.push_back(m_twin[input.position()]);
    size_t next = 0;
    for (const TensorIndex output : m_to.outputs) {
      ChangedPart::Output entry;
      if (next < result.part.outputs.size() && result.part.outputs[next] == output) {
        entry.changed = next++;
      } else {
        entry.same = m_twin[output.position()];
      }
      result.outputs.push_back(entry);
    }
    return result;
  }

  const Model& m_reference;
  const Model& m_variant;
  const Subgraph& m_from;
  const Subgraph& m_to;
  std::vector<TensorUses> m_uses;
  std::vector<const Operator*> m_onConstants;
  std::vector<TensorIndex> m_twin;
  std::vector<bool> m_changed;
};

}  // namespace

ChangedPart changedPart(const Model& reference, const Model& variant) {
  return Walk(reference, variant).run();
}

}  // namespace quantscope
