#include "core/model/structure.h"

#include <algorithm>
#include <functional>

#include "core/model/edit.h"
#include "core/model/metadata_names.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

constexpr int kX = 0, kW = 1, kBias = 2, kY = 3, kZ = 4;

Model good() {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 8}, ElementType::Float32, "x");
  const auto w = builder.randomConstant({4, 8}, "w"), bias = builder.randomConstant({4}, "bias");
  const auto y = builder.tensor({1, 4}, ElementType::Float32, "y"),
             z = builder.tensor({1, 4}, ElementType::Float32, "z");
  builder.fullyConnected(x, w, bias, y);
  builder.op(tflite::BuiltinOperator_RELU, {y}, {z});
  builder.inputs({x});
  builder.outputs({z});
  Model model = builder.model;
  Signature signature;
  signature.key = "serving_default";
  signature.inputs = {{"x", true, x}};
  signature.outputs = {{"z", true, z}};
  model.signatures.push_back(signature);
  return model;
}

Tensor& tensor(Model& model, int index) {
  return model.subgraphs[0].tensors[static_cast<size_t>(index)];
}

Quantization affine(std::vector<float> scale, std::vector<int64_t> zeroPoint, int dimension = 0) {
  Quantization quantization;
  quantization.scale = std::move(scale);
  quantization.zeroPoint = std::move(zeroPoint);
  quantization.quantizedDimension = dimension;
  return quantization;
}

struct Fault {
  const char* what;
  const char* place;
  std::function<void(Model&)> make;
};

// All of `faults`, each the only finding of a good model with that one change.
void checkEach(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    INFO(fault.what);
    Model model = good();
    fault.make(model);
    const auto findings = structuralFindings(model);
    const auto it = std::ranges::find(findings, fault.what, &Finding::what);
    if (it == findings.end()) {
      for (const Finding& finding : findings) UNSCOPED_INFO("found " << finding.what << ": " << finding.why);
      FAIL_CHECK("not found");
      continue;
    }
    CHECK(findingPlace(model, *it) == fault.place);
    CHECK_FALSE(it->why.empty());
  }
}

}  // namespace

TEST_CASE("a good model has no findings", "[model]") {
  CHECK(structuralFindings(good()).empty());
}

TEST_CASE("faults of the graph are found where they are", "[model]") {
  checkEach({
      {"operators out of order", "operator 0 RELU, tensor 3 y",
       [](Model& m) { std::swap(m.subgraphs[0].operators[0], m.subgraphs[0].operators[1]); }},
      {"cyclic graph", "operator 0 FULLY_CONNECTED, tensor 4 z",
       [](Model& m) { m.subgraphs[0].operators[0].inputs[0] = TensorIndex(kZ); }},
      {"input that nothing produces", "operator 0 FULLY_CONNECTED, tensor 0 x",
       [](Model& m) { m.subgraphs[0].inputs.clear(); }},
      {"output that nothing produces", "tensor 4 z", [](Model& m) { m.subgraphs[0].operators.pop_back(); }},
      {"tensor with two producers", "operator 1 RELU, tensor 3 y",
       [](Model& m) { m.subgraphs[0].operators[1].outputs[0] = TensorIndex(kY); }},
      {"writes to a constant", "operator 1 RELU, tensor 1 w",
       [](Model& m) { m.subgraphs[0].operators[1].outputs[0] = TensorIndex(kW); }},
      {"writes to an input of the graph", "operator 1 RELU, tensor 0 x",
       [](Model& m) { m.subgraphs[0].operators[1].outputs[0] = TensorIndex(kX); }},
      {"no outputs", "model", [](Model& m) { m.subgraphs[0].outputs.clear(); }},
      {"input is a constant", "tensor 1 w", [](Model& m) { m.subgraphs[0].inputs.push_back(TensorIndex(kW)); }},
      {"mutating_variable_inputs does not fit", "operator 1 RELU",
       [](Model& m) {
         m.subgraphs[0].operators[1].mutatingVariableInputs = {1, 0};
       }},
      {"custom operator without a name", "model",
       [](Model& m) { m.operatorCodes[1].builtinCode = tflite::BuiltinOperator_CUSTOM; }},
  });
}

TEST_CASE("faults of tensors are found where they are", "[model]") {
  checkEach({
      {"constant too small", "tensor 1 w",
       [](Model& m) {
         tensor(m, kW).shape = {4, 9};
       }},
      {"constant too large", "tensor 1 w",
       [](Model& m) {
         tensor(m, kW).shape = {4, 7};
       }},
      {"impossible shape", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).shape = {1, -8};
       }},
      {"impossible shape", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).shape = {2147483647, 2147483647, 2147483647};
       }},
      {"shape and signature differ", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).shapeSignature = {-1, 9};
       }},
      {"unknown element type", "tensor 0 x", [](Model& m) { tensor(m, kX).type = static_cast<ElementType>(99); }},
      {"variable with constant data", "tensor 1 w", [](Model& m) { tensor(m, kW).isVariable = true; }},
      {"missing external buffer", "tensor 0 x", [](Model& m) { tensor(m, kX).externalBuffer = 7; }},
      {"two constants", "tensor 1 w", [](Model& m) { tensor(m, kW).externalBuffer = 7; }},
      {"wrong number of zero points", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).type = ElementType::Int8;
         tensor(m, kX).quantization = affine({1}, {});
       }},
      {"wrong number of scales", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).type = ElementType::Int8;
         tensor(m, kX).quantization = affine({1, 2}, {0, 0}, 1);
       }},
      {"quantized dimension out of range", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).type = ElementType::Int8;
         tensor(m, kX).quantization = affine({1, 2}, {0, 0}, 2);
       }},
      {"impossible scale", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).type = ElementType::Int8;
         tensor(m, kX).quantization = affine({0}, {0});
       }},
      {"zero point out of range", "tensor 0 x",
       [](Model& m) {
         tensor(m, kX).type = ElementType::Int4;
         tensor(m, kX).quantization = affine({1}, {8});
       }},
      {"scale without integers", "tensor 0 x", [](Model& m) { tensor(m, kX).quantization = affine({1}, {0}); }},
      {"missing tensor of block scales", "tensor 0 x",
       [](Model& m) {
         auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
         tflite::BlockwiseQuantizationT blockwise;
         blockwise.scales = 50;
         blockwise.block_size = 32;
         details->Set(std::move(blockwise));
         tensor(m, kX).quantization.emplace().details = details;
       }},
  });
}

TEST_CASE("strings are checked by their own table", "[model]") {
  auto findings = [](const std::vector<int32_t>& words) {
    Model model = good();
    tensor(model, kBias).type = ElementType::String;
    tensor(model, kBias).shape = {2};
    model.buffers[2] = Buffer::fromValues(std::span<const int32_t>(words));
    return structuralFindings(model).size();
  };
  CHECK(findings({2, 16, 18, 20, 0x64636261}) == 0);
  CHECK(findings({3, 16, 18, 20, 0x64636261}) == 1);
  CHECK(findings({2, 16, 15, 20, 0x64636261}) == 1);
  CHECK(findings({2, 16, 18, 21, 0x64636261}) == 1);
  CHECK(findings({2, 16}) == 1);
  CHECK(findings({}) == 1);
}

TEST_CASE("sparse storage is checked level by level", "[model]") {
  auto findings = [](const std::function<void(tflite::SparsityParametersT&)>& change) {
    Model model = good();
    tflite::SparsityParametersT sparsity;
    sparsity.traversal_order = {0, 1};
    for (int level = 0; level < 2; ++level)
      sparsity.dim_metadata.push_back(std::make_unique<tflite::DimensionMetadataT>());
    sparsity.dim_metadata[0]->dense_size = 4;
    sparsity.dim_metadata[1]->format = tflite::DimensionType_SPARSE_CSR;
    tflite::Uint8VectorT segments, indices;
    segments.values = {0, 1, 1, 2, 3};
    indices.values = {5, 0, 7};
    sparsity.dim_metadata[1]->array_segments.Set(std::move(segments));
    sparsity.dim_metadata[1]->array_indices.Set(std::move(indices));
    change(sparsity);
    tensor(model, kW).sparsity = std::make_shared<tflite::SparsityParametersT>(std::move(sparsity));
    return structuralFindings(model).size();
  };
  CHECK(findings([](auto&) {}) == 0);
  CHECK(findings([](auto& s) { s.traversal_order = {0, 0}; }) == 1);
  CHECK(findings([](auto& s) { s.traversal_order = {0}; }) == 1);
  CHECK(findings([](auto& s) { s.block_map = {0}; }) == 1);
  CHECK(findings([](auto& s) { s.dim_metadata[0]->dense_size = 5; }) == 1);
  CHECK(findings([](auto& s) { s.dim_metadata[1]->array_segments.AsUint8Vector()->values = {0, 2, 1, 2, 3}; }) == 1);
  CHECK(findings([](auto& s) { s.dim_metadata[1]->array_indices.AsUint8Vector()->values.pop_back(); }) == 1);
}

TEST_CASE("faults of what refers to other parts are found", "[model]") {
  auto withIf = [](int thenIndex, int elseIndex) {
    return [=](Model& m) {
      tflite::IfOptionsT options;
      options.then_subgraph_index = thenIndex;
      options.else_subgraph_index = elseIndex;
      m.subgraphs[0].operators[1].options.Set(std::move(options));
      m.subgraphs.emplace_back();
    };
  };
  checkEach({
      {"missing subgraph", "subgraph 0, operator 1 RELU", withIf(5, 1)},
      {"wrong number of subgraph outputs", "subgraph 0, operator 1 RELU", withIf(1, 1)},
      {"subgraph runs itself", "subgraph 0", withIf(0, 1)},
      {"missing subgraph of a signature", "model", [](Model& m) { m.signatures[0].subgraphIndex = 3; }},
      {"missing tensor of a signature", "model", [](Model& m) { m.signatures[0].inputs[0].tensor = TensorIndex(99); }},
      {"two signatures with one key", "model", [](Model& m) { m.signatures.push_back(m.signatures[0]); }},
      {"signature without a key", "model", [](Model& m) { m.signatures[0].hasKey = false; }},
      {"metadata without content", "model",
       [](Model& m) {
         m.metadata.push_back({"note", true, BufferIndex(99)});
       }},
      {"minimum runtime version not closed", "model",
       [](Model& m) {
         m.metadata.push_back({std::string(kMinimumRuntime), true, addBuffer(m, Buffer::fromBytes({std::byte{'1'}}))});
       }},
      {"buffer 0 is not empty", "model", [](Model& m) { m.buffers[0] = Buffer::fromBytes({std::byte{1}}); }},
      {"missing group of an external buffer", "model", [](Model& m) { m.externalBuffers.emplace_back(); }},
      {"not known to this version", "model", [](Model& m) { m.notices.push_back("something new"); }},
  });
}

TEST_CASE("a model full of faults gives a bounded list", "[model]") {
  Model model = good();
  Tensor bad = tensor(model, kX);
  bad.shape = {-1};
  for (int i = 0; i < 5000; ++i) model.subgraphs[0].tensors.push_back(bad);
  CHECK(structuralFindings(model).size() == 1000);
}
