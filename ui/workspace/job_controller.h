#pragma once

#include <QObject>
#include <QString>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/job.h"

namespace quantscope::ui {

enum class JobState { Queued, Running, Done, Failed, Cancelled };

/// What the Jobs view shows of one job. A value.
struct JobInfo {
  int id = 0;
  QString title;        ///< "Evaluating int8"
  JobState state = JobState::Queued;
  ProgressState progress;
  double secondsElapsed = 0;
  double secondsLeft = -1;   ///< -1: not known yet
  double perSecond = 0;      ///< of progress.unit
  QString error;             ///< of a failed job
  QString outcome;           ///< one line of a done job: "500 pictures"
};

/// Runs heavy work beside the window: one after the other in the order they were started (background statistics
/// run at the same time). Owns the jobs: cancels and joins in its destructor.
class JobController : public QObject {
  Q_OBJECT
public:
  explicit JobController(QObject* parent = nullptr);
  ~JobController() override;

  /// `work` runs on a thread of its own and must touch no widget; `done` is called on the window's thread with
  /// the result, unless the job was cancelled before it began. Returns the job's id.
  template <typename T>
  int start(const QString& title, std::function<Result<std::shared_ptr<const T>>(Progress&)> work,
            std::function<void(const Result<std::shared_ptr<const T>>&)> done) {
    using Outcome = Result<std::shared_ptr<const T>>;
    auto slot = std::make_shared<std::optional<Outcome>>();
    return enqueue(
        title,
        [work = std::move(work), slot](Progress& progress) -> Result<void> {
          slot->emplace(work(progress));
          if (!(*slot)->ok()) return (*slot)->error();
          return {};
        },
        [done = std::move(done), slot] {
          if (*slot) done(**slot);
        });
  }

  void cancel(int id);
  void cancelAll();
  const std::vector<JobInfo>& jobs() const { return m_infos; }  ///< newest last
  int runningCount() const;
  void clearFinished();

signals:
  void jobAdded(int id);
  /// At most about 30 times a second per job.
  void jobChanged(int id);
  void jobFinished(int id);

private:
  int enqueue(const QString& title, std::function<Result<void>(Progress&)> work, std::function<void()> done);
  struct Entry;
  void startNext();
  std::vector<JobInfo> m_infos;
  std::vector<std::unique_ptr<Entry>> m_entries;
};

}  // namespace quantscope::ui
