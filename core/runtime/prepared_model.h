#pragma once

#include "core/runtime/graph_plan.h"

namespace quantscope {

struct PreparedModel::State {
  std::shared_ptr<const runtime::Environment> environment;
  std::shared_ptr<const runtime::GraphPlan> plan;
  int64_t sharedBytes = 0;
};

}  // namespace quantscope
