#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "core/evaluation/evaluate.h"

/// Running one prepared model on samples of a dataset; for this room and the pipeline.
namespace quantscope {

/// Sessions of one prepared model, one per worker, made when first used.
class WorkerSessions {
public:
  WorkerSessions(std::shared_ptr<const PreparedModel> prepared, int workers)
      : m_prepared(std::move(prepared)), m_sessions(static_cast<size_t>(workers < 1 ? 1 : workers)) {}
  const PreparedModel& prepared() const { return *m_prepared; }
  Session& of(int worker) {
    auto& session = m_sessions[static_cast<size_t>(worker)];
    if (!session) session = std::make_unique<Session>(m_prepared);
    return *session;
  }

private:
  std::shared_ptr<const PreparedModel> m_prepared;
  std::vector<std::unique_ptr<Session>> m_sessions;
};

/// What the inputs of a prepared model want, with the shapes that it was prepared for, in the order of its subgraph.
std::vector<InputSpec> preparedInputs(const PreparedModel& prepared);

/// Sets all inputs of a fresh run (variables reset) from a sample, and runs. Errors: what the sample lacks, what
/// the run gives, Cancelled.
Result<void> runSample(Session& session, const std::vector<InputSpec>& inputs, const Sample& sample,
                       const Progress& progress);

/// Number of samples that `options.limit` leaves of a dataset.
size_t sampleCount(const Dataset& dataset, const EvaluationOptions& options);

/// How one sample of a list went.
struct SampleOutcome {
  enum class State : uint8_t { NotDone, Done, Skipped } state = State::NotDone;
  std::string why;
};

/// InvalidArgument: not one sample could be used; names the first reason.
Error nothingReadable(const Dataset& dataset, const std::vector<SkippedItem>& skipped);

}  // namespace quantscope
