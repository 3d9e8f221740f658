#include "ui/views/compare/compare_view.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QListWidget>
#include <QTableView>
#include <QTest>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/views/compare/answer_list.h"
#include "ui/views/compare/graph_changes.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

TEST_CASE("Variants stand side by side, in full, with what changed in answers and graph", "[ui][views][compare]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
  CompareView view(document);
  view.resize(560, 590);
  view.show();
  REQUIRE(QTest::qWaitForWindowExposed(&view));
  auto* table = view.findChild<QTableView*>(QStringLiteral("compareTable"));
  CHECK_FALSE(table->isVisible());
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  document.evaluateOutstanding();
  REQUIRE(tests::waitUntilIdle(document, 240000));
  REQUIRE(table->isVisible());
  REQUIRE(table->model()->columnCount() == 3);
  // No cell is cut, and all rows are seen.
  for (int row = 0; row < table->model()->rowCount(); ++row) {
    for (int column = 0; column < 3; ++column) {
      const QString text = table->model()->index(row, column).data().toString();
      INFO(text.toStdString());
      CHECK(table->fontMetrics().horizontalAdvance(text) <= table->columnWidth(column) - 16);
    }
  }
  CHECK(table->visualRect(table->model()->index(table->model()->rowCount() - 1, 0)).bottom() <=
        table->viewport()->height());

  auto* answers = view.findChild<AnswerList*>();
  REQUIRE(answers->isVisible());
  const EvaluationResult &before = *document.variants()[0].evaluation, &now = *document.variants()[1].evaluation;
  int changed = 0;
  for (size_t i = 0; i < now.predictions.size(); ++i) changed += now.predictions[i].top1 != before.predictions[i].top1;
  CHECK(answers->list().count() == changed);
  auto* changes = view.findChild<GraphChanges*>();
  REQUIRE(tests::waitFor([&] { return changes->isVisible(); }));
  REQUIRE(changes->list().count() > 2);
  for (int row = 0; row < changes->list().count(); ++row) {
    changes->list().setCurrentRow(row);
    if (document.selection().current().valid()) break;
  }
  CHECK(document.selection().current().valid());

  table->setFocus();
  QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
  const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n', Qt::SkipEmptyParts);
  CHECK(lines.size() == table->model()->rowCount() + 1);
  CHECK(lines.front().endsWith(document.variants()[1].name));
}

}  // namespace quantscope::ui
