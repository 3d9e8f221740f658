#include "core/model/subgraph_calls.h"

namespace quantscope {

std::vector<SubgraphCall> subgraphCalls(const Operator& op) {
  const auto in = static_cast<int64_t>(op.inputs.size()), out = static_cast<int64_t>(op.outputs.size());
  if (const auto* o = op.options.AsIfOptions()) {
    return {{o->then_subgraph_index, in - 1, out, "then"}, {o->else_subgraph_index, in - 1, out, "else"}};
  }
  if (const auto* o = op.options.AsWhileOptions()) {
    return {{o->cond_subgraph_index, in, 1, "condition"}, {o->body_subgraph_index, in, out, "body"}};
  }
  if (const auto* o = op.options.AsCallOnceOptions()) return {{o->init_subgraph_index, 0, 0, "init"}};
  if (const auto* o = op.options.AsCallOptions()) return {{static_cast<int32_t>(o->subgraph), in, out, "called"}};
  if (const auto* o = op.options2.AsStableHLOCompositeOptions()) {
    return {{o->decomposition_subgraph_index, in, out, "decomposition"}};
  }
  if (const auto* o = op.options2.AsStablehloWhileOptions()) {
    return {{o->cond_subgraph_index, in, 1, "condition"}, {o->body_subgraph_index, in, out, "body"}};
  }
  if (const auto* o = op.options2.AsStablehloReduceOptions()) return {{o->body_subgraph_index, -1, -1, "body"}};
  if (const auto* o = op.options2.AsStablehloReduceWindowOptions()) return {{o->body_subgraph_index, -1, -1, "body"}};
  if (const auto* o = op.options2.AsStablehloScatterOptions()) {
    return {{o->update_computation_subgraph_index, -1, -1, "update"}};
  }
  if (const auto* o = op.options2.AsStablehloSortOptions())
    return {{o->comparator_subgraph_index, -1, 1, "comparator"}};
  std::vector<SubgraphCall> calls;
  if (const auto* o = op.options2.AsStablehloCaseOptions()) {
    for (const int32_t branch : o->branch_subgraph_indices) calls.push_back({branch, in - 1, out, "branch"});
  }
  return calls;
}

}  // namespace quantscope
