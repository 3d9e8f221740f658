#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QFile>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QTableView>
#include <QTest>

#include "core/data/zip_archive.h"
#include "core/quantization/targets/advice.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "ui/main_window/bundle_dialog.h"
#include "ui/main_window/guide_dialog.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/search_dialog.h"
#include "ui/main_window/settings_dialog.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/settings.h"
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
    window->openPath(tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
    REQUIRE(tests::waitFor([this] { return document().hasModel(); }));
    document().setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
    REQUIRE(tests::waitUntilIdle(document()));
  }
  Document& document() { return window->document(); }
  template <typename Dialog>
  Dialog& dialog() {
    Dialog* found = nullptr;
    REQUIRE(
        tests::waitFor([&] { return (found = window->findChild<Dialog*>()) != nullptr && found->isVisible(); }, 5000));
    return *found;
  }
};

QAction* entry(QMenu& menu, const QString& name) {
  for (QAction* action : menu.actions()) {
    if (action->objectName() == name) return action;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("The guide goes from a device to a mode with reasons; what is taken can be undone", "[ui][main_window]") {
  Shown shown;
  const Recipe before = shown.document().recipe();
  QTest::keyClick(shown.window.get(), Qt::Key_G, Qt::ControlModifier);
  auto& guide = shown.dialog<GuideDialog>();
  REQUIRE(tests::waitFor([&] { return guide.advice() != nullptr; }));
  CHECK(guide.advice()->target == "cpu");
  CHECK(guide.advice()->samples);
  auto* target = guide.findChild<QComboBox*>(QStringLiteral("guideTarget"));
  target->setFocus();
  QTest::keyClicks(target, QStringLiteral("Edge"));
  REQUIRE(tests::waitFor([&] { return guide.advice() && guide.advice()->target == "edge-tpu"; }));
  CHECK(guide.advice()->mode == "int8-full");
  auto* take = guide.findChild<QPushButton*>(QStringLiteral("guideTake"));
  CHECK(take->text().contains(QStringLiteral("int8-full")));
  auto* table = guide.findChild<QTableView*>(QStringLiteral("guideTable"));
  CHECK(table->model()->rowCount() == static_cast<int>(guide.advice()->options.size()));
  QTest::mouseClick(take, Qt::LeftButton);
  CHECK(shown.document().recipe().target == "edge-tpu");
  CHECK(shown.document().recipe().requireInteger);
  shown.document().undoStack()->undo();
  CHECK(shown.document().recipe() == before);
}

TEST_CASE("The guide's presets become ordinary rules", "[ui][main_window]") {
  Shown shown;
  shown.window->actions().guide->trigger();
  auto& guide = shown.dialog<GuideDialog>();
  REQUIRE(tests::waitFor([&] { return guide.advice() != nullptr; }));
  QTest::mouseClick(guide.findChild<QPushButton*>(QStringLiteral("guidePreset-size")), Qt::LeftButton);
  CHECK_FALSE(shown.document().recipe().rules.empty());
  REQUIRE(tests::waitUntilIdle(shown.document()));
}

TEST_CASE("The search asks for a budget and starts with it", "[ui][main_window]") {
  Shown shown;
  QTest::keyClick(shown.window.get(), Qt::Key_F8, Qt::ShiftModifier);
  auto& dialog = shown.dialog<SearchDialog>();
  REQUIRE(dialog.wish().maxDrop.has_value());
  CHECK(*dialog.wish().maxDrop == Approx(0.01));
  for (QCheckBox* box : dialog.findChildren<QCheckBox*>()) {
    if (box->objectName() != QLatin1String("scheme-int8")) box->setChecked(false);
  }
  CHECK(dialog.wish().schemes == std::vector<Precision>{Precision::Int8});
  QTest::mouseClick(dialog.findChild<QPushButton*>(QStringLiteral("searchStart")), Qt::LeftButton);
  REQUIRE(tests::waitUntilIdle(shown.document(), 240000));
  const auto& variants = shown.document().variants();
  CHECK(std::any_of(variants.begin(), variants.end(), [](const Variant& v) { return v.searched.has_value(); }));
}

TEST_CASE("The target menu names every device and marks the one that is made for", "[ui][main_window]") {
  Shown shown;
  WindowActions& actions = shown.window->actions();
  REQUIRE(actions.targets.size() == targets().size());
  CHECK(actions.targets[0].second->isChecked());
  actions.targets[3].second->trigger();
  CHECK(shown.document().target().name == actions.targets[3].first.toStdString());
  CHECK(actions.targets[3].second->isChecked());
  CHECK_FALSE(actions.targets[0].second->isChecked());
  REQUIRE(tests::waitUntilIdle(shown.document()));
}

TEST_CASE("Algorithms are chosen in the menus, for all operators or for the selected", "[ui][main_window]") {
  Shown shown;
  WindowActions& actions = shown.window->actions();
  emit actions.algorithmMenu->aboutToShow();
  QAction* equalize = entry(*actions.algorithmMenu, QStringLiteral("algorithm-equalize"));
  REQUIRE(equalize);
  CHECK_FALSE(equalize->isChecked());
  equalize->trigger();
  CHECK(shown.document().recipe().defaultScheme.algorithms == std::vector<std::string>{"equalize"});
  emit actions.algorithmMenu->aboutToShow();
  CHECK(entry(*actions.algorithmMenu, QStringLiteral("algorithm-equalize"))->isChecked());
  shown.document().selection().setOperators({OperatorIndex(2)}, OperatorIndex(2));
  emit actions.selectionAlgorithmMenu->aboutToShow();
  entry(*actions.selectionAlgorithmMenu, QStringLiteral("algorithm-mse"))->trigger();
  CHECK(shown.document().resolved().operators[2].algorithms == std::vector<std::string>{"equalize", "mse"});
  CHECK(shown.document().resolved().operators[0].algorithms == std::vector<std::string>{"equalize"});
}

TEST_CASE("A bundle of several models asks which one, and opens it", "[ui][main_window]") {
  tests::application();
  tests::forgetSettings();
  tests::TemporaryFolder folder;
  QFile model(tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
  REQUIRE(model.open(QIODevice::ReadOnly));
  const QByteArray bytes = model.readAll();
  const std::filesystem::path bundle = folder.path() / "two.task";
  auto zip = data::ZipWriter::create(bundle, IfExists::Refuse);
  REQUIRE(zip.ok());
  const std::span<const std::byte> content(reinterpret_cast<const std::byte*>(bytes.data()),
                                           static_cast<size_t>(bytes.size()));
  REQUIRE(zip->add("first.tflite", {}, content).ok());
  REQUIRE(zip->add("second.tflite", {}, content).ok());
  REQUIRE(zip->finish().ok());
  MainWindow window;
  window.show();
  window.openPath(QString::fromStdString(bundle.string()));
  BundleDialog* dialog = nullptr;
  REQUIRE(
      tests::waitFor([&] { return (dialog = window.findChild<BundleDialog*>()) != nullptr && dialog->isVisible(); }));
  auto* list = dialog->findChild<QListWidget*>(QStringLiteral("bundleModels"));
  REQUIRE(list->count() == 2);
  list->setFocus();
  QTest::keyClick(list, Qt::Key_Down);
  QTest::keyClick(list, Qt::Key_Return);
  REQUIRE(tests::waitFor([&] { return window.document().hasModel(); }));
  CHECK(window.document().loaded()->path == bundledModelPath(bundle, "second.tflite"));
  REQUIRE(tests::waitUntilIdle(window.document()));
  CHECK(settings::recentFiles().value(0).endsWith(QStringLiteral("two.task::second.tflite")));
}

TEST_CASE("Settings act at once and are remembered", "[ui][main_window]") {
  Shown shown;
  shown.window->actions().settings->trigger();
  auto& dialog = shown.dialog<SettingsDialog>();
  auto* theme = dialog.findChild<QComboBox*>(QStringLiteral("settingsTheme"));
  theme->setFocus();
  theme->setCurrentIndex(2);
  emit theme->activated(2);
  CHECK(Theme::instance().dark());
  CHECK(settings::themeChoice() == Theme::Choice::Dark);
  CHECK(settings::restoresSession());
  QTest::mouseClick(dialog.findChild<QCheckBox*>(QStringLiteral("settingsRestore")), Qt::LeftButton, {}, QPoint(8, 8));
  CHECK_FALSE(settings::restoresSession());
  Theme::instance().setChoice(Theme::Choice::Light);
}

TEST_CASE("What was open last is remembered when the window closes", "[ui][main_window]") {
  Shown shown;
  shown.window->setUnsavedAnswer([] { return 0; });
  REQUIRE(shown.window->close());
  CHECK(settings::lastSession() == tests::samplePath(QStringLiteral("shapes_cnn.tflite")));
}

TEST_CASE("Every control that takes the focus has a name for screen readers", "[ui][main_window][accessible]") {
  Shown shown;
  Document& document = shown.document();
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  document.evaluateOutstanding();
  document.selection().setOperators({OperatorIndex(0)}, OperatorIndex(0));
  REQUIRE(tests::waitUntilIdle(document, 240000));
  for (QAction* action :
       {shown.window->actions().guide, shown.window->actions().search, shown.window->actions().settings,
        shown.window->actions().shortcuts, shown.window->actions().about})
    action->trigger();
  QApplication::processEvents();
  QStringList nameless;
  for (const QWidget* widget : QApplication::allWidgets()) {
    // What stands in for another widget, or is a part of one that has a name.
    const bool control = qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
                         qobject_cast<const QAbstractItemView*>(widget) || widget->inherits("QLineEdit") ||
                         widget->inherits("QAbstractSpinBox") || widget->inherits("QPlainTextEdit");
    if (!control || widget->focusPolicy() == Qt::NoFocus) continue;
    const QWidget* parent = widget->parentWidget();
    const bool part = parent && (parent->inherits("QComboBox") || parent->inherits("QComboBoxPrivateContainer") ||
                                 parent->inherits("QAbstractSpinBox") || parent->inherits("QTabBar") ||
                                 parent->inherits("QMessageBox") || parent->inherits("QHeaderView") ||
                                 widget->inherits("QHeaderView"));
    if (part) continue;
    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
    if (accessible && !accessible->text(QAccessible::Name).trimmed().isEmpty()) continue;
    QString place = QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName();
    for (const QWidget* above = parent; above; above = above->parentWidget())
      place += QStringLiteral(" < ") + QString::fromLatin1(above->metaObject()->className());
    nameless << place;
  }
  INFO(nameless.join(u'\n').toStdString());
  CHECK(nameless.isEmpty());
  for (QDialog* dialog : shown.window->findChildren<QDialog*>()) dialog->close();
}

}  // namespace quantscope::ui
