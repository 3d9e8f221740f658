#include <deque>

#include "core/quantization/constants/constant_data.h"
#include "core/quantization/passes/graph_edit.h"
#include "core/quantization/quantize.h"

namespace quantscope {

using namespace quantization;

Result<std::shared_ptr<const Model>> applyPlan(const QuantizationPlan& plan, const CalibrationResult* /*ranges*/,
                                               const QuantizeOptions& options, Progress& progress) {
  const Model& model = *plan.source;
  std::deque<GraphView> views;
  std::vector<const GraphPlan*> graphs;
  uint64_t bytes = 0;
  for (size_t g = 0; g < plan.graphs.size(); ++g) {
    views.emplace_back(model, SubgraphIndex(g));
    graphs.push_back(plan.graphs[g].get());
    for (const PlannedConstant& constant : graphs.back()->constants)
      bytes += static_cast<uint64_t>(constantElements(views.back(), constant)) * sizeof(float);
  }
  progress.begin("Quantizing constants", bytes, "bytes");
  std::vector<std::vector<ConstantData>> constants;
  for (size_t g = 0; g < graphs.size(); ++g) {
    QS_ASSIGN(auto computed, computeConstants(views[g], *graphs[g], options.threads, progress));
    constants.push_back(std::move(computed));
  }
  if (!progress.goOn()) return Error::cancelled();
  return std::make_shared<const Model>(editModel(model, graphs, constants, true));
}

}  // namespace quantscope
