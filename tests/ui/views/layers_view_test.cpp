#include "ui/views/layers/layers_view.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QTest>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/views/layers/layers_model.h"
#include "ui/views/layers/layers_table.h"
#include "ui/widgets/filter_line.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

struct Shown {
  Document document;
  std::unique_ptr<LayersView> view;
  Shown() {
    tests::application();
    REQUIRE(tests::openSampleModel(document));
    view = std::make_unique<LayersView>(document);
    view->resize(640, 600);
    view->show();
    REQUIRE(QTest::qWaitForWindowExposed(view.get()));
  }
  LayersTable& table() { return view->table(); }
  QPoint cell(int row, int column) { return table().visualRect(table().model()->index(row, column)).center(); }
  QPoint box(int row) {
    const QModelIndex index = table().model()->index(row, LayersModel::Mode);
    return TableDelegate::boxRect(table().visualRect(index), table().fontMetrics(), index.data().toString()).center();
  }
  QMenu* openMenu() {
    QMenu* menu = nullptr;
    tests::waitFor([&] { return (menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) != nullptr; }, 2000);
    return menu;
  }
  QAction* action(const QString& text) {
    QMenu* menu = openMenu();
    if (!menu) return nullptr;
    for (QAction* candidate : menu->actions()) {
      if (candidate->text() == text) return candidate;
    }
    return nullptr;
  }
  Precision wish(int op) const { return document.resolved().operators[static_cast<size_t>(op)].precision; }
};

}  // namespace

TEST_CASE("A click selects the operator everywhere; selecting elsewhere shows in the table", "[ui][views]") {
  Shown shown;
  QTest::mouseClick(shown.table().viewport(), Qt::LeftButton, {}, shown.cell(2, LayersModel::Type));
  CHECK(shown.document.selection().current() == OperatorIndex(2));
  shown.document.selection().setOperators({OperatorIndex(4), OperatorIndex(9)}, OperatorIndex(9));
  CHECK(shown.table().selectionModel()->selectedRows().size() == 2);
  CHECK(shown.table().currentIndex().row() == 9);
}

TEST_CASE("The mode of one row is chosen with the mouse", "[ui][views]") {
  Shown shown;
  QTest::mouseClick(shown.table().viewport(), Qt::LeftButton, {}, shown.box(4));
  QAction* chosen = shown.action(QStringLiteral("float32"));
  REQUIRE(chosen);
  chosen->trigger();
  shown.openMenu()->close();
  CHECK(shown.wish(4) == Precision::Float32);
  CHECK(shown.wish(2) == Precision::Int8);
}

TEST_CASE("A choice on one row of a multi-selection is for all of them and keeps the selection", "[ui][views]") {
  Shown shown;
  QTest::mouseClick(shown.table().viewport(), Qt::LeftButton, {}, shown.cell(0, LayersModel::Type));
  QTest::mouseClick(shown.table().viewport(), Qt::LeftButton, Qt::ControlModifier, shown.cell(2, LayersModel::Type));
  QTest::mouseClick(shown.table().viewport(), Qt::LeftButton, Qt::ControlModifier, shown.cell(4, LayersModel::Type));
  QTest::mouseClick(shown.table().viewport(), Qt::LeftButton, {}, shown.box(2));
  QAction* chosen = shown.action(QStringLiteral("float32"));
  REQUIRE(chosen);
  chosen->trigger();
  shown.openMenu()->close();
  CHECK(shown.wish(0) == Precision::Float32);
  CHECK(shown.wish(2) == Precision::Float32);
  CHECK(shown.wish(4) == Precision::Float32);
  CHECK(shown.wish(9) == Precision::Int8);
  CHECK(shown.document.selection().operators().size() == 3);
  CHECK(shown.document.undoStack()->count() == 1);
  shown.document.undoStack()->undo();
  CHECK(shown.wish(0) == Precision::Int8);
}

TEST_CASE("The keyboard alone is enough: arrows, Shift, Space, the menu", "[ui][views]") {
  Shown shown;
  shown.document.selection().setOperators({OperatorIndex(0)}, OperatorIndex(0));
  shown.table().setFocus();
  QTest::keyClick(&shown.table(), Qt::Key_Down, Qt::ShiftModifier);
  CHECK(shown.document.selection().operators().size() == 2);
  QTest::keyClick(&shown.table(), Qt::Key_Space);
  QMenu* menu = shown.openMenu();
  REQUIRE(menu);
  for (int i = 0; i < 20 && !(menu->activeAction() && menu->activeAction()->text() == QStringLiteral("float32")); ++i)
    QTest::keyClick(menu, Qt::Key_Up);
  QTest::keyClick(menu, Qt::Key_Return);
  CHECK(shown.wish(0) == Precision::Float32);
  CHECK(shown.wish(1) == Precision::Float32);
}

TEST_CASE("The filter line narrows the rows, counts them, and says what is wrong", "[ui][views]") {
  Shown shown;
  FilterLine& line = shown.view->filterLine();
  CHECK(line.count() == QStringLiteral("11 of 11"));
  line.setFocus();
  QTest::keyClicks(&line, QStringLiteral("op:CONV_2D params>1000"));
  CHECK(line.count() == QStringLiteral("2 of 11"));
  CHECK(line.problem().isEmpty());
  // A word that is not finished is told, and the rows stay.
  line.setText(QStringLiteral("op:CONV_2D params>1000 sqnr<"));
  CHECK_FALSE(line.problem().isEmpty());
  CHECK(line.count() == QStringLiteral("2 of 11"));
  QTest::keyClick(&line, Qt::Key_Down);
  CHECK(shown.document.selection().current() == OperatorIndex(2));
  line.setFocus();
  QTest::keyClick(&line, Qt::Key_Escape);
  CHECK(line.count() == QStringLiteral("11 of 11"));
}

TEST_CASE("Rows are copied as a table that a spreadsheet takes", "[ui][views]") {
  Shown shown;
  shown.document.selection().setOperators({OperatorIndex(0), OperatorIndex(1)}, OperatorIndex(0));
  shown.table().setFocus();
  QTest::keyClick(&shown.table(), Qt::Key_C, Qt::ControlModifier);
  const QStringList lines = QApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].startsWith(QStringLiteral("#\tOperator\tOutput\tParams\tMode")));
  CHECK(lines[1].startsWith(QStringLiteral("0\tCONV_2D\t30×30×32\t896\tint8")));
}

TEST_CASE("No column is cut off: what has no room is hidden", "[ui][views]") {
  Shown shown;
  for (int width : {420, 520, 640, 800, 1100}) {
    shown.view->resize(width, 600);
    tests::waitFor([] { return false; }, 20);
    int used = 0;
    for (int column = 0; column < LayersModel::ColumnCount; ++column) used += shown.table().columnWidth(column);
    INFO(width);
    if (width >= 640) CHECK(used <= shown.table().viewport()->width());
    CHECK_FALSE(shown.table().isColumnHidden(LayersModel::Mode));
  }
  CHECK_FALSE(shown.table().isColumnHidden(LayersModel::Bytes));
}

}  // namespace quantscope::ui
