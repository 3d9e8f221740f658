#pragma once

#include <string>

#include "core/quantization/targets/target.h"

namespace quantscope::quantization {

/// The first of the limits that an operator does not keep, in words; empty where it keeps all. What a limit speaks of
/// and the operator does not have (a stride, a batch) is kept.
std::string limitRefusal(Limits limits, const Model& model, const Subgraph& graph, const Operator& op);

}  // namespace quantscope::quantization
