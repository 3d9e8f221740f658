#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/evaluation/evaluate.h"
#include "core/evaluation/sample_runner.h"
#include "core/evaluation/scores.h"

namespace quantscope {

/// What a variant is judged by. Automatic: Top1 where the samples are labelled and the first output is one score per
/// class; else Agreement where there are scores; else OutputError.
enum class QualityMetric { Automatic, Top1, Agreement, OutputError };
std::string_view qualityMetricName(QualityMetric metric);  ///< "top1", "agreement", "output-error", "auto"

/// How near a variant's answers are to the original's and to the truth, added up over samples.
struct Fidelity {
  uint64_t samples = 0;
  uint64_t labelled = 0, right = 0;                      ///< samples with a label; top-1 equal to it
  uint64_t ranked = 0, same = 0;                         ///< samples with scores; top-1 equal to the original's
  uint64_t onlyOriginalRight = 0, onlyVariantRight = 0;  ///< pairs for McNemar's test
  /// Mean Kullback-Leibler divergence in nats of the variant's probabilities from the original's (softmax of the first
  /// output where it does not hold probabilities already; at least 1e-7 each); 0 without scores.
  double klDivergence = 0;
  double signal = 0, noise = 0;           ///< sums of a^2 and (a - b)^2 over all outputs, a the original's real values
  double approximation = 0, product = 0;  ///< sums of b^2 and a b

  /// sqrt(noise / signal): 0 where equal.
  double relativeError() const;
  double cosine() const;  ///< of all outputs of all samples
  /// Higher is better, 1 at most: share of right answers; share of the same answers; 1 - relativeError().
  double quality(QualityMetric metric) const;
  void add(const Fidelity& sample);
};

/// Runs variants of one model on the same samples. The original's answers are kept, so that each variant is run once.
class FidelityMeasurement {
public:
  /// Runs the original on all samples. `dataset` must outlive it. Errors: Cancelled; InvalidArgument (nothing readable,
  /// a metric that the model or the data cannot serve); ResourceLimit (outputs too large to keep); what preparing
  /// gives.
  static Result<FidelityMeasurement> create(std::shared_ptr<const Model> original, const Dataset& dataset,
                                            const EvaluationOptions& options, QualityMetric metric, Progress& progress);

  /// Never Automatic.
  QualityMetric metric() const { return m_metric; }
  const Fidelity& original() const { return m_original; }
  const std::vector<SkippedItem>& skipped() const { return m_skipped; }
  /// The same figures on any number of threads. Progress counts samples, without beginning a stage.
  /// Errors: Cancelled, what preparing or running gives.
  Result<Fidelity> measure(std::shared_ptr<const Model> variant, Progress& progress) const;

private:
  struct Answer {
    std::vector<std::vector<float>> outputs;
    int32_t top1 = -1;
    bool right = false;
  };
  FidelityMeasurement(const Dataset& dataset, const EvaluationOptions& options)
      : m_dataset(&dataset), m_options(options) {}
  Result<void> chooseMetric(const PreparedModel& prepared, QualityMetric metric);
  Result<void> runOriginal(std::shared_ptr<const PreparedModel> prepared, Progress& progress);
  Result<Fidelity> judge(const PreparedModel& prepared, const Session& session, const Answer& original,
                         std::optional<int32_t> label, const ScoreReader* reader) const;

  const Dataset* m_dataset;
  EvaluationOptions m_options;
  QualityMetric m_metric = QualityMetric::OutputError;
  std::optional<ScoreReader> m_reader;
  std::vector<size_t> m_samples;  ///< indices in the dataset of those that could be used
  std::vector<Answer> m_answers;  ///< by m_samples
  Fidelity m_original;
  std::vector<SkippedItem> m_skipped;
};

}  // namespace quantscope
