#pragma once

#include <string>
#include <vector>

#include "app/cli/measured_models.h"

namespace quantscope::cli {

/// Name of an output index; empty where there is none. `labelOffset` as in EvaluationOptions.
std::string className(const Dataset& dataset, int32_t output, int32_t labelOffset);

/// A line per model and sample: what it answered, whether that is right, and whether the first model answers otherwise.
std::string predictionsCsv(const std::vector<MeasuredModel>& models, int32_t labelOffset);

/// The baseline's samples and labels, and every model's scores, as .npz. Errors: those of NpzWriter.
Result<void> writeScores(const std::string& path, IfExists ifExists, const std::vector<MeasuredModel>& models);

/// How many samples a model answers otherwise than the first and some of them with their paths; empty for none.
std::string changedText(const MeasuredModel& first, const MeasuredModel& model, int32_t labelOffset);
Json changedJson(const MeasuredModel& first, const MeasuredModel& model);

}  // namespace quantscope::cli
