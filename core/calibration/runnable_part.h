#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantscope::calibration {

/// What of a model's main graph can be run where some of its operators cannot.
struct RunnablePart {
  std::shared_ptr<const Model> model;  ///< tensors and inputs keep their places; null where nothing is left
  std::vector<std::string> left;       ///< the operators without a kernel, "operator 3 FlexErf: why"
};

/// Leaves out the operators that this program has no kernel for and all that depends on their results.
RunnablePart runnablePart(const std::shared_ptr<const Model>& model);

/// Float results of the main graph that follow from constants alone: they are computed before anything runs.
std::vector<TensorIndex> fixedResults(const Model& model);

}  // namespace quantscope::calibration
