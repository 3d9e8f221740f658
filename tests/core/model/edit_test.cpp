#include "core/model/edit.h"

#include "core/model/metadata_names.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

const std::vector<float> kOnes(4, 1.0f), kTwos(4, 2.0f);

}  // namespace

TEST_CASE("pruning renumbers everything that names tensors and buffers", "[model]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({4}, ElementType::Float32, "x");
  builder.constant({4}, kTwos, "unused");
  builder.op(tflite::BuiltinOperator_ADD, {x}, {x});
  builder.graph().operators.clear();  // its operator code stays behind, unused
  const auto c = builder.constant({4}, kOnes, "c"), y = builder.tensor({4}, ElementType::Float32, "y");
  const auto scales = builder.constant({4}, kTwos, "scales"),
             hidden = builder.tensor({4}, ElementType::Float32, "hidden");
  builder.op(tflite::BuiltinOperator_MUL, {x, c, TensorIndex()}, {y}).intermediates = {hidden};
  builder.inputs({x});
  builder.outputs({y});
  tflite::BlockwiseQuantizationT blockwise;
  blockwise.scales = scales.value;
  blockwise.zero_points = -1;
  auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
  details->Set(std::move(blockwise));
  builder.graph().tensor(c).quantization.emplace().details = details;
  // An activation with an empty buffer of its own, as the official converter writes them.
  builder.graph().tensor(y).buffer = addBuffer(builder.model, Buffer());
  Model model = builder.model;
  Signature signature;
  signature.outputs = {{"y", true, y}};
  model.signatures.push_back(signature);
  model.metadata.push_back({"note", true, addBuffer(model, Buffer::fromBytes({std::byte{5}}))});
  model.metadata.push_back({std::string(kOutsideMark), true, addBuffer(model, Buffer::fromBytes({std::byte{6}}))});
  model.metadataBuffer = {model.metadata[0].buffer.value};

  const PruneResult removed = pruneUnused(model);
  CHECK(removed.tensors == 1);
  CHECK(removed.operatorCodes == 1);
  CHECK(removed.buffers == 3);  // of "unused", of y, of the mark
  const Subgraph& graph = model.subgraphs[0];
  const Operator& op = graph.operators[0];
  CHECK(operatorName(model, op) == "MUL");
  CHECK(graph.tensor(graph.inputs[0]).name == "x");
  CHECK(graph.tensor(op.input(1)).name == "c");
  CHECK_FALSE(op.input(2).valid());
  CHECK(graph.tensor(op.intermediates[0]).name == "hidden");
  CHECK(graph.tensor(graph.outputs[0]).name == "y");
  CHECK(graph.tensor(graph.outputs[0]).buffer == BufferIndex(0));
  CHECK(graph.tensor(model.signatures[0].outputs[0].tensor).name == "y");
  const auto* blocks = graph.tensor(op.input(1)).quantization->blockwise();
  REQUIRE(blocks);
  CHECK(graph.tensor(TensorIndex(blocks->scales)).name == "scales");
  CHECK(blocks->zero_points == -1);
  CHECK(constantValues<float>(model, graph.tensor(op.input(1)))[0] == 1.0f);
  CHECK(constantValues<float>(model, graph.tensor(TensorIndex(blocks->scales)))[0] == 2.0f);
  REQUIRE(model.metadata.size() == 1);
  CHECK(model.buffer(model.metadata[0].buffer).bytes[0] == std::byte{5});
  CHECK(model.metadataBuffer[0] == model.metadata[0].buffer.value);
  CHECK(details->AsBlockwiseQuantization()->scales == scales.value);  // the old model's details are untouched

  const PruneResult again = pruneUnused(model);
  CHECK(again.tensors + again.buffers + again.operatorCodes == 0);
}

TEST_CASE("scales of a tensor that goes go with it", "[model]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({4}), unused = builder.constant({4}, kOnes);
  const auto scales = builder.constant({4}, kTwos);
  tflite::MultiAxisQuantizationT axes;
  axes.scales = scales.value;
  axes.zero_points = scales.value;
  auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
  details->Set(std::move(axes));
  builder.graph().tensor(unused).quantization.emplace().details = details;
  builder.inputs({x});
  builder.outputs({x});
  Model model = builder.model;
  CHECK(pruneUnused(model).tensors == 2);
  CHECK(model.buffers.size() == 1);
}

TEST_CASE("tensors with the same bytes share a buffer, but not with metadata or returned constants", "[model]") {
  tests::ModelBuilder builder;
  const auto a = builder.constant({4}, kOnes), b = builder.constant({4}, kOnes), c = builder.constant({4}, kTwos);
  const auto returned = builder.constant({4}, kOnes);
  builder.outputs({returned});
  Model model = builder.model;
  model.metadata.push_back({"note", true, addBuffer(model, model.buffers[1])});
  CHECK(deduplicateBuffers(model) == 1);
  const Subgraph& graph = model.subgraphs[0];
  CHECK(graph.tensor(a).buffer == graph.tensor(b).buffer);
  CHECK(graph.tensor(a).buffer != graph.tensor(c).buffer);
  CHECK(graph.tensor(a).buffer != graph.tensor(returned).buffer);
  CHECK(graph.tensor(a).buffer != model.metadata[0].buffer);
  CHECK(deduplicateBuffers(model) == 0);
}

TEST_CASE("operator codes are added once for each operator and version", "[model]") {
  Model model;
  const auto add = OperatorCode::builtin(tflite::BuiltinOperator_ADD);
  const auto add2 = OperatorCode::builtin(tflite::BuiltinOperator_ADD, 2);
  OperatorCode old;  // named in the 8-bit field only
  old.deprecatedBuiltinCode = tflite::BuiltinOperator_CONV_2D;
  model.operatorCodes.push_back(old);
  CHECK(addOperatorCode(model, OperatorCode::builtin(tflite::BuiltinOperator_CONV_2D)) == 0);
  CHECK(addOperatorCode(model, add) == 1);
  CHECK(addOperatorCode(model, add2) == 2);
  CHECK(addOperatorCode(model, add) == 1);
}

TEST_CASE("greater operators mark the 8-bit field", "[model]") {
  CHECK(OperatorCode::builtin(tflite::BuiltinOperator_CUMSUM).deprecatedBuiltinCode == 127);
  CHECK(OperatorCode::builtin(tflite::BuiltinOperator_CUMSUM).code() == tflite::BuiltinOperator_CUMSUM);
  CHECK(OperatorCode::builtin(tflite::BuiltinOperator_CONV_2D).deprecatedBuiltinCode == 3);
}
