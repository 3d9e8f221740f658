#include <fstream>
#include <nlohmann/json.hpp>

#include "core/quantization/recipe.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using tests::ModelBuilder;

namespace {

using Json = nlohmann::ordered_json;

Json tensor(int bits, const char* granularity, bool symmetric = true) {
  return {{"num_bits", bits}, {"symmetric", symmetric}, {"granularity", granularity}, {"dtype", "INT"}};
}

Json entry(const char* operation, const char* algorithm, Json config = {}) {
  Json json{{"regex", ".*"}, {"operation", operation}, {"algorithm_key", algorithm}};
  if (!config.is_null()) json["op_config"] = std::move(config);
  return json;
}

Json weights(Json weight, bool integer, bool dequantize, int least = 0) {
  return {{"weight_tensor_config", std::move(weight)},
          {"compute_precision", integer ? "INTEGER" : "FLOAT"},
          {"explicit_dequantize", dequantize},
          {"skip_checks", false},
          {"min_weight_elements", least}};
}

Json activations(int bits, int weightBits) {
  Json config = weights(tensor(weightBits, "CHANNELWISE"), true, false);
  config["activation_tensor_config"] = tensor(bits, "TENSORWISE", bits == 16);
  return config;
}

struct Loaded {
  Result<Recipe> recipe;
  std::vector<std::string> notes;
};

Loaded load(const Json& json, const std::string& name = "recipe.json") {
  const tests::TemporaryFolder folder;
  std::ofstream(folder.path() / name) << json.dump(2);
  std::vector<std::string> notes;
  auto recipe = loadRecipe(folder.path() / name, &notes);
  return {std::move(recipe), std::move(notes)};
}

Scheme schemeOf(const Json& config, const char* algorithm = "min_max_uniform_quantize") {
  const Loaded loaded = load(Json::array({entry("*", algorithm, config)}));
  if (!loaded.recipe) FAIL(loaded.recipe.error().message());
  CHECK(loaded.notes.empty());
  REQUIRE(loaded.recipe->rules.size() == 1);
  CHECK(loaded.recipe->defaultScheme.precision == Precision::Float32);
  return loaded.recipe->rules[0].scheme;
}

}  // namespace

TEST_CASE("AI Edge Quantizer's configurations have their precision here", "[quantization][recipe]") {
  CHECK(schemeOf(activations(8, 8)).precision == Precision::Int8);
  CHECK(schemeOf(activations(16, 8)).precision == Precision::Int16x8);
  CHECK(schemeOf(activations(8, 4)).precision == Precision::Int4x8);
  CHECK(schemeOf(activations(16, 4)).precision == Precision::Int4x16);
  CHECK(schemeOf(weights(tensor(8, "CHANNELWISE"), true, false)).precision == Precision::DynamicRange);
  CHECK(schemeOf(weights(tensor(4, "CHANNELWISE"), true, false)).precision == Precision::DynamicRangeInt4);
  CHECK(schemeOf(weights(tensor(8, "CHANNELWISE"), false, true)).precision == Precision::WeightOnlyInt8);
  CHECK(schemeOf(weights(tensor(4, "CHANNELWISE"), false, true)).precision == Precision::WeightOnlyInt4);
  const Scheme legacy = schemeOf(weights(tensor(8, "TENSORWISE"), true, false, 1024));
  CHECK(legacy.granularity == Granularity::PerTensor);
  CHECK(legacy.minElements == 1024);
  const Scheme blocks = schemeOf(weights(tensor(4, "BLOCKWISE_64"), true, false));
  CHECK(blocks.granularity == Granularity::Blockwise);
  CHECK(blocks.blockSize == 64);
  const Json half{{"weight_tensor_config", {{"num_bits", 16}, {"dtype", "FLOAT"}}}};
  CHECK(schemeOf(half, "float_casting").precision == Precision::Float16);
  CHECK(schemeOf(weights(tensor(4, "CHANNELWISE"), true, false), "GPTQ").algorithms ==
        std::vector<std::string>{"gptq"});
}

TEST_CASE("later entries of an AI Edge Quantizer recipe win", "[quantization][recipe]") {
  const Loaded loaded = load(
      Json::array({entry("*", "min_max_uniform_quantize", activations(8, 8)),
                   entry("FULLY_CONNECTED", "min_max_uniform_quantize", weights(tensor(4, "CHANNELWISE"), false, true)),
                   entry("CONV_2D", "no_quantize")}));
  REQUIRE(loaded.recipe.ok());
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 2}), c = b.tensor({1, 4, 4, 2}), r = b.tensor({1, 4, 4, 2}), y = b.tensor({1, 3});
  b.conv2d(x, b.randomConstant({2, 1, 1, 2}), b.randomConstant({2}), c);
  b.op(tflite::BuiltinOperator_RELU, {c}, {r});
  b.fullyConnected(r, b.randomConstant({3, 32}), TensorIndex(), y);
  const auto resolved = *resolveRecipe(*loaded.recipe, *b.build());
  CHECK(resolved.operators[0].precision == Precision::Float32);
  CHECK(resolved.operators[1].precision == Precision::Int8);
  CHECK(resolved.operators[2].precision == Precision::WeightOnlyInt4);
  CHECK(resolved.matches == std::vector<int32_t>{3, 1, 1});
  CHECK(resolved.wins == std::vector<int32_t>{1, 1, 1});
}

TEST_CASE("entries that cannot be had are named with the reason, and the rest is taken", "[quantization][recipe]") {
  const Loaded loaded =
      load(Json::array({entry("*", "min_max_uniform_quantize", weights(tensor(8, "CHANNELWISE"), true, false)),
                        entry("*", "DECOMPOSED_HADAMARD_ROTATION", weights(tensor(4, "CHANNELWISE"), true, false)),
                        entry("CONV_2D", "min_max_uniform_quantize", weights(tensor(2, "CHANNELWISE"), true, false)),
                        entry("INPUT", "min_max_uniform_quantize", activations(8, 8))}));
  REQUIRE(loaded.recipe.ok());
  CHECK(loaded.recipe->rules.size() == 1);
  REQUIRE(loaded.notes.size() == 3);
  CHECK(loaded.notes[0].find("entry 2 (*, DECOMPOSED_HADAMARD_ROTATION) is left out") == 0);
  CHECK(loaded.notes[1].find("2-bit weights with float activations") != std::string::npos);
  CHECK(loaded.notes[2].find("input_type") != std::string::npos);
}

TEST_CASE("a file that names another beside it stands for that", "[quantization][recipe]") {
  const tests::TemporaryFolder folder;
  std::ofstream(folder.path() / "inner.json")
      << Json::array({entry("*", "min_max_uniform_quantize", activations(8, 8))}).dump();
  std::ofstream(folder.path() / "outer.json") << R"({"default": "inner.json"})";
  std::ofstream(folder.path() / "loop.json") << R"({"default": "loop.json"})";
  std::ofstream(folder.path() / "away.json") << R"({"default": "../inner.json"})";
  const auto recipe = loadRecipe(folder.path() / "outer.json");
  REQUIRE(recipe.ok());
  CHECK(recipe->rules[0].scheme.precision == Precision::Int8);
  CHECK_FALSE(loadRecipe(folder.path() / "loop.json").ok());
  CHECK_FALSE(loadRecipe(folder.path() / "away.json").ok());
}

TEST_CASE("damaged AI Edge Quantizer recipes are refused with the entry", "[quantization][recipe]") {
  for (const Json& broken :
       {Json::array({1}), Json::array({Json{{"regex", ".*"}}}),
        Json::array({entry("*", "min_max_uniform_quantize", weights(Json{{"num_bits", "x"}}, true, false))}),
        Json::array({entry("*", "min_max_uniform_quantize", weights(tensor(8, "SIDEWAYS"), true, false))})}) {
    const Loaded loaded = load(broken);
    REQUIRE_FALSE(loaded.recipe.ok());
    CHECK(loaded.recipe.error().code == ErrorCode::Malformed);
    CHECK(loaded.recipe.error().where.find("entry 1") != std::string::npos);
  }
}

TEST_CASE("recipes go to AI Edge Quantizer and back", "[quantization][recipe]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 2});
  const auto c = b.tensor({1, 4, 4, 2}, ElementType::Float32, "block/conv;1");
  const auto y = b.tensor({1, 3}, ElementType::Float32, "head.logits");
  b.conv2d(x, b.randomConstant({2, 1, 1, 2}), b.randomConstant({2}), c);
  b.fullyConnected(c, b.randomConstant({3, 32}), TensorIndex(), y);
  const auto model = b.build();
  Recipe recipe = *recipeForMode("int8");
  RecipeRule byType;
  byType.operatorType = "FULLY_CONNECTED";
  byType.scheme =
      Scheme{.precision = Precision::DynamicRangeInt4, .granularity = Granularity::Blockwise, .blockSize = 32};
  RecipeRule byPlace;
  byPlace.first = 0;
  byPlace.last = 0;
  byPlace.scheme.precision = Precision::Float32;
  recipe.rules = {byType, byPlace};
  std::vector<std::string> notes;
  const auto text = recipeToAeq(recipe, model.get(), notes);
  REQUIRE(text.ok());
  CHECK(notes.empty());
  const Loaded back = load(Json::parse(*text));
  REQUIRE(back.recipe.ok());
  CHECK(resolveRecipe(*back.recipe, *model)->operators == resolveRecipe(recipe, *model)->operators);

  const auto blind = recipeToAeq(recipe, nullptr, notes);
  REQUIRE(blind.ok());
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("rule 2 is left out") == 0);
}
