#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/evaluation/assignment.h"
#include "core/evaluation/fidelity.h"

namespace quantscope {

/// A scheme that operators can get in a search.
struct SearchChoice {
  std::string name;                                ///< "int8", "weight-only-int4", ...
  ElementType activations = ElementType::Float32;  ///< type that values between operators have in it
};

/// A variant of the searched model and the size of its file.
struct SearchVariant {
  std::shared_ptr<const Model> model;
  int64_t bytes = 0;
};

/// What is searched. Given by the pipeline, since making variants is not this room's work.
struct SearchSpace {
  std::shared_ptr<const Model> model;      ///< the original; its subgraph 0 is what is searched
  std::vector<SearchChoice> choices;       ///< choice 0: left as it is
  std::vector<std::vector<bool>> allowed;  ///< [operator][choice]; choice 0 always is
  std::function<Result<SearchVariant>(const Assignment&)> make;
};

struct SearchOptions {
  EvaluationOptions evaluation;  ///< samples that variants are verified on; threads
  std::optional<double>
      maxDrop;  ///< smallest file whose quality is at most so much (0.01: one point) below the original's
  std::optional<int64_t> maxBytes;  ///< best quality of files no larger than that; exactly one of the two is given
  QualityMetric metric = QualityMetric::Automatic;
  size_t trials = 60;               ///< variants that are evaluated, the original and the uniform ones among them
  size_t sensitivitySamples = 128;  ///< samples that each operator's error in each choice is measured on
};

/// One variant that was really evaluated.
struct SearchTrial {
  std::string origin;  ///< "original", "int8 everywhere", "planned", "refined"
  Assignment choices;
  int64_t bytes = 0;
  double quality = 0;  ///< by the result's metric
  Fidelity fidelity;
  bool onFront = false;       ///< no trial is both smaller and better
  bool withinBudget = false;  ///< of the drop or the size that was asked for
};

struct SearchResult {
  QualityMetric metric = QualityMetric::Top1;
  std::vector<SearchTrial> trials;  ///< in the order in which they were evaluated; the first is the original
  size_t best = 0;                  ///< in trials
  std::vector<size_t> front;        ///< in trials, by rising size
  /// Squared output error relative to the squared outputs, on `sensitivitySamples`, where one operator alone is in a
  /// choice; [operator][choice], infinity where it is not allowed.
  std::vector<std::vector<double>> errors;
  uint64_t samples = 0;
  bool stopped = false;  ///< cancelled: the best so far
  std::vector<SkippedItem> skipped;
};

/// Mixed precision under a budget. (1) Every choice alone for all operators is evaluated. (2) Each operator's error in
/// each choice is measured with the rest as in the original, sharing what lies before it (as in measureSensitivity).
/// (3) Sums of these errors, scaled by what (1) gave, against sums of bytes make a trade-off (assignmentTradeOff).
/// (4) The assignments on it are really made and evaluated, then the neighbours of the best, until `trials` are used
/// up. Deterministic on any number of threads. `dataset` should be quick to load again (keepDecoded()). Cancelled after
/// some trial fits the budget: the best so far, marked stopped. Errors: Cancelled before that; InvalidArgument (no file
/// as small as maxBytes was found: names the smallest; both or no budget; what FidelityMeasurement::create() gives);
/// what making or running variants gives.
Result<std::shared_ptr<const SearchResult>> searchAssignments(const SearchSpace& space, const Dataset& dataset,
                                                              const SearchOptions& options, Progress& progress);

/// What one operator alone in a choice does, by [operator][choice]: `error`, the squared output error relative to the
/// squared outputs (0 for choice 0, infinity where it is not allowed), and `bytes` that it adds to the file.
struct ChoiceEffects {
  std::vector<std::vector<double>> error, bytes;
};
Result<ChoiceEffects> measureChoices(const SearchSpace& space, const Dataset& dataset, const EvaluationOptions& options,
                                     Progress& progress);

}  // namespace quantscope
