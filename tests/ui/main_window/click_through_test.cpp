#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "ui/main_window/dock_area.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/message_bar.h"
#include "ui/main_window/window_actions.h"
#include "ui/views/layers/layers_model.h"
#include "ui/views/layers/layers_table.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/settings.h"

namespace quantscope::ui {

namespace {

std::unique_ptr<MainWindow> showWindow() {
  tests::application();
  tests::forgetSettings();
  auto window = std::make_unique<MainWindow>();
  window->resize(1600, 1000);
  window->show();
  REQUIRE(QTest::qWaitForWindowExposed(window.get()));
  return window;
}

void clickButton(MainWindow& window, const char* name) {
  auto* button = window.findChild<QToolButton*>(QString::fromLatin1(name));
  REQUIRE(button);
  REQUIRE(button->isEnabled());
  QTest::mouseClick(button, Qt::LeftButton);
}

/// Chooses a mode by the keyboard in the menu that a click on a row's mode opens.
void chooseMode(MainWindow& window, int row, const QString& mode) {
  auto* table = window.findChild<LayersTable*>();
  REQUIRE(table);
  const QModelIndex index = table->model()->index(row, LayersModel::Mode);
  table->scrollTo(index);
  const QRect box = TableDelegate::boxRect(table->visualRect(index), table->fontMetrics(), index.data().toString());
  QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, box.center());
  QMenu* menu = nullptr;
  REQUIRE(tests::waitFor([&] { return (menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) != nullptr; },
                         3000));
  for (QAction* action : menu->actions()) {
    if (action->text() == mode) menu->setActiveAction(action);
  }
  REQUIRE(menu->activeAction());
  QTest::keyClick(menu, Qt::Key_Return);
}

Precision wish(const MainWindow& window, int op) {
  return const_cast<MainWindow&>(window).document().resolved().operators[static_cast<size_t>(op)].precision;
}

}  // namespace

TEST_CASE("Open, choose modes, calibrate, quantize, evaluate, undo, save, reopen", "[ui][main_window]") {
  tests::TemporaryFolder folder;
  const QString path = QString::fromStdString((folder.path() / "mine.qscope").string());
  uint64_t rightFloat = 0, rightInt8 = 0;
  {
    auto window = showWindow();
    Document& document = window->document();
    window->openPath(tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
    REQUIRE(tests::waitFor([&] { return document.hasModel(); }));
    window->openPath(tests::samplePath(QStringLiteral("shapes")));
    REQUIRE(tests::waitUntilIdle(document));

    chooseMode(*window, 10, QStringLiteral("float32"));
    CHECK(wish(*window, 10) == Precision::Float32);
    clickButton(*window, "calibrateButton");
    REQUIRE(tests::waitUntilIdle(document));
    REQUIRE(document.ranges());
    clickButton(*window, "quantizeButton");
    REQUIRE(tests::waitUntilIdle(document));
    REQUIRE(document.variants().size() == 2);
    CHECK(document.variants()[1].bytes < document.variants()[0].bytes / 2);
    clickButton(*window, "evaluateButton");
    REQUIRE(tests::waitUntilIdle(document, 240000));
    REQUIRE(document.variants()[0].evaluation);
    REQUIRE(document.variants()[1].evaluation);
    rightFloat = document.variants()[0].evaluation->top1.hits;
    rightInt8 = document.variants()[1].evaluation->top1.hits;
    CHECK(document.variants()[0].evaluation->top1.total == 500);
    CHECK(rightFloat == 469);  // what the TensorFlow Lite interpreter answers (resources/samples/README.md)
    CHECK(rightInt8 + 10 > rightFloat);
    REQUIRE(document.variants()[1].evaluation->agreement);

    // The newest variant is the current one; its row is chosen.
    auto* tree = window->findChild<QTreeView*>(QStringLiteral("variantsTree"));
    REQUIRE(tree);
    CHECK(tree->currentIndex().data().toString() == document.variants()[1].name);

    // The menu of modes was a window of its own.
    window->activateWindow();
    REQUIRE(QTest::qWaitForWindowActive(window.get()));
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    CHECK(wish(*window, 10) == Precision::Int8);
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    CHECK(wish(*window, 10) == Precision::Float32);
    clickButton(*window, "undoButton");
    CHECK(wish(*window, 10) == Precision::Int8);

    CHECK(window->isWindowModified());
    REQUIRE(document.saveWorkspace(path).ok());
    CHECK_FALSE(window->isWindowModified());
    CHECK(window->close());
  }
  auto window = showWindow();
  window->openPath(path);
  REQUIRE(tests::waitFor([&] { return window->document().hasModel(); }));
  REQUIRE(tests::waitUntilIdle(window->document()));
  CHECK(window->messages().count() == 0);
  REQUIRE(window->document().variants().size() == 2);
  CHECK(window->document().variants()[1].evaluation->top1.hits == rightInt8);
  CHECK(wish(*window, 10) == Precision::Int8);
  window->actions().redo->trigger();
  CHECK(wish(*window, 10) == Precision::Float32);
  CHECK(settings::recentFiles().contains(path));
}

TEST_CASE("A workspace with everything measured is opened in a new window and looks the same", "[ui][main_window]") {
  tests::TemporaryFolder folder;
  const QString path = QString::fromStdString((folder.path() / "measured.qscope").string());
  QString sensitivity;
  {
    auto window = showWindow();
    Document& document = window->document();
    window->openPath(tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
    REQUIRE(tests::waitFor([&] { return document.hasModel(); }));
    window->openPath(tests::samplePath(QStringLiteral("shapes")));
    document.quantize();
    REQUIRE(tests::waitUntilIdle(document));
    document.evaluateOutstanding();
    document.measureSensitivity();
    SearchWish wish;
    wish.maxDrop = 0.05;
    wish.schemes = {Precision::Int8, Precision::Int4x8};
    wish.trials = 8;
    document.search(wish);
    REQUIRE(tests::waitUntilIdle(document, 240000));
    document.compareLayersOf(document.currentVariant());
    REQUIRE(tests::waitUntilIdle(document, 240000));
    const auto* table = window->findChild<LayersTable*>();
    REQUIRE_FALSE(table->isColumnHidden(LayersModel::Sensitivity));
    sensitivity = table->model()->index(0, LayersModel::Sensitivity).data().toString();
    REQUIRE(document.saveWorkspace(path).ok());
    CHECK(window->close());
  }
  auto window = showWindow();
  window->openPath(path);
  REQUIRE(tests::waitFor([&] { return window->document().hasModel(); }));
  REQUIRE(tests::waitUntilIdle(window->document()));
  CHECK(window->messages().count() == 0);
  const auto* table = window->findChild<LayersTable*>();
  CHECK(table->model()->index(0, LayersModel::Sensitivity).data().toString() == sensitivity);
  const Variant* current = window->document().variant(window->document().currentVariant());
  REQUIRE(current);
  CHECK(current->searched.has_value());
  CHECK(current->layerErrors);
}

}  // namespace quantscope::ui
