#pragma once

#include <vector>

#include "core/model/model.h"

namespace quantscope {

/// For every operator of `quantized`'s subgraph 0 the operator of `original`'s that it was made from; invalid
/// where there is none (QUANTIZE, DEQUANTIZE and what was added). First by the name of the first result, then,
/// between operators matched so, by type in execution order. Results must have equally many elements.
std::vector<OperatorIndex> matchOperators(const Model& original, const Model& quantized);

}  // namespace quantscope
