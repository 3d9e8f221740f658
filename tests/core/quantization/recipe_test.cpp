#include "core/quantization/recipe.h"

#include <chrono>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using tests::ModelBuilder;

namespace {

// conv "block/conv1" - add "block/add" - fully connected "head;logits"
std::shared_ptr<const Model> threeOperators() {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 2});
  const auto conv = b.tensor({1, 4, 4, 2}, ElementType::Float32, "block/conv1");
  const auto sum = b.tensor({1, 4, 4, 2}, ElementType::Float32, "block/add");
  const auto out = b.tensor({1, 3}, ElementType::Float32, "head;logits");
  b.conv2d(x, b.randomConstant({2, 1, 1, 2}), b.randomConstant({2}), conv);
  b.add(x, conv, sum);
  b.fullyConnected(sum, b.randomConstant({3, 32}), TensorIndex(), out);
  b.inputs({x});
  b.outputs({out});
  return b.build();
}

RecipeRule rule(std::string scope, std::string type, Precision precision) {
  RecipeRule rule;
  rule.scope = std::move(scope);
  rule.operatorType = std::move(type);
  rule.scheme.precision = precision;
  return rule;
}

std::vector<Precision> precisions(const ResolvedRecipe& resolved) {
  std::vector<Precision> result;
  for (const Scheme& scheme : resolved.operators) result.push_back(scheme.precision);
  return result;
}

}  // namespace

TEST_CASE("every precision and mode is found by its name", "[quantization][recipe]") {
  for (int p = 0; p < kPrecisionCount; ++p) {
    const auto precision = static_cast<Precision>(p);
    REQUIRE(parsePrecision(precisionName(precision)).ok());
    CHECK(*parsePrecision(precisionName(precision)) == precision);
    CHECK_FALSE(precisionLabel(precision).empty());
  }
  for (const std::string& mode : modeNames()) CHECK(recipeForMode(mode).ok());
  CHECK(recipeForMode("int8-full")->requireInteger);
  CHECK(recipeForMode("int8-full")->inputType == BoundaryType::Int8);
  CHECK(recipeForMode("int8")->inputType == BoundaryType::Float32);
  const auto unknown = recipeForMode("int9");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message().find("int8-full") != std::string::npos);
}

TEST_CASE("the last matching rule wins and single choices win over rules", "[quantization][recipe]") {
  const auto model = threeOperators();
  Recipe recipe = *recipeForMode("int8");
  recipe.rules = {rule("block/", "", Precision::Float16), rule("", "CONV_2D", Precision::Float32),
                  rule("conv\\d$", "FULLY_CONNECTED", Precision::Float32)};
  recipe.setOperator(2, Scheme{.precision = Precision::DynamicRange});
  const auto resolved = resolveRecipe(recipe, *model);
  REQUIRE(resolved.ok());
  CHECK(precisions(*resolved) == std::vector{Precision::Float32, Precision::Float16, Precision::DynamicRange});
  CHECK(resolved->matches == std::vector<int32_t>{2, 1, 0});
  CHECK(resolved->wins == std::vector<int32_t>{1, 1, 0});
}

TEST_CASE("positions limit a rule", "[quantization][recipe]") {
  Recipe recipe;
  recipe.rules = {rule("", "", Precision::Int8)};
  recipe.rules[0].first = 1;
  recipe.rules[0].last = 1;
  const auto resolved = resolveRecipe(recipe, *threeOperators());
  REQUIRE(resolved.ok());
  CHECK(precisions(*resolved) == std::vector{Precision::Float32, Precision::Int8, Precision::Float32});
}

TEST_CASE("a bad scope is an error that names the rule", "[quantization][recipe]") {
  const auto model = threeOperators();
  Recipe recipe;
  recipe.rules = {rule("fine", "", Precision::Int8), rule("([a-z", "", Precision::Int8)};
  auto resolved = resolveRecipe(recipe, *model);
  REQUIRE_FALSE(resolved.ok());
  CHECK(resolved.error().code == ErrorCode::InvalidArgument);
  CHECK(resolved.error().where == "rule 2");

  recipe.rules = {rule(std::string(100000, 'a'), "", Precision::Int8)};
  CHECK_FALSE(resolveRecipe(recipe, *model).ok());
  recipe.rules = {rule("((((a{99}){99}){99}){99})", "", Precision::Int8)};
  CHECK_FALSE(resolveRecipe(recipe, *model).ok());
}

TEST_CASE("patterns that would backtrack for ever end at once", "[quantization][recipe]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 2});
  const auto y = b.tensor({1, 2}, ElementType::Float32, std::string(2000, 'a') + "!");
  b.op(tflite::BuiltinOperator_RELU, {x}, {y});
  Recipe recipe;
  recipe.rules = {rule("^(a+)+$", "", Precision::Int8), rule("(a|aa)*b", "", Precision::Int8)};
  const auto start = std::chrono::steady_clock::now();
  const auto resolved = resolveRecipe(recipe, *b.build());
  // One match is not interrupted, and takes several times as long under a sanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr auto kSoon = std::chrono::seconds(120);
#else
  constexpr auto kSoon = std::chrono::seconds(10);
#endif
  CHECK(std::chrono::steady_clock::now() - start < kSoon);
  // On a slow machine (sanitizers, for one) the limit on time may come first: an error, no match that is none.
  if (resolved.ok()) {
    CHECK(resolved->matches == std::vector<int32_t>{0, 0});
  } else {
    CHECK(resolved.error().why.find("takes too long") != std::string::npos);
  }
}

TEST_CASE("names of a million characters do not overflow the matcher", "[quantization][recipe]") {
  ModelBuilder b;
  const auto y = b.tensor({1, 2}, ElementType::Float32, std::string(1000000, 'x'));
  b.op(tflite::BuiltinOperator_RELU, {b.tensor({1, 2})}, {y});
  Recipe recipe;
  recipe.rules = {rule("x.*x", "", Precision::Int8)};
  const auto resolved = resolveRecipe(recipe, *b.build());
  REQUIRE(resolved.ok());
  CHECK(resolved->matches == std::vector<int32_t>{1});
}

TEST_CASE("a choice for an operator that is not there is refused", "[quantization][recipe]") {
  Recipe recipe;
  recipe.setOperator(7, Scheme{});
  const auto resolved = resolveRecipe(recipe, *threeOperators());
  REQUIRE_FALSE(resolved.ok());
  CHECK(resolved.error().where == "operator 7");
}

TEST_CASE("single choices stay sorted and can be taken back", "[quantization][recipe]") {
  Recipe recipe;
  recipe.setOperator(5, Scheme{.precision = Precision::Int8});
  recipe.setOperator(2, Scheme{.precision = Precision::Float16});
  recipe.setOperator(5, Scheme{.precision = Precision::Float32});
  REQUIRE(recipe.operators.size() == 2);
  CHECK(recipe.operators[0].first == 2);
  CHECK(recipe.operators[1].second.precision == Precision::Float32);
  recipe.setOperator(2, std::nullopt);
  recipe.setOperator(3, std::nullopt);
  CHECK(recipe.operators.size() == 1);
}

TEST_CASE("a recipe survives JSON", "[quantization][recipe]") {
  Recipe recipe = *recipeForMode("int8-full");
  recipe.name = "mine \"quoted\"";
  recipe.target = "edge-tpu";
  recipe.outputType = BoundaryType::UInt8;
  recipe.rules = {rule("a/.*", "CONV_2D", Precision::Int16x8)};
  recipe.rules[0].first = 3;
  recipe.rules[0].scheme.algorithms = {"mse", "bias_correction"};
  recipe.setOperator(
      1, Scheme{.precision = Precision::DynamicRangeInt4, .granularity = Granularity::Blockwise, .blockSize = 64});
  recipe.ranges = {{4, -1.1f, 3.3f}};
  const auto read = recipeFromJson(recipeToJson(recipe));
  REQUIRE(read.ok());
  CHECK(*read == recipe);

  const tests::TemporaryFolder folder;
  REQUIRE(saveRecipe(recipe, folder.path() / "r.json", IfExists::Refuse).ok());
  const auto loaded = loadRecipe(folder.path() / "r.json");
  REQUIRE(loaded.ok());
  CHECK(*loaded == recipe);
  CHECK(loadRecipe(folder.path() / "absent.json").error().code == ErrorCode::NotFound);
}

TEST_CASE("mistakes in a recipe file are named by place and key", "[quantization][recipe]") {
  const std::pair<const char*, const char*> mistakes[] = {
      {R"({"quantscope_recipe":1,"colour":"red"})", "colour"},
      {R"({"quantscope_recipe":1,"rules":[{"precision":"int8"},{"precision":"int8","scop":"x"}]})", "rules[1].scop"},
      {R"({"quantscope_recipe":1,"default":{"precision":"int5"}})", "default.precision"},
      {R"({"quantscope_recipe":1,"default":{}})", "default.precision"},
      {R"({"quantscope_recipe":1,"operators":[{"index":-4,"precision":"int8"}]})", "operators[0].index"},
      {R"({"quantscope_recipe":1,"operators":[{"precision":"int8"}]})", "operators[0].index"},
      {R"({"quantscope_recipe":1,"require_integer":1})", "require_integer"},
      {R"({"quantscope_recipe":1,"input_type":"int64"})", "input_type"},
      {R"({"quantscope_recipe":1,"ranges":[{"tensor":1,"min":2,"max":1}]})", "ranges[0].min"},
      {R"({"quantscope_recipe":1,"ranges":[{"tensor":99999999999,"min":2,"max":1}]})", "ranges[0].tensor"},
      {R"({"quantscope_recipe":9})", "quantscope_recipe"},
      {R"({"rules":[]})", "quantscope_recipe"},
      {R"([1,2])", "top level"},
      {R"({"quantscope_recipe":1)", "top level"},
  };
  for (const auto& [text, where] : mistakes) {
    INFO(text);
    const auto read = recipeFromJson(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::Malformed);
    CHECK(read.error().where == where);
  }
}

TEST_CASE("the shipped recipes parse", "[quantization][recipe]") {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(tests::sourceFolder() / "resources" / "recipes")) {
    INFO(entry.path().string());
    CHECK(loadRecipe(entry.path()).ok());
    ++count;
  }
  CHECK(count > 0);
}
