#include "core/evaluation/graph_diff.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/evaluation/operator_matching.h"

namespace quantscope {

namespace {

std::string shortNumber(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", static_cast<double>(value));
  return text;
}

bool converts(const Model& model, const Operator& op) {
  return model.code(op) == tflite::BuiltinOperator_QUANTIZE || model.code(op) == tflite::BuiltinOperator_DEQUANTIZE;
}

class Comparison {
public:
  Comparison(const Model& before, const Model& after)
      : m_before(before),
        m_after(after),
        m_from(before.subgraphs[0]),
        m_to(after.subgraphs[0]),
        m_partner(m_to.tensors.size()),
        m_taken(m_from.tensors.size()) {}

  GraphDiff run() {
    const auto partners = matchOperators(m_before, m_after);
    pairOperators(partners);
    for (size_t i = 0; i < std::min(m_from.inputs.size(), m_to.inputs.size()); ++i)
      pair(m_from.inputs[i], m_to.inputs[i]);
    for (size_t i = 0; i < std::min(m_from.outputs.size(), m_to.outputs.size()); ++i) {
      pair(m_from.outputs[i], m_to.outputs[i]);
    }
    for (size_t t = 0; t < m_partner.size(); ++t) {
      if (m_partner[t].valid()) {
        compare(m_partner[t], TensorIndex(t));
      } else {
        m_diff.addedTensors.push_back(TensorIndex(t));
      }
    }
    for (size_t t = 0; t < m_taken.size(); ++t) {
      if (!m_taken[t]) m_diff.removedTensors.push_back(TensorIndex(t));
    }
    return std::move(m_diff);
  }

private:
  void pair(TensorIndex before, TensorIndex after) {
    if (!before.valid() || !after.valid() || m_partner[after.position()].valid() || m_taken[before.position()]) return;
    m_partner[after.position()] = before;
    m_taken[before.position()] = true;
  }

  void pairOperators(const std::vector<OperatorIndex>& partners) {
    std::vector<bool> kept(m_from.operators.size());
    std::vector<OperatorIndex> unmatched;
    for (size_t j = 0; j < partners.size(); ++j) {
      if (!partners[j].valid()) {
        unmatched.push_back(OperatorIndex(j));
        continue;
      }
      kept[partners[j].position()] = true;
      const Operator& a = m_from.operators[partners[j].position()];
      const Operator& b = m_to.operators[j];
      // Results first: where an operand goes through a conversion now, the result of its maker is its partner.
      for (size_t k = 0; k < std::min(a.outputs.size(), b.outputs.size()); ++k) pair(a.outputs[k], b.outputs[k]);
    }
    for (size_t j = 0; j < partners.size(); ++j) {
      if (!partners[j].valid()) continue;
      const Operator& a = m_from.operators[partners[j].position()];
      const Operator& b = m_to.operators[j];
      for (size_t k = 0; k < std::min(a.inputs.size(), b.inputs.size()); ++k) {
        if (!a.inputs[k].valid() || !b.inputs[k].valid()) continue;
        const bool constants =
            isConstant(m_before, m_from.tensor(a.inputs[k])) && isConstant(m_after, m_to.tensor(b.inputs[k]));
        if (constants) pair(a.inputs[k], b.inputs[k]);
      }
    }
    pairConversions(unmatched, kept);
    for (const OperatorIndex op : unmatched) m_diff.addedOperators.push_back(op);
    for (size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i]) m_diff.removedOperators.push_back(OperatorIndex(i));
    }
  }

  /// Conversions have no partners in matchOperators(); those that stand at the same places in both graphs do here.
  void pairConversions(std::vector<OperatorIndex>& unmatched, std::vector<bool>& kept) {
    for (size_t i = 0; i < m_from.operators.size(); ++i) {
      const Operator& a = m_from.operators[i];
      if (kept[i] || !converts(m_before, a) || !a.output(0).valid()) continue;
      const auto same = std::find_if(unmatched.begin(), unmatched.end(), [&](OperatorIndex j) {
        const Operator& b = m_to.operators[j.position()];
        return b.output(0).valid() && m_before.code(a) == m_after.code(b) &&
               m_from.tensor(a.output(0)).name == m_to.tensor(b.output(0)).name;
      });
      if (same == unmatched.end()) continue;
      const Operator& b = m_to.operators[same->position()];
      pair(a.output(0), b.output(0));
      pair(a.input(0), b.input(0));
      kept[i] = true;
      unmatched.erase(same);
    }
  }

  void compare(TensorIndex before, TensorIndex after) {
    const Tensor& a = m_from.tensor(before);
    const Tensor& b = m_to.tensor(after);
    if (a.type != b.type) {
      m_diff.retyped.push_back(
          {before, after, std::string(elementTypeName(a.type)), std::string(elementTypeName(b.type))});
    } else if (!sameScales(a, b)) {
      m_diff.rescaled.push_back({before, after, quantizationText(a), quantizationText(b)});
    }
    if (a.shape != b.shape || a.shapeSignature != b.shapeSignature) {
      m_diff.reshaped.push_back({before, after, shapeText(a.shapeSignature.empty() ? a.shape : a.shapeSignature),
                                 shapeText(b.shapeSignature.empty() ? b.shape : b.shapeSignature)});
    }
    if (a.type == b.type && !sameBytes(constantBytes(m_before, a), constantBytes(m_after, b))) {
      m_diff.revalued.push_back({before, after, "", ""});
    }
  }

  static bool sameScales(const Tensor& a, const Tensor& b) {
    if (!a.quantized() || !b.quantized()) return a.quantized() == b.quantized();
    return a.quantization->scale == b.quantization->scale && a.quantization->zeroPoint == b.quantization->zeroPoint &&
           (!a.quantization->perChannel() || a.quantization->quantizedDimension == b.quantization->quantizedDimension);
  }

  static bool sameBytes(std::span<const std::byte> a, std::span<const std::byte> b) {
    return a.size() == b.size() &&
           (a.empty() || a.data() == b.data() || std::memcmp(a.data(), b.data(), a.size()) == 0);
  }

  const Model& m_before;
  const Model& m_after;
  const Subgraph& m_from;
  const Subgraph& m_to;
  std::vector<TensorIndex> m_partner;
  std::vector<bool> m_taken;
  GraphDiff m_diff;
};

}  // namespace

GraphDiff diffGraphs(const Model& before, const Model& after) {
  return Comparison(before, after).run();
}

std::string quantizationText(const Tensor& tensor) {
  if (!tensor.quantized()) return "none";
  const auto& scale = tensor.quantization->scale;
  const auto& zeroPoint = tensor.quantization->zeroPoint;
  if (scale.size() == 1) {
    return shortNumber(scale[0]) + ", zero point " + std::to_string(zeroPoint.empty() ? 0 : zeroPoint[0]);
  }
  const auto [low, high] = std::minmax_element(scale.begin(), scale.end());
  return std::to_string(scale.size()) + " scales " + shortNumber(*low) + " to " + shortNumber(*high);
}

}  // namespace quantscope
