#pragma once

#include <QAbstractTableModel>
#include <vector>

namespace quantscope::ui {

class JobController;

/// Finished jobs, the newest first: what was done, and how long it took.
class JobHistoryModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { What, Time, ColumnCount };
  explicit JobHistoryModel(JobController& jobs, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

private:
  void add(int id);
  void reload();
  JobController& m_jobs;
  std::vector<int> m_ids;  ///< newest first
};

}  // namespace quantscope::ui
