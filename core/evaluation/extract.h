#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/model/model.h"

namespace quantscope {

/// Some operators of a model's subgraph 0 as a model of its own.
struct ExtractedModel {
  std::shared_ptr<const Model> model;
  std::vector<TensorIndex> inputs;   ///< tensors of the whole model that feed it, in the order of its graph inputs
  std::vector<TensorIndex> outputs;  ///< tensors of the whole model that it gives, in the order of its graph outputs
  std::vector<OperatorIndex> operators;  ///< of the whole model, in the order in which they are in it
};

/// The operators with `wanted[i]`, with their constants. What they read and none of them makes becomes a graph
/// input; of `outputs` those that they make become graph outputs. Other subgraphs come along unchanged.
ExtractedModel extractOperators(const Model& model, const std::vector<bool>& wanted,
                                std::span<const TensorIndex> outputs);

}  // namespace quantscope
