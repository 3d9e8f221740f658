#include "ui/workspace/document.h"

#include <QFile>
#include <QSignalSpy>

#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"

namespace quantscope::ui {

namespace {

std::vector<OperatorIndex> ops(std::initializer_list<int> values) {
  std::vector<OperatorIndex> list;
  for (int value : values) list.emplace_back(value);
  return list;
}

Precision wishOf(const Document& document, int op) {
  return document.resolved().operators[static_cast<size_t>(op)].precision;
}

/// Lets the time for merging pass.
void pause() {
  tests::waitFor([] { return false; }, 1600);
}

QString readAll(const QString& path) {
  QFile file(path);
  REQUIRE(file.open(QIODevice::ReadOnly));
  return QString::fromUtf8(file.readAll());
}

}  // namespace

TEST_CASE("Opening a model shows its operators, plans the int8 recipe and is not a change", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  CHECK(document.summary().parameters == 122570);
  CHECK(document.variants().size() == 1);
  CHECK(document.variants().front().bytes == document.loaded()->fileBytes);
  CHECK_FALSE(document.modified());
  CHECK(document.displayName().contains(QStringLiteral("shapes_cnn.tflite")));
  REQUIRE(document.plan());
  CHECK(document.plan()->operators.size() == document.model()->subgraphs.front().operators.size());
  // Without calibration the plan says what there will be, and that ranges are missing.
  CHECK(document.plan()->needsCalibration);
  CHECK(document.plan()->operators.front().effective == Precision::Int8);
  CHECK(document.plan()->predictedBytes < document.loaded()->fileBytes / 2);
}

TEST_CASE("A model that cannot be opened leaves the workspace as it is", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  const auto before = document.model();
  std::vector<Error> errors;
  QObject::connect(&document, &Document::failed, [&](const Error& error) { errors.push_back(error); });
  document.openModel(QStringLiteral("nowhere/none.tflite"));
  REQUIRE(tests::waitFor([&] { return !document.opening(); }));
  CHECK(document.model() == before);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].code == ErrorCode::NotFound);
  CHECK(errors[0].message().find("none.tflite") != std::string::npos);
  // A picture is no model either.
  document.openModel(tests::samplePath(QStringLiteral("README.md")));
  REQUIRE(tests::waitFor([&] { return !document.opening(); }));
  CHECK(document.model() == before);
  CHECK(errors.size() == 2);
}

TEST_CASE("Setting modes is undone and redone, and reads as a change log", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setOperatorPrecision(ops({0, 2}), Precision::Float32);
  CHECK(wishOf(document, 0) == Precision::Float32);
  CHECK(wishOf(document, 1) == Precision::Int8);
  CHECK(wishOf(document, 2) == Precision::Float32);
  CHECK(document.hasOwnScheme(OperatorIndex(2)));
  CHECK_FALSE(document.hasOwnScheme(OperatorIndex(1)));
  CHECK(document.modified());
  CHECK(document.undoStack()->undoText() == QStringLiteral("Keep 2 operators in float32"));
  document.setOperatorPrecision(ops({4}), Precision::Int16x8);
  CHECK(document.undoStack()->undoText().contains(QStringLiteral("operator 4 CONV_2D to int16×8")));
  document.undoStack()->undo();
  CHECK(wishOf(document, 4) == Precision::Int8);
  document.undoStack()->undo();
  CHECK(wishOf(document, 0) == Precision::Int8);
  CHECK_FALSE(document.modified());
  document.undoStack()->redo();
  CHECK(wishOf(document, 2) == Precision::Float32);
  document.setOperatorScheme(ops({0, 2}), std::nullopt);
  CHECK(document.recipe().operators.empty());
}

TEST_CASE("Changes of the same operators that follow quickly are one step; a pause or other operators begin a new one",
          "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setOperatorPrecision(ops({0}), Precision::Float32);
  document.setOperatorPrecision(ops({0}), Precision::Float16);
  document.setOperatorPrecision(ops({0}), Precision::Int16x8);
  CHECK(document.undoStack()->count() == 1);
  document.setOperatorPrecision(ops({1}), Precision::Float32);
  CHECK(document.undoStack()->count() == 2);
  pause();
  document.setOperatorPrecision(ops({1}), Precision::Float16);
  CHECK(document.undoStack()->count() == 3);
  // A step that ends where it began vanishes.
  document.setOperatorPrecision(ops({1}), Precision::Float32);
  CHECK(document.undoStack()->count() == 2);
  document.undoStack()->undo();
  document.undoStack()->undo();
  CHECK(document.recipe().operators.empty());
}

TEST_CASE("Setting what is set already changes nothing", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setRecipe(document.recipe(), QStringLiteral("nothing"));
  CHECK(document.undoStack()->count() == 0);
}

TEST_CASE("A change is planned anew within 100 ms, and the window's thread is not held up", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  const int64_t before = document.plan()->predictedBytes;
  QElapsedTimer timer;
  timer.start();
  document.setOperatorPrecision(ops({9}), Precision::Float32);
  CHECK(timer.elapsed() < 30);
  REQUIRE(tests::waitFor([&] { return !document.planPending(); }));
  CHECK(timer.elapsed() < 100);
  CHECK(document.plan()->operators[9].effective == Precision::Float32);
  CHECK(document.plan()->predictedBytes > before);
}

TEST_CASE("A wrong rule is told as the recipe's problem, and the last good plan is gone", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  Recipe recipe = document.recipe();
  RecipeRule rule;
  rule.scope = "(";
  recipe.rules.push_back(rule);
  document.setRecipe(recipe, QStringLiteral("Add a rule"));
  REQUIRE(tests::waitFor([&] { return !document.planPending(); }));
  CHECK_FALSE(document.planError().isEmpty());
  CHECK(document.plan() == nullptr);
  REQUIRE_FALSE(document.problems().empty());
  CHECK(document.problems().front().severity == Problem::Severity::Error);
  document.undoStack()->undo();
  REQUIRE(tests::waitFor([&] { return !document.planPending(); }));
  CHECK(document.planError().isEmpty());
  CHECK(document.plan() != nullptr);
}

TEST_CASE("Weight SQNR and statistics arrive by themselves and are remembered", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  REQUIRE(document.weightSqnr(OperatorIndex(0)));
  CHECK(*document.weightSqnr(OperatorIndex(0)) > 20);
  CHECK_FALSE(document.weightSqnr(OperatorIndex(1)));  // MAX_POOL_2D has no weights
  const TensorIndex weights = document.model()->subgraphs.front().operators[0].input(1);
  CHECK(document.statistics(weights) == nullptr);
  QSignalSpy ready(&document, &Document::statisticsReady);
  REQUIRE(tests::waitFor([&] { return ready.count() == 1; }));
  const auto statistics = document.statistics(weights);
  REQUIRE(statistics);
  CHECK(statistics->values.count == 32 * 3 * 3 * 3);
  CHECK(statistics->channels.size() == 32);
  CHECK(document.statistics(weights) == statistics);
}

TEST_CASE("A folder with calibration and evaluation inside sets both in one step", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
  CHECK(document.undoStack()->count() == 1);
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(document.datasetState(DatasetUse::Calibration).status == DatasetState::Status::Ready);
  REQUIRE(document.datasetState(DatasetUse::Evaluation).status == DatasetState::Status::Ready);
  CHECK(document.openedDataset(DatasetUse::Calibration)->size() == 100);
  CHECK(document.openedDataset(DatasetUse::Evaluation)->size() == 500);
  document.undoStack()->undo();
  CHECK_FALSE(document.dataset(DatasetUse::Calibration));
  CHECK(document.datasetState(DatasetUse::Evaluation).status == DatasetState::Status::None);
}

TEST_CASE("Data that cannot be used is a problem with the reason, not a message box", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  tests::TemporaryFolder empty;
  document.setDataset(DatasetUse::Evaluation, DatasetReference{QString::fromStdString(empty.path().string()), {}, 0});
  REQUIRE(tests::waitUntilIdle(document));
  CHECK(document.datasetState(DatasetUse::Evaluation).status == DatasetState::Status::Failed);
  bool told = false;
  for (const Problem& problem : document.problems())
    told |= problem.what.contains(QStringLiteral("evaluation data cannot be used"));
  CHECK(told);
}

TEST_CASE("Work that needs data asks for it and goes on once it is there", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  int asked = 0;
  std::function<void()> goOn;
  QObject::connect(&document, &Document::dataNeeded, [&](DatasetUse use, std::function<void()> then) {
    asked += use == DatasetUse::Calibration;
    goOn = then;
  });
  document.calibrate();
  CHECK(asked == 1);
  CHECK(document.jobs().runningCount() == 0);
  document.setDataset(DatasetUse::Calibration,
                      DatasetReference{tests::samplePath(QStringLiteral("shapes/calibration")), {}, 0});
  goOn();
  CHECK(document.jobs().runningCount() == 1);
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(document.ranges());
  CHECK(document.ranges()->samples == 100);
  CHECK_FALSE(document.rangesStale());
}

TEST_CASE("A saved workspace is restored as it was, history and results included", "[ui][workspace]") {
  tests::application();
  tests::TemporaryFolder folder;
  const QString path = QString::fromStdString((folder.path() / "a b.qscope").string());
  std::shared_ptr<const EvaluationResult> measured;
  Recipe recipe;
  {
    Document document;
    REQUIRE(tests::openSampleModel(document));
    document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
    document.setOperatorPrecision(ops({9}), Precision::Float32);
    document.setOperatorPrecision(ops({0}), Precision::Float16);
    document.undoStack()->undo();
    document.quantize(QStringLiteral("mine"));
    REQUIRE(tests::waitUntilIdle(document));
    REQUIRE(document.variants().size() == 2);
    document.evaluate({1});
    REQUIRE(tests::waitUntilIdle(document, 120000));
    measured = document.variant(1)->evaluation;
    REQUIRE(measured);
    recipe = document.recipe();
    REQUIRE(document.modified());
    REQUIRE(document.saveWorkspace(path).ok());
    CHECK_FALSE(document.modified());
    CHECK(document.displayName() == QStringLiteral("a b.qscope"));
  }
  // Relative paths only.
  CHECK_FALSE(readAll(path).contains(QStringLiteral("\"/")));

  Document document;
  document.openWorkspace(path);
  REQUIRE(tests::waitFor([&] { return document.hasModel() && document.plan(); }));
  REQUIRE(tests::waitUntilIdle(document));
  CHECK(document.recipe() == recipe);
  CHECK_FALSE(document.modified());
  REQUIRE(document.variants().size() == 2);
  CHECK(document.variant(1)->name == QStringLiteral("mine"));
  CHECK(document.currentVariant() == 1);
  REQUIRE(document.ranges());
  CHECK(document.ranges()->samples == 100);
  CHECK_FALSE(document.ranges()->ranges.begin()->second.histogram.counts.empty());
  CHECK_FALSE(document.rangesStale());
  REQUIRE(document.variant(1)->evaluation);
  CHECK(document.variant(1)->evaluation->top1.hits == measured->top1.hits);
  CHECK(compareResults(*measured, *document.variant(1)->evaluation).pValue == 1.0);
  CHECK_FALSE(document.variant(1)->stale);
  CHECK(document.dataset(DatasetUse::Evaluation)->path.endsWith(QStringLiteral("shapes/evaluation")));
  // The history is there: what was undone can be redone, what was done undone.
  REQUIRE(document.undoStack()->canRedo());
  document.undoStack()->redo();
  CHECK(wishOf(document, 0) == Precision::Float16);
  CHECK(document.modified());
  document.undoStack()->undo();
  document.undoStack()->undo();
  CHECK(wishOf(document, 9) == Precision::Int8);
  // The model is made again on demand, and gives the same answers.
  document.evaluate({1});
  REQUIRE(tests::waitUntilIdle(document, 120000));
  CHECK(document.variant(1)->evaluation->top1.hits == measured->top1.hits);
}

TEST_CASE("Results on other data than now are marked as stale, not deleted", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setDataset(DatasetUse::Evaluation,
                      DatasetReference{tests::samplePath(QStringLiteral("shapes/calibration")), {}, 20});
  document.evaluate({0});
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(document.variants().front().evaluation);
  CHECK_FALSE(document.variants().front().stale);
  document.setDataset(DatasetUse::Evaluation,
                      DatasetReference{tests::samplePath(QStringLiteral("shapes/calibration")), {}, 10});
  CHECK(document.variants().front().stale);
  CHECK(document.variants().front().evaluation);
  document.undoStack()->undo();
  CHECK_FALSE(document.variants().front().stale);
}

TEST_CASE("A workspace whose model is gone says so and opens nothing", "[ui][workspace]") {
  tests::application();
  tests::TemporaryFolder folder;
  const QString model = QString::fromStdString((folder.path() / "m.tflite").string());
  const QString path = QString::fromStdString((folder.path() / "w.qscope").string());
  REQUIRE(QFile::copy(tests::samplePath(QStringLiteral("shapes_cnn.tflite")), model));
  Document document;
  document.openModel(model);
  REQUIRE(tests::waitFor([&] { return document.hasModel(); }));
  REQUIRE(document.saveWorkspace(path).ok());
  document.closeWorkspace();
  CHECK_FALSE(document.hasModel());
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(QFile::remove(model));
  std::string message;
  QObject::connect(&document, &Document::failed, [&](const Error& error) { message = error.message(); });
  document.openWorkspace(path);
  REQUIRE(tests::waitFor([&] { return !document.opening(); }));
  CHECK_FALSE(document.hasModel());
  CHECK(message.find("m.tflite is not there") != std::string::npos);
}

TEST_CASE("Saving where nothing can be written is an error that names the file; the workspace stays modified",
          "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setOperatorPrecision(ops({0}), Precision::Float32);
  const Result<void> saved = document.saveWorkspace(QStringLiteral("/nowhere/at/all/w.qscope"));
  REQUIRE_FALSE(saved.ok());
  CHECK(saved.error().message().find("w.qscope") != std::string::npos);
  CHECK(document.modified());
  CHECK(document.workspacePath().isEmpty());
}

TEST_CASE("Variants: another one brings its recipe back, names are unique, removing keeps the children",
          "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  document.setRecipe(*recipeForMode("float16"), QStringLiteral("float16"));
  document.quantize();
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(document.variants().size() == 3);
  CHECK(document.variants()[1].name == QStringLiteral("float16"));
  CHECK(document.variants()[1].bytes < document.loaded()->fileBytes);
  CHECK(document.currentVariant() != 0);
  document.setCurrentVariant(0);
  CHECK(document.recipe() == document.variant(0)->recipe);
  document.undoStack()->undo();
  CHECK(document.recipe().defaultScheme.precision == Precision::Float16);
  document.renameVariant(1, QStringLiteral("  mine "));
  CHECK(document.variant(1)->name == QStringLiteral("mine"));
  document.removeVariant(0);
  CHECK(document.variants().size() == 3);
  document.removeVariant(document.variants()[1].id);
  CHECK(document.variants().size() == 2);
  CHECK(document.variant(document.variants()[1].parent) != nullptr);
}

TEST_CASE("Closing a document while everything runs ends it within a moment", "[ui][workspace]") {
  tests::application();
  QElapsedTimer timer;
  {
    Document document;
    REQUIRE(tests::openSampleModel(document));
    document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
    document.calibrate();
    document.evaluate({0});
    REQUIRE(tests::waitFor(
        [&] { return document.jobs().jobs().back().state != JobState::Done && document.jobs().runningCount() > 0; }));
    timer.start();
  }
  CHECK(timer.elapsed() < 1000);
}

}  // namespace quantscope::ui
