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
  double low() const;  ///< Wilson score interval, z = 1.959964
  double high() const;
};

/// What one model answered to one sample.
struct Prediction {
  uint32_t sample = 0;  ///< index in the dataset
  int32_t label = -1;   ///< output index of the true class; -1: unlabelled
  int32_t top1 = -1;
  bool inTop5 = false;
  float confidence = 0;  ///< of top1: softmax of the outputs where they do not sum to 1 already
};

/// Measured result of one model on one dataset. Immutable.
struct EvaluationResult {
  uint64_t samples = 0;
  bool labelled = false;
  Proportion top1, top5;
  std::optional<Proportion> agreement;           ///< top-1 equal to the first (baseline) model's
  std::vector<Prediction> predictions;           ///< by sample, without the skipped
  size_t classes = 0;                            ///< scores per sample
  std::vector<std::vector<uint32_t>> confusion;  ///< [label][prediction]; empty where unlabelled or above 4,096 classes
  std::vector<float> scores;                     ///< real scores, `classes` per prediction; empty unless keepScores
  std::vector<SkippedItem> skipped;
  double samplesPerSecond = 0;  ///< decode and run, all threads
  bool partial = false;         ///< cancelled after some samples; numbers are of what was done
  Preprocessing preprocessing;
};

struct EvaluationOptions {
  size_t limit = 0;  ///< 0: all; else every n-th sample, so that all classes stay represented
  int threads = 1;   ///< samples run side by side, one session each
  KernelSet kernels = KernelSet::Fast;
  std::shared_ptr<const EvaluationResult> baseline;  ///< for agreement
  bool keepScores = false;                           ///< fills EvaluationResult::scores
  /// Output index = label + offset: 1 where output 0 is a background class that no label has.
  int32_t labelOffset = 0;
  /// Whether confidences are the softmax of the scores; nothing: unless a SOFTMAX made them or they sum to 1.
  std::optional<bool> softmax = {};
};

/// Index in the dataset of the i-th of `limit` samples taken evenly from `size`.
size_t limitedSample(size_t i, size_t size, size_t limit);

/// Classification: argmax of the first output (first index wins, on the raw integers of a quantized output)
/// against the label. The result does not depend on the number of threads. Cancelled after at least one
/// sample: what was done, marked partial. Errors: Cancelled (nothing done yet); InvalidArgument (nothing
/// readable, output is not one score per class, a label beyond the classes).
Result<std::shared_ptr<const EvaluationResult>> evaluateClassification(std::shared_ptr<const Model> model,
                                                                       const Dataset& dataset,
                                                                       const EvaluationOptions& options,
                                                                       Progress& progress);

/// Two-sided exact McNemar test of two results on the same samples: who is right where the other is wrong.
struct PairedTest {
  uint64_t onlyFirst = 0, onlySecond = 0;  ///< right in one alone
  uint64_t samples = 0;                    ///< labelled samples that both answered
  double pValue = 1.0;
  /// "not different", "better" or "worse" (second against first, at 5 %).
  std::string verdict() const;
};
PairedTest compareResults(const EvaluationResult& first, const EvaluationResult& second);
/// Two-sided exact binomial p-value of `b` against `c` discordant pairs (McNemar 1947, exact form).
double mcnemarPValue(uint64_t b, uint64_t c);

struct LatencyOptions {
  int runs = 50, warmup = 10, threads = 1;
  KernelSet kernels = KernelSet::Fast;
  bool perOperator = false;
  uint64_t seed = 1;
  double timeLimitSeconds = 0;  ///< above 0: no new run is started after this long, but at least three are made
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
  double spreadMicroseconds = 0;     ///< from the first to the third quartile
  std::vector<double> microseconds;  ///< of each run, in their order
};
/// Time of one invocation on random inputs: warm-up runs, then `runs` measured ones; with perOperator as many
/// profiled runs after them (their overhead is not in the total). Errors: Cancelled, what preparing or running gives.
Result<std::shared_ptr<const LatencyResult>> measureLatency(std::shared_ptr<const Model> model,
                                                            const LatencyOptions& options, Progress& progress);

/// The same for several models, whose runs take turns: whatever else the machine does meets all of them alike, so that
/// the run of one and the run of another with the same number are a pair.
Result<std::vector<std::shared_ptr<const LatencyResult>>> measureLatencies(
    const std::vector<std::shared_ptr<const Model>>& models, const LatencyOptions& options, Progress& progress);

/// Second against first over pairs of runs: the median of their ratios with its 95 % bootstrap interval.
struct LatencyRatio {
  double ratio = 1, low = 1, high = 1;
};
LatencyRatio latencyRatio(const LatencyResult& first, const LatencyResult& second);

/// Inputs of seeded random values in a plausible range: floats in [0, 1), integers over the whole type (indices small).
std::vector<TensorValue> randomInputs(const PreparedModel& prepared, uint64_t seed);

}  // namespace quantscope
