#pragma once

#include <vector>

#include "core/model/structure.h"

namespace quantscope {

/// Operators with integer weights whose sums can exceed the 32 bits of their kernel for some inputs (warnings): the
/// largest input code, less its zero point, times the sum of the magnitudes of a channel's codes, and its bias. Only
/// weights that are deep enough for that are read.
std::vector<Finding> overflowFindings(const Model& model);

}  // namespace quantscope
