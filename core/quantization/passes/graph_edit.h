#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/model/edit.h"
#include "core/quantization/constants/constant_data.h"
#include "core/quantization/passes/tensor_names.h"
#include "core/quantization/plan/graph_plan.h"

/// How the graph is edited once everything is decided: a closed, ordered list of named passes over one state.
namespace quantscope::quantization {

/// One subgraph while it is edited.
struct GraphState {
  explicit GraphState(const Subgraph& source) : names(source) {}
  TensorNames names;
  const GraphPlan* plan = nullptr;
  const std::vector<ConstantData>* constants = nullptr;
  std::vector<TensorIndex> valueTensors;     ///< tensor of each planned value
  std::vector<TensorIndex> constantTensors;  ///< tensor of each planned constant
  std::vector<TensorIndex> floatTensors;     ///< what its DEQUANTIZE makes; invalid where it has none
  std::vector<int> madeValue;                ///< by source tensor: the value its producer makes; -1: float, as before
  std::vector<bool> inserted;                ///< by operator of the result: a conversion that was inserted
};

struct EditState {
  Model model;
  std::vector<GraphState> graphs;
  bool readConstants = true;  ///< false while sizes are predicted: buffers have lengths only
};

struct Pass {
  std::string_view name;
  void (*run)(EditState&);
};
/// In the order in which they run.
std::span<const Pass> editPasses();

/// The source with the plans applied; plans and constants by subgraph.
Model editModel(const Model& source, std::span<const GraphPlan* const> plans,
                std::span<const std::vector<ConstantData>> constants, bool readConstants);

// The passes, one file each.
void placeConstants(
    EditState& state);  ///< planned constants become tensors; the first form takes the float one's place
void placeActivations(EditState& state);  ///< planned values become tensors; graph inputs and outputs keep their places
void addIntermediates(EditState& state);  ///< tensors by which integer LSTMs know the scales inside them
void rewireOperators(EditState& state);   ///< operands, results, graph outputs and signatures name the new tensors
void adaptOptions(EditState& state);      ///< options that kernels need beside the types
void insertConversions(EditState& state);  ///< QUANTIZE and DEQUANTIZE where their results are first needed
void mergeTrainingConversions(
    EditState& state);                   ///< pairs of conversions that training left between integers of the same codes
void selectVersions(EditState& state);   ///< operator codes of what changed; both code fields set
void updateMetadata(EditState& state);   ///< minimum runtime; orders given by operator number
void removeLeftovers(EditState& state);  ///< stale parameters, unused tensors, equal buffers

}  // namespace quantscope::quantization
