#include "ui/views/inspector/values_page.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLineEdit>
#include <QTableView>
#include <QTest>

#include "core/statistics/real_values.h"
#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/views/inspector/kernel_tiles.h"
#include "ui/views/inspector/values_model.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

struct Shown {
  Document document;
  std::unique_ptr<ValuesPage> page;
  Shown() {
    tests::application();
    REQUIRE(tests::openSampleModel(document));
    page = std::make_unique<ValuesPage>(document);
    page->resize(390, 600);
    page->show();
    page->activateWindow();
    REQUIRE(QTest::qWaitForWindowActive(page.get()));
    document.selection().setOperators({OperatorIndex(0)}, OperatorIndex(0));
  }
  QTableView& table() { return *page->findChild<QTableView*>(QStringLiteral("valuesTable")); }
  QComboBox& form() { return *page->findChild<QComboBox*>(QStringLiteral("valuesForm")); }
  QLineEdit& jump() { return *page->findChild<QLineEdit*>(QStringLiteral("valuesJump")); }
  const Model& model() { return *document.model(); }
  TensorIndex weights() { return model().subgraphs[0].operators[0].inputs[1]; }
};

}  // namespace

TEST_CASE("The weights of the selected operator are read where they are shown", "[ui][views][values]") {
  Shown shown;
  const auto reader = TensorReader::constant(shown.model(), SubgraphIndex(0), shown.weights());
  REQUIRE(reader.ok());
  CHECK(shown.table().model()->rowCount() == reader->count() / 4);
  const QString cell = shown.table().model()->index(2, 1).data().toString();
  CHECK(std::abs(QLocale().toDouble(QString(cell).replace(QChar(0x2212), u'-')) - reader->at(9)) < 1e-3);
}

TEST_CASE("The page jumps to an element by number or by index", "[ui][views][values]") {
  Shown shown;
  const auto shape = shown.model().subgraphs[0].tensor(shown.weights()).shape;
  REQUIRE(shape.size() == 4);
  QTest::keyClicks(&shown.jump(), QStringLiteral("1,0,2,1"));
  QTest::keyClick(&shown.jump(), Qt::Key_Return);
  const int element = (1 * shape[1] * shape[2] + 2) * shape[3] + 1;
  CHECK(shown.table().currentIndex().row() == element / 4);
  CHECK(shown.table().currentIndex().column() == element % 4);
  shown.jump().clear();
  QTest::keyClicks(&shown.jump(), QStringLiteral("99999999"));
  QTest::keyClick(&shown.jump(), Qt::Key_Return);
  CHECK(shown.jump().property("invalid").toBool());
  CHECK(shown.table().currentIndex().row() == element / 4);
}

TEST_CASE("The bytes are those of the file", "[ui][views][values]") {
  Shown shown;
  shown.form().setCurrentIndex(2);
  const auto bytes = constantBytes(shown.model(), shown.model().subgraphs[0].tensor(shown.weights()));
  CHECK(shown.table().model()->rowCount() == static_cast<int>(bytes.size() / 8));
  CHECK(shown.table().model()->index(1, 3).data().toString().toInt(nullptr, 16) == std::to_integer<int>(bytes[11]));
}

TEST_CASE("Selected rows are copied as a table", "[ui][views][values]") {
  Shown shown;
  shown.table().setFocus();
  shown.table().setCurrentIndex(shown.table().model()->index(0, 0));
  QTest::keyClick(&shown.table(), Qt::Key_C, Qt::ControlModifier);
  CHECK(QGuiApplication::clipboard()->text().count(u'\t') == 4);
}

TEST_CASE("Kernels are shown as images, one per output channel", "[ui][views][values]") {
  Shown shown;
  shown.form().setCurrentIndex(3);
  auto* tiles = shown.page->findChild<KernelTiles*>();
  REQUIRE(tiles);
  REQUIRE(tests::waitFor([&] { return tiles->heightForWidth(300) > 0; }));
  CHECK(tiles->tileAt(QPoint(2, 2)) == 0);
  Progress progress;
  const auto sheet = readTiles(shown.model(), shown.weights(), 0, progress);
  REQUIRE(sheet.ok());
  const auto shape = shown.model().subgraphs[0].tensor(shown.weights()).shape;
  CHECK(sheet->tiles == shape[0]);
  CHECK(sheet->tileHeight == shape[1]);
  CHECK(sheet->inputs == shape[3]);
  const auto reader = TensorReader::constant(shown.model(), SubgraphIndex(0), shown.weights());
  // Tile 1, row 2, column 0, input channel 0.
  const auto place = static_cast<size_t>((1 * shape[1] + 2) * shape[2]);
  CHECK(static_cast<double>(sheet->values[place]) == reader->at(((1 * shape[1] + 2) * shape[2]) * shape[3]));
}

TEST_CASE("An activation says where its values are", "[ui][views][values]") {
  Shown shown;
  shown.document.selection().setTensor(shown.model().subgraphs[0].operators[0].outputs[0]);
  CHECK_FALSE(shown.table().isVisible());
}

}  // namespace quantscope::ui
