#include "core/io/model_diff.h"

#include <functional>

#include "core/model/edit.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

Model base() {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 8}, ElementType::Float32, "x"),
             y = builder.tensor({1, 4}, ElementType::Float32, "y");
  const auto w = builder.randomConstant({4, 8}, "w");
  builder.fullyConnected(x, w, TensorIndex(), y);
  builder.inputs({x});
  builder.outputs({y});
  Quantization quantization;
  quantization.scale = {0.5f};
  quantization.zeroPoint = {3};
  builder.graph().tensor(x).quantization = quantization;
  Model model = builder.model;
  Signature signature;
  signature.key = "serving_default";
  signature.inputs = {{"x", true, x}};
  model.signatures.push_back(signature);
  model.metadata.push_back({"note", true, addBuffer(model, Buffer::fromBytes({std::byte{1}, std::byte{2}}))});
  return model;
}

struct Change {
  const char* where;
  const char* what;
  std::function<void(Model&)> make;
};

}  // namespace

TEST_CASE("a model does not differ from itself", "[io]") {
  CHECK(diffModels(base(), base()).empty());
}

TEST_CASE("every kind of change is told with its place and both values", "[io]") {
  const std::vector<Change> changes = {
      {"model", "description", [](Model& m) { m.description = "other"; }},
      {"model", "metadata", [](Model& m) { m.metadata.clear(); }},
      {"model", "buffers", [](Model& m) { m.buffers.emplace_back(); }},
      {"model", "signatures", [](Model& m) { m.signatures.clear(); }},
      {"operator code 0", "version", [](Model& m) { m.operatorCodes[0].version = 9; }},
      {"buffer 1", "data", [](Model& m) { m.buffers[1] = Buffer::fromBytes(std::vector<std::byte>(128)); }},
      {"subgraph 0", "outputs", [](Model& m) { m.subgraphs[0].outputs.clear(); }},
      {"subgraph 0", "name", [](Model& m) { m.subgraphs[0].name = "main"; }},
      {"subgraph 0, tensor 0 x", "name", [](Model& m) { m.subgraphs[0].tensors[0].name = "renamed"; }},
      {"subgraph 0, tensor 0 x", "type", [](Model& m) { m.subgraphs[0].tensors[0].type = ElementType::Int8; }},
      {"subgraph 0, tensor 0 x", "shape",
       [](Model& m) {
         m.subgraphs[0].tensors[0].shape = {1, 9};
       }},
      {"subgraph 0, tensor 0 x", "quantization.scale",
       [](Model& m) { m.subgraphs[0].tensors[0].quantization->scale[0] = 0.25f; }},
      {"subgraph 0, tensor 0 x", "quantization", [](Model& m) { m.subgraphs[0].tensors[0].quantization.reset(); }},
      {"subgraph 0, tensor 2 w", "buffer", [](Model& m) { m.subgraphs[0].tensors[2].buffer = BufferIndex(0); }},
      {"subgraph 0, operator 0 FULLY_CONNECTED", "inputs",
       [](Model& m) { m.subgraphs[0].operators[0].inputs.pop_back(); }},
      {"subgraph 0, operator 0 FULLY_CONNECTED", "builtin_options.keep_num_dims",
       [](Model& m) { m.subgraphs[0].operators[0].options.AsFullyConnectedOptions()->keep_num_dims = true; }},
      {"subgraph 0, operator 0 FULLY_CONNECTED", "builtin_options.quant_spec",
       [](Model& m) {
         m.subgraphs[0].operators[0].options.AsFullyConnectedOptions()->quant_spec = {1, 2};
       }},
      {"subgraph 0, operator 0 FULLY_CONNECTED", "custom_options",
       [](Model& m) { m.subgraphs[0].operators[0].customOptions = Buffer::fromBytes({}); }},
      {"signature 0 serving_default, input 0", "tensor_index",
       [](Model& m) { m.signatures[0].inputs[0].tensor = TensorIndex(1); }},
      {"bytes after the model", "content", [](Model& m) { m.trailing = Buffer::fromBytes({std::byte{9}}); }},
  };
  for (const Change& change : changes) {
    INFO(change.where << ": " << change.what);
    Model changed = base();
    change.make(changed);
    const auto differences = diffModels(base(), changed);
    REQUIRE_FALSE(differences.empty());
    CHECK(differences[0].where == change.where);
    CHECK(differences[0].what == change.what);
    CHECK((differences[0].a != differences[0].b || differences[0].a.empty()));
  }
}

TEST_CASE("both values of a difference are readable", "[io]") {
  Model changed = base();
  changed.subgraphs[0].tensors[0].type = ElementType::Int8;
  changed.subgraphs[0].tensors[0].quantization->scale = {0.25f};
  changed.subgraphs[0].operators[0].options.AsFullyConnectedOptions()->fused_activation_function =
      tflite::ActivationFunctionType_RELU6;
  const auto differences = diffModels(base(), changed);
  REQUIRE(differences.size() == 3);
  CHECK(differences[0].a == "float32");
  CHECK(differences[0].b == "int8");
  CHECK(differences[1].a == "[0.5]");
  CHECK(differences[1].b == "[0.25]");
  CHECK(differences[2].a == "NONE");
  CHECK(differences[2].b == "RELU6");
}

TEST_CASE("signed zeros and NaNs are compared by their bits", "[io]") {
  Model a = base(), b = base();
  a.subgraphs[0].tensors[0].quantization->min = {0.0f};
  b.subgraphs[0].tensors[0].quantization->min = {-0.0f};
  CHECK(diffModels(a, b).size() == 1);
  a.subgraphs[0].tensors[0].quantization->min =
      b.subgraphs[0].tensors[0].quantization->min = {std::numeric_limits<float>::quiet_NaN()};
  CHECK(diffModels(a, b).empty());
}

TEST_CASE("what only the file's order tells apart is left out on request", "[io]") {
  Model other = base();
  std::swap(other.buffers[1], other.buffers[2]);
  other.subgraphs[0].tensors[2].buffer = BufferIndex(2);
  other.metadata[0].buffer = BufferIndex(1);
  other.operatorCodes.push_back(OperatorCode::builtin(tflite::BuiltinOperator_ADD));
  CHECK_FALSE(diffModels(base(), other).empty());
  DiffOptions meaning;
  meaning.exact = false;
  CHECK(diffModels(base(), other, meaning).empty());
  other.buffers[2] = Buffer::fromBytes(std::vector<std::byte>(128));
  const auto differences = diffModels(base(), other, meaning);
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].what == "constant");
  CHECK_THAT(differences[0].b, ContainsSubstring("from byte 0"));
}

TEST_CASE("comparing stops at the limit", "[io]") {
  Model other = base();
  for (Tensor& tensor : other.subgraphs[0].tensors) tensor.name += "'";
  DiffOptions options;
  options.limit = 2;
  CHECK(diffModels(base(), other, options).size() == 2);
}
