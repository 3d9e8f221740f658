#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/jobs/progress.h"
#include "core/quantization/algorithms/choose_weights.h"
#include "core/quantization/plan/graph_plan.h"
#include "core/quantization/plan/graph_view.h"

namespace quantscope::quantization {

/// What a planned constant becomes in the file.
struct ConstantData {
  Quantization quantization;  ///< no scale for float16
  Buffer data;
  /// Scales of blockwise weights: float16, shape [slices, blocks]. Not present otherwise.
  Buffer blockScales;
  std::vector<int32_t> blockScaleShape;
  std::string remark;  ///< what was done otherwise than the values ask for; empty: nothing
};

/// Raises scales of weights (one, or one per channel) so far that their operator's bias and sums fit its integers
/// (ScaleRoom). Returns how many were raised. Errors: InvalidArgument (a bias that is not finite).
Result<size_t> respectRoom(const GraphView& view, const GraphPlan& plan, const PlannedConstant& weights,
                           std::vector<float>& scales);

/// Weights that algorithms chose, by planned constant; may be empty.
using ChosenByConstant = std::map<size_t, ChosenWeights>;

/// Computes scales and codes of all planned constants of a subgraph, in the plan's order
/// (spec/tflite-quantization.md sections 4.4 to 4.7, 11, 14). The same bytes on any number of threads.
/// Errors: InvalidArgument (weights or biases that are not finite: names the tensor), Cancelled.
Result<std::vector<ConstantData>> computeConstants(const GraphView& view, const GraphPlan& plan,
                                                   const ChosenByConstant& chosen, int threads, Progress& progress);

/// The same sizes without the values, to predict the size of the file. The buffers must not be read. `before`:
/// constants of earlier subgraphs, since no two scales are taken for equal.
std::vector<ConstantData> outlineConstants(const GraphView& view, const GraphPlan& plan, size_t before);

/// Elements and bytes that computing a planned constant reads.
int64_t constantElements(const GraphView& view, const PlannedConstant& constant);

}  // namespace quantscope::quantization
