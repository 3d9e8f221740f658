#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/job.h"

namespace quantscope::ui {

enum class JobState { Queued, Running, Done, Failed, Cancelled };

/// What the Jobs view shows of one job. A value.
struct JobInfo {
  int id = 0;
  QString title;  ///< "Evaluating int8"
  JobState state = JobState::Queued;
  ProgressState progress;
  double secondsElapsed = 0;
  double secondsLeft = -1;  ///< -1: not known yet
  double perSecond = 0;     ///< of progress.unit
  QString error;            ///< of a failed job
  QString outcome;          ///< one line of a done job: "Calibrated on 500 pictures"
};

/// Runs heavy work beside the window. Listed jobs run one after the other in the order they were started and are shown
/// in the Jobs view; quiet work (statistics, plans) runs at the same time, one at a time per lane, and is not shown.
/// Owns the work: cancels and joins in its destructor.
class JobController : public QObject {
  Q_OBJECT
public:
  /// Quiet work of different lanes runs at the same time.
  enum class Lane { Listed, Plan, Statistics, Sqnr, Data, Views };

  explicit JobController(QObject* parent = nullptr);
  ~JobController() override;

  /// `work` runs on a thread of its own and must touch no widget; `done` is called on the window's thread with
  /// the result, unless the job was cancelled before it began. Returns the job's id.
  template <typename T>
  int start(const QString& title, std::function<Result<std::shared_ptr<const T>>(Progress&)> work,
            std::function<void(const Result<std::shared_ptr<const T>>&)> done) {
    return startIn<T>(Lane::Listed, title, std::move(work), std::move(done));
  }
  /// As start(), not listed.
  template <typename T>
  int startQuiet(Lane lane, std::function<Result<std::shared_ptr<const T>>(Progress&)> work,
                 std::function<void(const Result<std::shared_ptr<const T>>&)> done) {
    return startIn<T>(lane, {}, std::move(work), std::move(done));
  }

  void cancel(int id);
  /// Cancels all, quiet work included.
  void cancelAll();
  /// Forgets quiet work of a lane that has not begun and cancels what runs; its `done` is not called.
  void dropLane(Lane lane);
  /// Called inside `done`: the one line that the finished job is remembered by.
  void setOutcome(const QString& outcome);
  /// The id of the job whose `done` is being called; 0 otherwise.
  int finishingJob() const { return m_finishing; }

  const std::vector<JobInfo>& jobs() const { return m_infos; }  ///< listed ones, newest last
  const JobInfo* info(int id) const;
  int runningCount() const;                        ///< listed, running or queued
  bool idle() const { return m_entries.empty(); }  ///< nothing runs or waits, quiet work included
  void clearFinished();

signals:
  void jobAdded(int id);
  /// At most about 30 times a second per job.
  void jobChanged(int id);
  void jobFinished(int id);
  void jobsCleared();

private:
  template <typename T>
  int startIn(Lane lane, const QString& title, std::function<Result<std::shared_ptr<const T>>(Progress&)> work,
              std::function<void(const Result<std::shared_ptr<const T>>&)> done) {
    using Outcome = Result<std::shared_ptr<const T>>;
    auto slot = std::make_shared<std::optional<Outcome>>();
    return enqueue(
        lane, title,
        [work = std::move(work), slot](Progress& progress) -> Result<void> {
          slot->emplace(work(progress));
          if (!(*slot)->ok()) return (*slot)->error();
          return {};
        },
        [done = std::move(done), slot] {
          if (*slot && done) done(**slot);
        });
  }
  int enqueue(Lane lane, const QString& title, std::function<Result<void>(Progress&)> work, std::function<void()> done);
  struct Entry;
  void startNext();
  void run(Entry& entry);
  void finish(int id);
  void poll();
  JobInfo* find(int id);
  std::vector<JobInfo> m_infos;
  std::vector<std::unique_ptr<Entry>> m_entries;
  QTimer m_timer;
  int m_lastId = 0;
  int m_finishing = 0;
};

}  // namespace quantscope::ui
