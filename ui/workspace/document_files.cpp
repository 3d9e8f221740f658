#include <QDir>
#include <QFileInfo>
#include <algorithm>

#include "ui/workspace/document_private.h"
#include "ui/workspace/edit_command.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace_file.h"

namespace quantscope::ui {

namespace {

/// Everything that opening brings, made beside the window.
struct Opened {
  std::shared_ptr<const LoadedModel> loaded;
  ModelSummary summary;
  std::optional<WorkspaceFile> file;
  std::shared_ptr<const CalibrationResult> ranges;
};

template <typename Change>
void changePath(DatasetReference& reference, Change change) {
  reference.path = change(reference.path);
  if (!reference.labels.isEmpty()) reference.labels = change(reference.labels);
}

template <typename Change>
void changePaths(EditState& state, Change change) {
  for (auto* reference : {&state.calibrationData, &state.evaluationData}) {
    if (*reference) changePath(**reference, change);
  }
}

template <typename Change>
void changePaths(WorkspaceFile& file, Change change) {
  file.modelPath = change(file.modelPath);
  changePaths(file.state, change);
  changePaths(file.historyStart, change);
  for (HistoryStep& step : file.history) changePaths(step.after, change);
  if (file.rangesData) changePath(*file.rangesData, change);
  for (Variant& variant : file.variants) {
    if (variant.evaluationData) changePath(*variant.evaluationData, change);
  }
}

Error noModel() {
  return {ErrorCode::InvalidArgument, "cannot save the workspace", "", "no model is open", "open one first"};
}

Result<void> checkModel(const LoadedModel& loaded) {
  const bool empty = loaded.model->subgraphs.empty() || loaded.model->subgraphs.front().operators.empty();
  if (!empty) return {};
  return Error{ErrorCode::Unsupported, "cannot open the model", loaded.path.string(), "it has no operators",
               "choose a model that computes something"};
}

Result<std::shared_ptr<const Opened>> openAll(const QString& path, bool workspace, Progress& progress) {
  auto opened = std::make_shared<Opened>();
  QString modelPath = path;
  if (workspace) {
    QS_ASSIGN(WorkspaceFile file, readWorkspaceFile(path));
    const QDir folder = QFileInfo(path).absoluteDir();
    changePaths(file, [&folder](const QString& stored) { return QDir::cleanPath(folder.absoluteFilePath(stored)); });
    modelPath = file.modelPath;
    if (!QFileInfo::exists(fromPath(bundleFile(toPath(modelPath))))) {
      return Error{ErrorCode::NotFound, "cannot open the workspace", path.toStdString(),
                   "its model " + modelPath.toStdString() + " is not there",
                   "put the model back, or open it from where it is now"};
    }
    opened->file = std::move(file);
  }
  QS_ASSIGN(opened->loaded, loadModel(toPath(modelPath), &progress));
  QS_TRY(checkModel(*opened->loaded));
  opened->summary = summarize(*opened->loaded->model);
  // Ranges of another model would be refused; results are marked as stale then, and calibrating again is one click.
  const bool sameModel = opened->file && opened->file->modelBytes == opened->loaded->fileBytes;
  if (sameModel && !opened->file->ranges.empty()) {
    QS_ASSIGN(CalibrationResult ranges,
              rangesFromJson(opened->file->ranges, path.toStdString(), *opened->loaded->model));
    opened->ranges = std::make_shared<const CalibrationResult>(std::move(ranges));
  }
  return std::shared_ptr<const Opened>(opened);
}

bool isWorkspace(const QString& path) {
  return path.endsWith(QLatin1String(".qscope"), Qt::CaseInsensitive);
}

}  // namespace

void Document::open(const QString& path) {
  if (isWorkspace(path)) return openWorkspace(path);
  if (path.endsWith(QLatin1String(".tflite"), Qt::CaseInsensitive) || path.contains(QLatin1String("::")))
    return openModel(path);
  // What other files are is told by their content; a bundle with one model opens like a model.
  const QString absolute = QFileInfo(path).absoluteFilePath();
  m_opening = true;
  emit openingChanged();
  using Models = std::vector<BundledModel>;
  auto work = [absolute](Progress&) -> Result<std::shared_ptr<const Models>> {
    QS_ASSIGN(Models models, listBundledModels(toPath(absolute)));
    return std::make_shared<const Models>(std::move(models));
  };
  auto done = [this, absolute](const Result<std::shared_ptr<const Models>>& result) {
    m_opening = false;
    emit openingChanged();
    if (!result.ok()) return report(result.error());
    if ((*result)->size() > 1) return emit bundleFound(absolute, **result);
    openModel(absolute);
  };
  m_jobs.startQuiet<Models>(JobController::Lane::Data, work, done);
}

void Document::openModel(const QString& path) {
  const QString absolute = QFileInfo(path).absoluteFilePath();
  m_opening = true;
  emit openingChanged();
  auto work = [absolute](Progress& progress) { return openAll(absolute, false, progress); };
  auto done = [this](const Result<std::shared_ptr<const Opened>>& result) {
    m_opening = false;
    emit openingChanged();
    if (!result.ok()) return report(result.error());
    m_jobs.setOutcome(tr("Opened %1").arg(fromPath((*result)->loaded->path.filename())));
    m_workspacePath.clear();
    d->savedAs.clear();
    m_summary = (*result)->summary;
    adopt((*result)->loaded, nullptr, nullptr);
  };
  m_jobs.start<Opened>(tr("Opening %1").arg(QFileInfo(path).fileName()), work, done);
}

void Document::openWorkspace(const QString& path, const std::optional<QString>& recovered) {
  const QString absolute = QFileInfo(path).absoluteFilePath();
  m_opening = true;
  emit openingChanged();
  auto work = [absolute](Progress& progress) { return openAll(absolute, true, progress); };
  auto done = [this, absolute, recovered](const Result<std::shared_ptr<const Opened>>& result) {
    m_opening = false;
    emit openingChanged();
    if (!result.ok()) return report(result.error());
    m_jobs.setOutcome(tr("Opened %1").arg(QFileInfo(recovered.value_or(absolute)).fileName()));
    m_workspacePath = recovered.value_or(absolute);
    m_summary = (*result)->summary;
    adopt((*result)->loaded, &*(*result)->file, (*result)->ranges);
    if (recovered) {
      d->resultsChanged = true;
      touchResults();
    }
  };
  m_jobs.start<Opened>(tr("Opening %1").arg(QFileInfo(recovered.value_or(path)).fileName()), work, done);
}

void Document::clearMeasured() {
  using Lane = JobController::Lane;
  for (Lane lane : {Lane::Plan, Lane::Statistics, Lane::Sqnr, Lane::Data, Lane::Views}) m_jobs.dropLane(lane);
  m_jobs.cancelAll();
  const int lastId = d->lastVariantId;
  d = std::make_unique<Private>();
  d->lastVariantId = lastId;
  m_selection.clear();
  m_plan.reset();
  m_planError.clear();
  m_resolved = {};
  m_ranges.reset();
  m_sensitivity.reset();
  m_variants.clear();
  m_problems.clear();
  m_state = {};
}

void Document::adopt(std::shared_ptr<const LoadedModel> loaded, const WorkspaceFile* file,
                     std::shared_ptr<const CalibrationResult> ranges) {
  clearMeasured();
  m_loaded = std::move(loaded);
  d->applying = true;
  m_undo.clear();
  if (m_loaded && file) {
    m_state = file->state;
    m_variants = file->variants;
    m_sensitivity = file->sensitivity;
    m_ranges = std::move(ranges);
    d->rangesData = file->rangesData;
    EditState before = file->historyStart;
    for (const HistoryStep& step : file->history) {
      m_undo.push(new EditCommand(*this, before, step.after, step.text, {}));
      before = step.after;
    }
    m_undo.setIndex(file->historyPosition);
    m_undo.setClean();
  } else if (m_loaded) {
    Variant baseline;
    baseline.name = QStringLiteral("float32");
    baseline.bytes = m_loaded->fileBytes;
    m_variants.push_back(baseline);
    const auto start = recipeForMode("int8");
    if (start.ok()) m_state.recipe = *start;
  }
  d->applying = false;
  if (m_loaded) {
    m_variants.front().model = m_loaded->model;
    m_variants.front().bytes = m_loaded->fileBytes;
    for (const Variant& v : m_variants) d->lastVariantId = std::max(d->lastVariantId, v.id);
    if (!variant(m_state.currentVariant)) m_state.currentVariant = 0;
    const bool otherModel = file && file->modelBytes != m_loaded->fileBytes;
    for (Variant& v : m_variants) v.stale |= otherModel && v.measured();
    if (otherModel)
      emit notice(tr("The model file has changed since the workspace was saved; its results are marked as stale."));
    resolve();
    openDatasets();
  }
  emit modelChanged();
  emit recipeChanged();
  emit datasetsChanged();
  emit taskChanged();
  emit rangesChanged();
  emit sensitivityChanged();
  emit variantsChanged();
  emit currentVariantChanged();
  updateProblems();
  startSqnr();
  replan();
  d->wasModified = !modified();
  touchResults();
}

void Document::closeWorkspace() {
  m_workspacePath.clear();
  m_summary = {};
  adopt(nullptr, nullptr, nullptr);
}

WorkspaceFile Document::workspaceFile() const {
  WorkspaceFile file;
  file.modelPath = QFileInfo(fromPath(m_loaded->path)).absoluteFilePath();
  file.modelBytes = m_loaded->fileBytes;
  file.state = m_state;
  for (Variant v : m_variants) {
    v.model.reset();
    v.plan.reset();
    file.variants.push_back(std::move(v));
  }
  file.sensitivity = m_sensitivity;
  if (m_ranges) file.ranges = rangesToJson(*m_ranges);
  file.rangesData = d->rangesData;
  file.historyStart = m_state;
  for (int i = 0; i < m_undo.count(); ++i) {
    const auto* command = static_cast<const EditCommand*>(m_undo.command(i));
    if (i == 0) file.historyStart = command->before();
    file.history.push_back({command->text(), command->after()});
  }
  file.historyPosition = m_undo.index();
  return file;
}

Result<void> Document::saveWorkspace(const QString& path) {
  if (!m_loaded) return noModel();
  const QString absolute = QFileInfo(path).absoluteFilePath();
  WorkspaceFile file = workspaceFile();
  const QDir folder = QFileInfo(absolute).absoluteDir();
  changePaths(file, [&folder](const QString& place) { return folder.relativeFilePath(place); });
  QS_TRY(writeFileAtomically(toPath(absolute), workspaceToJson(file), IfExists::Replace));
  m_workspacePath = absolute;
  d->resultsChanged = false;
  m_undo.setClean();
  d->wasModified = true;
  touchResults();
  return {};
}

std::function<Result<void>()> Document::copyWriter(const QString& path) const {
  if (!m_loaded) return [] { return Result<void>(noModel()); };
  return [path, file = std::make_shared<const WorkspaceFile>(workspaceFile())] {
    return writeFileAtomically(toPath(path), workspaceToJson(*file), IfExists::Replace);
  };
}

}  // namespace quantscope::ui
