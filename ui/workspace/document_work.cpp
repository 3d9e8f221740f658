#include <QFile>
#include <algorithm>

#include "ui/workspace/document_private.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// One name per line, in the order of the outputs.
Result<std::vector<std::string>> readClassNames(const QString& path) {
  constexpr qint64 kLargest = qint64{16} << 20;
  const auto failure = [&path](ErrorCode code, const std::string& why, const std::string& remedy) {
    return Error{code, "cannot use the class names", path.toStdString(), why, remedy};
  };
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return failure(ErrorCode::NotFound, file.errorString().toStdString(), "");
  if (file.size() > kLargest) return failure(ErrorCode::ResourceLimit, "it is larger than 16 MB", "is this a list?");
  std::vector<std::string> names;
  for (const QByteArray& line : file.readAll().split('\n')) {
    const QByteArray name = line.trimmed();
    if (!name.isEmpty()) names.push_back(name.toStdString());
  }
  if (names.empty())
    return failure(ErrorCode::InvalidArgument, "there is no name in it", "write one name per line, in output order");
  return names;
}

/// Samples that layers are compared on and sensitivity is measured with: enough to rank operators, quick enough to wait
/// for.
constexpr size_t kComparisonSamples = 64;
constexpr size_t kSensitivitySamples = 256;

}  // namespace

Result<std::shared_ptr<const Dataset>> openReference(const DatasetReference& reference, const Model& model,
                                                     const std::shared_ptr<const Dataset>& open) {
  if (open) return open;
  DatasetOptions options;
  options.preprocessing = reference.preprocessing;
  options.limit = reference.limit;
  if (!reference.labels.isEmpty()) {
    QS_ASSIGN(options.labels, readClassNames(reference.labels));
  }
  return openModelDataset(toPath(reference.path), model, options);
}

Result<std::shared_ptr<const Model>> Document::Making::make(Progress& progress) const {
  if (ready) return ready;
  std::shared_ptr<const Dataset> dataset;
  if (samples) {
    // Data is a help here, not a need: algorithms that cannot do without say so.
    const auto opened = openReference(*samples, *source, open);
    if (opened.ok()) dataset = *opened;
  }
  progress.begin("Quantizing", 0, "operators");
  QS_ASSIGN(const auto made, quantizeModel(source, recipe, ranges.get(), dataset.get(), workThreads(), progress));
  return made->model;
}

Document::Making Document::making(const Variant& variant) const {
  return {model(), variant.model, variant.recipe, m_ranges, m_state.calibrationData, d->calibration.dataset};
}

void Document::calibrate() {
  calibrateThen({});
}

void Document::calibrateThen(std::function<void()> then) {
  if (!m_loaded) return;
  if (!m_state.calibrationData) {
    emit dataNeeded(DatasetUse::Calibration, [this, then] { calibrateThen(then); });
    return;
  }
  auto work = [model = model(), reference = *m_state.calibrationData, observer = m_state.observer,
               open = d->calibration.dataset](Progress& progress) -> Result<std::shared_ptr<const CalibrationResult>> {
    QS_ASSIGN(const auto dataset, openReference(reference, *model, open));
    CalibrationOptions options;
    options.threads = workThreads();
    options.observer = observer;
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
    chooseRangesAnew();
    if (then) then();
  };
  m_jobs.start<CalibrationResult>(tr("Calibrating"), work, done);
}

void Document::setObserver(Observer observer) {
  EditState after = m_state;
  after.observer = observer;
  push(std::move(after), tr("Choose ranges by %1").arg(observerText(observer)), QStringLiteral("observer"));
}

/// The observations of the last calibration under the observer of now.
void Document::chooseRangesAnew() {
  if (!m_ranges || m_ranges->observer == m_state.observer) return;
  auto work = [observed = m_ranges,
               observer = m_state.observer](Progress&) -> Result<std::shared_ptr<const CalibrationResult>> {
    QS_ASSIGN(CalibrationResult chosen, chooseRanges(*observed, observer, {}));
    return std::make_shared<const CalibrationResult>(std::move(chosen));
  };
  auto done = [this, observed = m_ranges](const Result<std::shared_ptr<const CalibrationResult>>& result) {
    if (observed != m_ranges) return;
    if (!result.ok()) return report(result.error());
    m_ranges = *result;
    d->resultsChanged = true;
    emit rangesChanged();
    replan();
    updateProblems();
    touchResults();
    chooseRangesAnew();
  };
  m_jobs.startQuiet<CalibrationResult>(JobController::Lane::Data, work, done);
}

void Document::quantize(const QString& name) {
  if (!m_loaded) return;
  if (needsSamples(m_state.recipe) && !m_state.calibrationData) {
    emit dataNeeded(DatasetUse::Calibration, [this, name] { quantize(name); });
    return;
  }
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
    made.remarks = (*result)->remarks;
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
  auto work = [making = making(*chosen), reference = *reference,
               open](Progress& progress) -> Result<std::shared_ptr<const Compared>> {
    auto compared = std::make_shared<Compared>();
    QS_ASSIGN(compared->model, making.make(progress));
    QS_ASSIGN(const auto dataset, openReference(reference, *making.source, open));
    EvaluationOptions options;
    options.threads = workThreads();
    options.limit = kComparisonSamples;
    QS_ASSIGN(compared->errors, compareLayers(making.source, compared->model, *dataset, options, progress));
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
    updateProblems();
    touchResults();
  };
  d->variantJobs[m_jobs.start<Compared>(tr("Comparing the layers of %1").arg(chosen->name), work, done)] = variantId;
  emit variantsChanged();
}

}  // namespace quantscope::ui
