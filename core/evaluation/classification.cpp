#include <chrono>

#include "core/base/thread_pool.h"
#include "core/evaluation/classify_samples.h"
#include "core/evaluation/sample_runner.h"
#include "core/evaluation/scores.h"

namespace quantscope {

namespace {

constexpr size_t kMostConfusionClasses = 4096;

struct Slot {
  SampleOutcome outcome;
  Prediction prediction;
  std::vector<float> scores;
};

Result<void> checkLabels(const Dataset& dataset, const EvaluationOptions& options, size_t classes) {
  if (!dataset.labelled()) return {};
  const size_t count = sampleCount(dataset, options);
  for (size_t i = 0; i < count; ++i) {
    const size_t sample = limitedSample(i, dataset.size(), options.limit);
    auto label = dataset.label(sample);
    if (label) *label += options.labelOffset;
    if (!label || (*label >= 0 && static_cast<size_t>(*label) < classes)) continue;
    return Error{ErrorCode::InvalidArgument, "the labels do not fit the model", dataset.name(sample),
                 "its label is " + std::to_string(*label - options.labelOffset) +
                     (options.labelOffset == 0 ? "" : " (output " + std::to_string(*label) + ")") +
                     ", but the model has " + std::to_string(classes) + " output classes",
                 "choose the model's own dataset, or give the class names in output order (--labels)"};
  }
  return {};
}

Proportion agreementWith(const EvaluationResult& baseline, const std::vector<Prediction>& predictions) {
  Proportion agreement;
  auto other = baseline.predictions.begin();
  for (const Prediction& prediction : predictions) {
    while (other != baseline.predictions.end() && other->sample < prediction.sample) ++other;
    if (other == baseline.predictions.end()) break;
    if (other->sample != prediction.sample) continue;
    ++agreement.total;
    agreement.hits += other->top1 == prediction.top1;
  }
  return agreement;
}

/// Adds up the slots in the order of the samples, which makes the result independent of the threads.
void reduce(std::vector<Slot>& slots, const Dataset& dataset, const EvaluationOptions& options,
            EvaluationResult& result) {
  const bool confusion = result.labelled && result.classes <= kMostConfusionClasses;
  if (confusion) result.confusion.assign(result.classes, std::vector<uint32_t>(result.classes));
  for (size_t i = 0; i < slots.size(); ++i) {
    Slot& slot = slots[i];
    if (slot.outcome.state == SampleOutcome::State::Skipped) {
      const size_t sample = limitedSample(i, dataset.size(), options.limit);
      result.skipped.push_back({dataset.name(sample), std::move(slot.outcome.why)});
    }
    if (slot.outcome.state != SampleOutcome::State::Done) continue;
    const Prediction& p = slot.prediction;
    result.predictions.push_back(p);
    result.scores.insert(result.scores.end(), slot.scores.begin(), slot.scores.end());
    ++result.samples;
    if (p.label < 0) continue;
    ++result.top1.total, ++result.top5.total;
    result.top1.hits += p.top1 == p.label;
    result.top5.hits += p.inTop5;
    if (confusion && p.top1 >= 0) ++result.confusion[static_cast<size_t>(p.label)][static_cast<size_t>(p.top1)];
  }
  if (options.baseline) result.agreement = agreementWith(*options.baseline, result.predictions);
}

/// Everything that happens to one sample. Errors: Cancelled, or why it is skipped.
Result<Prediction> classify(const ScoreRun& run, int worker, const ScoreReader& reader, const Dataset& dataset,
                            size_t index, int32_t labelOffset, std::vector<float>* scores) {
  QS_ASSIGN(Sample sample, dataset.load(index));
  if (sample.label) *sample.label += labelOffset;
  QS_ASSIGN(const TensorView output, run(worker, sample));
  const Ranking ranking = reader.rank(output, sample.label);
  if (scores) *scores = reader.real(output);
  return Prediction{static_cast<uint32_t>(index), sample.label.value_or(-1), ranking.top1, ranking.inTop5,
                    ranking.confidence};
}

}  // namespace

Result<std::shared_ptr<const EvaluationResult>> classifySamples(const PreparedModel& prepared, const ScoreRun& run,
                                                                const Dataset& dataset,
                                                                const EvaluationOptions& options, Progress& progress) {
  QS_ASSIGN(const ScoreReader reader, ScoreReader::create(prepared, options.softmax));
  QS_TRY(checkLabels(dataset, options, reader.classes()));
  const size_t count = sampleCount(dataset, options);
  std::vector<Slot> slots(count);
  progress.begin("Evaluating", count, "samples");
  const auto start = std::chrono::steady_clock::now();
  parallelFor(count, options.threads, [&](size_t item, int worker) {
    if (!progress.goOn()) return;
    Slot& slot = slots[item];
    const size_t index = limitedSample(item, dataset.size(), options.limit);
    auto prediction =
        classify(run, worker, reader, dataset, index, options.labelOffset, options.keepScores ? &slot.scores : nullptr);
    if (prediction) {
      slot.prediction = *prediction;
      slot.outcome.state = SampleOutcome::State::Done;
    } else if (prediction.error().code != ErrorCode::Cancelled) {
      slot.outcome = {SampleOutcome::State::Skipped, prediction.error().message()};
    } else {
      return;
    }
    (void)progress.advance();  // asked again before the next sample
  });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;

  auto result = std::make_shared<EvaluationResult>();
  result->labelled = dataset.labelled();
  result->classes = reader.classes();
  result->preprocessing = dataset.preprocessing();
  result->skipped = dataset.skipped();
  reduce(slots, dataset, options, *result);
  result->partial = result->predictions.size() + result->skipped.size() - dataset.skipped().size() < count;
  if (result->samples == 0) {
    if (result->partial) return Error::cancelled();
    return nothingReadable(dataset, result->skipped);
  }
  if (elapsed.count() > 0) result->samplesPerSecond = static_cast<double>(result->samples) / elapsed.count();
  return std::shared_ptr<const EvaluationResult>(std::move(result));
}

Result<std::shared_ptr<const EvaluationResult>> evaluateClassification(std::shared_ptr<const Model> model,
                                                                       const Dataset& dataset,
                                                                       const EvaluationOptions& options,
                                                                       Progress& progress) {
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(std::move(model), interpreter));
  const auto inputs = preparedInputs(*prepared);
  WorkerSessions sessions(prepared, options.threads);
  const ScoreRun run = [&](int worker, const Sample& sample) -> Result<TensorView> {
    Session& session = sessions.of(worker);
    QS_TRY(runSample(session, inputs, sample, progress));
    return session.output(0);
  };
  return classifySamples(*prepared, run, dataset, options, progress);
}

}  // namespace quantscope
