#include "core/quantization/passes/graph_edit.h"

#include <array>

namespace quantscope::quantization {

std::span<const Pass> editPasses() {
  static constexpr std::array kPasses{
      Pass{"place constants", placeConstants},
      Pass{"place activations", placeActivations},
      Pass{"rewire operators", rewireOperators},
      Pass{"add intermediates", addIntermediates},
      Pass{"adapt options", adaptOptions},
      Pass{"insert conversions", insertConversions},
      Pass{"merge conversions of training", mergeTrainingConversions},
      Pass{"select versions", selectVersions},
      Pass{"update metadata", updateMetadata},
      Pass{"remove leftovers", removeLeftovers},
  };
  return kPasses;
}

Model editModel(const Model& source, std::span<const GraphPlan* const> plans,
                std::span<const std::vector<ConstantData>> constants, bool readConstants) {
  EditState state;
  state.model = source;
  state.readConstants = readConstants;
  for (size_t g = 0; g < plans.size(); ++g) {
    GraphState graph(source.subgraphs[g]);
    graph.plan = plans[g];
    graph.constants = &constants[g];
    graph.madeValue.assign(source.subgraphs[g].tensors.size(), -1);
    for (size_t v = plans[g]->values.size(); v-- > 0;) {
      const PlannedValue& value = plans[g]->values[v];
      if (value.from < 0) graph.madeValue[value.source.position()] = static_cast<int>(v);
    }
    state.graphs.push_back(std::move(graph));
  }
  for (const Pass& pass : editPasses()) pass.run(state);
  return std::move(state.model);
}

}  // namespace quantscope::quantization
