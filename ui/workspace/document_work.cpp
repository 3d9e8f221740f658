#include <algorithm>

#include "ui/workspace/document_private.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// Samples that layers are compared on and sensitivity is measured with: enough to rank operators, quick enough to wait
/// for.
constexpr size_t kComparisonSamples = 64;
constexpr size_t kSensitivitySamples = 256;

Result<std::shared_ptr<const Dataset>> openReference(const DatasetReference& reference, const Model& model,
                                                     const std::shared_ptr<const Dataset>& open) {
  if (open) return open;
  DatasetOptions options;
  options.preprocessing = reference.preprocessing;
  options.limit = reference.limit;
  return openModelDataset(toPath(reference.path), model, options);
}

struct Measured {
  std::shared_ptr<const EvaluationResult> evaluation;
  std::shared_ptr<const LatencyResult> latency;
  std::shared_ptr<const Model> model;
};

/// The text of a finished evaluation: "Evaluated int8 on 500 pictures".
QString evaluatedText(const QString& name, const EvaluationResult& result) {
  const QString count = countText(static_cast<int64_t>(result.samples));
  return result.partial ? Document::tr("Evaluated %1 on %2 samples, stopped early").arg(name, count)
                        : Document::tr("Evaluated %1 on %2 samples").arg(name, count);
}

}  // namespace

void Document::calibrate() {
  calibrateThen({});
}

void Document::calibrateThen(std::function<void()> then) {
  if (!m_loaded) return;
  if (!m_state.calibrationData) {
    emit dataNeeded(DatasetUse::Calibration, [this, then] { calibrateThen(then); });
    return;
  }
  auto work = [model = model(), reference = *m_state.calibrationData,
               open = d->calibration.dataset](Progress& progress) -> Result<std::shared_ptr<const CalibrationResult>> {
    QS_ASSIGN(const auto dataset, openReference(reference, *model, open));
    CalibrationOptions options;
    options.threads = workThreads();
    return quantscope::calibrate(model, *dataset, options, progress);
  };
  auto done = [this, then, reference = *m_state.calibrationData,
               source = model()](const Result<std::shared_ptr<const CalibrationResult>>& result) {
    if (source != model()) return;
    if (!result.ok()) return report(result.error());
    m_ranges = *result;
    d->rangesData = reference;
    d->resultsChanged = true;
    m_jobs.setOutcome(tr("Calibrated on %1 samples").arg(countText(static_cast<int64_t>(m_ranges->samples))));
    emit rangesChanged();
    replan();
    updateProblems();
    touchResults();
    if (then) then();
  };
  m_jobs.start<CalibrationResult>(tr("Calibrating"), work, done);
}

void Document::quantize(const QString& name) {
  if (!m_loaded) return;
  if (needsRanges(m_state.recipe) && (!m_ranges || rangesStale())) {
    calibrateThen([this, name] { quantizeNow(name); });
  } else {
    quantizeNow(name);
  }
}

void Document::quantizeNow(const QString& wish) {
  const QString name = variantNameFor(m_state.recipe, wish);
  auto work = [model = model(), recipe = m_state.recipe, ranges = m_ranges, reference = m_state.calibrationData,
               open = d->calibration.dataset](Progress& progress) -> Result<std::shared_ptr<const QuantizedModel>> {
    std::shared_ptr<const Dataset> dataset;
    if (reference) {
      // Data is a help here, not a need: algorithms that cannot do without say so.
      const auto opened = openReference(*reference, *model, open);
      if (opened.ok()) dataset = *opened;
    }
    return quantizeModel(model, recipe, ranges.get(), dataset.get(), workThreads(), progress);
  };
  auto done = [this, name, recipe = m_state.recipe, parent = m_state.currentVariant,
               source = model()](const Result<std::shared_ptr<const QuantizedModel>>& result) {
    if (source != model()) return;
    if (!result.ok()) return report(result.error());
    Variant made;
    made.id = ++d->lastVariantId;
    made.parent = variant(parent) ? parent : 0;
    made.name = name;
    made.recipe = recipe;
    made.plan = (*result)->plan;
    made.model = (*result)->model;
    made.bytes = (*result)->bytes;
    // Children stand below their parent, the newest last.
    m_variants.push_back(made);
    m_jobs.setOutcome(tr("Quantized: %1").arg(name));
    d->resultsChanged = true;
    emit variantsChanged();
    if (m_state.recipe == recipe) {
      m_state.currentVariant = made.id;
      emit currentVariantChanged();
    }
    updateProblems();
    touchResults();
  };
  m_jobs.start<QuantizedModel>(tr("Quantizing %1").arg(name), work, done);
}

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
  auto shared = std::make_shared<std::shared_ptr<const EvaluationResult>>();
  std::vector<int> order = variantIds;
  const bool baselineFresh = baseline.evaluation && !baseline.stale && !baseline.evaluation->partial;
  if (baselineFresh)
    *shared = baseline.evaluation;
  else if (std::find(order.begin(), order.end(), 0) == order.end())
    order.insert(order.begin(), 0);
  std::stable_partition(order.begin(), order.end(), [](int id) { return id == 0; });
  for (int id : order) startEvaluation(id, shared);
  emit variantsChanged();
}

void Document::startEvaluation(int id, std::shared_ptr<std::shared_ptr<const EvaluationResult>> baseline) {
  const Variant* chosen = variant(id);
  if (!chosen || jobOfVariant(id)) return;
  auto work = [id, baseline, source = model(), ready = chosen->model, recipe = chosen->recipe, ranges = m_ranges,
               reference = *m_state.evaluationData,
               open = d->evaluation.dataset](Progress& progress) -> Result<std::shared_ptr<const Measured>> {
    auto measured = std::make_shared<Measured>();
    measured->model = ready;
    if (!measured->model) {
      progress.begin("Quantizing", 0, "operators");
      QS_ASSIGN(const auto made, quantizeModel(source, recipe, ranges.get(), nullptr, workThreads(), progress));
      measured->model = made->model;
    }
    QS_ASSIGN(const auto dataset, openReference(reference, *source, open));
    EvaluationOptions options;
    options.threads = workThreads();
    options.baseline = id == 0 ? nullptr : *baseline;
    QS_ASSIGN(measured->evaluation, evaluateClassification(measured->model, *dataset, options, progress));
    if (measured->evaluation->partial || !progress.goOn()) return std::shared_ptr<const Measured>(measured);
    if (id == 0) *baseline = measured->evaluation;
    LatencyOptions latency;
    latency.perOperator = true;
    latency.timeLimitSeconds = 3;  // of a slow model fewer runs say enough
    QS_ASSIGN(measured->latency, measureLatency(measured->model, latency, progress));
    return std::shared_ptr<const Measured>(measured);
  };
  auto done = [this, id, name = chosen->name, reference = *m_state.evaluationData,
               source = model()](const Result<std::shared_ptr<const Measured>>& result) {
    Variant* v = findVariant(id);
    if (source != model() || !v) return;
    if (!result.ok()) return report(result.error());
    v->model = (*result)->model;
    v->evaluation = (*result)->evaluation;
    if ((*result)->latency) v->latency = (*result)->latency;
    v->evaluationData = reference;
    v->stale = v->evaluationData != m_state.evaluationData;
    m_jobs.setOutcome(evaluatedText(name, *v->evaluation));
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
    if (!v.evaluation || v.stale || v.evaluation->partial) ids.push_back(v.id);
  }
  if (ids.empty()) ids.push_back(m_state.currentVariant);
  evaluate(ids);
}

void Document::measureSensitivity() {
  if (!m_loaded) return;
  const auto& reference = m_state.evaluationData ? m_state.evaluationData : m_state.calibrationData;
  if (!reference) {
    emit dataNeeded(DatasetUse::Evaluation, [this] { measureSensitivity(); });
    return;
  }
  if (!m_ranges || rangesStale()) {
    calibrateThen([this] { measureSensitivity(); });
    return;
  }
  const auto& open = m_state.evaluationData ? d->evaluation.dataset : d->calibration.dataset;
  auto work = [model = model(), recipe = m_state.recipe, ranges = m_ranges, reference = *reference,
               open](Progress& progress) -> Result<std::shared_ptr<const SensitivityResult>> {
    QS_ASSIGN(const auto dataset, openReference(reference, *model, open));
    EvaluationOptions options;
    options.threads = workThreads();
    options.limit = kSensitivitySamples;
    return measureRecipeSensitivity(model, recipe, *ranges, *dataset, options, progress);
  };
  auto done = [this, source = model()](const Result<std::shared_ptr<const SensitivityResult>>& result) {
    if (source != model()) return;
    if (!result.ok()) return report(result.error());
    m_sensitivity = *result;
    m_jobs.setOutcome(
        tr("Sensitivity of %1 operators").arg(countText(static_cast<int64_t>(m_sensitivity->operators.size()))));
    d->resultsChanged = true;
    emit sensitivityChanged();
    touchResults();
  };
  m_jobs.start<SensitivityResult>(tr("Measuring sensitivity"), work, done);
}

void Document::compareLayersOf(int variantId) {
  const Variant* chosen = variant(variantId);
  if (!chosen || variantId == 0) return;
  const auto& reference = m_state.calibrationData ? m_state.calibrationData : m_state.evaluationData;
  if (!reference) {
    emit dataNeeded(DatasetUse::Calibration, [this, variantId] { compareLayersOf(variantId); });
    return;
  }
  if (!chosen->model && needsRanges(chosen->recipe) && !m_ranges) {
    calibrateThen([this, variantId] { compareLayersOf(variantId); });
    return;
  }
  const auto& open = m_state.calibrationData ? d->calibration.dataset : d->evaluation.dataset;
  struct Compared {
    std::shared_ptr<const LayerErrors> errors;
    std::shared_ptr<const Model> model;
  };
  auto work = [source = model(), ready = chosen->model, recipe = chosen->recipe, ranges = m_ranges,
               reference = *reference, open](Progress& progress) -> Result<std::shared_ptr<const Compared>> {
    auto compared = std::make_shared<Compared>();
    compared->model = ready;
    if (!compared->model) {
      QS_ASSIGN(const auto made, quantizeModel(source, recipe, ranges.get(), nullptr, workThreads(), progress));
      compared->model = made->model;
    }
    QS_ASSIGN(const auto dataset, openReference(reference, *source, open));
    EvaluationOptions options;
    options.threads = workThreads();
    options.limit = kComparisonSamples;
    QS_ASSIGN(compared->errors, compareLayers(source, compared->model, *dataset, options, progress));
    return std::shared_ptr<const Compared>(compared);
  };
  auto done = [this, variantId, name = chosen->name,
               source = model()](const Result<std::shared_ptr<const Compared>>& result) {
    Variant* v = findVariant(variantId);
    if (source != model() || !v) return;
    if (!result.ok()) return report(result.error());
    v->model = (*result)->model;
    v->layerErrors = (*result)->errors;
    m_jobs.setOutcome(tr("Compared the layers of %1").arg(name));
    d->resultsChanged = true;
    emit variantsChanged();
    touchResults();
  };
  d->variantJobs[m_jobs.start<Compared>(tr("Comparing the layers of %1").arg(chosen->name), work, done)] = variantId;
  emit variantsChanged();
}

}  // namespace quantscope::ui
