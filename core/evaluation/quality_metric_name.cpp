#include "core/evaluation/fidelity.h"

// Alone in its file: who reads names of metrics from a file need not be linked with what runs models.
namespace quantscope {

std::string_view qualityMetricName(QualityMetric metric) {
  switch (metric) {
    case QualityMetric::Top1:
      return "top1";
    case QualityMetric::Agreement:
      return "agreement";
    case QualityMetric::OutputError:
      return "output-error";
    case QualityMetric::Automatic:
      break;
  }
  return "auto";
}

}  // namespace quantscope
