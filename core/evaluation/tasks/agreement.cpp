#include "core/evaluation/tasks/agreement.h"

namespace quantscope {

TaskResult agreementResult(const FidelityMeasurement& measurement, const Fidelity& fidelity) {
  TaskResult result;
  result.task = "agreement";
  result.samples = fidelity.samples;
  if (fidelity.ranked > 0) {
    const Proportion same{fidelity.same, fidelity.ranked};
    result.metrics = {{"agreement", same.value(), same.low(), same.high()},
                      {"kl_divergence", fidelity.klDivergence, {}, {}, false}};
  }
  result.metrics.push_back({"cosine", fidelity.cosine()});
  result.metrics.push_back({"relative_error", fidelity.relativeError(), {}, {}, false});
  result.skipped = measurement.skipped();
  result.notes.push_back("answers are compared with the first model's; no labels are used");
  return result;
}

}  // namespace quantscope
