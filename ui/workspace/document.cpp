#include "ui/workspace/document.h"

#include <QFileInfo>

#include "ui/workspace/document_private.h"
#include "ui/workspace/edit_command.h"

namespace quantscope::ui {

namespace {
constexpr int kUndoSteps = 200;
}

Document::Document(QObject* parent) : QObject(parent), d(std::make_unique<Private>()) {
  m_undo.setUndoLimit(kUndoSteps);
  connect(&m_undo, &QUndoStack::cleanChanged, this, [this] { touchResults(); });
  connect(&m_jobs, &JobController::jobFinished, this, [this](int id) {
    if (d->variantJobs.erase(id)) emit variantsChanged();
  });
}

Document::~Document() {
  // Signals of members that go one after the other must not reach a half-gone document.
  m_undo.disconnect(this);
  m_jobs.disconnect(this);
}

QString Document::displayName() const {
  if (!m_workspacePath.isEmpty()) return QFileInfo(m_workspacePath).fileName();
  if (!m_loaded) return {};
  return tr("%1 (not saved)").arg(fromPath(m_loaded->path.filename()));
}

bool Document::modified() const {
  return m_loaded && (!m_undo.isClean() || d->resultsChanged);
}

void Document::touchResults() {
  if (modified() == d->wasModified) return;
  d->wasModified = modified();
  emit modifiedChanged();
}

void Document::report(const Error& error) {
  if (error.code != ErrorCode::Cancelled) emit failed(error);
}

void Document::push(EditState after, const QString& text, const QString& mergeKey) {
  if (after == m_state) return;
  m_undo.push(new EditCommand(*this, m_state, std::move(after), text, mergeKey));
  touchResults();
}

void Document::applyState(const EditState& state) {
  if (d->applying) return;
  const EditState old = std::exchange(m_state, state);
  if (!variant(m_state.currentVariant)) m_state.currentVariant = 0;
  const bool dataChanged =
      old.calibrationData != m_state.calibrationData || old.evaluationData != m_state.evaluationData;
  if (old.task != m_state.task) {
    markStale();
    emit taskChanged();
  }
  if (old.observer != m_state.observer) {
    emit datasetsChanged();
    chooseRangesAnew();
  }
  if (dataChanged) {
    openDatasets();
    markStale();
    emit datasetsChanged();
  }
  if (old.recipe != m_state.recipe) {
    resolve();
    emit recipeChanged();
    startSqnr();
  }
  if (old.recipe != m_state.recipe || old.calibrationData != m_state.calibrationData) replan();
  if (old.currentVariant != m_state.currentVariant) emit currentVariantChanged();
  if (dataChanged || old.task != m_state.task || old.currentVariant != m_state.currentVariant) updateProblems();
  touchResults();
}

// --- statistics ------------------------------------------------------------------------------------------

std::shared_ptr<const TensorStatistics> Document::statistics(TensorIndex tensor) {
  if (!m_loaded || !tensor.valid()) return nullptr;
  const auto it = d->statistics.find(tensor);
  if (it != d->statistics.end()) return it->second;
  if (d->statisticsErrors.contains(tensor)) return nullptr;
  std::erase(d->statisticsWanted, tensor);
  d->statisticsWanted.push_back(tensor);
  startStatistics();
  return nullptr;
}

std::optional<Error> Document::statisticsError(TensorIndex tensor) const {
  const auto it = d->statisticsErrors.find(tensor);
  return it == d->statisticsErrors.end() ? std::nullopt : std::optional(it->second);
}

void Document::startStatistics() {
  if (d->statisticsRunning || d->statisticsWanted.empty()) return;
  const TensorIndex tensor = d->statisticsWanted.back();
  d->statisticsWanted.pop_back();
  d->statisticsRunning = true;
  auto work = [loaded = m_loaded, tensor](Progress& progress) -> Result<std::shared_ptr<const TensorStatistics>> {
    const Model& model = *loaded->model;
    StatisticsOptions options;
    options.threads = workThreads();
    const int32_t axis = weightChannelAxis(model, SubgraphIndex(0), tensor);
    if (axis >= 0) options.channelAxis = axis;
    // Looking at a large model must not keep all of it in memory.
    if (loaded->source.file) {
      options.release = [&loaded](std::span<const std::byte> range) { loaded->source.file->release(range); };
    }
    QS_ASSIGN(TensorStatistics statistics,
              computeConstantStatistics(model, SubgraphIndex(0), tensor, options, &progress));
    return std::make_shared<const TensorStatistics>(std::move(statistics));
  };
  auto done = [this, tensor, source = model()](const Result<std::shared_ptr<const TensorStatistics>>& result) {
    if (source != model()) return;
    d->statisticsRunning = false;
    if (result.ok()) {
      d->statistics[tensor] = *result;
    } else if (result.error().code != ErrorCode::Cancelled) {
      d->statisticsErrors[tensor] = result.error();
    }
    emit statisticsReady(tensor);
    startStatistics();
  };
  m_jobs.startQuiet<TensorStatistics>(JobController::Lane::Statistics, work, done);
}

}  // namespace quantscope::ui
