#include "ui/workspace/job_controller.h"

#include <algorithm>
#include <exception>
#include <thread>

namespace quantscope::ui {

namespace {
constexpr int kPollMilliseconds = 33;
using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}
}  // namespace

struct JobController::Entry {
  int id = 0;
  Lane lane = Lane::Listed;
  std::function<Result<void>(Progress&)> work;
  std::function<void()> done;
  bool started = false;
  bool dropped = false;
  Progress progress;
  Result<void> outcome;
  Clock::time_point startTime{}, stageTime{};
  std::string stage;
  std::jthread thread;  // last: joins before the rest goes
};

JobController::JobController(QObject* parent) : QObject(parent) {
  m_timer.setInterval(kPollMilliseconds);
  connect(&m_timer, &QTimer::timeout, this, &JobController::poll);
}

JobController::~JobController() {
  for (auto& entry : m_entries) entry->progress.cancel();
  m_entries.clear();
}

int JobController::enqueue(Lane lane, const QString& title, std::function<Result<void>(Progress&)> work,
                           std::function<void()> done) {
  auto entry = std::make_unique<Entry>();
  entry->id = ++m_lastId;
  entry->lane = lane;
  entry->work = std::move(work);
  entry->done = std::move(done);
  const int id = entry->id;
  m_entries.push_back(std::move(entry));
  if (lane == Lane::Listed) {
    JobInfo info;
    info.id = id;
    info.title = title;
    m_infos.push_back(std::move(info));
    emit jobAdded(id);
  }
  startNext();
  return id;
}

void JobController::startNext() {
  // Begun one by one: who listens to a beginning job may start or cancel others.
  const auto nextToRun = [this]() -> Entry* {
    std::vector<Lane> busy;
    for (auto& entry : m_entries) {
      if (std::find(busy.begin(), busy.end(), entry->lane) != busy.end()) continue;
      if (!entry->started) return entry.get();
      busy.push_back(entry->lane);
    }
    return nullptr;
  };
  while (Entry* entry = nextToRun()) run(*entry);
}

void JobController::run(Entry& entry) {
  entry.started = true;
  entry.startTime = entry.stageTime = Clock::now();
  if (JobInfo* info = find(entry.id)) {
    info->state = JobState::Running;
    emit jobChanged(entry.id);
    if (!m_timer.isActive()) m_timer.start();
  }
  entry.thread = std::jthread([this, &entry, id = entry.id] {
    try {
      entry.outcome = entry.work(entry.progress);
    } catch (const std::exception& failure) {
      // Memory that runs out is the one exception expected here; the window must live on.
      entry.outcome = Error{ErrorCode::ResourceLimit, "the work could not be finished", "", failure.what(),
                            "close other programs and try again"};
    }
    QMetaObject::invokeMethod(
        this, [this, id] { finish(id); }, Qt::QueuedConnection);
  });
}

void JobController::finish(int id) {
  const auto it = std::find_if(m_entries.begin(), m_entries.end(), [id](const auto& entry) { return entry->id == id; });
  if (it == m_entries.end()) return;
  const std::unique_ptr<Entry> entry = std::move(*it);
  m_entries.erase(it);
  entry->thread.join();
  if (JobInfo* info = find(id)) {
    info->progress = entry->progress.state();
    info->secondsElapsed = secondsSince(entry->startTime);
    info->secondsLeft = -1;
    const bool stopped = !entry->progress.goOn();
    if (entry->outcome.ok()) {
      info->state = stopped ? JobState::Cancelled : JobState::Done;
    } else {
      info->state = entry->outcome.error().code == ErrorCode::Cancelled ? JobState::Cancelled : JobState::Failed;
      if (info->state == JobState::Failed) info->error = QString::fromStdString(entry->outcome.error().message());
    }
  }
  m_finishing = id;
  if (!entry->dropped) entry->done();
  m_finishing = 0;
  emit jobFinished(id);
  if (runningCount() == 0) m_timer.stop();
  startNext();
}

void JobController::poll() {
  std::vector<int> changed;
  for (auto& entry : m_entries) {
    JobInfo* info = entry->started ? find(entry->id) : nullptr;
    if (!info) continue;
    info->progress = entry->progress.state();
    info->secondsElapsed = secondsSince(entry->startTime);
    if (info->progress.stage != entry->stage) {
      entry->stage = info->progress.stage;
      entry->stageTime = Clock::now();
    }
    const double inStage = secondsSince(entry->stageTime);
    const double done = static_cast<double>(info->progress.done);
    info->perSecond = inStage > 0.1 ? done / inStage : 0;
    const bool known = info->progress.total > 0 && info->perSecond > 0 && info->progress.done <= info->progress.total;
    info->secondsLeft = known ? (static_cast<double>(info->progress.total) - done) / info->perSecond : -1;
    changed.push_back(entry->id);
  }
  for (int id : changed) emit jobChanged(id);
}

void JobController::cancel(int id) {
  const auto it = std::find_if(m_entries.begin(), m_entries.end(), [id](const auto& entry) { return entry->id == id; });
  if (it == m_entries.end()) return;
  (*it)->progress.cancel();
  if ((*it)->started) return;
  m_entries.erase(it);
  if (JobInfo* info = find(id)) {
    info->state = JobState::Cancelled;
    emit jobFinished(id);
  }
}

void JobController::cancelAll() {
  std::vector<int> ids;
  for (auto it = m_entries.rbegin(); it != m_entries.rend(); ++it) ids.push_back((*it)->id);
  for (int id : ids) cancel(id);
}

void JobController::dropLane(Lane lane) {
  std::erase_if(m_entries, [lane](const auto& entry) { return entry->lane == lane && !entry->started; });
  for (auto& entry : m_entries) {
    if (entry->lane != lane) continue;
    entry->dropped = true;
    entry->progress.cancel();
  }
}

void JobController::setOutcome(const QString& outcome) {
  if (JobInfo* info = find(m_finishing)) info->outcome = outcome;
}

JobInfo* JobController::find(int id) {
  const auto it = std::find_if(m_infos.begin(), m_infos.end(), [id](const JobInfo& info) { return info.id == id; });
  return it == m_infos.end() ? nullptr : &*it;
}

const JobInfo* JobController::info(int id) const {
  return const_cast<JobController*>(this)->find(id);
}

int JobController::runningCount() const {
  return static_cast<int>(std::count_if(m_infos.begin(), m_infos.end(), [](const JobInfo& info) {
    return info.state == JobState::Queued || info.state == JobState::Running;
  }));
}

void JobController::clearFinished() {
  std::erase_if(m_infos,
                [](const JobInfo& info) { return info.state != JobState::Queued && info.state != JobState::Running; });
  emit jobsCleared();
}

}  // namespace quantscope::ui
