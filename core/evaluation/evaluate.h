#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/runtime/interpreter.h"

namespace quantscope {

/// A share with its Wilson 95 % interval.
struct Proportion {
  uint64_t hits = 0, total = 0;
  double value() const { return total ? static_cast<double>(hits) / static_cast<double>(total) : 0.0; }
  double low() const;   ///< Wilson score interval, z = 1.959964
  double high() const;
};

/// What one model answered to one sample.
struct Prediction {
  uint32_t sample = 0;        ///< index in the dataset
  int32_t label = -1;         ///< -1: unlabelled
  int32_t top1 = -1;
  bool inTop5 = false;
  float confidence = 0;       ///< of top1: softmax of the outputs where they do not sum to 1 already
};

/// Measured result of one model on one dataset. Immutable.
struct EvaluationResult {
  uint64_t samples = 0;
  bool labelled = false;
  Proportion top1, top5;
  std::optional<Proportion> agreement;   ///< top-1 equal to the first (baseline) model's
  std::vector<Prediction> predictions;   ///< by sample, without the skipped
  std::vector<std::vector<uint32_t>> confusion;  ///< [label][prediction]
  std::vector<SkippedItem> skipped;
  double samplesPerSecond = 0;           ///< decode and run, all threads
  bool partial = false;                  ///< cancelled; numbers are of what was done
  Preprocessing preprocessing;
};

struct EvaluationOptions {
  size_t limit = 0;
  int threads = 1;
  KernelSet kernels = KernelSet::Fast;
  std::shared_ptr<const EvaluationResult> baseline;  ///< for agreement
};

/// Classification: argmax of the first output (first index wins) against the label. Errors: Cancelled;
/// InvalidArgument (nothing readable, output is not one score per class).
Result<std::shared_ptr<const EvaluationResult>> evaluateClassification(std::shared_ptr<const Model> model,
                                                                       const Dataset& dataset,
                                                                       const EvaluationOptions& options, Progress& progress);

/// Two-sided exact McNemar test of two results on the same samples: who is right where the other is wrong.
struct PairedTest {
  uint64_t onlyFirst = 0, onlySecond = 0;  ///< right in one alone
  double pValue = 1.0;
  /// "not different", "better" or "worse" (second against first, at 5 %).
  std::string verdict() const;
};
PairedTest compareResults(const EvaluationResult& first, const EvaluationResult& second);

struct LatencyOptions {
  int runs = 50, warmup = 10, threads = 1;
  KernelSet kernels = KernelSet::Fast;
  bool perOperator = false;
  uint64_t seed = 1;
};
struct OperatorLatency {
  OperatorIndex index;
  double medianMicroseconds = 0, share = 0;
  int64_t macs = 0;
};
struct LatencyResult {
  double medianMicroseconds = 0, p90Microseconds = 0, minMicroseconds = 0;
  int runs = 0, threads = 1;
  KernelSet kernels = KernelSet::Fast;
  std::vector<OperatorLatency> operators;
  int64_t arenaBytes = 0;
};
Result<std::shared_ptr<const LatencyResult>> measureLatency(std::shared_ptr<const Model> model, const LatencyOptions& options,
                                                            Progress& progress);

/// Inputs of seeded random values in a plausible range: floats in [0, 1), integers over the whole type (indices small).
std::vector<TensorValue> randomInputs(const PreparedModel& prepared, uint64_t seed);

}  // namespace quantscope
