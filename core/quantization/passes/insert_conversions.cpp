#include <algorithm>
#include <map>

#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

struct Conversion {
  tflite::BuiltinOperator code;
  TensorIndex from, to;
};

// Where conversions go: in front of an operator, behind it, or at the end.
struct Places {
  std::vector<std::vector<Conversion>> before, after;
  std::vector<Conversion> end;
};

std::vector<int32_t> firstConsumers(const Subgraph& graph) {
  std::vector<int32_t> first(graph.tensors.size(), -1);
  for (size_t i = graph.operators.size(); i-- > 0;) {
    for (TensorIndex input : graph.operators[i].inputs)
      if (input.valid()) first[input.position()] = static_cast<int32_t>(i);
  }
  return first;
}

std::vector<int32_t> producers(const Subgraph& graph) {
  std::vector<int32_t> producer(graph.tensors.size(), -1);
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    for (TensorIndex output : graph.operators[i].outputs)
      if (output.valid()) producer[output.position()] = static_cast<int32_t>(i);
  }
  return producer;
}

Places planPlaces(const Subgraph& graph, const GraphState& state) {
  Places places;
  places.before.resize(graph.operators.size());
  places.after.resize(graph.operators.size());
  const auto first = firstConsumers(graph);
  const auto producer = producers(graph);
  auto place = [&](const Conversion& conversion, bool smaller) {
    const int32_t made = producer[conversion.from.position()], used = first[conversion.to.position()];
    // The smaller of both forms should be the one that waits in memory.
    if (smaller && made >= 0) {
      places.after[static_cast<size_t>(made)].push_back(conversion);
    } else if (used >= 0) {
      places.before[static_cast<size_t>(used)].push_back(conversion);
    } else {
      places.end.push_back(conversion);
    }
  };
  const auto& values = state.plan->values;
  for (size_t v = 0; v < values.size(); ++v) {
    if (values[v].from < 0) continue;
    const ActivationForm& from = values[static_cast<size_t>(values[v].from)].form;
    const auto code = values[v].form.integer() ? tflite::BuiltinOperator_QUANTIZE : tflite::BuiltinOperator_DEQUANTIZE;
    place({code, state.valueTensors[static_cast<size_t>(values[v].from)], state.valueTensors[v]},
          bitsPerElement(values[v].form.type) < bitsPerElement(from.type));
  }
  for (size_t c = 0; c < state.constantTensors.size(); ++c) {
    if (state.floatTensors[c].valid())
      place({tflite::BuiltinOperator_DEQUANTIZE, state.constantTensors[c], state.floatTensors[c]}, false);
  }
  return places;
}

}  // namespace

void insertConversions(EditState& state) {
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    GraphState& graphState = state.graphs[g];
    Subgraph& graph = state.model.subgraphs[g];
    Places places = planPlaces(graph, graphState);
    std::vector<Operator> operators;
    auto insert = [&](const std::vector<Conversion>& conversions) {
      for (const Conversion& conversion : conversions) {
        Operator op;
        op.opcodeIndex = addOperatorCode(state.model, OperatorCode::builtin(conversion.code));
        op.inputs = {conversion.from};
        op.outputs = {conversion.to};
        operators.push_back(std::move(op));
        graphState.inserted.push_back(true);
      }
    };
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      insert(places.before[i]);
      operators.push_back(std::move(graph.operators[i]));
      graphState.inserted.push_back(false);
      insert(places.after[i]);
    }
    insert(places.end);
    graph.operators = std::move(operators);
  }
}

}  // namespace quantscope::quantization
