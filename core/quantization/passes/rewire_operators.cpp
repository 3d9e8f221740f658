#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

TensorIndex planned(const GraphState& state, const OperandPlan& operand, TensorIndex source) {
  switch (operand.kind) {
    case OperandPlan::Kind::Value:
      return state.valueTensors[static_cast<size_t>(operand.index)];
    case OperandPlan::Kind::Constant: {
      const TensorIndex floats = state.floatTensors[static_cast<size_t>(operand.index)];
      return floats.valid() ? floats : state.constantTensors[static_cast<size_t>(operand.index)];
    }
    case OperandPlan::Kind::Keep:
      break;
  }
  if (!source.valid()) return source;
  const int made = state.madeValue[source.position()];
  return made < 0 ? source : state.valueTensors[static_cast<size_t>(made)];
}

}  // namespace

void rewireOperators(EditState& state) {
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    const GraphState& graphState = state.graphs[g];
    Subgraph& graph = state.model.subgraphs[g];
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      Operator& op = graph.operators[i];
      const OperatorPlan& plan = graphState.plan->operators[i];
      for (size_t k = 0; k < op.inputs.size(); ++k) op.inputs[k] = planned(graphState, plan.inputs[k], op.inputs[k]);
      for (size_t k = 0; k < op.outputs.size(); ++k)
        op.outputs[k] = planned(graphState, plan.outputs[k], op.outputs[k]);
    }
    for (size_t k = 0; k < graph.outputs.size(); ++k) {
      const TensorIndex before = graph.outputs[k];
      const TensorIndex after = planned(graphState, graphState.plan->outputs[k], before);
      graph.outputs[k] = after;
      if (after == before) continue;
      for (Signature& signature : state.model.signatures) {
        if (signature.subgraphIndex != g) continue;
        for (SignatureMapping& output : signature.outputs)
          if (output.tensor == before) output.tensor = after;
      }
    }
  }
}

}  // namespace quantscope::quantization
