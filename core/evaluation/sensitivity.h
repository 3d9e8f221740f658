#pragma once

#include <functional>

#include "core/evaluation/evaluate.h"

namespace quantscope {

/// What an operator costs: output error against the float model when it alone is quantized, and what is gained when it alone is kept.
struct OperatorSensitivity {
  OperatorIndex index;
  std::string op;
  double quantizeOne = 0;  ///< drop of the metric (fraction of top-1, or output divergence) when it alone is quantized
  double keepOne = 0;      ///< gain of the metric when it alone is kept float
};
struct SensitivityResult {
  std::vector<OperatorSensitivity> operators;
  std::string metric;  ///< "top1" or "output mse"
  uint64_t samples = 0;
};

/// Makes the model in which exactly the operators with `quantized[i]` are quantized. Given by the pipeline.
using VariantFactory = std::function<Result<std::shared_ptr<const Model>>(const std::vector<bool>& quantized)>;

Result<std::shared_ptr<const SensitivityResult>> measureSensitivity(std::shared_ptr<const Model> floatModel,
                                                                    const std::vector<bool>& quantizable,
                                                                    const VariantFactory& makeVariant, const Dataset& dataset,
                                                                    const EvaluationOptions& options, Progress& progress);

}  // namespace quantscope
