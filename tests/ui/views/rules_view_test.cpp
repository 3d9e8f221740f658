#include "ui/views/rules/rules_view.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/views/layers/rules_strip.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

struct Shown {
  Document document;
  std::unique_ptr<RulesView> view;
  Shown() {
    tests::application();
    REQUIRE(tests::openSampleModel(document));
    view = std::make_unique<RulesView>(document);
    view->resize(900, 260);
    view->show();
    view->activateWindow();
    REQUIRE(QTest::qWaitForWindowActive(view.get()));
  }
  QTableView& table() { return *view->findChild<QTableView*>(QStringLiteral("rulesTable")); }
  const std::vector<RecipeRule>& rules() { return document.recipe().rules; }
  void press(const QString& text) {
    for (QPushButton* button : view->findChildren<QPushButton*>()) {
      if (button->text() == text) return QTest::mouseClick(button, Qt::LeftButton);
    }
    FAIL("no button " << text.toStdString());
  }
  /// Types into the expression of the rule.
  void type(const QString& text) {
    for (QLineEdit* line : view->findChildren<QLineEdit*>()) {
      if (qobject_cast<QComboBox*>(line->parentWidget()) || line->parentWidget()->inherits("QAbstractSpinBox"))
        continue;
      line->setFocus();
      line->selectAll();
      return QTest::keyClicks(line, text);
    }
    FAIL("no line for the expression");
  }
};

}  // namespace

TEST_CASE("A rule is added for the selected type, edited, moved, removed, and all of it undone", "[ui][views]") {
  Shown shown;
  shown.document.selection().setOperators({OperatorIndex(0)}, OperatorIndex(0));
  shown.press(QStringLiteral("Add"));
  REQUIRE(shown.rules().size() == 1);
  CHECK(shown.rules()[0].operatorType == "CONV_2D");
  shown.press(QStringLiteral("Add"));
  REQUIRE(shown.rules().size() == 2);
  shown.type(QStringLiteral("dense"));
  CHECK(shown.rules()[1].scope == "dense");
  // A half-typed expression does not reach the recipe.
  shown.type(QStringLiteral("(dense"));
  CHECK(shown.rules()[1].scope == "dense");
  shown.type(QStringLiteral("dense"));

  shown.table().setFocus();
  shown.table().selectRow(1);
  QTest::keyClick(&shown.table(), Qt::Key_Up, Qt::AltModifier);
  CHECK(shown.rules()[0].scope == "dense");
  QTest::keyClick(&shown.table(), Qt::Key_Down, Qt::AltModifier);
  CHECK(shown.rules()[1].scope == "dense");
  QTest::keyClick(&shown.table(), Qt::Key_Delete);
  CHECK(shown.rules().size() == 1);
  shown.document.undoStack()->undo();
  CHECK(shown.rules().size() == 2);
  while (shown.document.undoStack()->canUndo()) shown.document.undoStack()->undo();
  CHECK(shown.rules().empty());
}

TEST_CASE("The strip under the layers tells counts and what other choices take from a rule", "[ui][views]") {
  Shown shown;
  RulesStrip strip(shown.document);
  Recipe recipe = shown.document.recipe();
  RecipeRule convolutions, nothing;
  convolutions.operatorType = "CONV_2D";
  convolutions.scheme.precision = Precision::Float16;
  nothing.operatorType = "LSTM";
  recipe.rules = {convolutions, nothing};
  shown.document.setRecipe(recipe, QStringLiteral("rules"));
  CHECK(strip.toolTip().contains(QStringLiteral("1  op:CONV_2D → float16: 3 operators")));
  CHECK(strip.toolTip().contains(QStringLiteral("it matches nothing")));
  shown.document.setOperatorPrecision({OperatorIndex(0)}, Precision::Float32);
  CHECK(strip.toolTip().contains(QStringLiteral("1 of them set by a later rule or by hand")));
}

}  // namespace quantscope::ui
