#include <algorithm>
#include <cmath>

#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

// Codes of eight bits with one scale, compared as if they were int8.
struct Grid {
  double scale = 0;
  int64_t zeroPoint = 0;
};

std::optional<Grid> gridOf(const Tensor& tensor) {
  const bool eight = tensor.type == ElementType::Int8 || tensor.type == ElementType::UInt8;
  if (!eight || !tensor.quantized()) return std::nullopt;
  const Quantization& q = *tensor.quantization;
  if (q.scale.size() != 1 || q.zeroPoint.size() != 1) return std::nullopt;
  return Grid{q.scale[0], q.zeroPoint[0] - (tensor.type == ElementType::UInt8 ? 128 : 0)};
}

// Scales that went through a range and back differ in their last bits.
bool same(const Grid& a, const Grid& b) {
  return a.zeroPoint == b.zeroPoint && std::abs(a.scale - b.scale) <= 1e-6 * std::abs(a.scale);
}

class Merging {
public:
  Merging(const Model& model, Subgraph& graph) : m_model(model), m_graph(graph), m_producer(graph.tensors.size(), -1) {
    for (size_t i = 0; i < graph.operators.size(); ++i)
      for (const TensorIndex output : graph.operators[i].outputs)
        if (output.valid()) m_producer[output.position()] = static_cast<int32_t>(i);
  }

  void run() {
    for (Operator& op : m_graph.operators) {
      if (m_model.code(op) != tflite::BuiltinOperator_QUANTIZE || op.inputs.size() != 1 || op.outputs.size() != 1)
        continue;
      const TensorIndex made = op.output(0);
      const auto grid = gridOf(m_graph.tensor(made));
      if (!grid || !op.input(0).valid() || m_graph.tensor(op.input(0)).type != ElementType::Float32) continue;
      const TensorIndex origin = trace(op.input(0), *grid, m_graph.tensor(made).type);
      if (origin == op.input(0)) continue;
      const Tensor& t = m_graph.tensor(origin);
      if (t.type == m_graph.tensor(made).type && !isOutput(made)) {
        replace(made, origin);
      } else {
        op.inputs[0] = origin;
      }
    }
  }

private:
  // The first of the tensors in front of `values` that has the same codes, or is what all of them were made from.
  TensorIndex trace(TensorIndex values, const Grid& grid, ElementType type) const {
    TensorIndex origin = values, at = values;
    for (size_t steps = 0; steps < m_graph.operators.size(); ++steps) {
      const int32_t made = m_producer[at.position()];
      if (made < 0) break;
      const Operator& op = m_graph.operators[static_cast<size_t>(made)];
      const auto code = m_model.code(op);
      if (code != tflite::BuiltinOperator_DEQUANTIZE && code != tflite::BuiltinOperator_QUANTIZE) break;
      if (!op.input(0).valid()) break;
      // Both sides of a conversion of codes must be of this grid; float is what codes of it stand for.
      const TensorIndex codes = code == tflite::BuiltinOperator_DEQUANTIZE ? op.input(0) : at;
      const auto found = gridOf(m_graph.tensor(codes));
      if (!found || !same(*found, grid)) break;
      at = op.input(0);
      if (code == tflite::BuiltinOperator_DEQUANTIZE) {
        if (m_graph.tensor(at).type == type) origin = at;
      } else if (m_graph.tensor(at).type == ElementType::Float32) {
        origin = at;
      }
    }
    return origin;
  }

  bool isOutput(TensorIndex tensor) const {
    return std::find(m_graph.outputs.begin(), m_graph.outputs.end(), tensor) != m_graph.outputs.end();
  }

  void replace(TensorIndex old, TensorIndex by) {
    for (Operator& op : m_graph.operators) std::ranges::replace(op.inputs, old, by);
  }

  const Model& m_model;
  Subgraph& m_graph;
  std::vector<int32_t> m_producer;
};

}  // namespace

void mergeTrainingConversions(EditState& state) {
  for (Subgraph& graph : state.model.subgraphs) Merging(state.model, graph).run();
}

}  // namespace quantscope::quantization
