#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/jobs/progress.h"
#include "core/model/tensor_view.h"
#include "core/quantization/recipe.h"

namespace quantscope {

namespace quantization {
struct GraphPlan;
}

/// What one operator of the float model will really get.
struct PlannedOperator {
  OperatorIndex index;
  Precision requested = Precision::Float32;
  Precision effective = Precision::Float32;
  Granularity granularity = Granularity::PerChannel;
  std::string reason;         ///< plain English where effective differs from requested: "no int8 kernel for CUMSUM"
  std::string targetRefusal;  ///< why the recipe's target does not run it in this precision; empty where it does
  int64_t constantBytesBefore = 0,
          constantBytesAfter = 0;  ///< of the constants it uses (shared ones count at the first)
};

/// Scale and zero point that a float tensor will get. Of weights and biases only the type is decided beforehand: their
/// scales follow from their content when the plan is applied.
struct PlannedTensor {
  ElementType type = ElementType::Float32;
  std::vector<float> scale;
  std::vector<int64_t> zeroPoint;
  int32_t quantizedDimension = 0;
};

/// A conversion operator that will be inserted.
struct PlannedConversion {
  std::string kind;  ///< "QUANTIZE", "DEQUANTIZE", "requantize"
  TensorIndex tensor;
  OperatorIndex before;  ///< in front of this operator, the first that reads the result; invalid: at the graph's output
  ElementType from = ElementType::Float32, to = ElementType::Float32;
  std::string why;  ///< in words: "operator 4 FLOOR computes in float32"
};

/// Decided first, shown, and undone, before any byte is written. Immutable.
struct QuantizationPlan {
  std::shared_ptr<const Model> source;
  Recipe recipe;
  std::vector<Scheme> schemes;                        ///< resolved wishes, per operator of subgraph 0
  std::vector<PlannedOperator> operators;             ///< of subgraph 0, in execution order
  std::vector<std::optional<PlannedTensor>> tensors;  ///< by tensor index of subgraph 0
  std::vector<PlannedConversion> conversions;
  int64_t bytesBefore = 0;
  int64_t predictedBytes = 0;     ///< of the file, within about 1 %
  bool needsCalibration = false;  ///< some wish needs ranges that are not there
  std::vector<std::string> warnings;
  /// What exactly will be done, by subgraph; applyPlan() follows it.
  std::vector<std::shared_ptr<const quantization::GraphPlan>> graphs;
};

/// Which effective precision each operator gets and why. `ranges` may be null (then integer wishes fall back
/// with the reason "no calibration ranges yet", and needsCalibration is set).
/// Errors: InvalidArgument (bad rule; unknown target; requireInteger and an operator would stay float: names each).
Result<std::shared_ptr<const QuantizationPlan>> planQuantization(std::shared_ptr<const Model> model,
                                                                 const Recipe& recipe, const CalibrationResult* ranges);

/// Runs models on the calibration samples, for algorithms that look at data. Given by the pipeline.
struct SampleRunner {
  virtual ~SampleRunner() = default;
  /// Runs a model that has the float model's inputs on sample after sample and calls `observe` with the values of its
  /// outputs, in the order of the samples, until that returns false. The samples are the same in every run.
  /// Errors: Cancelled, what preparing or running the model gives.
  virtual Result<void> run(std::shared_ptr<const Model> model,
                           const std::function<bool(size_t sample, std::span<const TensorView> outputs)>& observe) = 0;
};

struct QuantizeOptions {
  int threads = 1;
  SampleRunner* samples = nullptr;  ///< needed by some algorithms only
  /// Where given: what was done otherwise than asked for while constants were computed, one sentence each.
  std::vector<std::string>* remarks = nullptr;
};

/// The quantized model. Same plan, same bytes, on any number of threads; the source is not changed.
/// Errors: InvalidArgument (a constant that is not finite; an algorithm that needs samples and has none), Cancelled,
/// what the sample runner gives.
Result<std::shared_ptr<const Model>> applyPlan(const QuantizationPlan& plan, const CalibrationResult* ranges,
                                               const QuantizeOptions& options, Progress& progress);

/// Precision each operator of a subgraph of a (quantized or float) model really runs in, read from its tensors. For
/// `info` and views. Takes time in proportion to the size of the subgraph.
std::vector<Precision> effectivePrecisions(const Model& model, SubgraphIndex subgraph);

/// Weight SQNR in dB that a scheme would give an operator's weights, without writing anything; nothing where it has
/// none.
std::optional<double> predictWeightSqnr(const Model& model, OperatorIndex op, const Scheme& scheme);

}  // namespace quantscope
