#include <chrono>

#include "core/evaluation/ordered_samples.h"
#include "core/evaluation/sample_runner.h"
#include "core/evaluation/tasks/task.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

struct Slot {
  SampleOutcome outcome;
  std::any observation;
};

Result<std::vector<OutputValues>> outputsOf(const PreparedModel& prepared, const Session& session) {
  std::vector<OutputValues> outputs;
  const Subgraph& subgraph = prepared.subgraph();
  for (size_t i = 0; i < subgraph.outputs.size(); ++i) {
    const Tensor& tensor = subgraph.tensor(subgraph.outputs[i]);
    const TensorView view = session.output(i);
    OutputValues output;
    output.shape.assign(view.shape.begin(), view.shape.end());
    QS_ASSIGN(output.values, realValues(view, tensor.quantization ? &*tensor.quantization : nullptr));
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace

Result<std::shared_ptr<const TaskResult>> evaluateTask(const TaskEntry& task, std::shared_ptr<const Model> model,
                                                       const Dataset& dataset, const TaskOptions& taskOptions,
                                                       const EvaluationOptions& options, Progress& progress) {
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(std::move(model), interpreter));
  QS_ASSIGN(const auto measurement, task.create({*prepared, dataset, taskOptions}));

  const size_t count = sampleCount(dataset, options);
  const auto inputs = preparedInputs(*prepared);
  WorkerSessions sessions(prepared, options.threads);
  auto result = std::make_shared<TaskResult>();
  result->task = task.name;
  result->preprocessing = dataset.preprocessing();
  result->skipped = dataset.skipped();
  auto one = [&](size_t index, int worker) -> Result<std::any> {
    QS_ASSIGN(const Sample sample, dataset.load(index));
    Session& session = sessions.of(worker);
    QS_TRY(runSample(session, inputs, sample, progress));
    QS_ASSIGN(const auto outputs, outputsOf(*prepared, session));
    return measurement->observe(outputs, sample);
  };
  progress.begin("Evaluating", count, "samples");
  const auto start = std::chrono::steady_clock::now();
  const bool finished = forEachInOrder<Slot>(
      count, options.threads, progress,
      [&](size_t item, int worker, Slot& slot) {
        auto observation = one(limitedSample(item, dataset.size(), options.limit), worker);
        slot.outcome.state = observation ? SampleOutcome::State::Done : SampleOutcome::State::Skipped;
        if (observation) {
          slot.observation = std::move(*observation);
        } else {
          slot.outcome.why = observation.error().message();
        }
        (void)progress.advance();
      },
      [&](size_t item, Slot& slot) {
        const size_t index = limitedSample(item, dataset.size(), options.limit);
        if (slot.outcome.state != SampleOutcome::State::Done) {
          result->skipped.push_back({dataset.name(index), std::move(slot.outcome.why)});
          return;
        }
        ++result->samples;
        measurement->add(static_cast<uint32_t>(index), std::move(slot.observation));
      });
  result->partial = !finished;
  if (result->samples == 0) {
    if (!finished) return Error::cancelled();
    return nothingReadable(dataset, result->skipped);
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  if (elapsed.count() > 0) result->samplesPerSecond = static_cast<double>(result->samples) / elapsed.count();
  measurement->finish(*result);
  return std::shared_ptr<const TaskResult>(std::move(result));
}

}  // namespace quantscope
