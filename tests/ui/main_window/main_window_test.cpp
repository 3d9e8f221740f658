#include "ui/main_window/main_window.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QStackedWidget>
#include <QTest>

#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "ui/main_window/command_palette.h"
#include "ui/main_window/dock_area.h"
#include "ui/main_window/message_bar.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

struct Shown {
  std::unique_ptr<MainWindow> window;
  Shown() {
    tests::application();
    tests::forgetSettings();
    window = std::make_unique<MainWindow>();
    window->resize(1600, 1000);
    window->show();
    REQUIRE(QTest::qWaitForWindowExposed(window.get()));
  }
  void open(const QString& sample) {
    window->openPath(tests::samplePath(sample));
    REQUIRE(tests::waitFor([this] { return window->document().hasModel(); }));
    REQUIRE(tests::waitUntilIdle(window->document()));
  }
  void drop(const QStringList& paths) {
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& path : paths) urls << QUrl::fromLocalFile(path);
    data.setUrls(urls);
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window.get(), &enter);
    REQUIRE(enter.isAccepted());
    QDropEvent event(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(window.get(), &event);
  }
};

}  // namespace

TEST_CASE("The window begins with the welcome page; what needs a model is disabled", "[ui][main_window]") {
  Shown shown;
  CHECK(shown.window->findChild<QStackedWidget*>()->currentIndex() == 0);
  CHECK_FALSE(shown.window->actions().quantize->isEnabled());
  CHECK(shown.window->actions().open->isEnabled());
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  CHECK(shown.window->findChild<QStackedWidget*>()->currentIndex() == 1);
  CHECK(shown.window->actions().quantize->isEnabled());
  shown.window->actions().closeWorkspace->trigger();
  CHECK(shown.window->findChild<QStackedWidget*>()->currentIndex() == 0);
}

TEST_CASE("A model and its data can be dropped together", "[ui][main_window]") {
  Shown shown;
  shown.drop({tests::samplePath(QStringLiteral("shapes")), tests::samplePath(QStringLiteral("shapes_cnn.tflite"))});
  Document& document = shown.window->document();
  REQUIRE(tests::waitFor([&] { return document.hasModel() && document.dataset(DatasetUse::Evaluation); }));
  CHECK(document.dataset(DatasetUse::Calibration)->path.endsWith(QStringLiteral("shapes/calibration")));
  REQUIRE(tests::waitUntilIdle(document));
  shown.drop({tests::samplePath(QStringLiteral("shapes/calibration"))});
  CHECK(document.dataset(DatasetUse::Evaluation)->path.endsWith(QStringLiteral("shapes/calibration")));
  REQUIRE(tests::waitUntilIdle(document));
}

TEST_CASE("Data dropped before a model is explained, not swallowed", "[ui][main_window]") {
  Shown shown;
  shown.drop({tests::samplePath(QStringLiteral("shapes"))});
  CHECK(shown.window->messages().text().contains(QStringLiteral("Open a model first")));
}

TEST_CASE("A file that is no model is told in the message bar; the window keeps its state", "[ui][main_window]") {
  Shown shown;
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  const auto before = shown.window->document().model();
  tests::TemporaryFolder folder;
  const QString bad = QString::fromStdString((folder.path() / "bad.tflite").string());
  QFile file(bad);
  REQUIRE(file.open(QIODevice::WriteOnly));
  file.write("this is no model, whatever its name says");
  file.close();
  shown.window->openPath(bad);
  REQUIRE(tests::waitFor([&] { return shown.window->messages().count() == 1; }));
  CHECK(shown.window->messages().text().contains(QStringLiteral("bad.tflite")));
  CHECK(shown.window->document().model() == before);
}

TEST_CASE("The palette finds an action by typing and runs it", "[ui][main_window]") {
  Shown shown;
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  QTest::keyClick(shown.window.get(), Qt::Key_K, Qt::ControlModifier);
  CommandPalette* palette = nullptr;
  REQUIRE(tests::waitFor(
      [&] { return (palette = shown.window->findChild<CommandPalette*>()) != nullptr && palette->isVisible(); }));
  auto* line = palette->findChild<QLineEdit*>();
  QTest::keyClicks(line, QStringLiteral("float16"));
  REQUIRE(palette->findChild<QListView*>()->currentIndex().isValid());
  QTest::keyClick(line, Qt::Key_Return);
  REQUIRE(
      tests::waitFor([&] { return shown.window->document().recipe().defaultScheme.precision == Precision::Float16; }));
}

TEST_CASE("Every action of the menus has a word, and no two share a shortcut", "[ui][main_window]") {
  Shown shown;
  QMap<QKeySequence, QString> used;
  for (const QAction* action : shown.window->actions().findChildren<QAction*>(Qt::FindDirectChildrenOnly)) {
    CHECK_FALSE(action->text().isEmpty());
    CHECK_FALSE(action->toolTip().isEmpty());
    for (const QKeySequence& keys : action->shortcuts()) {
      INFO(action->text().toStdString() << " and " << used.value(keys).toStdString());
      CHECK_FALSE(used.contains(keys));
      used[keys] = action->text();
    }
  }
}

TEST_CASE("Panels are shown, closed, and come back where they were", "[ui][main_window]") {
  Shown shown;
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  DockArea& docks = shown.window->docks();
  auto* rules = docks.findChild<QDockWidget*>(QStringLiteral("rules"));
  REQUIRE(rules);
  CHECK_FALSE(rules->isVisible());
  shown.window->actions().editRules->trigger();
  CHECK(rules->isVisible());
  auto* jobs = docks.findChild<QDockWidget*>(QStringLiteral("jobs"));
  const QRect place = jobs->geometry();
  jobs->toggleViewAction()->trigger();
  CHECK_FALSE(jobs->isVisible());
  docks.restoreDefault();
  tests::waitFor([] { return false; }, 50);
  CHECK(jobs->isVisible());
  CHECK_FALSE(rules->isVisible());
  CHECK(std::abs(jobs->geometry().width() - place.width()) < 12);
}

TEST_CASE("The menu brings a view that lies behind others to the front, and closes one that is seen",
          "[ui][main_window]") {
  Shown shown;
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  tests::waitFor([] { return false; }, 50);
  DockArea& docks = shown.window->docks();
  auto* report = docks.findChild<QDockWidget*>(QStringLiteral("report"));
  auto* action = docks.findChild<QAction*>(QStringLiteral("view-report"));
  REQUIRE(action);
  CHECK(action->isChecked());
  CHECK(report->visibleRegion().isEmpty());
  action->trigger();
  REQUIRE(tests::waitFor([&] { return !report->visibleRegion().isEmpty(); }, 3000));
  CHECK(action->isChecked());
  action->trigger();
  CHECK(report->isHidden());
  CHECK_FALSE(action->isChecked());
  action->trigger();
  CHECK_FALSE(report->isHidden());
}

TEST_CASE("The arrangement and size of the window are remembered", "[ui][main_window]") {
  tests::application();
  tests::forgetSettings();
  QSize size;
  int layers = 0;
  {
    MainWindow window;
    window.show();
    window.resize(1200, 800);
    window.openPath(tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
    REQUIRE(tests::waitFor([&] { return window.document().hasModel(); }));
    window.docks().findChild<QDockWidget*>(QStringLiteral("jobs"))->close();
    tests::waitFor([] { return false; }, 100);
    layers = window.docks().findChild<QDockWidget*>(QStringLiteral("layers"))->width();
    size = window.size();
    CHECK(window.close());
  }
  MainWindow window;
  window.show();
  CHECK(window.size() == size);
  window.openPath(tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
  REQUIRE(tests::waitFor([&] { return window.document().hasModel(); }));
  tests::waitFor([] { return false; }, 100);
  CHECK_FALSE(window.docks().findChild<QDockWidget*>(QStringLiteral("jobs"))->isVisible());
  CHECK(std::abs(window.docks().findChild<QDockWidget*>(QStringLiteral("layers"))->width() - layers) < 12);
}

TEST_CASE("Closing asks about unsaved changes: cancel keeps the window, discard closes it", "[ui][main_window]") {
  Shown shown;
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  shown.window->document().setOperatorPrecision({OperatorIndex(0)}, Precision::Float32);
  int asked = 0, answer = -1;
  shown.window->setUnsavedAnswer([&] {
    ++asked;
    return answer;
  });
  CHECK_FALSE(shown.window->close());
  CHECK(asked == 1);
  CHECK(shown.window->isVisible());
  answer = 0;
  CHECK(shown.window->close());
  CHECK(asked == 2);
}

TEST_CASE("Closing the window while jobs run ends them cleanly and quickly", "[ui][main_window]") {
  QElapsedTimer timer;
  {
    Shown shown;
    shown.open(QStringLiteral("shapes_cnn.tflite"));
    Document& document = shown.window->document();
    document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
    document.quantize();
    document.evaluate({0});
    REQUIRE(tests::waitFor([&] { return document.jobs().runningCount() > 0; }));
    shown.window->setUnsavedAnswer([] { return 0; });
    timer.start();
    CHECK(shown.window->close());
  }
  CHECK(timer.elapsed() < 1500);
}

TEST_CASE("Light and dark switch at run time", "[ui][main_window]") {
  Shown shown;
  shown.open(QStringLiteral("shapes_cnn.tflite"));
  shown.window->actions().themeDark->trigger();
  CHECK(Theme::instance().dark());
  const QImage dark = shown.window->grab().toImage();
  CHECK(dark.pixelColor(3, dark.height() / 2).lightness() < 60);
  shown.window->actions().themeLight->trigger();
  CHECK_FALSE(Theme::instance().dark());
  const QImage light = shown.window->grab().toImage();
  CHECK(light.pixelColor(3, light.height() / 2).lightness() > 200);
}

}  // namespace quantscope::ui
