#pragma once

#include <string>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/model/model.h"
#include "core/quantization/quantize.h"

namespace quantscope::tests {

/// What is unsound in a quantized model, one sentence each (the checks of spec/tflite-quantization.md section 17 and
/// the structural findings of core/model). Empty where all is well.
std::vector<std::string> unsoundness(const Model& model);

/// Ranges -1..1 for every float activation of every subgraph, except those given.
CalibrationResult uniformRanges(const Model& model, float min = -1.0f, float max = 1.0f);
void setRange(CalibrationResult& ranges, TensorIndex tensor, float min, float max, int subgraph = 0);

/// Plans and applies; fails the test with the error's text where that is not possible, or the result is unsound.
std::shared_ptr<const Model> quantized(std::shared_ptr<const Model> model, const Recipe& recipe,
                                       const CalibrationResult* ranges = nullptr, int threads = 1);

/// Number of operators of a type in subgraph 0.
size_t countOperators(const Model& model, tflite::BuiltinOperator code);
/// The n-th operator of a type in subgraph 0.
const Operator& findOperator(const Model& model, tflite::BuiltinOperator code, size_t n = 0);
/// What the n-th operator of a type in subgraph 0 runs in.
Precision precisionOf(const Model& model, tflite::BuiltinOperator code, size_t n = 0);

}  // namespace quantscope::tests
