#pragma once

#include <vector>

#include "core/quantization/plan/eligibility.h"
#include "core/quantization/plan/graph_plan.h"
#include "core/quantization/plan/scale_classes.h"

namespace quantscope::quantization {

/// Decides for every operand and result of a subgraph which value or constant it becomes, so that two users that want
/// the same form share it and none is converted that has it already. `plan` has its schemes and effective precisions.
void planWiring(const GraphView& view, const std::vector<Decision>& decisions, const ScaleClasses& classes,
                ElementType outputType, GraphPlan& plan);

}  // namespace quantscope::quantization
