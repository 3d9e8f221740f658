#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/model/model.h"

namespace quantscope {

/// A subgraph that an operator runs (IF, WHILE, CALL_ONCE, composites, ...), and how many values go in and come out; -1
/// where any number may.
struct SubgraphCall {
  int32_t subgraph;
  int64_t inputs, outputs;
  std::string_view role;  ///< "then", "else", "condition", "body", "init", ...
};

/// In the order of the operator's options; none for operators without control flow. The subgraphs need not exist.
std::vector<SubgraphCall> subgraphCalls(const Operator& op);

}  // namespace quantscope
