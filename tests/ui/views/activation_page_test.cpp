#include "ui/views/inspector/activation_page.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

struct Shown {
  Document document;
  std::unique_ptr<ActivationPage> page;
  Shown() {
    tests::application();
    REQUIRE(tests::openSampleModel(document));
    document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
    REQUIRE(tests::waitUntilIdle(document));
    page = std::make_unique<ActivationPage>(document);
    page->resize(390, 600);
    page->show();
    REQUIRE(QTest::qWaitForWindowExposed(page.get()));
    document.selection().setOperators({OperatorIndex(2)}, OperatorIndex(2));
  }
  void calibrate() {
    document.calibrate();
    REQUIRE(tests::waitUntilIdle(document));
    REQUIRE(document.ranges());
    tests::waitFor([] { return false; }, 50);  // laid out
  }
  QWidget& plot() {
    for (QWidget* widget : page->findChildren<QWidget*>()) {
      if (widget->accessibleName() == QStringLiteral("Histogram")) return *widget;
    }
    FAIL("there is no histogram");
    return *page;
  }
  /// The right handle, found as a hand would: where the pointer says that something can be dragged.
  QPoint rightHandle() {
    const int y = plot().height() / 2;
    for (int x = plot().width() - 1; x > 0; --x) {
      QTest::mouseMove(&plot(), QPoint(x, y));
      if (plot().cursor().shape() == Qt::SizeHorCursor) return {x - 6, y};
    }
    FAIL("there is no handle");
    return {};
  }
  QPushButton& reset() { return *page->findChild<QPushButton*>(); }
  QString words() {
    QString all;
    for (const QLabel* label : page->findChildren<QLabel*>()) all += label->text() + u'\n';
    return all;
  }
};

}  // namespace

TEST_CASE("Before calibrating, the page says what to do", "[ui][views]") {
  Shown shown;
  CHECK(shown.words().contains(QStringLiteral("Calibrate")));
  CHECK_FALSE(shown.plot().isVisible());
  CHECK_FALSE(shown.reset().isVisible());
}

TEST_CASE("A dragged clip handle changes the recipe for that tensor once, and can be taken back", "[ui][views]") {
  Shown shown;
  shown.calibrate();
  const TensorIndex tensor = shown.document.model()->subgraphs[0].operators[2].output(0);
  const TensorRange& range = *shown.document.ranges()->find(SubgraphIndex(0), tensor);
  CHECK(shown.words().contains(QStringLiteral("0.00 %")));
  CHECK_FALSE(shown.reset().isEnabled());
  const int before = shown.document.undoStack()->count();

  const QPoint handle = shown.rightHandle();
  QTest::mousePress(&shown.plot(), Qt::LeftButton, {}, handle);
  for (int step = 10; step <= 150; step += 10) QTest::mouseMove(&shown.plot(), handle - QPoint(step, 0));
  // While it is dragged the figures follow and the recipe waits.
  CHECK_FALSE(shown.words().contains(QStringLiteral(": 0.00 %")));
  CHECK(shown.document.recipe().ranges.empty());
  QTest::mouseRelease(&shown.plot(), Qt::LeftButton, {}, handle - QPoint(150, 0));
  REQUIRE(shown.document.recipe().ranges.size() == 1);
  CHECK(shown.document.recipe().ranges[0].tensor == tensor.value);
  CHECK(shown.document.recipe().ranges[0].min == range.min);
  CHECK(shown.document.recipe().ranges[0].max < 0.8f * range.max);
  CHECK(shown.document.undoStack()->count() == before + 1);
  CHECK(shown.reset().isEnabled());

  QTest::mouseClick(&shown.reset(), Qt::LeftButton);
  CHECK(shown.document.recipe().ranges.empty());
  shown.document.undoStack()->undo();
  CHECK(shown.document.recipe().ranges.size() == 1);
  shown.document.undoStack()->undo();
  CHECK(shown.document.recipe().ranges.empty());
}

TEST_CASE("Counts of activations are logarithmic at first, and can be shown otherwise", "[ui][views]") {
  Shown shown;
  shown.calibrate();
  auto* scale = shown.page->findChild<QComboBox*>();
  REQUIRE(scale);
  CHECK(scale->currentText() == QStringLiteral("log count"));
  const QImage logarithmic = shown.plot().grab().toImage();
  scale->setFocus();
  QTest::keyClick(scale, Qt::Key_Up);
  CHECK(scale->currentText() == QStringLiteral("√count"));
  tests::waitFor([] { return false; }, 50);
  CHECK(shown.plot().grab().toImage() != logarithmic);
}

}  // namespace quantscope::ui
