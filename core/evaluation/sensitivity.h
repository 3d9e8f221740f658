#pragma once

#include <functional>
#include <string>

#include "core/evaluation/evaluate.h"

namespace quantscope {

/// What an operator costs: output error against the float model when it alone is quantized, and what is gained when it
/// alone is kept.
struct OperatorSensitivity {
  OperatorIndex index;
  std::string op;
  double quantizeOne = 0;  ///< drop of the metric (fraction of top-1, or output divergence) when it alone is quantized
  double keepOne = 0;      ///< gain of the metric when it alone is kept float
  double quantizeOneError = 0;  ///< mean squared output error against the float model when it alone is quantized
  double keepOneError = 0;      ///< the same when all but it are quantized
};
/// What is measured of each operator; the figures of the other part stay 0.
enum class SensitivityParts { Both, QuantizeOne, KeepOne };

struct SensitivityResult {
  std::vector<OperatorSensitivity> operators;
  SensitivityParts parts = SensitivityParts::Both;
  std::string metric;  ///< "top1" or "output mse"
  uint64_t samples = 0;
  double floatMetric = 0, quantizedMetric = 0;  ///< top-1 of both ends; output mse: 0 and that of all quantized
  double quantizedError = 0;                    ///< mean squared output error where all are quantized
  std::vector<SkippedItem> skipped;
};

/// Makes the model in which exactly the operators with `quantized[i]` are quantized. Given by the pipeline.
using VariantFactory = std::function<Result<std::shared_ptr<const Model>>(const std::vector<bool>& quantized)>;

enum class SensitivityMetric { Automatic, Top1, OutputError };  ///< Automatic: top1 where the samples are labelled

/// How a measurement that was stopped goes on later.
struct SensitivityCheckpoint {
  std::string key;  ///< whatever the figures depend on: model, recipe, ranges, samples
  std::string
      resume;  ///< what an earlier measurement handed to `save`; empty, damaged or of another key: from the start
  /// Called now and then with everything that is done; may be empty. The text is JSON.
  std::function<void(const std::string&)> save;
};

/// One row per operator with `quantizable[i]`. The values that a variant shares with the float model (quantize
/// one) or with the quantized one (keep one) are computed once per sample; only what lies behind the changed
/// operator runs again, on some samples at a time for the sake of the caches. The same result on any number of threads,
/// and whether or not it was stopped in between. Errors: Cancelled; InvalidArgument (no sample could be read; top1
/// without labels); what makeVariant gives.
Result<std::shared_ptr<const SensitivityResult>> measureSensitivity(
    std::shared_ptr<const Model> floatModel, const std::vector<bool>& quantizable, const VariantFactory& makeVariant,
    const Dataset& dataset, const EvaluationOptions& options, Progress& progress,
    SensitivityMetric metric = SensitivityMetric::Automatic, const SensitivityCheckpoint& checkpoint = {},
    SensitivityParts parts = SensitivityParts::Both);

}  // namespace quantscope
