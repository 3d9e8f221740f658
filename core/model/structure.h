#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantscope {

enum class Severity {
  Warning,  ///< runs, but surely not as meant
  Error     ///< the runtime refuses it, or would read nonsense
};

/// Something wrong with a model, for people and for `verify`.
struct Finding {
  Severity severity = Severity::Error;
  int subgraph = 0;
  OperatorIndex op;    ///< invalid: not about one operator
  TensorIndex tensor;  ///< invalid: not about one tensor
  std::string what;    ///< "constant too small"
  std::string why;     ///< "float32 10×64 needs 2560 bytes, its buffer has 2048"
};

/// "subgraph 0, operator 3 CONV_2D, tensor 5 conv1/weights"; names and numbers of what the finding is about.
std::string findingPlace(const Model& model, const Finding& finding);

/// What is wrong with the model's structure, whatever its operators do: order and producers of tensors,
/// sizes of constants, quantization parameters, variables, sparsity, signatures, metadata, subgraphs that
/// options name. Rules: specification tflite-format, sections 4 to 8. In order of subgraph and position;
/// at most 1000 findings. Legality of each operator's operands is core/ops' matter.
std::vector<Finding> structuralFindings(const Model& model);

}  // namespace quantscope
