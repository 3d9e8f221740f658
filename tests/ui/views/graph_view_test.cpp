#include "ui/views/graph/graph_view.h"

#include <QApplication>
#include <QFile>
#include <QMenu>
#include <QTest>
#include <QWheelEvent>

#include "core/io/tflite_writer.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "tests/support/synthetic_models.h"
#include "ui/views/graph/graph_blocks.h"
#include "ui/widgets/filter_line.h"
#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

struct Shown {
  tests::TemporaryFolder folder;
  Document document;
  std::unique_ptr<GraphView> view;

  Shown() {
    tests::application();
    view = std::make_unique<GraphView>(document);
    view->resize(700, 600);
    view->show();
    REQUIRE(QTest::qWaitForWindowExposed(view.get()));
  }
  void open(const QString& path) {
    document.openModel(path);
    REQUIRE(tests::waitFor([&] { return bool(canvas().drawing()); }));
    REQUIRE(tests::waitUntilIdle(document));
  }
  void openSample() { open(tests::samplePath(QStringLiteral("shapes_cnn.tflite"))); }
  void open(const Model& model) {
    const auto path = folder.path() / "model.tflite";
    REQUIRE(writeModel(model, path, IfExists::Replace).ok());
    open(QString::fromStdString(path.string()));
  }
  GraphCanvas& canvas() { return view->canvas(); }
  const GraphScene& scene() { return canvas().drawing().scene(); }
  QPoint middleOf(int32_t card) { return canvas().toWidget(scene().cardRect(card).center()).toPoint(); }
  void key(Qt::Key key) { QTest::keyClick(&canvas(), key); }
  int current() { return document.selection().current().value; }
  /// Waits for the layout that the last action asked for.
  void settle() {
    REQUIRE(tests::waitFor([this] { return !view->loading() && canvas().drawing(); }));
  }
};

/// One IF whose branches are graphs of their own.
std::shared_ptr<const Model> branchingModel() {
  tests::ModelBuilder builder;
  const auto condition = builder.tensor({1}, ElementType::Bool), x = builder.tensor({4}), y = builder.tensor({4});
  tflite::IfOptionsT options;
  options.then_subgraph_index = 1;
  options.else_subgraph_index = 2;
  builder.op(tflite::BuiltinOperator_IF, {condition, x}, {y}).options.Set(std::move(options));
  builder.inputs({condition, x});
  builder.outputs({y});
  for (const int adds : {1, 2}) {
    builder.beginSubgraph();
    auto value = builder.tensor({4});
    builder.inputs({value});
    for (int i = 0; i < adds; ++i) {
      const auto sum = builder.tensor({4});
      builder.add(value, value, sum);
      value = sum;
    }
    builder.outputs({value});
  }
  return builder.build();
}

}  // namespace

TEST_CASE("Without a model the graph says what to do; with one it shows cards, legend and overview", "[ui][graph]") {
  Shown shown;
  CHECK(shown.view->message() == QStringLiteral("Open a model to see its graph."));
  CHECK_FALSE(shown.view->minimap().isVisible());
  shown.openSample();
  CHECK(shown.view->message().isEmpty());
  CHECK(shown.view->minimap().isVisible());
  CHECK_FALSE(shown.view->legend().entries().empty());
  // The wish is int8, and the plan does not have to wait for a calibration to give it.
  CHECK(tests::waitFor([&] { return shown.canvas().drawing().wordOf(0) == QStringLiteral("int8"); }, 5000));
  CHECK(shown.canvas().drawing().detailOf(0).startsWith(QStringLiteral("896 params · ")));
  shown.document.closeWorkspace();
  CHECK(shown.view->message() == QStringLiteral("Open a model to see its graph."));
}

TEST_CASE("A click selects everywhere, Ctrl adds, empty ground clears; selecting elsewhere shows here", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  shown.canvas().fitAll();
  QTest::mouseClick(&shown.canvas(), Qt::LeftButton, {}, shown.middleOf(2));
  CHECK(shown.current() == 2);
  QTest::mouseClick(&shown.canvas(), Qt::LeftButton, Qt::ControlModifier, shown.middleOf(4));
  CHECK(shown.document.selection().operators().size() == 2);
  QTest::mouseClick(&shown.canvas(), Qt::LeftButton, {}, QPoint(3, 300));
  CHECK(shown.document.selection().operators().empty());
  shown.document.selection().setOperators({OperatorIndex(5)}, OperatorIndex(5));
  CHECK(shown.canvas().marks().selected == QSet<int32_t>{5});
}

TEST_CASE("The keyboard walks along the wires", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  shown.canvas().setFocus();
  shown.key(Qt::Key_Home);
  CHECK(shown.current() == 0);
  shown.key(Qt::Key_Down);
  CHECK(shown.current() == 1);
  shown.key(Qt::Key_Up);
  CHECK(shown.current() == 0);
  shown.key(Qt::Key_End);
  CHECK(shown.current() == 10);
  CHECK(shown.canvas().visibleArea().contains(shown.scene().cardRect(10)));
  shown.key(Qt::Key_F);
  CHECK(shown.canvas().scale() > 0.9);
  shown.key(Qt::Key_Return);  // nothing inside: a closer look
  CHECK(shown.canvas().visibleArea().contains(shown.scene().cardRect(10)));
  shown.key(Qt::Key_Escape);
  CHECK(shown.document.selection().operators().empty());
}

TEST_CASE("Dragging pans, Ctrl and the wheel zoom about the pointer, the overview goes there", "[ui][graph]") {
  Shown shown;
  shown.open(*tests::makeSyntheticModel(tests::SyntheticKind::Chain, 300));
  const QPointF before = shown.canvas().visibleArea().topLeft();
  QTest::mousePress(&shown.canvas(), Qt::LeftButton, {}, QPoint(20, 500));
  QTest::mouseMove(&shown.canvas(), QPoint(20, 400));
  QTest::mouseMove(&shown.canvas(), QPoint(20, 300));
  QTest::mouseRelease(&shown.canvas(), Qt::LeftButton, {}, QPoint(20, 300));
  CHECK(shown.canvas().visibleArea().top() == Approx(before.y() + 200 / shown.canvas().scale()));
  CHECK(shown.document.selection().operators().empty());

  const QPointF at(200, 150), fixed = shown.canvas().toPicture(at);
  QWheelEvent wheel(at, shown.canvas().mapToGlobal(at), {}, QPoint(0, -120), Qt::NoButton, Qt::ControlModifier,
                    Qt::NoScrollPhase, false);
  const double scale = shown.canvas().scale();
  QApplication::sendEvent(&shown.canvas(), &wheel);
  CHECK(shown.canvas().scale() < scale);
  CHECK(shown.canvas().toPicture(at).y() == Approx(fixed.y()).margin(0.5));

  QWidget& map = shown.view->minimap();
  QTest::mousePress(&map, Qt::LeftButton, {}, QPoint(map.width() / 2, map.height() - 12));
  CHECK(shown.canvas().visibleArea().bottom() > shown.scene().layout->height * 0.9);
  QTest::mouseMove(&map, QPoint(map.width() / 2, 10));
  QTest::mouseRelease(&map, Qt::LeftButton, {}, QPoint(map.width() / 2, 10));
}

TEST_CASE("A scope collapses at the keyboard while its place on the screen stays", "[ui][graph]") {
  Shown shown;
  shown.open(*tests::makeSyntheticModel(tests::SyntheticKind::Transformer, 120));
  const OperatorIndex inside(40);
  shown.document.selection().setOperators({inside}, inside);
  shown.canvas().setFocus();
  const QPointF before = shown.canvas().toWidget(shown.scene().cardRect(shown.scene().picture.cardOf[40]).topLeft());
  const int cards = shown.scene().count();
  shown.key(Qt::Key_C);
  shown.settle();
  const int32_t group = shown.scene().picture.cardOf[40];
  REQUIRE(shown.scene().card(group).kind == GraphCard::Kind::Group);
  CHECK(shown.scene().count() < cards);
  const QPointF after = shown.canvas().toWidget(shown.scene().cardRect(group).topLeft());
  CHECK(std::abs(after.x() - before.x()) < 1);
  CHECK(std::abs(after.y() - before.y()) < 1);
  // Its operators stay selected; the group is one thing to choose a mode for.
  CHECK(shown.canvas().marks().selected == QSet<int32_t>{group});
  QTest::mouseClick(&shown.canvas(), Qt::LeftButton, {}, shown.middleOf(group));
  CHECK(shown.document.selection().operators().size() == shown.scene().picture.operatorsOf(group).size());
  // C again collapses the scope around it, E opens what is shut.
  shown.key(Qt::Key_C);
  shown.settle();
  CHECK(shown.scene().picture.operatorsOf(shown.scene().picture.cardOf[40]).size() == 13);
  shown.key(Qt::Key_E);
  shown.settle();
  shown.key(Qt::Key_E);
  shown.settle();
  CHECK(shown.scene().count() == cards);
}

TEST_CASE("All repeated blocks collapse at once, and a double click opens one", "[ui][graph]") {
  Shown shown;
  shown.open(*tests::makeSyntheticModel(tests::SyntheticKind::Residual, 90));
  const int cards = shown.scene().count();
  shown.view->collapseToDepth(1);
  shown.settle();
  CHECK(shown.scene().count() < cards / 2);
  int32_t group = shown.scene().picture.cardOf[0];
  CHECK(shown.canvas().drawing().detailOf(group).contains(QStringLiteral("alike")));
  const int shut = shown.scene().count();
  shown.canvas().reveal(group);
  QTest::mouseDClick(&shown.canvas(), Qt::LeftButton, {}, shown.middleOf(group));
  shown.settle();
  CHECK(shown.scene().count() == shut + 2);
}

TEST_CASE("The search marks what matches and goes from one to the next", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  shown.canvas().setFocus();
  shown.key(Qt::Key_Slash);
  auto* line = shown.view->findChild<FilterLine*>(QStringLiteral("graphSearch"));
  REQUIRE(line->isVisible());
  QTest::keyClicks(line, QStringLiteral("op:CONV_2D params>1000"));
  CHECK(shown.canvas().marks().found == QSet<int32_t>{2, 4});
  CHECK(line->count() == QStringLiteral("2 of 13"));
  QTest::keyClick(line, Qt::Key_Return);
  CHECK(shown.current() == 2);
  QTest::keyClick(line, Qt::Key_Return);
  CHECK(shown.current() == 4);
  QTest::keyClick(line, Qt::Key_Return);
  CHECK(shown.current() == 2);
  CHECK(shown.view->search(QStringLiteral("/conv|pool/")) > 3);
  CHECK(shown.view->search(QStringLiteral("sqnr<0")) == 0);
  CHECK(shown.view->search(QStringLiteral("dtype:float32")) > 5);
  QTest::keyClick(line, Qt::Key_Escape);
  QTest::keyClick(line, Qt::Key_Escape);
  CHECK_FALSE(line->isVisible());
  CHECK_FALSE(shown.canvas().marks().searching);
}

TEST_CASE("Control flow is entered by a double click and left by the way back", "[ui][graph]") {
  Shown shown;
  shown.open(*branchingModel());
  shown.canvas().fitAll();
  QTest::mouseDClick(&shown.canvas(), Qt::LeftButton, {}, shown.middleOf(0));
  shown.settle();
  CHECK(shown.view->subgraph() == SubgraphIndex(1));
  CHECK(shown.scene().picture.cardOf.size() == 1);
  auto* way = shown.view->findChild<QLabel*>(QStringLiteral("graphBreadcrumb"));
  REQUIRE(way->isVisible());
  CHECK(way->text().contains(QStringLiteral("<b>then</b>")));
  emit way->linkActivated(QStringLiteral("other 1"));
  shown.settle();
  CHECK(shown.view->subgraph() == SubgraphIndex(2));
  CHECK(shown.scene().picture.cardOf.size() == 2);
  // What is marked inside is no operator of the main graph.
  QTest::mouseClick(&shown.canvas(), Qt::LeftButton, {}, shown.middleOf(1));
  CHECK(shown.document.selection().operators().empty());
  CHECK(shown.canvas().marks().selected == QSet<int32_t>{1});
  shown.canvas().setFocus();
  shown.key(Qt::Key_Backspace);
  shown.settle();
  CHECK(shown.view->subgraph() == SubgraphIndex(0));
  CHECK_FALSE(way->isVisible());
}

TEST_CASE("The end of a stub jumps to the other end", "[ui][graph]") {
  Shown shown;
  shown.open(*tests::makeSyntheticModel(tests::SyntheticKind::Transformer, 600));
  int32_t stub = -1;
  for (size_t i = 0; i < shown.scene().picture.wires.size(); ++i) {
    const bool mask =
        shown.scene().picture.tensorName(shown.scene().picture.wires[i].tensor) == QStringLiteral("mask/values");
    if (mask && shown.scene().layout->edges[i].stub) stub = static_cast<int32_t>(i);
  }
  REQUIRE(stub >= 0);
  const GraphWire wire = shown.scene().wire(stub);
  shown.canvas().reveal(wire.to);
  const auto& points = shown.scene().edge(stub).points;
  const QPointF end = shown.canvas().toWidget({points[3].x, (points[2].y + points[3].y) / 2});
  REQUIRE(shown.canvas().wireAt(end) == stub);
  QTest::mouseClick(&shown.canvas(), Qt::LeftButton, {}, end.toPoint());
  CHECK(shown.document.selection().tensor() == wire.tensor);
  CHECK(shown.canvas().marks().selected == QSet<int32_t>{wire.from});
  CHECK(shown.canvas().visibleArea().contains(shown.scene().cardRect(wire.from)));
}

TEST_CASE("Every overlay has a legend, or says what has to be done for it", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  for (const OverlayKind kind : kOverlayKinds) {
    shown.view->setOverlay(kind);
    INFO(overlayName(kind).toStdString());
    CHECK(shown.view->legend().entries().empty() != shown.view->message().isEmpty());
    CHECK(shown.canvas().drawing().overlay().colors.size() == 11);
  }
  shown.view->setOverlay(OverlayKind::WeightSqnr);
  CHECK(shown.view->legend().entries().front().text.endsWith(QStringLiteral(" dB")));
}

TEST_CASE("The scale of numbers differs in lightness from end to end, in light and dark", "[ui][graph]") {
  for (const bool dark : {false, true}) {
    CHECK(std::abs(scaleColor(0, dark).lightnessF() - scaleColor(1, dark).lightnessF()) > 0.15);
    CHECK(scaleColor(0.5, dark) != scaleColor(0, dark));
    CHECK(scaleColor(std::nan(""), dark) == scaleColor(0, dark));
  }
}

TEST_CASE("Far, middle and near show blocks, types and everything", "[ui][graph]") {
  CHECK(GraphPainter::detailAt(0.05) == GraphPainter::Detail::Blocks);
  CHECK(GraphPainter::detailAt(0.5) == GraphPainter::Detail::Types);
  CHECK(GraphPainter::detailAt(1.0) == GraphPainter::Detail::All);
  Shown shown;
  shown.open(*tests::makeSyntheticModel(tests::SyntheticKind::Residual, 2000));
  const auto inkAt = [&](double scale) {
    shown.canvas().zoomBy(scale / shown.canvas().scale(), QPointF(350, 300));
    const QImage image = shown.canvas().grab().toImage();
    const QColor ground = Theme::instance().colors().alternate;
    int ink = 0;
    for (int y = 0; y < image.height(); y += 2) {
      for (int x = 150; x < image.width() - 150; x += 2) ink += image.pixelColor(x, y) != ground;
    }
    return ink;
  };
  for (const double scale : {0.02, 0.1, 0.2, 0.5, 1.0, 2.0}) {
    INFO(scale);
    CHECK(inkAt(scale) > 100);
  }
}

TEST_CASE("Blocks outside the window leave no trace at its edges", "[ui][graph]") {
  Shown shown;
  shown.open(*tests::makeSyntheticModel(tests::SyntheticKind::Chain, 400));
  for (const QPointF& away : {QPointF(-400, 0), QPointF(400, 0), QPointF(0, -9000), QPointF(0, 900)}) {
    QTransform toPixels;
    toPixels.translate(away.x(), away.y());
    toPixels.scale(0.1, 0.1);
    const QImage image = paintBlocks(shown.canvas().drawing(), {}, toPixels, QSize(200, 200));
    QImage empty(200, 200, image.format());
    empty.fill(Qt::transparent);
    CHECK(image == empty);
  }
}

TEST_CASE("The graph is exported as PNG, SVG and PDF, and nothing else", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  const auto write = [&](const char* name) {
    const QString path = QString::fromStdString((shown.folder.path() / name).string());
    const auto result = shown.view->exportPicture(path);
    QFile file(path);
    return result.ok() && file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  };
  CHECK(write("graph.png").startsWith("\x89PNG"));
  const QByteArray svg = write("graph.svg");
  CHECK(svg.contains("<svg"));
  CHECK(svg.contains("CONV_2D"));
  CHECK(write("graph.pdf").startsWith("%PDF"));
  CHECK(write("graph.bmp").isEmpty());
}

TEST_CASE("The menu of a card sets the mode of the selection, undoable", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  shown.canvas().fitAll();
  QTest::mouseClick(&shown.canvas(), Qt::RightButton, {}, shown.middleOf(2));
  emit shown.canvas().customContextMenuRequested(shown.middleOf(2));
  auto* menu = shown.view->findChild<QMenu*>(QStringLiteral("graphContextMenu"));
  REQUIRE(menu);
  QAction* chosen = nullptr;
  for (QMenu* inner : menu->findChildren<QMenu*>()) {
    for (QAction* action : inner->actions()) {
      if (action->text() == QStringLiteral("float32")) chosen = action;
    }
  }
  REQUIRE(chosen);
  chosen->trigger();
  menu->close();
  CHECK(shown.document.resolved().operators[2].precision == Precision::Float32);
  shown.document.undoStack()->undo();
  CHECK(shown.document.resolved().operators[2].precision == Precision::Int8);
}

TEST_CASE("The graph is drawn in light and dark", "[ui][graph]") {
  Shown shown;
  shown.openSample();
  Theme::instance().setChoice(Theme::Choice::Dark);
  CHECK(shown.canvas().grab().toImage().pixelColor(3, 300).lightness() < 60);
  Theme::instance().setChoice(Theme::Choice::Light);
  CHECK(shown.canvas().grab().toImage().pixelColor(3, 300).lightness() > 200);
}

}  // namespace quantscope::ui
