#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/jobs/progress.h"
#include "core/quantization/algorithms/code_grid.h"
#include "core/quantization/plan/graph_plan.h"
#include "core/quantization/plan/graph_view.h"
#include "core/quantization/quantize.h"

namespace quantscope::quantization {

/// One weight operand whose codes are wanted.
struct WeightTask {
  OperatorIndex op;
  size_t operand = 1;
  std::vector<std::string> algorithms;
  GridRules grid;
  std::optional<int32_t> axis;  ///< of one scale per slice
  bool nearest = false;         ///< wanted even where no algorithm has a part
  /// Raises scales that other operands of the operator forbid (biases that must fit); may be empty.
  std::function<void(std::vector<float>&)> respect;
};

/// Codes of one weight operand: real = scale[slice] * code, the codes relative to the zero point.
struct ChosenWeights {
  std::vector<float> scale;    ///< one, per channel, or per block row by row
  std::vector<int32_t> low;    ///< of each slice; -limit where symmetric
  std::vector<int16_t> codes;  ///< in the order of the tensor
  std::vector<float> values;   ///< what they stand for
  std::vector<float> bias;     ///< corrected bias; empty where it stays
};

/// What the algorithms of a graph's tasks give, and what they did not do and why.
struct ChosenParameters {
  std::vector<std::optional<ChosenWeights>> weights;  ///< by task; nothing where no algorithm had a part
  std::vector<std::string> remarks;                   ///< plain English, by operator
};

/// Runs the algorithms of all tasks, in execution order: each layer is rounded for what it sees behind the layers that
/// were rounded before it. A row for which an algorithm is worse than rounding to nearest, by the mean squared error of
/// its results on the samples, takes the latter. Same result on any number of threads.
/// Errors: InvalidArgument (an algorithm needs samples and there are none), Cancelled, what running the model gives.
Result<ChosenParameters> chooseWeights(const GraphView& view, std::span<const WeightTask> tasks,
                                       const QuantizeOptions& options, Progress& progress);

}  // namespace quantscope::quantization
