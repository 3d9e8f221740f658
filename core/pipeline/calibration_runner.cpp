#include "core/pipeline/calibration_runner.h"

#include <algorithm>

#include "core/base/thread_pool.h"
#include "core/evaluation/sample_runner.h"

namespace quantscope {
namespace {

struct PreparedRun {
  WorkerSessions sessions;
  std::vector<InputSpec> inputs;
};

// What one sample gave.
struct Outcome {
  bool read = false;
  std::vector<std::vector<TensorValue>> outputs;  ///< by model
  std::optional<Error> failure;
};

Outcome runOne(std::vector<PreparedRun>& runs, int worker, const Dataset& dataset, size_t sample,
               const Progress& progress) {
  Outcome outcome;
  const auto loaded = dataset.load(sample);
  if (!loaded) return outcome;
  for (PreparedRun& run : runs) {
    Session& session = run.sessions.of(worker);
    if (const auto ran = runSample(session, run.inputs, *loaded, progress); !ran) {
      outcome.failure = ran.error();
      return outcome;
    }
    auto& values = outcome.outputs.emplace_back();
    for (size_t i = 0; i < session.outputCount(); ++i) {
      const TensorView view = session.output(i);
      values.push_back({view.type, {view.shape.begin(), view.shape.end()}, {view.bytes.begin(), view.bytes.end()}});
    }
  }
  outcome.read = true;
  return outcome;
}

}  // namespace

size_t CalibrationRunner::samples() const {
  return std::min(m_dataset.size(), kMostSamples);
}

Result<void> CalibrationRunner::run(
    std::shared_ptr<const Model> model,
    const std::function<bool(size_t sample, std::span<const TensorView> outputs)>& observe) {
  return runTogether({std::move(model)}, [&](size_t sample, std::span<const std::vector<TensorView>> outputs) {
    return observe(sample, outputs[0]);
  });
}

Result<void> CalibrationRunner::runTogether(
    const std::vector<std::shared_ptr<const Model>>& models,
    const std::function<bool(size_t sample, std::span<const std::vector<TensorView>> outputs)>& observe) {
  std::vector<PreparedRun> runs;
  for (const auto& model : models) {
    QS_ASSIGN(const auto prepared, PreparedModel::prepare(model));
    runs.push_back({WorkerSessions(prepared, m_threads), preparedInputs(*prepared)});
  }
  const size_t count = samples(), together = static_cast<size_t>(std::max(1, m_threads)) * 2;
  for (size_t begin = 0; begin < count; begin += together) {
    if (!m_progress.goOn()) return Error::cancelled();
    std::vector<Outcome> outcomes(std::min(together, count - begin));
    parallelFor(outcomes.size(), m_threads, [&](size_t i, int worker) {
      outcomes[i] = runOne(runs, worker, m_dataset, (begin + i) * m_dataset.size() / count, m_progress);
    });
    for (size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i].failure) return *outcomes[i].failure;
      if (!outcomes[i].read) continue;
      std::vector<std::vector<TensorView>> views(outcomes[i].outputs.size());
      for (size_t m = 0; m < views.size(); ++m)
        for (const TensorValue& value : outcomes[i].outputs[m]) views[m].push_back(value.view());
      if (!observe(begin + i, views)) return {};
    }
  }
  return {};
}

}  // namespace quantscope
