#include <QFileInfo>
#include <algorithm>

#include "ui/workspace/document_private.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// "operator 5 CONV_2D", "3 operators": what a history entry speaks of.
QString operatorsText(const Model& model, const std::vector<OperatorIndex>& operators) {
  if (operators.size() == 1) return operatorText(model, operators.front());
  return Document::tr("%1 operators").arg(countText(static_cast<int64_t>(operators.size())));
}

QString keyOf(const std::vector<OperatorIndex>& operators) {
  QString key = QStringLiteral("operators");
  for (OperatorIndex op : operators) key += u' ' + QString::number(op.value);
  return key;
}

}  // namespace

std::vector<Precision> Document::offeredPrecisions() const {
  std::vector<Precision> offered{Precision::Float32};
  for (const std::string& mode : modeNames()) {
    const Result<Recipe> recipe = recipeForMode(mode);
    if (!recipe.ok()) continue;
    const Precision precision = recipe->defaultScheme.precision;
    if (std::find(offered.begin(), offered.end(), precision) == offered.end()) offered.push_back(precision);
  }
  return offered;
}

void Document::setRecipe(const Recipe& recipe, const QString& text, const QString& mergeKey) {
  EditState after = m_state;
  after.recipe = recipe;
  push(std::move(after), text, mergeKey);
}

void Document::setOperatorScheme(const std::vector<OperatorIndex>& operators, std::optional<Scheme> scheme) {
  if (operators.empty() || !m_loaded) return;
  EditState after = m_state;
  for (OperatorIndex op : operators) after.recipe.setOperator(op.value, scheme);
  const QString who = operatorsText(*model(), operators);
  QString text = tr("Set %1 back to the rules").arg(who);
  if (scheme && scheme->precision == Precision::Float32)
    text = tr("Keep %1 in float32").arg(who);
  else if (scheme)
    text = tr("Set %1 to %2").arg(who, precisionText(scheme->precision));
  push(std::move(after), text, keyOf(operators));
}

void Document::setOperatorPrecision(const std::vector<OperatorIndex>& operators, Precision precision) {
  if (operators.empty() || !m_loaded) return;
  EditState after = m_state;
  for (OperatorIndex op : operators) {
    Scheme scheme = op.position() < m_resolved.operators.size() ? m_resolved.operators[op.position()] : Scheme{};
    // What no mode knows together with another precision goes back to the default.
    if (precision == Precision::Float32 || precision == Precision::Float16) scheme = Scheme{};
    scheme.precision = precision;
    after.recipe.setOperator(op.value, scheme);
  }
  const QString who = operatorsText(*model(), operators);
  const QString text = precision == Precision::Float32 ? tr("Keep %1 in float32").arg(who)
                                                       : tr("Set %1 to %2").arg(who, precisionText(precision));
  push(std::move(after), text, keyOf(operators));
}

bool Document::hasOwnScheme(OperatorIndex op) const {
  const auto& own = m_state.recipe.operators;  // ascending
  const auto place = std::lower_bound(own.begin(), own.end(), op.value,
                                      [](const auto& entry, int32_t index) { return entry.first < index; });
  return place != own.end() && place->first == op.value;
}

bool Document::differs(OperatorIndex op) const {
  if (!m_plan || !op.valid() || op.position() >= m_plan->operators.size()) return false;
  const PlannedOperator& planned = m_plan->operators[op.position()];
  if (planned.effective == planned.requested) return false;
  const Subgraph& graph = model()->subgraphs.front();
  const auto& outputs = graph.operators[op.position()].outputs;
  return std::any_of(outputs.begin(), outputs.end(),
                     [&graph](TensorIndex t) { return t.valid() && isFloat(graph.tensor(t).type); });
}

std::optional<ElementType> Document::fixedResult(OperatorIndex op) const {
  if (!m_loaded || !op.valid()) return std::nullopt;
  const Subgraph& graph = model()->subgraphs.front();
  if (op.position() >= graph.operators.size()) return std::nullopt;
  const TensorIndex result = graph.operators[op.position()].output(0);
  if (!result.valid()) return std::nullopt;
  const Tensor& tensor = graph.tensor(result);
  return isFloat(tensor.type) || tensor.quantized() ? std::nullopt : std::optional(tensor.type);
}

bool Document::needsRanges(const Recipe& recipe) const {
  const Result<ResolvedRecipe> resolved = resolveRecipe(recipe, *model());
  if (!resolved.ok()) return false;
  return std::any_of(resolved->operators.begin(), resolved->operators.end(),
                     [](const Scheme& scheme) { return needsActivationRanges(scheme.precision); });
}

bool Document::rangesStale() const {
  return m_ranges && d->rangesData != m_state.calibrationData;
}

// --- plan ------------------------------------------------------------------------------------------------

void Document::resolve() {
  m_resolved = {};
  m_planError.clear();
  if (!m_loaded) return;
  Result<ResolvedRecipe> resolved = resolveRecipe(m_state.recipe, *model());
  if (resolved.ok()) {
    m_resolved = std::move(resolved).value();
  } else {
    m_planError = QString::fromStdString(resolved.error().message());
    m_resolved.operators.assign(model()->subgraphs.front().operators.size(), m_state.recipe.defaultScheme);
    m_resolved.matches.assign(m_state.recipe.rules.size(), 0);
    m_resolved.wins = m_resolved.matches;
  }
}

bool Document::planPending() const {
  return d->planRunning || d->planWanted;
}

namespace {

/// The plan. Before calibration it is made for ranges that are not known yet: which kernels there are and how large the
/// file will be does not depend on them. Scales then are left out, and the plan says that it needs calibration.
Result<std::shared_ptr<const QuantizationPlan>> makePlan(const std::shared_ptr<const Model>& model,
                                                         const Recipe& recipe,
                                                         const std::shared_ptr<const CalibrationResult>& ranges) {
  if (ranges) return planQuantization(model, recipe, ranges.get());
  CalibrationResult unknown;
  const Subgraph& graph = model->subgraphs.front();
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const Tensor& tensor = graph.tensors[i];
    if (tensor.type != ElementType::Float32 || isConstant(*model, tensor)) continue;
    TensorRange range;
    range.min = range.observedMin = -1;
    range.max = range.observedMax = 1;
    unknown.ranges[{0, static_cast<int32_t>(i)}] = range;
  }
  QS_ASSIGN(const auto plan, planQuantization(model, recipe, &unknown));
  const bool needed = std::any_of(plan->operators.begin(), plan->operators.end(),
                                  [](const PlannedOperator& op) { return needsActivationRanges(op.effective); });
  if (!needed) return plan;
  auto copy = std::make_shared<QuantizationPlan>(*plan);
  copy->needsCalibration = true;
  for (size_t i = 0; i < copy->tensors.size(); ++i) {
    if (copy->tensors[i] && !isConstant(*model, graph.tensors[i])) copy->tensors[i].reset();
  }
  return std::shared_ptr<const QuantizationPlan>(std::move(copy));
}

}  // namespace

void Document::replan() {
  d->planWanted = true;
  startPlan();
}

void Document::startPlan() {
  if (d->planRunning || !d->planWanted || !m_loaded) return;
  d->planWanted = false;
  d->planRunning = true;
  auto work = [model = model(), recipe = m_state.recipe, ranges = m_ranges](Progress&) {
    return makePlan(model, recipe, ranges);
  };
  auto done = [this, source = model()](const Result<std::shared_ptr<const QuantizationPlan>>& result) {
    if (source != model()) return;
    d->planRunning = false;
    if (!d->planWanted) {
      m_plan = result.ok() ? *result : nullptr;
      m_planError = result.ok() ? QString() : QString::fromStdString(result.error().message());
      updateProblems();
      emit planChanged();
    }
    startPlan();
  };
  m_jobs.startQuiet<QuantizationPlan>(JobController::Lane::Plan, work, done);
}

// --- weight SQNR -----------------------------------------------------------------------------------------

namespace {

struct SqnrBatch {
  std::vector<std::tuple<int32_t, Scheme, std::optional<double>>> values;
};

}  // namespace

std::optional<double> Document::weightSqnr(OperatorIndex op) const {
  return op.valid() && op.position() < d->sqnr.size() ? d->sqnr[op.position()] : std::nullopt;
}

void Document::startSqnr() {
  if (!m_loaded) return;
  d->sqnr.assign(m_resolved.operators.size(), std::nullopt);
  d->sqnrKnown.resize(m_resolved.operators.size());
  std::vector<std::pair<int32_t, Scheme>> missing;
  for (size_t i = 0; i < m_resolved.operators.size(); ++i) {
    const Scheme& scheme = m_resolved.operators[i];
    if (scheme.precision == Precision::Float32) continue;
    const auto& known = d->sqnrKnown[i];
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == scheme; });
    if (found != known.end())
      d->sqnr[i] = found->second;
    else
      missing.emplace_back(static_cast<int32_t>(i), scheme);
  }
  emit sqnrChanged();
  if (d->sqnrRunning || missing.empty()) return;
  d->sqnrRunning = true;
  auto work = [model = model(),
               missing = std::move(missing)](Progress& progress) -> Result<std::shared_ptr<const SqnrBatch>> {
    // Short batches: what is known is shown, and a changed recipe is heard of soon.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(80);
    auto batch = std::make_shared<SqnrBatch>();
    for (const auto& [op, scheme] : missing) {
      if (!progress.goOn()) return Error::cancelled();
      batch->values.emplace_back(op, scheme, predictWeightSqnr(*model, OperatorIndex(op), scheme));
      if (std::chrono::steady_clock::now() > end) break;
    }
    return std::shared_ptr<const SqnrBatch>(std::move(batch));
  };
  auto done = [this, source = model()](const Result<std::shared_ptr<const SqnrBatch>>& result) {
    if (source != model()) return;
    d->sqnrRunning = false;
    if (!result.ok()) return;
    for (const auto& [op, scheme, value] : (*result)->values)
      d->sqnrKnown[static_cast<size_t>(op)].emplace_back(scheme, value);
    startSqnr();
  };
  m_jobs.startQuiet<SqnrBatch>(JobController::Lane::Sqnr, work, done);
}

// --- data ------------------------------------------------------------------------------------------------

const std::optional<DatasetReference>& Document::dataset(DatasetUse use) const {
  return use == DatasetUse::Calibration ? m_state.calibrationData : m_state.evaluationData;
}

const DatasetState& Document::datasetState(DatasetUse use) const {
  return use == DatasetUse::Calibration ? d->calibration : d->evaluation;
}

void Document::setDataset(DatasetUse use, const std::optional<DatasetReference>& reference) {
  EditState after = m_state;
  (use == DatasetUse::Calibration ? after.calibrationData : after.evaluationData) = reference;
  const QString name = reference ? QFileInfo(reference->path).fileName() : QString();
  const bool calibration = use == DatasetUse::Calibration;
  const QString text = !reference ? (calibration ? tr("Remove the calibration data") : tr("Remove the evaluation data"))
                                  : (calibration ? tr("Calibrate with %1") : tr("Evaluate on %1")).arg(name);
  push(std::move(after), text);
}

void Document::setTask(const TaskChoice& task) {
  EditState after = m_state;
  after.task = task;
  const QString text = after.task.name == m_state.task.name
                           ? tr("Read the outputs of %1 otherwise").arg(taskText(task.name))
                           : tr("Evaluate as %1").arg(taskText(task.name));
  push(std::move(after), text, QStringLiteral("task"));
}

void Document::setDatasetFolder(const QString& path) {
  const auto part = [&path](std::initializer_list<const char*> names) -> std::optional<DatasetReference> {
    for (const char* name : names) {
      const QString inner = path + u'/' + QLatin1String(name);
      if (QFileInfo(inner).isDir()) return DatasetReference{inner, {}, 0};
    }
    return std::nullopt;
  };
  EditState after = m_state;
  const auto calibration = part({"calibration", "train"});
  const auto evaluation = part({"evaluation", "test", "validation"});
  if (calibration && evaluation) {
    after.calibrationData = calibration;
    after.evaluationData = evaluation;
  } else {
    after.calibrationData = after.evaluationData = DatasetReference{path, {}, 0};
  }
  push(std::move(after), tr("Use the data in %1").arg(QFileInfo(path).fileName()));
}

void Document::openDatasets() {
  if (!m_loaded) return;
  for (DatasetUse use : {DatasetUse::Calibration, DatasetUse::Evaluation}) {
    const bool calibration = use == DatasetUse::Calibration;
    DatasetState& state = calibration ? d->calibration : d->evaluation;
    std::optional<DatasetReference>& opened = calibration ? d->calibrationOpened : d->evaluationOpened;
    const std::optional<DatasetReference>& wanted = dataset(use);
    if (opened == wanted && state.status != DatasetState::Status::Failed) continue;
    opened = wanted;
    state = {};
    if (!wanted) continue;
    state.status = DatasetState::Status::Loading;
    auto work = [model = model(), reference = *wanted](Progress&) { return openReference(reference, *model); };
    auto done = [this, use, reference = *wanted,
                 source = model()](const Result<std::shared_ptr<const Dataset>>& result) {
      if (source != model() || dataset(use) != reference) return;
      DatasetState& now = use == DatasetUse::Calibration ? d->calibration : d->evaluation;
      now.status = result.ok() ? DatasetState::Status::Ready : DatasetState::Status::Failed;
      if (result.ok())
        now.dataset = *result;
      else
        now.error = result.error();
      emit datasetsChanged();
      updateProblems();
    };
    m_jobs.startQuiet<Dataset>(JobController::Lane::Data, work, done);
  }
}

}  // namespace quantscope::ui
