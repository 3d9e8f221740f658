#include <algorithm>

#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

// The value that keeps the source tensor's place and name: what the caller of the graph sees, else what is made first.
std::vector<int> placeOwners(const Subgraph& graph, const GraphState& state) {
  std::vector<int> owners = state.madeValue;
  for (size_t k = 0; k < graph.outputs.size(); ++k) {
    const OperandPlan& output = state.plan->outputs[k];
    const TensorIndex tensor = graph.outputs[k];
    const bool isInput = std::find(graph.inputs.begin(), graph.inputs.end(), tensor) != graph.inputs.end();
    if (output.kind == OperandPlan::Kind::Value && !isInput) owners[tensor.position()] = output.index;
  }
  return owners;
}

void setForm(Tensor& tensor, const ActivationForm& form) {
  tensor.type = form.type;
  tensor.quantization.reset();
  if (!form.integer()) return;
  tensor.quantization.emplace();
  tensor.quantization->scale = {form.scale};
  tensor.quantization->zeroPoint = {form.zeroPoint};
}

}  // namespace

void placeActivations(EditState& state) {
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    GraphState& graphState = state.graphs[g];
    Subgraph& graph = state.model.subgraphs[g];
    const std::vector<int> owners = placeOwners(graph, graphState);
    const auto& values = graphState.plan->values;
    for (size_t v = 0; v < values.size(); ++v) {
      const TensorIndex source = values[v].source;
      if (owners[source.position()] == static_cast<int>(v)) {
        setForm(graph.tensor(source), values[v].form);
        graphState.valueTensors.push_back(source);
        continue;
      }
      Tensor tensor = graph.tensor(source);
      setForm(tensor, values[v].form);
      tensor.name = graphState.names.make(elementTypeName(values[v].form.type), source);
      graphState.valueTensors.push_back(addTensor(graph, std::move(tensor)));
    }
  }
}

}  // namespace quantscope::quantization
