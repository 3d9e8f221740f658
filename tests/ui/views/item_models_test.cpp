#include <QAbstractItemModelTester>
#include <QSortFilterProxyModel>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/views/jobs/job_history_model.h"
#include "ui/views/layers/layers_model.h"
#include "ui/views/problems/problems_model.h"
#include "ui/views/rules/rules_model.h"
#include "ui/views/variants/variants_model.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

QString cell(const QAbstractItemModel& model, int row, int column) {
  return model.index(row, column).data().toString();
}

RecipeRule ruleFor(const char* type, Precision precision) {
  RecipeRule rule;
  rule.operatorType = type;
  rule.scheme.precision = precision;
  return rule;
}

}  // namespace

// The testers abort the program where a model breaks its contract: all of it runs under them.
TEST_CASE("All item models keep their contract while the document lives its life", "[ui][views]") {
  tests::application();
  Document document;
  LayersModel layers(document);
  VariantsModel variants(document);
  ProblemsModel problems(document);
  RulesModel rules(document);
  JobHistoryModel history(document.jobs());
  QSortFilterProxyModel sorted;
  sorted.setSortRole(SortRole);
  sorted.setSourceModel(&layers);
  sorted.sort(LayersModel::Parameters, Qt::DescendingOrder);
  std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
  for (QAbstractItemModel* model :
       std::initializer_list<QAbstractItemModel*>{&layers, &variants, &problems, &rules, &history, &sorted})
    testers.push_back(std::make_unique<QAbstractItemModelTester>(model, Mode::Fatal));
  CHECK(layers.rowCount() == 0);

  REQUIRE(tests::openSampleModel(document));
  CHECK(layers.rowCount() == 11);
  CHECK(variants.rowCount() == 1);
  CHECK(history.rowCount() == 1);
  document.setOperatorPrecision({OperatorIndex(0), OperatorIndex(4)}, Precision::Float32);
  Recipe recipe = document.recipe();
  recipe.rules = {ruleFor("CONV_2D", Precision::Float16), ruleFor("NOTHING", Precision::Int8)};
  document.setRecipe(recipe, QStringLiteral("rules"));
  CHECK(rules.rowCount() == 3);
  document.setRecipe(*recipeForMode("float16"), QStringLiteral("float16"));
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  CHECK(variants.rowCount() == 2);  // the second was made from the first and stands below it
  CHECK(variants.rowCount(variants.index(1, 0)) == 1);
  document.removeVariant(1);
  CHECK(variants.rowCount() == 2);
  document.undoStack()->undo();
  document.undoStack()->undo();
  document.jobs().clearFinished();
  CHECK(history.rowCount() == 0);
  REQUIRE(tests::openSampleModel(document));
  document.closeWorkspace();
  CHECK(layers.rowCount() == 0);
  CHECK(problems.rowCount() == 0);
}

TEST_CASE("The layers say what is asked for and what the plan gives", "[ui][views]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  LayersModel layers(document);
  CHECK(cell(layers, 0, LayersModel::Type) == QStringLiteral("CONV_2D"));
  CHECK(cell(layers, 0, LayersModel::Output) == QStringLiteral("30×30×32"));
  CHECK(cell(layers, 0, LayersModel::Parameters) == QStringLiteral("896"));
  CHECK(cell(layers, 1, LayersModel::Parameters).isEmpty());
  CHECK(cell(layers, 0, LayersModel::Mode) == QStringLiteral("int8"));
  CHECK_FALSE(cell(layers, 0, LayersModel::Sqnr).isEmpty());
  CHECK(cell(layers, 9, LayersModel::Bytes).contains(QStringLiteral("→")));
  CHECK(cell(layers, 0, LayersModel::Sensitivity).isEmpty());
  // SHAPE works on integers: there is nothing to choose, and nothing to complain about.
  CHECK_FALSE(layers.anyDifference());
  const QModelIndex shape = layers.index(5, LayersModel::Mode);
  CHECK(shape.data().toString() == QStringLiteral("int32"));
  CHECK(shape.data(Qt::ToolTipRole).toString().contains(QStringLiteral("not quantized")));
  CHECK_FALSE(shape.data(BoxRole).toBool());
  CHECK_FALSE(shape.flags().testFlag(Qt::ItemIsEditable));
  CHECK_FALSE(layers.setData(shape, static_cast<int>(Precision::Float32), Qt::EditRole));
  CHECK(layers.setData(layers.index(0, LayersModel::Mode), static_cast<int>(Precision::Float32), Qt::EditRole));
  CHECK(cell(layers, 0, LayersModel::Mode) == QStringLiteral("float32"));
  CHECK_FALSE(layers.setData(layers.index(0, LayersModel::Mode), 99, Qt::EditRole));
  CHECK_FALSE(layers.setData(layers.index(0, LayersModel::Type), 1, Qt::EditRole));
}

TEST_CASE("Rules show how many operators they match and decide", "[ui][views]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  RulesModel rules(document);
  Recipe recipe = document.recipe();
  recipe.rules = {ruleFor("CONV_2D", Precision::Float16), ruleFor("", Precision::Float32)};
  document.setRecipe(recipe, QStringLiteral("rules"));
  CHECK(cell(rules, 0, RulesModel::Applies) == QStringLiteral("op:CONV_2D"));
  CHECK(cell(rules, 0, RulesModel::Matches) == QStringLiteral("3"));
  CHECK(cell(rules, 0, RulesModel::Wins) == QStringLiteral("0"));
  CHECK(cell(rules, 1, RulesModel::Applies) == QStringLiteral("all operators"));
  CHECK(cell(rules, 1, RulesModel::Wins) == QStringLiteral("11"));
  CHECK(cell(rules, 2, RulesModel::Applies) == QStringLiteral("otherwise"));
}

TEST_CASE("Variants show size, accuracy with interval, and the paired test in words", "[ui][views]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  VariantsModel variants(document);
  document.setDataset(DatasetUse::Evaluation,
                      DatasetReference{tests::samplePath(QStringLiteral("shapes/evaluation")), {}, 100});
  document.setRecipe(*recipeForMode("float16"), QStringLiteral("float16"));
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document));
  document.evaluate({1});
  CHECK(document.jobOfVariant(0));
  CHECK_FALSE(cell(variants, 0, VariantsModel::State).isEmpty());
  REQUIRE(tests::waitUntilIdle(document, 120000));
  CHECK(cell(variants, 0, VariantsModel::State).isEmpty());
  CHECK(cell(variants, 0, VariantsModel::Size) == QStringLiteral("1.00×"));
  CHECK(cell(variants, 1, VariantsModel::Made) == QStringLiteral("from float32"));
  CHECK(cell(variants, 1, VariantsModel::Interval).startsWith(u'±'));
  CHECK(cell(variants, 1, VariantsModel::Difference).endsWith(QStringLiteral("not different")));
  CHECK_FALSE(cell(variants, 1, VariantsModel::Latency).isEmpty());
  CHECK(variants.setData(variants.index(1, 0), QStringLiteral("half"), Qt::EditRole));
  CHECK(cell(variants, 1, 0) == QStringLiteral("half"));
  CHECK_FALSE(variants.setData(variants.index(1, 0), QStringLiteral("  "), Qt::EditRole));
}

}  // namespace quantscope::ui
