// Findings about producers and order (specification tflite-format, section 4).
#include <algorithm>
#include <set>

#include "core/model/finding_list.h"

namespace quantscope {

namespace {

using Place = FindingList::Place;

std::string operatorText(const Model& model, const Subgraph& graph, size_t index) {
  return "operator " + std::to_string(index) + " " + operatorName(model, graph.operators[index]);
}

std::set<TensorIndex> distinct(const std::vector<TensorIndex>& indices) { return {indices.begin(), indices.end()}; }

// Operators that wait for each other in a circle: those that remain when everything that can run has run.
std::vector<bool> inCircles(const Subgraph& graph, const std::vector<TensorUses>& uses) {
  std::vector<size_t> waiting(graph.operators.size(), 0);
  std::vector<size_t> ready;
  for (const TensorUses& use : uses) {
    if (!use.producer.valid()) continue;
    for (const OperatorIndex consumer : use.consumers) ++waiting[consumer.position()];
  }
  for (size_t i = 0; i < waiting.size(); ++i) {
    if (waiting[i] == 0) ready.push_back(i);
  }
  std::vector<bool> stuck(graph.operators.size(), true);
  while (!ready.empty()) {
    const size_t index = ready.back();
    ready.pop_back();
    stuck[index] = false;
    for (const TensorIndex output : distinct(graph.operators[index].outputs)) {
      if (!output.valid() || uses[output.position()].producer != OperatorIndex(index)) continue;
      for (const OperatorIndex consumer : uses[output.position()].consumers) {
        if (--waiting[consumer.position()] == 0) ready.push_back(consumer.position());
      }
    }
  }
  return stuck;
}

class GraphCheck {
public:
  GraphCheck(const Model& model, int subgraph, FindingList& findings)
      : m_model(model),
        m_subgraph(subgraph),
        m_graph(model.subgraphs[static_cast<size_t>(subgraph)]),
        m_uses(tensorUses(m_graph)),
        m_findings(findings) {}

  void run() {
    m_there.assign(m_graph.tensors.size(), false);
    for (size_t i = 0; i < m_graph.tensors.size(); ++i) {
      const Tensor& tensor = m_graph.tensors[i];
      m_there[i] =
          isConstant(m_model, tensor) || tensor.isVariable || tensor.externalBuffer != 0 || m_uses[i].graphInput;
    }
    for (const TensorIndex input : m_graph.inputs) {
      if (isConstant(m_model, m_graph.tensor(input))) {
        m_findings.warning({m_subgraph, {}, input}, "input is a constant", "what the caller gives is not used");
      }
    }
    m_written = m_there;
    for (size_t i = 0; i < m_graph.operators.size() && !m_findings.full(); ++i) checkOperator(i);
    for (const TensorIndex output : m_graph.outputs) {
      if (!m_written[output.position()]) {
        m_findings.error({m_subgraph, {}, output}, "output that nothing produces",
                         "no operator writes it and it has no data");
      }
    }
    if (m_graph.outputs.empty() && !m_graph.operators.empty() && m_subgraph == 0) {
      m_findings.warning({m_subgraph, {}, {}}, "no outputs", "the model computes nothing that can be seen");
    }
  }

private:
  void checkOperator(size_t index) {
    const Operator& op = m_graph.operators[index];
    for (const TensorIndex input : op.inputs) {
      if (input.valid() && !m_written[input.position()]) checkMissing(index, input);
    }
    for (const TensorIndex output : op.outputs) {
      if (output.valid()) checkOutput(index, output);
    }
    if (!op.mutatingVariableInputs.empty() && op.mutatingVariableInputs.size() != op.inputs.size()) {
      m_findings.warning({m_subgraph, OperatorIndex(index), {}}, "mutating_variable_inputs does not fit",
                         std::to_string(op.mutatingVariableInputs.size()) + " marks for " +
                             std::to_string(op.inputs.size()) + " inputs");
    }
  }

  void checkMissing(size_t index, TensorIndex input) {
    const Place place{m_subgraph, OperatorIndex(index), input};
    const OperatorIndex producer = m_uses[input.position()].producer;
    if (!producer.valid()) {
      return m_findings.error(place, "input that nothing produces",
                              "no operator writes it, it has no data and is no input of the graph");
    }
    if (m_stuck.empty()) m_stuck = inCircles(m_graph, m_uses);
    const std::string other = operatorText(m_model, m_graph, producer.position());
    if (m_stuck[index] && m_stuck[producer.position()]) {
      m_findings.error(place, "cyclic graph",
                       "it needs what " + other + " produces, which depends on a circle of operators");
    } else {
      m_findings.error(place, "operators out of order", "it needs what " + other + " produces later");
    }
  }

  void checkOutput(size_t index, TensorIndex output) {
    const Place place{m_subgraph, OperatorIndex(index), output};
    const Tensor& tensor = m_graph.tensor(output);
    if (isConstant(m_model, tensor)) {
      m_findings.error(place, "writes to a constant", "the tensor has data in the file");
    } else if (m_uses[output.position()].graphInput) {
      m_findings.error(place, "writes to an input of the graph", "what the caller gives would be lost");
    } else if (m_written[output.position()] && !tensor.isVariable) {
      m_findings.error(place, "tensor with two producers", "another operator writes it too");
    }
    m_written[output.position()] = true;
  }

  const Model& m_model;
  int m_subgraph;
  const Subgraph& m_graph;
  std::vector<TensorUses> m_uses;
  FindingList& m_findings;
  std::vector<bool> m_there, m_written, m_stuck;
};

}  // namespace

void findInGraph(const Model& model, int subgraph, FindingList& findings) {
  GraphCheck(model, subgraph, findings).run();
}

}  // namespace quantscope
