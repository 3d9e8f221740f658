#pragma once

#include <utility>
#include <vector>

#include "core/model/model.h"

namespace quantscope::tests {

/// A model without operators that has these inputs, named in0, in1, ...
inline Model modelWithInputs(const std::vector<std::pair<ElementType, std::vector<int32_t>>>& inputs) {
  Model model;
  model.buffers.resize(1);
  model.subgraphs.resize(1);
  Subgraph& graph = model.subgraphs[0];
  for (const auto& [type, shape] : inputs) {
    Tensor tensor;
    tensor.name = "in" + std::to_string(graph.tensors.size());
    tensor.type = type;
    tensor.shape = shape;
    graph.inputs.emplace_back(graph.tensors.size());
    graph.tensors.push_back(std::move(tensor));
  }
  return model;
}

}  // namespace quantscope::tests
