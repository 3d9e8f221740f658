#pragma once

#include <memory>
#include <vector>

#include "core/model/structure.h"

namespace quantscope {

/// What is wrong with each operator: number, types and shapes of its operands, options that do not fit them (a bias of
/// the wrong length, an axis that is not there, ...), operators and versions that this program cannot execute
/// (warnings). Every operator of every subgraph is looked at on its own, with the shapes of the file for what comes
/// before it where that could not be worked out; one offence does not hide the others. Nothing is run. What
/// structuralFindings() reports about a tensor is not repeated for the operators that use it.
std::vector<Finding> operatorFindings(const std::shared_ptr<const Model>& model);

}  // namespace quantscope
