#pragma once

#include <memory>

#include "core/evaluation/evaluate.h"
#include "core/evaluation/layer_error.h"
#include "core/evaluation/sensitivity.h"
#include "ui/workspace/document.h"
#include "ui/workspace/strict_json.h"

/// Measured results as JSON values and back, for the workspace file.
namespace quantscope::ui {

Json toJson(const EvaluationResult& result);
std::shared_ptr<const EvaluationResult> readEvaluation(StrictObject& object);
Json toJson(const LatencyResult& result);
std::shared_ptr<const LatencyResult> readLatency(StrictObject& object);
Json toJson(const LayerErrors& errors);
std::shared_ptr<const LayerErrors> readLayerErrors(StrictObject& object);
Json toJson(const SensitivityResult& result);
std::shared_ptr<const SensitivityResult> readSensitivity(StrictObject& object);
Json toJson(const TaskResult& result);
std::shared_ptr<const TaskResult> readTaskResult(StrictObject& object);
Json toJson(const PairedDifference& paired);
PairedDifference readPaired(StrictObject& object);
Json toJson(const TaskChoice& choice);
TaskChoice readTaskChoice(StrictObject& object);
Json toJson(const SearchFigures& figures);
SearchFigures readSearchFigures(StrictObject& object);
Json toJson(const Preprocessing& preprocessing);
void readPreprocessing(StrictObject& object, Preprocessing& preprocessing);

}  // namespace quantscope::ui
