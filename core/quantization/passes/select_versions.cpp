#include "core/ops/operator_versions.h"
#include "core/quantization/passes/graph_edit.h"
#include "core/quantization/plan/eligibility.h"

namespace quantscope::quantization {

void selectVersions(EditState& state) {
  for (OperatorCode& code : state.model.operatorCodes) {
    const OperatorCode both = OperatorCode::builtin(code.code());
    code.builtinCode = both.builtinCode;
    code.deprecatedBuiltinCode = both.deprecatedBuiltinCode;
  }
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    const GraphState& graphState = state.graphs[g];
    Subgraph& graph = state.model.subgraphs[g];
    size_t original = 0;
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      Operator& op = graph.operators[i];
      bool changed = graphState.inserted[i];
      if (!changed) {
        const Precision effective = graphState.plan->effective[original++];
        const bool hybrid = effective == Precision::DynamicRange || effective == Precision::DynamicRangeInt4;
        changed = hybrid || computeType(effective) != ElementType::Float32;
      }
      if (!changed) continue;
      OperatorCode code = state.model.operatorCode(op);
      code.version = operatorVersion(state.model, graph, op);
      op.opcodeIndex = addOperatorCode(state.model, code);
    }
  }
}

}  // namespace quantscope::quantization
