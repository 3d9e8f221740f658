#include <QSignalSpy>
#include <algorithm>

#include "core/quantization/targets/presets.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "ui/workspace/document.h"
#include "ui/workspace/figures.h"

namespace quantscope::ui {

namespace {

void openSample(Document& document) {
  tests::application();
  REQUIRE(tests::openSampleModel(document));
  document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
  REQUIRE(tests::waitUntilIdle(document));
}

SearchWish smallWish() {
  SearchWish wish;
  wish.maxDrop = 0.05;
  wish.schemes = {Precision::Int8, Precision::Int16x8};
  wish.trials = 8;
  wish.samples = 60;
  return wish;
}

const Variant* bestOf(const Document& document) {
  for (const Variant& variant : document.variants()) {
    if (variant.searched && variant.searched->best) return &variant;
  }
  return nullptr;
}

QStringList problemsOf(const Document& document) {
  QStringList texts;
  for (const Problem& problem : document.problems()) texts << problem.what;
  return texts;
}

}  // namespace

TEST_CASE("A search makes every trial a variant and the best one the current", "[ui][workspace][search]") {
  Document document;
  openSample(document);
  const Recipe before = document.recipe();
  document.search(smallWish());
  REQUIRE(tests::waitUntilIdle(document, 240000));
  const Variant* best = bestOf(document);
  REQUIRE(best);
  CHECK(document.currentVariant() == best->id);
  CHECK(document.recipe() == best->recipe);
  CHECK(best->bytes < document.variants().front().bytes / 2);
  size_t trials = 0;
  for (const Variant& variant : document.variants()) {
    trials += variant.searched.has_value();
    if (variant.searched && !variant.searched->best) CHECK(variant.parent == best->id);
  }
  CHECK(trials >= 3);
  CHECK(trials < smallWish().trials);  // the original is the baseline
  const auto figures = figuresOf(document, *best);
  REQUIRE(figures);
  CHECK(figures->source == Figures::Source::Search);
  CHECK(figures->samples == 60);
  CHECK(figures->difference >= -0.05);
  document.undoStack()->undo();
  CHECK(document.recipe() == before);
  CHECK(document.currentVariant() == 0);

  // What the search measured and what an evaluation of the same file on the same samples would: the bytes are those of
  // the file that is really made.
  document.setCurrentVariant(best->id);
  document.evaluate({best->id});
  REQUIRE(tests::waitUntilIdle(document, 240000));
  REQUIRE(document.variant(best->id)->evaluation);
  CHECK(figuresOf(document, *document.variant(best->id))->source == Figures::Source::Evaluation);
}

TEST_CASE("A search that is stopped keeps the best so far", "[ui][workspace][search]") {
  Document document;
  openSample(document);
  document.calibrate();
  REQUIRE(tests::waitUntilIdle(document));
  SearchWish wish = smallWish();
  wish.maxDrop = 1;  // everything keeps to that
  wish.trials = 5000;
  wish.samples = 0;
  document.search(wish);
  const auto stage = [&document] {
    for (const JobInfo& job : document.jobs().jobs()) {
      if (job.state == JobState::Running) return job.progress.stage;
    }
    return std::string();
  };
  REQUIRE(tests::waitFor([&] { return stage() == "Evaluating planned mixtures" || stage() == "Refining the best"; },
                         240000));
  document.jobs().cancel(document.jobs().jobs().back().id);
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(bestOf(document));
  CHECK(document.jobs().jobs().back().state == JobState::Cancelled);
  CHECK(document.jobs().jobs().back().outcome.contains(QStringLiteral("stopped")));
}

TEST_CASE("A budget that nothing keeps to is told and changes nothing", "[ui][workspace][search]") {
  Document document;
  openSample(document);
  QSignalSpy failures(&document, &Document::failed);
  SearchWish wish = smallWish();
  wish.maxDrop.reset();
  wish.maxBytes = 1000;
  document.search(wish);
  REQUIRE(tests::waitUntilIdle(document, 240000));
  CHECK(failures.count() == 1);
  CHECK(document.variants().size() == 1);
}

TEST_CASE("Another target changes the plan, says why, and is undone", "[ui][workspace][target]") {
  Document document;
  openSample(document);
  REQUIRE(document.target().name == "cpu");
  document.setTarget("gpu");
  REQUIRE(tests::waitUntilIdle(document));
  REQUIRE(document.plan());
  CHECK(document.plan()->recipe.target == "gpu");
  const auto& operators = document.plan()->operators;
  const bool refuses = std::any_of(operators.begin(), operators.end(),
                                   [](const PlannedOperator& op) { return !op.targetRefusal.empty(); });
  REQUIRE(refuses);
  CHECK(problemsOf(document).join(u'\n').contains(QStringLiteral("CPU")));
  document.undoStack()->undo();
  CHECK(document.target().name == "cpu");
  REQUIRE(tests::waitUntilIdle(document));
  CHECK(problemsOf(document).filter(QStringLiteral("stays on the CPU")).isEmpty());
}

TEST_CASE("A device of integers offers its preset where the recipe keeps floats at the ends",
          "[ui][workspace][target]") {
  Document document;
  openSample(document);
  document.setTarget("edge-tpu");
  REQUIRE(tests::waitUntilIdle(document));
  const auto& problems = document.problems();
  const auto found = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.what.contains(QStringLiteral("wants integers from input to output"));
  });
  REQUIRE(found != problems.end());
  REQUIRE_FALSE(found->remedies.empty());
  const auto apply = found->remedies.front().apply;
  apply();
  CHECK(document.recipe().inputType == BoundaryType::Int8);
  CHECK(document.recipe().target == "edge-tpu");
}

TEST_CASE("A preset is a recipe of ordinary rules", "[ui][workspace][target]") {
  Document document;
  openSample(document);
  document.usePreset(Optimize::Size, document.target(), true);
  REQUIRE_FALSE(document.recipe().rules.empty());
  CHECK(document.undoStack()->undoText().contains(QStringLiteral("small size")));
  const auto& wins = document.resolved().wins;
  CHECK(std::any_of(wins.begin(), wins.end(), [](int32_t count) { return count > 0; }));
}

TEST_CASE("Algorithms are taken up for some operators or for all, and left out again", "[ui][workspace][algorithms]") {
  Document document;
  openSample(document);
  const Recipe before = document.recipe();
  document.setAlgorithm({OperatorIndex(0), OperatorIndex(2)}, "mse", true);
  REQUIRE(document.resolved().operators[0].algorithms == std::vector<std::string>{"mse"});
  CHECK(document.resolved().operators[4].algorithms.empty());
  document.undoStack()->undo();
  CHECK(document.recipe() == before);
  document.setAlgorithm({}, "equalize", true);
  document.setAlgorithm({}, "bias-correction", true);
  CHECK(document.resolved().operators[4].algorithms == std::vector<std::string>{"equalize", "bias-correction"});
  document.setAlgorithm({}, "equalize", false);
  CHECK(document.resolved().operators[4].algorithms == std::vector<std::string>{"bias-correction"});
  document.setAlgorithm({}, "no such thing", true);
  CHECK(document.resolved().operators[4].algorithms == std::vector<std::string>{"bias-correction"});

  document.quantize();
  REQUIRE(tests::waitUntilIdle(document, 120000));
  REQUIRE(document.variants().size() == 2);
  CHECK(document.variants()[1].recipe.defaultScheme.algorithms == std::vector<std::string>{"bias-correction"});
}

TEST_CASE("An algorithm that looks at samples asks for them before quantizing", "[ui][workspace][algorithms]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  Recipe recipe = *recipeForMode("weight-only-int8");
  recipe.defaultScheme.algorithms = {"adaround"};
  document.setRecipe(recipe, QStringLiteral("learned rounding"));
  QSignalSpy asked(&document, &Document::dataNeeded);
  document.quantize();
  CHECK(asked.count() == 1);
  CHECK(document.variants().size() == 1);
}

TEST_CASE("Agreement is evaluated without labels, and another task makes results stale", "[ui][workspace][task]") {
  Document document;
  openSample(document);
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  TaskChoice task;
  task.name = QStringLiteral("agreement");
  document.setTask(task);
  document.evaluateOutstanding();
  REQUIRE(tests::waitUntilIdle(document, 240000));
  const Variant& made = document.variants()[1];
  REQUIRE(made.taskResult);
  CHECK_FALSE(made.evaluation);
  CHECK(made.taskResult->metrics.front().name == "agreement");
  CHECK(made.taskResult->metrics.front().value > 0.9);
  CHECK(made.taskResult->samples == 500);
  CHECK(figureTitle(document) == QStringLiteral("Agreement %"));
  CHECK_FALSE(made.stale);
  document.setTask({});
  CHECK(document.variants()[1].stale);
  document.evaluateOutstanding();
  REQUIRE(tests::waitUntilIdle(document, 240000));
  CHECK(document.variants()[1].evaluation);
  CHECK_FALSE(document.variants()[1].taskResult);
  CHECK_FALSE(document.variants()[1].stale);
}

TEST_CASE("Another observer chooses ranges anew without running anything", "[ui][workspace][observer]") {
  Document document;
  openSample(document);
  document.calibrate();
  REQUIRE(tests::waitUntilIdle(document));
  const auto extremes = document.ranges();
  const size_t jobs = document.jobs().jobs().size();
  document.setObserver(Observer::Percentile);
  REQUIRE(tests::waitUntilIdle(document));
  CHECK(document.jobs().jobs().size() == jobs);
  REQUIRE(document.ranges() != extremes);
  CHECK(document.ranges()->observer == Observer::Percentile);
  const TensorIndex input(document.model()->subgraphs[0].inputs.front());
  const TensorIndex first = document.model()->subgraphs[0].operators[0].outputs[0];
  CHECK(document.ranges()->find(SubgraphIndex(0), input));
  CHECK(document.ranges()->find(SubgraphIndex(0), first)->max < extremes->find(SubgraphIndex(0), first)->max);
  document.undoStack()->undo();
  REQUIRE(tests::waitUntilIdle(document));
  CHECK(document.ranges()->observer == Observer::MinMax);
  CHECK(document.ranges()->find(SubgraphIndex(0), first)->max == extremes->find(SubgraphIndex(0), first)->max);
}

TEST_CASE("A task that the data cannot serve says so and leaves what was there", "[ui][workspace][task]") {
  Document document;
  openSample(document);
  TaskChoice task;
  task.name = QStringLiteral("segmentation");
  document.setTask(task);
  QSignalSpy failures(&document, &Document::failed);
  document.evaluateOutstanding();
  REQUIRE(tests::waitUntilIdle(document, 120000));
  CHECK(failures.count() >= 1);
  CHECK_FALSE(document.variants().front().measured());
}

}  // namespace quantscope::ui
