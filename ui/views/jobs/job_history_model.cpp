#include "ui/views/jobs/job_history_model.h"

#include <QIcon>
#include <algorithm>

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/job_controller.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

bool finished(const JobInfo& job) {
  return job.state != JobState::Queued && job.state != JobState::Running;
}

QIcon iconOf(JobState state) {
  const Theme& theme = Theme::instance();
  if (state == JobState::Failed) return theme.icon(QStringLiteral("error"), IconTint::Bad);
  if (state == JobState::Cancelled) return theme.icon(QStringLiteral("cancel"), IconTint::Secondary);
  return theme.icon(QStringLiteral("evaluate"), IconTint::Secondary);
}

}  // namespace

JobHistoryModel::JobHistoryModel(JobController& jobs, QObject* parent) : QAbstractTableModel(parent), m_jobs(jobs) {
  connect(&jobs, &JobController::jobFinished, this, &JobHistoryModel::add);
  connect(&jobs, &JobController::jobsCleared, this, &JobHistoryModel::reload);
  reload();
}

void JobHistoryModel::add(int id) {
  if (!m_jobs.info(id)) return;  // quiet work
  beginInsertRows({}, 0, 0);
  m_ids.insert(m_ids.begin(), id);
  endInsertRows();
}

void JobHistoryModel::reload() {
  beginResetModel();
  m_ids.clear();
  for (const JobInfo& job : m_jobs.jobs()) {
    if (finished(job)) m_ids.insert(m_ids.begin(), job.id);
  }
  endResetModel();
}

int JobHistoryModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_ids.size());
}

int JobHistoryModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant JobHistoryModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) return {};
  const JobInfo* job = m_jobs.info(m_ids[static_cast<size_t>(index.row())]);
  if (!job) return {};
  switch (role) {
    case Qt::DisplayRole:
      if (index.column() == Time) return job->secondsElapsed > 0 ? durationText(job->secondsElapsed) : QString();
      if (job->state == JobState::Failed) return tr("%1: failed").arg(job->title);
      if (job->state == JobState::Cancelled)
        return job->outcome.isEmpty() ? tr("%1: cancelled").arg(job->title) : job->outcome;
      return job->outcome.isEmpty() ? job->title : job->outcome;
    case Qt::ToolTipRole:
      return job->state == JobState::Failed ? job->error : QString();
    case Qt::DecorationRole:
      return index.column() == What ? QVariant(iconOf(job->state)) : QVariant();
    case Qt::TextAlignmentRole:
      return int((index.column() == Time ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case ToneRole:
      return QVariant::fromValue(job->state == JobState::Failed ? Tone::Bad : Tone::Secondary);
    default:
      return {};
  }
}

}  // namespace quantscope::ui
