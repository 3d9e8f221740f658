// Prints the longest time for which the window did not come back to its event loop while a 2 GB model opens, statistics
// run and an evaluation goes on, and the memory before and after many openings and cancellations.
// bench_window [layers of 4 MB] [openings] [cancellations]
#include <QApplication>
#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include "core/io/tflite_writer.h"
#include "tests/support/qt_event_loop_watch.h"
#include "tests/support/sparse_model.h"
#include "tests/support/synthetic_models.h"
#include "ui/main_window/main_window.h"
#include "ui/workspace/theme.h"

using namespace quantscope;
using namespace quantscope::ui;

namespace {

bool waitFor(const std::function<bool()>& condition, int milliseconds = 600000) {
  QElapsedTimer timer;
  timer.start();
  while (!condition()) {
    if (timer.elapsed() > milliseconds) return false;
    QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 10);
    QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  }
  return true;
}

void wait(int milliseconds) {
  QElapsedTimer timer;
  timer.start();
  waitFor([&] { return timer.elapsed() >= milliseconds; });
}

/// Four samples of 1,024 numbers, as .npy.
void writeSamples(const std::string& path) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 1024), }";
  header.resize(118 - 1, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(header.size() & 0xff)
       << static_cast<char>(header.size() >> 8) << header;
  for (int i = 0; i < 4 * 1024; ++i) {
    const float value = static_cast<float>(i % 17) / 17;
    file.write(reinterpret_cast<const char*>(&value), sizeof(value));
  }
}

void large(MainWindow& window, const QTemporaryDir& folder, int layers) {
  const std::string path = folder.filePath("large.tflite").toStdString();
  tests::writeSparseModel(path, layers);
  writeSamples(folder.filePath("samples.npy").toStdString());
  Document& document = window.document();
  tests::EventLoopWatch watch;
  const auto stage = [&](const char* what) {
    std::printf("  %-44s longest gap %6.1f ms\n", what, watch.longestMilliseconds());
    std::fflush(stdout);
    watch.restart();
  };
  std::printf("a model of %.2f GB\n", layers * 4.0 / 1024);
  window.openPath(QString::fromStdString(path));
  waitFor([&] { return !document.opening() && document.hasModel() && document.plan() && !document.planPending(); });
  stage("opening, until the plan is there");
  document.setDataset(DatasetUse::Evaluation, DatasetReference{folder.filePath("samples.npy"), {}, 0});
  wait(200);
  document.evaluate({0});
  for (int op = 0; op < layers; ++op) {
    document.statistics(document.model()->subgraphs[0].operators[static_cast<size_t>(op)].input(1));
    document.selection().setOperators({OperatorIndex(op)}, OperatorIndex(op));
    if (op % 10 == 0)
      document.setOperatorPrecision({OperatorIndex(op)}, op % 20 ? Precision::Float16 : Precision::Int8);
    wait(2);
  }
  stage("evaluation starts, statistics, clicking around");
  QElapsedTimer timer;
  timer.start();
  waitFor([&] { return document.jobs().idle() || timer.elapsed() > 60000; });
  stage("evaluation and statistics to their end");
  document.jobs().cancelAll();
  waitFor([&] { return document.jobs().idle(); });
  document.closeWorkspace();
  wait(100);
  stage("closing");
}

void many(MainWindow& window, const QTemporaryDir& folder, int operators) {
  const std::string path = folder.filePath("many.tflite").toStdString();
  if (!writeModel(*tests::makeSyntheticModel(tests::SyntheticKind::Transformer, operators), path, IfExists::Replace))
    return;
  Document& document = window.document();
  std::printf("a model of %d operators\n", operators);
  tests::EventLoopWatch watch;
  QElapsedTimer timer;
  timer.start();
  window.openPath(QString::fromStdString(path));
  waitFor([&] { return !document.opening() && document.hasModel() && document.plan() && !document.planPending(); });
  std::printf("  %-44s longest gap %6.1f ms, %.2f s\n", "opening, until the plan is there", watch.longestMilliseconds(),
              static_cast<double>(timer.elapsed()) / 1e3);
  wait(500);
  watch.restart();
  std::vector<OperatorIndex> all;
  for (int op = 0; op < operators; op += 2) all.emplace_back(op);
  document.selection().setOperators(all, all.front());
  wait(100);
  std::printf("  %-44s longest gap %6.1f ms\n", "selecting every second one", watch.longestMilliseconds());
  watch.restart();
  document.setOperatorPrecision(all, Precision::Float16);
  wait(500);
  std::printf("  %-44s longest gap %6.1f ms\n", "another mode for them", watch.longestMilliseconds());
  watch.restart();
  document.jobs().cancelAll();
  document.closeWorkspace();
  wait(200);
  std::printf("  %-44s longest gap %6.1f ms\n", "closing", watch.longestMilliseconds());
}

void cycles(MainWindow& window, int openings, int cancellations) {
  const QString sample = QStringLiteral("resources/samples/shapes_cnn.tflite");
  Document& document = window.document();
  const auto settle = [&] { return waitFor([&] { return document.jobs().idle() && !document.opening(); }); };
  const auto open = [&] {
    window.openPath(sample);
    settle();
    document.closeWorkspace();
    document.jobs().clearFinished();
  };
  for (int i = 0; i < 20; ++i) open();
  const double before = static_cast<double>(tests::residentBytes()) / 1e6;
  for (int i = 0; i < openings; ++i) open();
  const double opened = static_cast<double>(tests::residentBytes()) / 1e6;
  window.openPath(sample);
  settle();
  document.setDatasetFolder(QStringLiteral("resources/samples/shapes"));
  settle();
  double longest = 0;
  for (int i = 0; i < cancellations; ++i) {
    document.evaluate({0});
    wait(i % 20);
    QElapsedTimer timer;
    timer.start();
    document.jobs().cancelAll();
    settle();
    longest = std::max(longest, static_cast<double>(timer.nsecsElapsed()) / 1e6);
    document.jobs().clearFinished();
  }
  document.closeWorkspace();
  const double cancelled = static_cast<double>(tests::residentBytes()) / 1e6;
  std::printf(
      "memory: %.1f MB, after %d openings %.1f MB, after %d cancellations %.1f MB; longest wait for a "
      "cancellation %.0f ms\n",
      before, openings, opened, cancellations, cancelled, longest);
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QStandardPaths::setTestModeEnabled(true);
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("Quantscope"));
  QApplication::setApplicationName(QStringLiteral("quantscope-bench-%1").arg(QApplication::applicationPid()));
  QApplication::setQuitOnLastWindowClosed(false);
  Theme::instance().apply(application, Theme::Choice::Light);
  MainWindow window;
  window.setUnsavedAnswer([] { return 0; });
  window.resize(1920, 1080);
  window.show();
  QTemporaryDir folder;
  window.openPath(QStringLiteral("resources/samples/shapes_cnn.tflite"));  // fonts and icons are made once
  waitFor([&] { return window.document().hasModel() && window.document().jobs().idle(); });
  many(window, folder, 10000);
  many(window, folder, 50000);
  large(window, folder, argument(1, 500));
  cycles(window, argument(2, 500), argument(3, 200));
  return 0;
}
