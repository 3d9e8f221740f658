#pragma once

#include <string>
#include <vector>

#include "core/model/structure.h"

namespace quantscope {

/// Collects findings up to a limit. The parts of structuralFindings() add to it.
class FindingList {
public:
  static constexpr size_t kLimit = 1000;

  /// What the next findings are about.
  struct Place {
    int subgraph = 0;
    OperatorIndex op;
    TensorIndex tensor;
  };

  void error(const Place& place, std::string what, std::string why) { add(Severity::Error, place, what, why); }
  void warning(const Place& place, std::string what, std::string why) { add(Severity::Warning, place, what, why); }
  bool full() const { return m_findings.size() >= kLimit; }
  std::vector<Finding> take() { return std::move(m_findings); }

private:
  void add(Severity severity, const Place& place, std::string& what, std::string& why) {
    if (!full())
      m_findings.push_back({severity, place.subgraph, place.op, place.tensor, std::move(what), std::move(why)});
  }
  std::vector<Finding> m_findings;
};

/// Shape, type, constant bytes, variables, quantization and sparsity of one tensor.
void findInTensor(const Model& model, int subgraph, TensorIndex index, FindingList& findings);
/// Sparse storage of a constant (specification tflite-format, section 4.2).
void findInSparsity(const Tensor& tensor, const FindingList::Place& place, FindingList& findings);
/// Producers and order of a subgraph's operators.
void findInGraph(const Model& model, int subgraph, FindingList& findings);
/// Subgraphs that operators run, signatures, metadata and external buffers.
void findInReferences(const Model& model, FindingList& findings);

}  // namespace quantscope
