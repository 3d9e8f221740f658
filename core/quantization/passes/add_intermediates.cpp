#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {

// Section 13: five of them. The first four are the gates' scales behind layer normalization, which the integer form
// written here does not have; the last is what the projection reads.
void addIntermediates(EditState& state) {
  constexpr size_t kGates = 4;
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    GraphState& graphState = state.graphs[g];
    Subgraph& graph = state.model.subgraphs[g];
    for (const auto& [index, form] : graphState.plan->hidden) {
      const TensorIndex output = graph.operators[index.position()].output(0);
      std::vector<TensorIndex> intermediates;
      for (size_t k = 0; k <= kGates; ++k) {
        Tensor tensor;
        tensor.shape = {0};
        tensor.hasRank = graph.tensor(output).hasRank;
        tensor.name = graphState.names.make("intermediate", output);
        if (k == kGates) {
          tensor.type = form.type;
          tensor.quantization.emplace();
          tensor.quantization->scale = {form.scale};
          tensor.quantization->zeroPoint = {form.zeroPoint};
        }
        intermediates.push_back(addTensor(graph, std::move(tensor)));
      }
      graph.operators[index.position()].intermediates = std::move(intermediates);
    }
  }
}

}  // namespace quantscope::quantization
