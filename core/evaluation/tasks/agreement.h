#pragma once

#include "core/evaluation/fidelity.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope {

/// Agreement with another model's answers as figures of a task; it needs two models and so is none of taskList().
/// Metrics: agreement (with its 95 % Wilson interval) and kl_divergence where the outputs are scores, cosine,
/// relative_error.
TaskResult agreementResult(const FidelityMeasurement& measurement, const Fidelity& fidelity);

}  // namespace quantscope
