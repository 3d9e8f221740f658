#include <set>

#include "core/base/checked.h"
#include "core/ops/operator_rules.h"
#include "core/pipeline/operator_macs.h"
#include "core/pipeline/pipeline.h"

namespace quantscope {

namespace {

/// True for constants that carry real values: weights, biases, constant operands; not shapes, axes or indices.
bool isParameter(const Model& model, const Operator& op, size_t input, const Tensor& tensor) {
  if (!isConstant(model, tensor)) return false;
  const OperatorRules* rules = findRules(model.code(op));
  const OperandRole role = rules ? rules->role(input) : OperandRole::Activation;
  if (role == OperandRole::Parameter || role == OperandRole::State) return false;
  return role == OperandRole::Weight || role == OperandRole::Bias || isFloat(tensor.type) || tensor.quantized();
}

}  // namespace

ModelSummary summarize(const Model& model) {
  ModelSummary summary;
  std::set<BufferIndex> counted, seen;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    for (const Tensor& tensor : subgraph.tensors) {
      if (isConstant(model, tensor) && seen.insert(tensor.buffer).second) {
        summary.constantBytes += static_cast<int64_t>(constantBytes(model, tensor).size());
      }
    }
    for (const Operator& op : subgraph.operators) {
      int64_t parameters = 0;
      for (size_t i = 0; i < op.inputs.size(); ++i) {
        if (!op.inputs[i].valid()) continue;
        const Tensor& tensor = subgraph.tensor(op.inputs[i]);
        if (!isParameter(model, op, i, tensor)) continue;
        const int64_t elements = checkedElementCount(tensor.shape).value_or(0);
        parameters += elements;
        if (counted.insert(tensor.buffer).second) summary.parameters += elements;
      }
      if (s != 0) continue;
      summary.operatorParameters.push_back(parameters);
      summary.operatorMacs.push_back(operatorMacs(model, subgraph, op));
      summary.macs += summary.operatorMacs.back();
    }
  }
  return summary;
}

}  // namespace quantscope
