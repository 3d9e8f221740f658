#pragma once

#include <cstdint>

#include "core/model/model.h"

namespace quantscope {

/// Multiply-accumulates of one run of an operator by the shapes in the file; 0 for operators that move or combine
/// values without sums of products, and where a shape is not known.
int64_t operatorMacs(const Model& model, const Subgraph& subgraph, const Operator& op);

}  // namespace quantscope
