#pragma once

#include <QFrame>

class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace quantscope::ui {

struct JobInfo;

/// One running or waiting job: title, count, bar, rate and time left, Cancel.
class JobCard : public QFrame {
  Q_OBJECT
public:
  explicit JobCard(const JobInfo& job, QWidget* parent = nullptr);
  void show(const JobInfo& job);
  int jobId() const { return m_id; }

signals:
  void cancelRequested(int id);

private:
  int m_id;
  QLabel *m_title, *m_count, *m_rate;
  QGridLayout* m_grid;
  QProgressBar* m_bar;
  bool m_compact = false;
  QPushButton* m_cancel;
};

}  // namespace quantscope::ui
