#pragma once

#include <cstdint>
#include <vector>

#include "core/runtime/interpreter.h"

namespace quantscope {

/// Bytes that each operator of the prepared subgraph reads and writes in one run, its constants included, in the order
/// of its operators: what a profile sets beside time and multiplications. Tensors whose shape is known only while
/// running count nothing.
std::vector<int64_t> operatorBytes(const PreparedModel& prepared);

}  // namespace quantscope
