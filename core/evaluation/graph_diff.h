#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantscope {

/// A tensor that both graphs have, in another form.
struct TensorChange {
  TensorIndex before, after;
  std::string was, is;  ///< "float32" and "int8"; scale and zero point; shape; empty for values
};

/// How the graph of a model differs from that of another that was made from it: subgraph 0 of both, operators
/// matched as by matchOperators(), tensors by their place at matched operators.
struct GraphDiff {
  std::vector<OperatorIndex> addedOperators, removedOperators;
  std::vector<TensorIndex> addedTensors, removedTensors;
  std::vector<TensorChange> retyped;   ///< another element type
  std::vector<TensorChange> rescaled;  ///< other scales or zero points
  std::vector<TensorChange> reshaped;
  std::vector<TensorChange> revalued;  ///< constants of the same type with other values

  bool empty() const {
    return addedOperators.empty() && removedOperators.empty() && addedTensors.empty() && removedTensors.empty() &&
           retyped.empty() && rescaled.empty() && reshaped.empty() && revalued.empty();
  }
};

GraphDiff diffGraphs(const Model& before, const Model& after);

/// "0.0235, zero point -3"; "16 scales 0.001 to 0.03"; "none".
std::string quantizationText(const Tensor& tensor);

}  // namespace quantscope
