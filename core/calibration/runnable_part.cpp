#include "core/calibration/runnable_part.h"

#include <algorithm>

#include "core/runtime/operator_findings.h"

namespace quantscope::calibration {

namespace {

// A tensor that names no operand counts as what an absent one is.
bool isIn(const std::vector<bool>& set, TensorIndex tensor) {
  return tensor.valid() && tensor.position() < set.size() && set[tensor.position()];
}

void insert(std::vector<bool>& set, const std::vector<TensorIndex>& tensors) {
  for (const TensorIndex tensor : tensors)
    if (tensor.valid() && tensor.position() < set.size()) set[tensor.position()] = true;
}

}  // namespace

RunnablePart runnablePart(const std::shared_ptr<const Model>& model) {
  RunnablePart part;
  const Subgraph& graph = model->subgraphs[0];
  std::vector<bool> without(graph.operators.size(), false);
  for (const Finding& finding : operatorFindings(model)) {
    if (finding.subgraph != 0 || !finding.op.valid() || without[finding.op.position()]) continue;
    without[finding.op.position()] = true;
    part.left.push_back("operator " + std::to_string(finding.op.value) + " " +
                        operatorName(*model, graph.operators[finding.op.position()]) + ": " + finding.why);
  }
  Model pruned = *model;
  Subgraph& kept = pruned.subgraphs[0];
  kept.operators.clear();
  std::vector<bool> unknown(graph.tensors.size(), false), made(graph.tensors.size(), false);
  insert(made, graph.inputs);
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    const bool depends = std::ranges::any_of(op.inputs, [&](TensorIndex t) { return isIn(unknown, t); });
    if (without[i] || depends) {
      insert(unknown, op.outputs);
    } else {
      insert(made, op.outputs);
      kept.operators.push_back(op);
    }
  }
  if (kept.operators.empty() || part.left.empty()) return part;
  // All that is made counts as a result, so that nothing of it is left out as unread.
  kept.outputs.clear();
  for (size_t t = 0; t < made.size(); ++t)
    if (made[t]) kept.outputs.push_back(TensorIndex(t));
  pruned.signatures.clear();
  part.model = std::make_shared<const Model>(std::move(pruned));
  return part;
}

std::vector<TensorIndex> fixedResults(const Model& model) {
  const Subgraph& graph = model.subgraphs[0];
  std::vector<bool> fixed(graph.tensors.size(), false);
  for (size_t t = 0; t < graph.tensors.size(); ++t) fixed[t] = isConstant(model, graph.tensors[t]);
  std::vector<TensorIndex> results;
  for (const Operator& op : graph.operators) {
    const bool follows = !op.inputs.empty() && std::ranges::all_of(op.inputs, [&](TensorIndex t) {
      return !t.valid() || (isIn(fixed, t) && !graph.tensor(t).isVariable);
    });
    if (!follows) continue;
    insert(fixed, op.outputs);
    for (const TensorIndex output : op.outputs)
      if (output.valid() && graph.tensor(output).type == ElementType::Float32) results.push_back(output);
  }
  return results;
}

}  // namespace quantscope::calibration
