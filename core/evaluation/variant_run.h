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
  std::optional<TensorView> first;  ///< into the session that ran; or into kept values; valid until its next run
};

/// What one run of a reference leaves for its variants.
struct SharedValues {
  std::vector<TensorValue> values;  ///< of SharedReference::shared, in that order
};

/// A model that is run as a whole; what its variants share with it is kept.
struct SharedReference {
  std::shared_ptr<const Model> model;
  std::shared_ptr<WorkerSessions> sessions;
  std::vector<InputSpec> inputs;
  std::vector<TensorIndex> shared;  ///< tensors that some variant goes on from

  /// Errors: what preparing gives.
  static Result<SharedReference> create(std::shared_ptr<const Model> model, const EvaluationOptions& options);
  const PreparedModel& prepared() const { return sessions->prepared(); }
  /// Runs the sample in the worker's session. Errors: those of runSample(); outputs that are not numbers.
  Result<RunOutputs> run(const Sample& sample, int worker, const Progress& progress) const;
  /// Copies what `shared` names out of the worker's last run.
  Result<void> keep(int worker, SharedValues& kept) const;
  /// Bytes of one SharedValues.
  int64_t sharedBytes() const;
};

/// Samples that are run together: variant by variant, so that a variant's weights stay in the processor's caches for
/// all of them. At least one; what all threads keep stays below a fixed bound otherwise. Results never depend on it.
size_t samplesTogether(int64_t bytesPerSample, int threads);

/// What of a variant computes other values than the reference does, ready to run.
struct PartialVariant {
  ChangedPart changed;
  std::shared_ptr<WorkerSessions> sessions;  ///< null: nothing changed
  std::vector<InputSpec> inputs;             ///< of the part
  std::vector<size_t> sampleInputs;          ///< for inputs that the reference has not: which input of the sample
  std::vector<size_t> sharedInputs;          ///< for the others: which of SharedReference::shared
  std::vector<size_t> sharedOutputs;         ///< the same for graph outputs that are not made here

  /// Enters what it goes on from into reference.shared. Errors: what preparing gives.
  static Result<PartialVariant> create(SharedReference& reference, const Model& variant,
                                       const EvaluationOptions& options);
  /// Memory that it holds while it is measured on `threads` threads.
  int64_t bytes(int threads) const;
  /// Goes on from what the reference's run of the same sample left. Errors: as SharedReference::run().
  Result<RunOutputs> run(const SharedReference& reference, const SharedValues& kept, const Sample& sample, int worker,
                         const Progress& progress) const;
};

}  // namespace quantscope
