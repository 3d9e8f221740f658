#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QTest>

#include "core/io/tflite_writer.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "tests/support/synthetic_models.h"
#include "ui/views/layers/layers_model.h"
#include "ui/views/layers/layers_order.h"
#include "ui/views/layers/layers_table.h"
#include "ui/views/layers/layers_view.h"
#include "ui/widgets/filter_line.h"
#include "ui/widgets/tabular_text.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

struct Shown {
  tests::TemporaryFolder folder;
  Document document;
  std::unique_ptr<LayersView> view;

  explicit Shown(int operators) {
    tests::application();
    const auto path = folder.path() / "model.tflite";
    REQUIRE(
        writeModel(*tests::makeSyntheticModel(tests::SyntheticKind::Transformer, operators), path, IfExists::Replace)
            .ok());
    document.openModel(QString::fromStdString(path.string()));
    REQUIRE(tests::waitFor([&] { return document.hasModel() && document.plan(); }, 120000));
    view = std::make_unique<LayersView>(document);
    view->resize(608, 640);
    view->show();
    REQUIRE(QTest::qWaitForWindowExposed(view.get()));
  }
  LayersTable& table() { return view->table(); }
  int rows() { return table().model()->rowCount(); }
  int operatorAt(int row) { return table().model()->index(row, LayersModel::Position).data().toInt(); }
};

/// The best of three: other programs run at the same time.
template <typename Work>
double bestMilliseconds(Work work) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    QElapsedTimer timer;
    timer.start();
    work(i);
    best = std::min(best, static_cast<double>(timer.nsecsElapsed()) / 1e6);
  }
  return best;
}

}  // namespace

TEST_CASE("At a thousand operators filters and modes change within 100 ms", "[ui][views][scale]") {
  Shown shown(1000);
  const double filter = bestMilliseconds([&](int i) {
    shown.view->filterLine().setText(i % 2 ? QStringLiteral("op:ADD") : QStringLiteral("op:FULLY_CONNECTED"));
    shown.table().viewport()->repaint();
  });
  CHECK(filter < 100);
  std::vector<OperatorIndex> all;
  for (int i = 0; i < shown.table().model()->rowCount(); ++i) all.emplace_back(shown.operatorAt(i));
  const double mode = bestMilliseconds([&](int i) {
    shown.document.setOperatorPrecision(all, i % 2 ? Precision::Float32 : Precision::Float16);
    shown.table().viewport()->repaint();
  });
  CHECK(mode < 100);
  const double sort = bestMilliseconds([&](int i) {
    shown.table().sortByColumn(LayersModel::Type, i % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
    shown.table().viewport()->repaint();
  });
  CHECK(sort < 100);
  INFO("filter " << filter << ", modes of " << all.size() << " operators " << mode << ", sort " << sort << " ms");
}

TEST_CASE("Every second row filtered out of ten thousand is one change, not thousands", "[ui][views][scale]") {
  Shown shown(10000);
  int signalsSent = 0;
  const auto count = [&signalsSent] { ++signalsSent; };
  QObject::connect(shown.table().model(), &QAbstractItemModel::rowsRemoved, count);
  QObject::connect(shown.table().model(), &QAbstractItemModel::modelReset, count);
  const double filter = bestMilliseconds(
      [&](int i) { shown.view->filterLine().setText(i % 2 ? QString() : QStringLiteral("op:FULLY_CONNECTED")); });
  CHECK(signalsSent == 3);
  INFO("filter " << filter << " ms");
  CHECK(filter < 400);
  CHECK(shown.rows() > 3000);
  CHECK(shown.rows() < 6000);
}

TEST_CASE("A click on a header sorts by value and keeps the selection on its operator", "[ui][views]") {
  Shown shown(100);
  shown.document.selection().setOperators({OperatorIndex(7)}, OperatorIndex(7));
  QHeaderView* header = shown.table().horizontalHeader();
  const auto click = [&](int column) {
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                      QPoint(header->sectionViewportPosition(column) + 12, header->height() / 2));
  };
  click(LayersModel::Parameters);
  click(LayersModel::Parameters);
  const auto value = [&](int row) {
    return shown.document.summary().operatorParameters[static_cast<size_t>(shown.operatorAt(row))];
  };
  for (int row = 1; row < shown.rows(); ++row) {
    INFO(row);
    if (header->sortIndicatorOrder() == Qt::DescendingOrder)
      CHECK(value(row - 1) >= value(row));
    else
      CHECK(value(row - 1) <= value(row));
    // Equals stay in execution order where it ascends.
    if (header->sortIndicatorOrder() == Qt::AscendingOrder && value(row - 1) == value(row))
      CHECK(shown.operatorAt(row - 1) < shown.operatorAt(row));
  }
  CHECK(shown.operatorAt(shown.table().currentIndex().row()) == 7);
  CHECK(shown.document.selection().operators() == std::vector<OperatorIndex>{OperatorIndex(7)});
}

TEST_CASE("What is filtered out stays selected and comes back with the filter gone", "[ui][views]") {
  Shown shown(100);
  shown.document.selection().setOperators({OperatorIndex(3), OperatorIndex(4)}, OperatorIndex(4));
  shown.view->filterLine().setText(QStringLiteral("#50-#60"));
  CHECK(shown.rows() == 11);
  CHECK(shown.document.selection().operators().size() == 2);
  shown.view->filterLine().clear();
  CHECK(shown.table().selectionModel()->selectedRows().size() == 2);
}

TEST_CASE("The order keeps the contract of item models while it is filtered and sorted", "[ui][views]") {
  Shown shown(60);
  LayersModel model(shown.document);
  LayersOrder order(shown.document, model);
  QAbstractItemModelTester tester(&order, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const QPersistentModelIndex followed = order.index(5, LayersModel::Type);
  order.sort(LayersModel::Type, Qt::DescendingOrder);
  REQUIRE(followed.isValid());
  CHECK(order.mapToSource(followed).row() == 5);
  order.setFilter(OperatorFilter::parse(QStringLiteral("op:ADD")).value());
  CHECK(order.rowCount() > 5);
  CHECK(order.mapFromSource(model.index(0, 0)).isValid() ==
        (model.index(0, LayersModel::Type).data().toString() == QStringLiteral("ADD")));
  shown.document.setOperatorPrecision({OperatorIndex(0)}, Precision::Float16);
  order.sort(-1);
  shown.document.closeWorkspace();
  CHECK(order.rowCount() == 0);
}

TEST_CASE("At the default width no header and no value is cut off", "[ui][views]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  LayersView view(document);
  view.resize(606, 640);
  view.show();
  REQUIRE(QTest::qWaitForWindowExposed(&view));
  LayersTable& table = view.table();
  const QFontMetrics header = table.horizontalHeader()->fontMetrics();
  for (int column = 0; column < LayersModel::ColumnCount; ++column) {
    if (table.isColumnHidden(column)) continue;
    const QString title = table.model()->headerData(column, Qt::Horizontal).toString();
    INFO(title.toStdString());
    CHECK(table.columnWidth(column) >= header.horizontalAdvance(title) + 16);
    for (int row = 0; row < table.model()->rowCount() && column != LayersModel::Mode; ++row) {
      const QString text = table.model()->index(row, column).data().toString();
      CHECK(table.columnWidth(column) >= tabularWidth(table.fontMetrics(), text) + 16);
    }
  }
  for (const int column : {LayersModel::Position, LayersModel::Type, LayersModel::Output, LayersModel::Parameters,
                           LayersModel::Mode, LayersModel::Sqnr}) {
    CHECK_FALSE(table.isColumnHidden(column));
  }
  view.resize(680, 640);
  tests::waitFor([] { return false; }, 20);
  CHECK_FALSE(table.isColumnHidden(LayersModel::Sensitivity));
  CHECK(view.totals().startsWith(QStringLiteral("11 operators · ")));
}

TEST_CASE("A measured sensitivity is shown at the default width, beside all that is needed", "[ui][views]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
  LayersView view(document);
  view.resize(606, 640);
  view.show();
  REQUIRE(QTest::qWaitForWindowExposed(&view));
  document.measureSensitivity();
  REQUIRE(tests::waitUntilIdle(document, 240000));
  REQUIRE(document.sensitivity());
  LayersTable& table = view.table();
  CHECK_FALSE(table.isColumnHidden(LayersModel::Sensitivity));
  int used = 0;
  for (int column = 0; column < LayersModel::ColumnCount; ++column) used += table.columnWidth(column);
  CHECK(used <= table.viewport()->width());
  view.resize(480, 640);
  tests::waitFor([] { return false; }, 20);
  CHECK_FALSE(table.isColumnHidden(LayersModel::Sensitivity));
}

}  // namespace quantscope::ui
