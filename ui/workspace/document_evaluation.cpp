#include <algorithm>

#include "core/evaluation/tasks/agreement.h"
#include "ui/workspace/document_private.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

struct Measured {
  std::shared_ptr<const EvaluationResult> evaluation;
  std::shared_ptr<const TaskResult> taskResult;
  std::optional<PairedDifference> paired;
  std::shared_ptr<const LatencyResult> latency;
  std::shared_ptr<const Model> model;

  uint64_t samples() const { return evaluation ? evaluation->samples : taskResult->samples; }
  bool partial() const { return evaluation ? evaluation->partial : taskResult->partial; }
};

/// The text of a finished evaluation: "Evaluated int8 on 500 samples".
QString evaluatedText(const QString& name, const Measured& result) {
  const QString count = countText(static_cast<int64_t>(result.samples()));
  return result.partial() ? Document::tr("Evaluated %1 on %2 samples, stopped early").arg(name, count)
                          : Document::tr("Evaluated %1 on %2 samples").arg(name, count);
}

TaskOptions optionsOf(const TaskChoice& choice, const Model& source, const Dataset& dataset) {
  TaskOptions options;
  if (choice.labelOffset) options.labelOffset = *choice.labelOffset;
  options.classNames = metadataLabels(source);
  if (options.classNames.empty()) options.classNames = dataset.classNames();
  options.scoreThreshold = static_cast<float>(choice.scoreThreshold);
  options.normalLabel = choice.normalLabel;
  options.maxFalsePositiveRate = choice.maxFalsePositiveRate;
  return options;
}

Result<std::shared_ptr<const TaskResult>> measureAgreement(const std::shared_ptr<const Model>& source,
                                                           const std::shared_ptr<const Model>& variant,
                                                           const Dataset& dataset, const EvaluationOptions& options,
                                                           Progress& progress) {
  QS_ASSIGN(const auto measurement,
            FidelityMeasurement::create(source, dataset, options, QualityMetric::OutputError, progress));
  progress.begin("Comparing answers", dataset.size(), "samples");
  Fidelity fidelity = measurement.original();
  if (variant != source) {
    QS_ASSIGN(fidelity, measurement.measure(variant, progress));
  }
  TaskResult result = agreementResult(measurement, fidelity);
  result.preprocessing = dataset.preprocessing();
  return std::make_shared<const TaskResult>(std::move(result));
}

}  // namespace

/// The baseline's results, which jobs of variants wait for: it is measured before them.
struct Document::Baseline {
  std::shared_ptr<const EvaluationResult> evaluation;
  std::shared_ptr<const TaskResult> taskResult;
};

void Document::evaluate(const std::vector<int>& variantIds) {
  if (!m_loaded || variantIds.empty()) return;
  if (!m_state.evaluationData) {
    emit dataNeeded(DatasetUse::Evaluation, [this, variantIds] { evaluate(variantIds); });
    return;
  }
  const bool remake = std::any_of(variantIds.begin(), variantIds.end(), [this](int id) {
    const Variant* v = variant(id);
    return v && id != 0 && !v->model && needsRanges(v->recipe);
  });
  if (remake && !m_ranges) {
    calibrateThen([this, variantIds] { evaluate(variantIds); });
    return;
  }
  const Variant& baseline = m_variants.front();
  auto shared = std::make_shared<Baseline>();
  std::vector<int> order = variantIds;
  const bool baselineFresh = baseline.measured() && !baseline.stale && !baseline.partial();
  if (baselineFresh) {
    shared->evaluation = baseline.evaluation;
    shared->taskResult = baseline.taskResult;
  } else if (std::find(order.begin(), order.end(), 0) == order.end()) {
    order.insert(order.begin(), 0);
  }
  std::stable_partition(order.begin(), order.end(), [](int id) { return id == 0; });
  for (int id : order) startEvaluation(id, shared);
  emit variantsChanged();
}

void Document::startEvaluation(int id, std::shared_ptr<Baseline> baseline) {
  const Variant* chosen = variant(id);
  if (!chosen || jobOfVariant(id)) return;
  auto work = [id, baseline, making = making(*chosen), reference = *m_state.evaluationData, task = m_state.task,
               open = d->evaluation.dataset](Progress& progress) -> Result<std::shared_ptr<const Measured>> {
    auto measured = std::make_shared<Measured>();
    QS_ASSIGN(measured->model, making.make(progress));
    QS_ASSIGN(const auto dataset, openReference(reference, *making.source, open));
    EvaluationOptions options;
    options.threads = workThreads();
    if (task.classifies()) {
      options.baseline = id == 0 ? nullptr : baseline->evaluation;
      options.labelOffset = task.labelOffset.value_or(0);
      options.softmax = task.softmax;
      QS_ASSIGN(measured->evaluation, evaluateClassification(measured->model, *dataset, options, progress));
    } else if (const TaskEntry* entry = findTask(task.name.toStdString())) {
      QS_ASSIGN(measured->taskResult, evaluateTask(*entry, measured->model, *dataset,
                                                   optionsOf(task, *making.source, *dataset), options, progress));
    } else {
      QS_ASSIGN(measured->taskResult, measureAgreement(making.source, measured->model, *dataset, options, progress));
    }
    if (measured->partial() || !progress.goOn()) return std::shared_ptr<const Measured>(measured);
    if (id == 0) {
      baseline->evaluation = measured->evaluation;
      baseline->taskResult = measured->taskResult;
    }
    const auto& first = baseline->taskResult;
    const bool paired = id != 0 && first && measured->taskResult && !first->perSample.empty() &&
                        first->sampleIndices == measured->taskResult->sampleIndices;
    if (paired) measured->paired = pairedBootstrap(first->perSample, measured->taskResult->perSample);
    LatencyOptions latency;
    latency.perOperator = true;
    latency.timeLimitSeconds = 3;  // of a slow model fewer runs say enough
    QS_ASSIGN(measured->latency, measureLatency(measured->model, latency, progress));
    return std::shared_ptr<const Measured>(measured);
  };
  auto done = [this, id, name = chosen->name, reference = *m_state.evaluationData, task = m_state.task,
               source = model()](const Result<std::shared_ptr<const Measured>>& result) {
    Variant* v = findVariant(id);
    if (source != model() || !v) return;
    if (!result.ok()) return report(result.error());
    v->model = (*result)->model;
    v->evaluation = (*result)->evaluation;
    v->taskResult = (*result)->taskResult;
    v->paired = (*result)->paired;
    v->task = task;
    if ((*result)->latency) v->latency = (*result)->latency;
    v->evaluationData = reference;
    v->stale = v->evaluationData != m_state.evaluationData || v->task != m_state.task;
    m_jobs.setOutcome(evaluatedText(name, **result));
    d->resultsChanged = true;
    emit variantsChanged();
    updateProblems();
    touchResults();
  };
  d->variantJobs[m_jobs.start<Measured>(tr("Evaluating %1").arg(chosen->name), work, done)] = id;
}

void Document::evaluateOutstanding() {
  std::vector<int> ids;
  for (const Variant& v : m_variants) {
    // What a search tried has its figures; it is evaluated when it is asked for, or when it is what one works on.
    const bool known = v.searched && !v.searched->best && v.id != m_state.currentVariant;
    if (!v.measured() ? !known : v.stale || v.partial()) ids.push_back(v.id);
  }
  if (ids.empty()) ids.push_back(m_state.currentVariant);
  evaluate(ids);
}

}  // namespace quantscope::ui
