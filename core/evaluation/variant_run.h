#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/evaluation/sample_runner.h"
#include "core/evaluation/shared_prefix.h"

/// Running many variants of one model on the same sample: what they share with it is computed once.
namespace quantscope {

/// Graph outputs of one run: as real values, and the first one raw.
struct RunOutputs {
  std::vector<std::vector<float>> real;
  std::optional<TensorView> first;  ///< into the session that ran; valid until its next run
};

/// A model that is run as a whole, all of its tensors kept for the variants that share them.
struct SharedReference {
  std::shared_ptr<const Model> model;
  std::shared_ptr<WorkerSessions> sessions;
  std::vector<InputSpec> inputs;

  /// Errors: what preparing gives.
  static Result<SharedReference> create(std::shared_ptr<const Model> model, const EvaluationOptions& options);
  const PreparedModel& prepared() const { return sessions->prepared(); }
  /// Runs the sample in the worker's session. Errors: those of runSample(); outputs that are not numbers.
  Result<RunOutputs> run(const Sample& sample, int worker, const Progress& progress) const;
};

/// What of a variant computes other values than the reference does, ready to run.
struct PartialVariant {
  ChangedPart changed;
  std::shared_ptr<WorkerSessions> sessions;  ///< null: nothing changed
  std::vector<InputSpec> inputs;             ///< of the part
  std::vector<size_t> sampleInputs;          ///< for inputs that the reference has not: which input of the sample

  /// Errors: what preparing gives.
  static Result<PartialVariant> create(const SharedReference& reference, const Model& variant,
                                       const EvaluationOptions& options);
  /// Memory that it holds while it is measured on `threads` threads.
  int64_t bytes(int threads) const;
  /// After the reference ran the same sample in the same worker's session. Errors: as SharedReference::run().
  Result<RunOutputs> run(const SharedReference& reference, const Sample& sample, int worker,
                         const Progress& progress) const;
};

}  // namespace quantscope
