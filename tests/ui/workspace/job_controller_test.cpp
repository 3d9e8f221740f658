#include "ui/workspace/job_controller.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QThread>
#include <atomic>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"

namespace quantscope::ui {

namespace {

using Value = Result<std::shared_ptr<const int>>;

/// Works until it is told to stop; 1 ms a step.
Value workUntilStopped(Progress& progress) {
  progress.begin("Working", 1'000'000, "steps");
  while (progress.advance()) QThread::msleep(1);
  return Error::cancelled();
}

Value answer(int value) {
  return std::make_shared<const int>(value);
}

}  // namespace

TEST_CASE("Jobs run in the order they were started, and done is called on the window's thread", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  std::vector<int> order;
  bool sameThread = true;
  for (int i = 1; i <= 3; ++i) {
    jobs.start<int>(
        QStringLiteral("job"), [i](Progress&) { return answer(i); },
        [&](const Value& result) {
          order.push_back(**result);
          sameThread &= QThread::currentThread() == QCoreApplication::instance()->thread();
        });
  }
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
  CHECK(order == std::vector<int>{1, 2, 3});
  CHECK(sameThread);
  CHECK(jobs.jobs().size() == 3);
  CHECK(jobs.jobs().back().state == JobState::Done);
  CHECK(jobs.runningCount() == 0);
}

TEST_CASE("A running job stops within 200 ms of being cancelled; the next one goes on", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  bool nextDone = false, cancelledDone = false;
  const int first = jobs.start<int>(QStringLiteral("long"), workUntilStopped, [&](const Value& result) {
    cancelledDone = result.error().code == ErrorCode::Cancelled;
  });
  jobs.start<int>(
      QStringLiteral("next"), [](Progress&) { return answer(1); }, [&](const Value&) { nextDone = true; });
  REQUIRE(tests::waitFor([&] { return jobs.info(first)->progress.done > 5; }));
  QElapsedTimer timer;
  timer.start();
  jobs.cancel(first);
  REQUIRE(tests::waitFor([&] { return jobs.info(first)->state == JobState::Cancelled; }));
  CHECK(timer.elapsed() < 200);
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
  CHECK(cancelledDone);
  CHECK(nextDone);
}

TEST_CASE("A job that waits is cancelled at once and its done is never called", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  bool called = false;
  const int first = jobs.start<int>(QStringLiteral("long"), workUntilStopped, [](const Value&) {});
  const int waiting = jobs.start<int>(
      QStringLiteral("waiting"), [](Progress&) { return answer(1); }, [&](const Value&) { called = true; });
  QSignalSpy finished(&jobs, &JobController::jobFinished);
  jobs.cancel(waiting);
  CHECK(jobs.info(waiting)->state == JobState::Cancelled);
  CHECK(finished.count() == 1);
  jobs.cancel(first);
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
  CHECK_FALSE(called);
}

TEST_CASE("Destroying the controller while jobs run ends them and calls nothing", "[ui][workspace]") {
  tests::application();
  std::atomic<int> running{0};
  bool called = false;
  QElapsedTimer timer;
  {
    JobController jobs;
    const auto work = [&running](Progress& progress) -> Value {
      ++running;
      const Value result = workUntilStopped(progress);
      --running;
      return result;
    };
    jobs.start<int>(QStringLiteral("listed"), work, [&](const Value&) { called = true; });
    jobs.startQuiet<int>(JobController::Lane::Plan, work, [&](const Value&) { called = true; });
    jobs.startQuiet<int>(JobController::Lane::Data, work, [&](const Value&) { called = true; });
    REQUIRE(tests::waitFor([&] { return running == 3; }));
    timer.start();
  }
  CHECK(timer.elapsed() < 400);
  CHECK(running == 0);
  tests::waitFor([] { return false; }, 50);
  CHECK_FALSE(called);
}

TEST_CASE("Quiet work runs beside listed jobs and is not listed", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  QSignalSpy added(&jobs, &JobController::jobAdded);
  bool quietDone = false;
  const int first = jobs.start<int>(QStringLiteral("long"), workUntilStopped, [](const Value&) {});
  jobs.startQuiet<int>(
      JobController::Lane::Plan, [](Progress&) { return answer(1); }, [&](const Value&) { quietDone = true; });
  REQUIRE(tests::waitFor([&] { return quietDone; }));
  CHECK(jobs.info(first)->state == JobState::Running);
  CHECK(added.count() == 1);
  CHECK(jobs.jobs().size() == 1);
}

TEST_CASE("Work of a dropped lane is stopped and not reported", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  bool called = false;
  jobs.startQuiet<int>(JobController::Lane::Data, workUntilStopped, [&](const Value&) { called = true; });
  jobs.startQuiet<int>(
      JobController::Lane::Data, [](Progress&) { return answer(1); }, [&](const Value&) { called = true; });
  jobs.dropLane(JobController::Lane::Data);
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
  CHECK_FALSE(called);
}

TEST_CASE("A failed job keeps its error, a running one tells rate and time left", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  const int failing = jobs.start<int>(
      QStringLiteral("failing"),
      [](Progress&) -> Value {
        return Error{ErrorCode::Io, "cannot read", "a.png", "it is gone", ""};
      },
      [](const Value&) {});
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
  CHECK(jobs.info(failing)->state == JobState::Failed);
  CHECK(jobs.info(failing)->error == QStringLiteral("cannot read (a.png): it is gone"));

  const int running = jobs.start<int>(QStringLiteral("long"), workUntilStopped, [](const Value&) {});
  REQUIRE(tests::waitFor([&] { return jobs.info(running)->secondsLeft > 0; }));
  CHECK(jobs.info(running)->perSecond > 0);
  CHECK(jobs.info(running)->progress.stage == "Working");
}

TEST_CASE("Progress is told at most about 30 times a second", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  QSignalSpy changed(&jobs, &JobController::jobChanged);
  const int id = jobs.start<int>(QStringLiteral("long"), workUntilStopped, [](const Value&) {});
  tests::waitFor([] { return false; }, 600);
  CHECK(changed.count() >= 5);
  CHECK(changed.count() <= 25);  // 600 ms at 33 ms, and the beginning
  jobs.cancel(id);
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
}

TEST_CASE("The outcome is what done says, and finished jobs can be forgotten", "[ui][workspace]") {
  tests::application();
  JobController jobs;
  const int id = jobs.start<int>(
      QStringLiteral("Counting"), [](Progress&) { return answer(3); },
      [&](const Value&) { jobs.setOutcome(QStringLiteral("Counted 3")); });
  REQUIRE(tests::waitFor([&] { return jobs.idle(); }));
  CHECK(jobs.info(id)->outcome == QStringLiteral("Counted 3"));
  jobs.clearFinished();
  CHECK(jobs.jobs().empty());
}

}  // namespace quantscope::ui
