#include "core/evaluation/operator_matching.h"

#include <string>
#include <unordered_map>

#include "core/base/checked.h"

namespace quantscope {

namespace {

bool converts(const Model& model, const Operator& op) {
  const auto code = model.code(op);
  return code == tflite::BuiltinOperator_QUANTIZE || code == tflite::BuiltinOperator_DEQUANTIZE;
}

const Tensor* firstResult(const Subgraph& subgraph, const Operator& op) {
  return op.output(0).valid() ? &subgraph.tensor(op.output(0)) : nullptr;
}

std::string key(const Model& model, const Operator& op, const Tensor& result) {
  return operatorName(model, op) + '\n' + result.name;
}

class Matching {
public:
  Matching(const Model& original, const Model& quantized)
      : m_original(original),
        m_quantized(quantized),
        m_from(original.subgraphs[0]),
        m_to(quantized.subgraphs[0]),
        m_partner(m_to.operators.size()),
        m_taken(m_from.operators.size()) {
    for (const Operator& op : m_from.operators) m_fromNames.push_back(operatorName(original, op));
    for (const Operator& op : m_to.operators) m_toNames.push_back(operatorName(quantized, op));
  }

  std::vector<OperatorIndex> run() {
    matchByName();
    matchByOrder();
    return std::move(m_partner);
  }

private:
  bool fits(size_t from, size_t to) const {
    const Operator& a = m_from.operators[from];
    const Operator& b = m_to.operators[to];
    if (m_fromNames[from] != m_toNames[to]) return false;
    const Tensor* x = firstResult(m_from, a);
    const Tensor* y = firstResult(m_to, b);
    return x && y && checkedElementCount(x->shape) == checkedElementCount(y->shape);
  }

  void match(size_t from, size_t to) {
    m_partner[to] = OperatorIndex(from);
    m_taken[from] = true;
  }

  void matchByName() {
    std::unordered_map<std::string, std::vector<size_t>> byKey;
    for (size_t i = 0; i < m_from.operators.size(); ++i) {
      const Operator& op = m_from.operators[i];
      if (const Tensor* result = firstResult(m_from, op); result && !converts(m_original, op)) {
        byKey[key(m_original, op, *result)].push_back(i);
      }
    }
    for (size_t j = 0; j < m_to.operators.size(); ++j) {
      const Operator& op = m_to.operators[j];
      const Tensor* result = firstResult(m_to, op);
      if (!result || converts(m_quantized, op)) continue;
      const auto found = byKey.find(key(m_quantized, op, *result));
      // A name that several operators share says nothing about which is which.
      if (found == byKey.end() || found->second.size() != 1) continue;
      if (!m_taken[found->second[0]] && fits(found->second[0], j)) match(found->second[0], j);
    }
  }

  void matchByOrder() {
    size_t begin = 0;
    for (size_t j = 0; j < m_to.operators.size(); ++j) {
      if (m_partner[j].valid()) {
        begin = std::max(begin, m_partner[j].position() + 1);
        continue;
      }
      if (converts(m_quantized, m_to.operators[j])) continue;
      for (size_t i = begin; i < endOfGap(j); ++i) {
        if (m_taken[i] || !fits(i, j)) continue;
        match(i, j);
        begin = i + 1;
        break;
      }
    }
  }

  /// Position of the original operator that the next matched one was made from.
  size_t endOfGap(size_t j) const {
    for (; j < m_partner.size(); ++j) {
      if (m_partner[j].valid()) return m_partner[j].position();
    }
    return m_from.operators.size();
  }

  const Model& m_original;
  const Model& m_quantized;
  const Subgraph& m_from;
  const Subgraph& m_to;
  std::vector<std::string> m_fromNames, m_toNames;
  std::vector<OperatorIndex> m_partner;
  std::vector<bool> m_taken;
};

}  // namespace

std::vector<OperatorIndex> matchOperators(const Model& original, const Model& quantized) {
  return Matching(original, quantized).run();
}

}  // namespace quantscope
