#include <cmath>

#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/numerics/float16.h"
#include "core/ops/operator_versions.h"
#include "core/quantization/overflow_findings.h"
#include "core/quantization/plan/graph_view.h"
#include "core/runtime/interpreter.h"
#include "tests/core/quantization/soundness.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

struct Network {
  ModelBuilder b;
  TensorIndex x, w, bias, conv, fcW, fcBias, flat, y;

  // conv 8x3x3x8 - reshape - fully connected 10x128
  Network() {
    x = b.tensor({1, 4, 4, 8}, ElementType::Float32, "input");
    w = b.randomConstant({8, 3, 3, 8}, "conv/w");
    bias = b.randomConstant({8}, "conv/b", 7);
    conv = b.tensor({1, 4, 4, 8}, ElementType::Float32, "conv");
    flat = b.tensor({1, 128}, ElementType::Float32, "flat");
    fcW = b.randomConstant({10, 128}, "fc/w", 3);
    fcBias = b.randomConstant({10}, "fc/b", 4);
    y = b.tensor({1, 10}, ElementType::Float32, "output");
    b.conv2d(x, w, bias, conv);
    b.op(tflite::BuiltinOperator_RESHAPE, {conv, b.indices({1, 128})}, {flat});
    b.fullyConnected(flat, fcW, fcBias, y);
    b.inputs({x});
    b.outputs({y});
    Signature signature;
    signature.key = "serving_default";
    signature.inputs = {{"image", true, x}};
    signature.outputs = {{"scores", true, y}};
    b.model.signatures.push_back(signature);
  }
};

const Tensor& named(const Model& model, const std::string& name, size_t subgraph = 0) {
  for (const Tensor& tensor : model.subgraphs[subgraph].tensors)
    if (tensor.name == name) return tensor;
  FAIL("no tensor " << name);
  throw 0;
}

}  // namespace

TEST_CASE("int8 gives the converter's parameters", "[quantization][apply]") {
  Network n;
  const auto model = n.b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, n.x, -0.5f, 3.5f);
  const auto result = quantized(model, *recipeForMode("int8"), &ranges);
  CHECK(countOperators(*result, tflite::BuiltinOperator_QUANTIZE) == 1);
  CHECK(countOperators(*result, tflite::BuiltinOperator_DEQUANTIZE) == 1);

  const Tensor& weights = named(*result, "conv/w");
  CHECK(weights.type == ElementType::Int8);
  REQUIRE(weights.quantization->scale.size() == 8);
  CHECK(weights.quantization->quantizedDimension == 0);
  const auto floats = constantValues<float>(*model, named(*model, "conv/w"));
  const auto codes = constantValues<int8_t>(*result, weights);
  for (size_t c = 0; c < 8; ++c) {
    float largest = 0;
    for (size_t i = 0; i < 72; ++i) largest = std::max(largest, std::abs(floats[c * 72 + i]));
    CHECK(weights.quantization->scale[c] == 2 * largest / 254);
    for (size_t i = 0; i < 72; ++i)
      CHECK(codes[c * 72 + i] == std::round(floats[c * 72 + i] * (1.0f / weights.quantization->scale[c])));
  }
  const Operator& conv = findOperator(*result, tflite::BuiltinOperator_CONV_2D);
  const Tensor& in = result->subgraphs[0].tensor(conv.input(0));
  CHECK(in.quantization->scale[0] == 4.0f / 255);
  CHECK(in.quantization->zeroPoint[0] == -96);
  CHECK(result->operatorCode(conv).version == 3);
  CHECK(result->operatorCode(findOperator(*result, tflite::BuiltinOperator_FULLY_CONNECTED)).version == 4);
  // Names and places that callers know stay.
  CHECK(result->subgraphs[0].tensor(result->subgraphs[0].inputs[0]).name == "input");
  CHECK(result->subgraphs[0].tensor(result->subgraphs[0].inputs[0]).type == ElementType::Float32);
  CHECK(result->subgraphs[0].tensor(result->signatures[0].outputs[0].tensor).name == "output");
}

TEST_CASE("inputs and outputs take the wanted type and signatures follow", "[quantization][apply]") {
  Network n;
  const auto model = n.b.build();
  const auto ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8-full");
  const auto int8 = quantized(model, recipe, &ranges);
  CHECK(countOperators(*int8, tflite::BuiltinOperator_QUANTIZE) == 0);
  CHECK(named(*int8, "input").type == ElementType::Int8);
  CHECK(named(*int8, "output").type == ElementType::Int8);

  recipe.inputType = recipe.outputType = BoundaryType::UInt8;
  const auto uint8 = quantized(model, recipe, &ranges);
  CHECK(named(*uint8, "input").type == ElementType::UInt8);
  CHECK(named(*uint8, "input").quantization->zeroPoint[0] == named(*int8, "input").quantization->zeroPoint[0] + 128);
  CHECK(countOperators(*uint8, tflite::BuiltinOperator_QUANTIZE) == 2);
  CHECK(uint8->subgraphs[0].tensor(uint8->signatures[0].inputs[0].tensor).name == "input");
  CHECK(uint8->subgraphs[0].tensor(uint8->signatures[0].outputs[0].tensor).type == ElementType::UInt8);

  recipe = *recipeForMode("int16x8");
  recipe.inputType = recipe.outputType = BoundaryType::Int16;
  const auto int16 = quantized(model, recipe, &ranges);
  CHECK(named(*int16, "input").type == ElementType::Int16);
}

TEST_CASE("a float first and last operator still gives integer inputs and outputs", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4}, ElementType::Float32, "input"), y = b.tensor({1, 4}, ElementType::Float32, "output");
  b.op(tflite::BuiltinOperator_FLOOR, {x}, {y});
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8");
  recipe.inputType = BoundaryType::UInt8;
  recipe.outputType = BoundaryType::Int8;
  const auto result = quantized(model, recipe, &ranges);
  CHECK(named(*result, "input").type == ElementType::UInt8);
  CHECK(named(*result, "output").type == ElementType::Int8);
  const Operator& floor = findOperator(*result, tflite::BuiltinOperator_FLOOR);
  CHECK(result->subgraphs[0].tensor(floor.input(0)).type == ElementType::Float32);
  CHECK(result->subgraphs[0].tensor(floor.output(0)).type == ElementType::Float32);
}

TEST_CASE("a bias that would not fit makes its channel's scale coarser", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4}), y = b.tensor({1, 2});
  const float weights[] = {0.5f, -0.25f, 1, 0.125f, 1e-12f, 0, 0, 0}, bias[] = {0.5f, 3.0f};
  b.fullyConnected(x, b.constant({2, 4}, weights, "w"), b.constant({2}, bias, "b"), y);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto result = quantized(model, *recipeForMode("int8"), &ranges);
  const auto codes = constantValues<int32_t>(*result, named(*result, "b"));
  const auto& scales = named(*result, "b").quantization->scale;
  CHECK(static_cast<float>(codes[0]) * scales[0] == Approx(0.5).margin(scales[0]));
  CHECK(static_cast<float>(codes[1]) * scales[1] == Approx(3.0).margin(scales[1]));
  CHECK(std::abs(codes[1]) <= 1073741824);
}

TEST_CASE("weights of very deep sums take scales that keep every sum within 32 bits", "[quantization][apply]") {
  constexpr int32_t kDepth = 200'000;
  ModelBuilder b;
  const auto x = b.tensor({1, kDepth}), y = b.tensor({1, 2});
  // One channel of large weights, one of which few are large.
  std::vector<float> weights(2 * size_t{kDepth}, 1.0f), bias{3, -2};
  for (size_t i = kDepth; i < weights.size(); ++i) weights[i] = i % 1000 == 0 ? 1.0f : 1e-3f;
  b.fullyConnected(x, b.constant({2, kDepth}, weights, "w"), b.constant({2}, bias, "b"), y);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model, 0, 1);
  for (const char* mode : {"int8", "dynamic-range"}) {
    INFO(mode);
    const auto plan = planQuantization(model, *recipeForMode(mode), &ranges);
    REQUIRE(plan.ok());
    CHECK((*plan)->operators[0].effective != Precision::Float32);
    REQUIRE((*plan)->warnings.size() == 1);
    CHECK((*plan)->warnings[0].find("adds up 200000 products") != std::string::npos);
    const auto result = quantized(model, *recipeForMode(mode), &ranges);
    const Tensor& made = named(*result, "w");
    const auto codes = constantValues<int8_t>(*result, made);
    int64_t sum = 0;
    for (int32_t i = 0; i < kDepth; ++i) sum += std::abs(codes[static_cast<size_t>(i)]);
    const int64_t largestInput = std::string(mode) == "int8" ? 255 : 127;
    CHECK(sum * largestInput < int64_t{1} << 31);
    CHECK(sum * largestInput > int64_t{1} << 30);  // as fine as that allows
    CHECK(made.quantization->scale[1] == Approx(1.0 / 127));
    CHECK(overflowFindings(*result).empty());
  }
  const auto wide = quantized(model, *recipeForMode("int16x8"), &ranges);
  CHECK(named(*wide, "w").quantization->scale[0] == Approx(1.0 / 127));  // 64-bit sums
}

TEST_CASE("sums that no scale keeps within 32 bits stay float, and those of a file are named",
          "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 40'000, 1}), z = b.tensor({1, 40'000, 1}), y = b.tensor({1, 1, 1});
  auto options = tflite::BatchMatMulOptionsT();
  options.adj_x = true;
  b.op(tflite::BuiltinOperator_BATCH_MATMUL, {x, z}, {y}).options.Set(std::move(options));
  b.inputs({x, z});
  b.outputs({y});
  auto model = b.build();
  auto ranges = uniformRanges(*model);
  auto plan = planQuantization(model, *recipeForMode("int8"), &ranges);
  REQUIRE(plan.ok());
  CHECK((*plan)->operators[0].effective == Precision::Float32);
  CHECK((*plan)->operators[0].reason.find("40000 products") != std::string::npos);
  plan = planQuantization(model, *recipeForMode("int16x8"), &ranges);
  CHECK((*plan)->operators[0].effective == Precision::Int16x8);

  ModelBuilder deep;
  constexpr int32_t kDepth = 80'000;
  const auto in = deep.tensor({1, kDepth}), out = deep.tensor({1, 1});
  const auto w = deep.constant({1, kDepth}, std::vector<float>(kDepth, 1.0f), "w");
  deep.fullyConnected(in, w, TensorIndex(), out);
  deep.inputs({in});
  deep.outputs({out});
  model = deep.build();
  ranges = uniformRanges(*model);
  Model wrong = *quantized(model, *recipeForMode("int8"), &ranges);
  CHECK(overflowFindings(wrong).empty());
  for (Tensor& tensor : wrong.subgraphs[0].tensors) {
    if (tensor.name == "w")
      wrong.buffers[tensor.buffer.position()] = Buffer::fromBytes(std::vector(kDepth, std::byte{127}));
  }
  const auto findings = overflowFindings(wrong);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].why.find("80000 products") != std::string::npos);
}

TEST_CASE("a bias shared by two operators becomes one for each", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 8}), y = b.tensor({1, 4, 4, 8}), z = b.tensor({1, 4, 4, 8});
  const auto bias = b.randomConstant({8});
  b.conv2d(x, b.randomConstant({8, 1, 1, 8}, "w1", 1), bias, y);
  b.conv2d(y, b.randomConstant({8, 1, 1, 8}, "w2", 2), bias, z);
  b.inputs({x});
  b.outputs({z});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, y, -7, 3);
  const auto result = quantized(model, *recipeForMode("int8"), &ranges);
  const auto first = findOperator(*result, tflite::BuiltinOperator_CONV_2D, 0).input(2);
  const auto second = findOperator(*result, tflite::BuiltinOperator_CONV_2D, 1).input(2);
  CHECK(first != second);
}

TEST_CASE("weights shared by an integer and a float operator exist in both forms", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 8}), y = b.tensor({1, 4, 4, 8}), z = b.tensor({1, 4, 4, 8});
  const auto w = b.randomConstant({8, 3, 3, 8}, "shared"), bias = b.randomConstant({8});
  b.conv2d(x, w, bias, y);
  b.conv2d(y, w, bias, z);
  b.inputs({x});
  b.outputs({z});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8");
  recipe.setOperator(1, Scheme{});
  const auto result = quantized(model, recipe, &ranges);
  const Subgraph& graph = result->subgraphs[0];
  CHECK(graph.tensor(findOperator(*result, tflite::BuiltinOperator_CONV_2D, 0).input(1)).type == ElementType::Int8);
  const Tensor& kept = graph.tensor(findOperator(*result, tflite::BuiltinOperator_CONV_2D, 1).input(1));
  CHECK(kept.type == ElementType::Float32);
  CHECK(kept.name == "shared");
  // Two dynamic-range users share one int8 constant.
  const auto hybrid = quantized(model, *recipeForMode("dynamic-range"));
  CHECK(findOperator(*hybrid, tflite::BuiltinOperator_CONV_2D, 0).input(1) ==
        findOperator(*hybrid, tflite::BuiltinOperator_CONV_2D, 1).input(1));
}

TEST_CASE("dynamic range sets versions and flags, keeps biases and tiny weights float", "[quantization][apply]") {
  Network n;
  const auto tiny = n.b.tensor({1, 1}, ElementType::Float32, "tiny");
  n.b.fullyConnected(n.y, n.b.randomConstant({1, 10}, "few"), TensorIndex(), tiny);
  n.b.outputs({tiny});
  n.b.model.signatures.clear();
  const auto model = n.b.build();
  const auto plan = planQuantization(model, *recipeForMode("dynamic-range"), nullptr);
  REQUIRE(plan.ok());
  CHECK((*plan)->operators[3].effective == Precision::Float32);
  CHECK((*plan)->operators[3].reason == "its weights are so few that the file would grow");
  CHECK((*plan)->operators[1].effective == Precision::Float32);
  const auto result = quantized(model, *recipeForMode("dynamic-range"));
  const Operator& fc = findOperator(*result, tflite::BuiltinOperator_FULLY_CONNECTED, 0);
  CHECK(fc.options.AsFullyConnectedOptions()->asymmetric_quantize_inputs);
  CHECK(result->operatorCode(fc).version == 12);
  const Operator& few = findOperator(*result, tflite::BuiltinOperator_FULLY_CONNECTED, 1);
  CHECK_FALSE(few.options.AsFullyConnectedOptions()->asymmetric_quantize_inputs);
  CHECK(result->operatorCode(few).version == 1);
  CHECK(result->operatorCode(findOperator(*result, tflite::BuiltinOperator_CONV_2D)).version == 5);
  CHECK(named(*result, "fc/w").type == ElementType::Int8);
  CHECK(named(*result, "fc/b").type == ElementType::Float32);
  CHECK(named(*result, "few").type == ElementType::Float32);
}

TEST_CASE("float16 constants are widened once for all their users and never overflow", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 64}), y = b.tensor({1, 64}), z = b.tensor({1, 64});
  std::vector<float> values(64 * 64, 0.1f);
  values[0] = 1e6f;
  values[1] = -1e30f;
  const auto w = b.constant({64, 64}, values, "w");
  b.fullyConnected(x, w, TensorIndex(), y);
  b.fullyConnected(y, w, TensorIndex(), z);
  b.inputs({x});
  b.outputs({z});
  const auto result = quantized(b.build(), *recipeForMode("float16"));
  CHECK(countOperators(*result, tflite::BuiltinOperator_DEQUANTIZE) == 1);
  const Tensor& half = named(*result, "w");
  CHECK(half.type == ElementType::Float16);
  const auto bits = constantValues<uint16_t>(*result, half);
  CHECK(numerics::fromFloat16(bits[0]) == 65504.0f);
  CHECK(numerics::fromFloat16(bits[1]) == -65504.0f);
  CHECK(result->operatorCode(findOperator(*result, tflite::BuiltinOperator_DEQUANTIZE)).version == 3);
}

TEST_CASE("16x8 asks for general sums and 64-bit biases", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 8}), y = b.tensor({1, 4, 4, 8}), z = b.tensor({1, 4, 4, 8});
  b.conv2d(x, b.randomConstant({8, 3, 3, 8}), b.randomConstant({8}, "bias"), y);
  b.op(tflite::BuiltinOperator_ADD, {x, y}, {z});  // old files have no options
  b.inputs({x});
  b.outputs({z});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto result = quantized(model, *recipeForMode("int16x8"), &ranges);
  const Operator& add = findOperator(*result, tflite::BuiltinOperator_ADD);
  REQUIRE(add.options.AsAddOptions());
  CHECK_FALSE(add.options.AsAddOptions()->pot_scale_int16);
  CHECK(result->operatorCode(add).version == 3);
  const Operator& conv = findOperator(*result, tflite::BuiltinOperator_CONV_2D);
  CHECK(conv.options.AsConv2DOptions()->quantized_bias_type == tflite::TensorType_INT64);
  CHECK(result->operatorCode(conv).version == 8);
  CHECK(named(*result, "bias").type == ElementType::Int64);
}

TEST_CASE("blockwise int4 weights carry float16 scales of their own", "[quantization][apply]") {
  Network n;
  Recipe recipe = *recipeForMode("dynamic-range-int4");
  recipe.defaultScheme.granularity = Granularity::Blockwise;
  const auto result = quantized(n.b.build(), recipe);
  const Tensor& weights = named(*result, "fc/w");
  CHECK(weights.type == ElementType::Int4);
  REQUIRE(weights.quantization->blockwise());
  CHECK(weights.quantization->blockwise()->block_size == 32);
  const Tensor& scales = result->subgraphs[0].tensors[static_cast<size_t>(weights.quantization->blockwise()->scales)];
  CHECK(scales.type == ElementType::Float16);
  CHECK(scales.shape == std::vector<int32_t>{10, 4});
  CHECK(named(*result, "conv/w").type == ElementType::Int4);
  CHECK(named(*result, "conv/w").quantization->scale.size() == 8);
}

TEST_CASE("a table of blockwise int4 rows is looked up with the scale of each block", "[quantization][apply]") {
  ModelBuilder b;
  const auto ids = b.tensor({3}, ElementType::Int32, "ids"), y = b.tensor({3, 64}, ElementType::Float32, "rows");
  const auto table = b.randomConstant({50, 64}, "table");
  b.op(tflite::BuiltinOperator_EMBEDDING_LOOKUP, {ids, table}, {y});
  b.inputs({ids});
  b.outputs({y});
  const auto model = b.build();
  Recipe recipe = *recipeForMode("dynamic-range-int4");
  recipe.defaultScheme.granularity = Granularity::Blockwise;
  const auto result = quantized(model, recipe);
  const Tensor& made = named(*result, "table");
  REQUIRE(made.quantization->blockwise());
  const auto& scales = result->subgraphs[0].tensors[static_cast<size_t>(made.quantization->blockwise()->scales)];
  CHECK(scales.shape == std::vector<int32_t>{50, 2});
  const auto prepared = PreparedModel::prepare(result);
  REQUIRE(prepared.ok());
  Session session(*prepared);
  const int32_t wanted[] = {49, 0, 17};
  REQUIRE(session.setInput(0, {ElementType::Int32, std::vector<int32_t>{3}, std::as_bytes(std::span(wanted))}).ok());
  REQUIRE(session.run().ok());
  const auto rows = session.output(0).values<float>();
  const auto real = constantValues<float>(*model, model->subgraphs[0].tensor(table));
  const auto steps = constantValues<uint16_t>(*result, scales);
  for (size_t i = 0; i < 3; ++i) {
    for (size_t k = 0; k < 64; ++k) {
      const auto row = static_cast<size_t>(wanted[i]);
      const float step = numerics::fromFloat16(steps[row * 2 + k / 32]);
      CHECK(std::abs(rows[i * 64 + k] - real[row * 64 + k]) <= 0.51f * step);
    }
  }
}

TEST_CASE("old and odd files are quantized like any other", "[quantization][apply]") {
  Network n;
  n.b.model.signatures.clear();
  for (OperatorCode& code : n.b.model.operatorCodes) {
    code.deprecatedBuiltinCode = static_cast<int8_t>(code.builtinCode);
    code.builtinCode = tflite::BuiltinOperator_ADD;  // 0: named in the old field only
  }
  for (Tensor& tensor : n.b.graph().tensors) {
    tensor.name = tensor.name == "conv" || tensor.name == "flat" ? "same" : "";
    tensor.hasRank = false;
    tensor.quantization.emplace();  // what training left behind
    if (tensor.type == ElementType::Float32) {
      tensor.quantization->min = {0};
      tensor.quantization->max = {6};
      tensor.quantization->scale = {0.1f};
      tensor.quantization->zeroPoint = {3};
    }
  }
  n.b.graph().tensor(n.fcBias).buffer = n.b.graph().tensor(n.bias).buffer;
  n.b.graph().tensor(n.fcBias).shape = {8};
  n.b.graph().tensor(n.fcW).shape = {8, 128};
  n.b.graph().tensor(n.y).shape = {1, 8};
  const auto model = n.b.build();
  const auto ranges = uniformRanges(*model);
  for (const char* mode :
       {"float16", "dynamic-range", "int8", "int8-full", "int16x8", "weight-only-int8", "weight-only-int4"}) {
    INFO(mode);
    const auto result = quantized(model, *recipeForMode(mode), &ranges);
    CHECK(countOperators(*result, tflite::BuiltinOperator_CONV_2D) == 1);
    const auto again = planQuantization(model, *recipeForMode(mode), &ranges);
    CHECK((*again)->operators[0].effective != Precision::Float32);
  }
}

TEST_CASE("all subgraphs are quantized; those that operators call keep float borders", "[quantization][apply]") {
  Network n;
  const size_t second = n.b.beginSubgraph();
  const auto x = n.b.tensor({1, 4, 4, 8}, ElementType::Float32, "second/in"),
             y = n.b.tensor({1, 4, 4, 8}, ElementType::Float32, "second/out");
  n.b.conv2d(x, n.b.randomConstant({8, 3, 3, 8}, "second/w"), n.b.randomConstant({8}), y);
  n.b.inputs({x});
  n.b.outputs({y});
  SECTION("as another entry") {
    Signature signature;
    signature.key = "other";
    signature.subgraphIndex = static_cast<uint32_t>(second);
    signature.inputs = {{"in", true, x}};
    signature.outputs = {{"out", true, y}};
    n.b.model.signatures.push_back(signature);
    const auto model = n.b.build();
    const auto ranges = uniformRanges(*model);
    const auto result = quantized(model, *recipeForMode("int8-full"), &ranges);
    CHECK(named(*result, "second/in", 1).type == ElementType::Int8);
    CHECK(named(*result, "second/w", 1).type == ElementType::Int8);
  }
  SECTION("as the body of a branch") {
    tflite::IfOptionsT options;
    options.then_subgraph_index = options.else_subgraph_index = static_cast<int32_t>(second);
    Operator branch;
    branch.options.Set(std::move(options));
    n.b.model.operatorCodes.push_back(OperatorCode::builtin(tflite::BuiltinOperator_IF));
    branch.opcodeIndex = static_cast<uint32_t>(n.b.model.operatorCodes.size() - 1);
    Subgraph& primary = n.b.model.subgraphs[0];
    Tensor condition, out;
    condition.type = ElementType::Bool;
    condition.name = "condition";
    out.shape = {1, 4, 4, 8};
    out.name = "branched";
    primary.tensors.push_back(condition);
    primary.tensors.push_back(out);
    branch.inputs = {TensorIndex(primary.tensors.size() - 2), n.conv};
    branch.outputs = {TensorIndex(primary.tensors.size() - 1)};
    primary.inputs.push_back(branch.inputs[0]);
    primary.outputs.push_back(branch.outputs[0]);
    primary.operators.push_back(std::move(branch));
    const auto model = n.b.build();
    const auto ranges = uniformRanges(*model);
    const auto result = quantized(model, *recipeForMode("int8"), &ranges);
    CHECK(named(*result, "second/in", 1).type == ElementType::Float32);
    CHECK(named(*result, "second/w", 1).type == ElementType::Int8);
  }
}

TEST_CASE("constants that are no weights take a range of their own or their operator's scale",
          "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 8}), y = b.tensor({1, 8}), z = b.tensor({1, 8});
  const float offset[] = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f}, limit[] = {0.25f};
  b.add(x, b.constant({8}, offset, "offset"), y);
  b.op(tflite::BuiltinOperator_MINIMUM, {y, b.constant({1}, limit, "limit")}, {z});
  b.inputs({x});
  b.outputs({z});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto result = quantized(model, *recipeForMode("int8"), &ranges);
  CHECK(named(*result, "offset").quantization->scale[0] == 0.8f / 255);
  CHECK(named(*result, "offset").quantization->zeroPoint[0] == -128);
  const Tensor& minimum = result->subgraphs[0].tensor(findOperator(*result, tflite::BuiltinOperator_MINIMUM).output(0));
  CHECK(named(*result, "limit").quantization->scale == minimum.quantization->scale);
}

TEST_CASE("weights that are integers in the source are taken over, code by code", "[quantization][apply]") {
  Network n;
  const auto model = n.b.build();
  const auto hybrid = quantized(model, *recipeForMode("dynamic-range"));
  auto ranges = uniformRanges(*hybrid);
  const auto plan = planQuantization(hybrid, *recipeForMode("dynamic-range"), nullptr);
  REQUIRE(plan.ok());
  CHECK((*plan)->operators[0].effective == Precision::DynamicRange);
  const auto result = quantized(hybrid, *recipeForMode("int8"), &ranges);
  CHECK(precisionOf(*result, tflite::BuiltinOperator_CONV_2D) == Precision::Int8);
  CHECK(named(*result, "conv/w").quantization->scale == named(*hybrid, "conv/w").quantization->scale);
  CHECK(constantValues<int8_t>(*result, named(*result, "conv/w"))[5] ==
        constantValues<int8_t>(*hybrid, named(*hybrid, "conv/w"))[5]);

  SECTION("float16 sources too, and their DEQUANTIZE goes") {
    const auto half = quantized(model, *recipeForMode("float16"));
    ranges = uniformRanges(*half);
    const auto integer = quantized(half, *recipeForMode("int8-full"), &ranges);
    CHECK(countOperators(*integer, tflite::BuiltinOperator_DEQUANTIZE) == 0);
    CHECK(precisionOf(*integer, tflite::BuiltinOperator_CONV_2D) == Precision::Int8);
  }
}

TEST_CASE("the same plan gives the same bytes on any number of threads", "[quantization][apply]") {
  Network n;
  const auto model = n.b.build();
  const auto before = serializeModel(*model);
  const auto ranges = uniformRanges(*model);
  for (const std::string& mode : modeNames()) {
    INFO(mode);
    const auto one = serializeModel(*quantized(model, *recipeForMode(mode), &ranges, 1));
    const auto four = serializeModel(*quantized(model, *recipeForMode(mode), &ranges, 4));
    REQUIRE(one.ok());
    CHECK(*one == *four);
  }
  CHECK(*before == *serializeModel(*model));
}

TEST_CASE("quantization stops when it is told to", "[quantization][apply]") {
  Network n;
  const auto plan = planQuantization(n.b.build(), *recipeForMode("dynamic-range"), nullptr);
  REQUIRE(plan.ok());
  Progress progress;
  progress.cancel();
  const auto result = applyPlan(**plan, nullptr, {}, progress);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::Cancelled);
}

TEST_CASE("weights that are not finite are named", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 128}), y = b.tensor({1, 64});
  std::vector<float> values(128 * 64, 0.5f);
  values[8000] = INFINITY;
  b.fullyConnected(x, b.constant({64, 128}, values, "broken"), TensorIndex(), y);
  b.inputs({x});
  b.outputs({y});
  const auto plan = planQuantization(b.build(), *recipeForMode("dynamic-range"), nullptr);
  REQUIRE(plan.ok());
  Progress progress;
  const auto result = applyPlan(**plan, nullptr, {}, progress);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().where.find("broken") != std::string::npos);
}

TEST_CASE("the minimum runtime in the metadata follows the operators", "[quantization][apply]") {
  Network n;
  n.b.model.buffers.push_back(Buffer::fromBytes(std::vector<std::byte>(16)));
  n.b.model.metadata.push_back({"min_runtime_version", true, BufferIndex(n.b.model.buffers.size() - 1)});
  const auto result = quantized(n.b.build(), *recipeForMode("dynamic-range"));
  const auto bytes = result->buffer(result->metadata[0].buffer).bytes;
  REQUIRE(bytes.size() == 16);
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data())) == "2.17.0");
  CHECK(minimumRuntime(tflite::BuiltinOperator_FULLY_CONNECTED, 12)->text() == "2.17.0");
}

TEST_CASE("weight error is predicted without writing anything", "[quantization][apply]") {
  Network n;
  const auto model = n.b.build();
  const auto half = predictWeightSqnr(*model, OperatorIndex(0), Scheme{.precision = Precision::Float16});
  const auto int8 = predictWeightSqnr(*model, OperatorIndex(0), Scheme{.precision = Precision::Int8});
  const auto tensorwise = predictWeightSqnr(
      *model, OperatorIndex(0), Scheme{.precision = Precision::Int8, .granularity = Granularity::PerTensor});
  const auto int4 = predictWeightSqnr(*model, OperatorIndex(2), Scheme{.precision = Precision::DynamicRangeInt4});
  const auto blocks =
      predictWeightSqnr(*model, OperatorIndex(2),
                        Scheme{.precision = Precision::DynamicRangeInt4, .granularity = Granularity::Blockwise});
  REQUIRE((half && int8 && tensorwise && int4 && blocks));
  CHECK(*half > 60);
  CHECK(*int8 > 40);
  CHECK(*int8 < 55);
  CHECK(*int8 >= *tensorwise);
  CHECK(*int4 < 25);
  CHECK(*blocks > *int4 - 1);
  CHECK_FALSE(predictWeightSqnr(*model, OperatorIndex(1), Scheme{.precision = Precision::Int8}));
  CHECK_FALSE(predictWeightSqnr(*model, OperatorIndex(0), Scheme{}));
}

TEST_CASE("real models: sizes are as predicted and the files read back", "[quantization][apply][shared]") {
  const auto shared = sharedFolder();
  if (!shared) return skipLoudly("quantizing real models", "no shared folder");
  for (const char* name : {"resnet8_cifar10", "cnn_cifar10", "vww_96", "kws_dscnn", "ad01_autoencoder"}) {
    const auto model = readModel(*shared / "models" / (std::string(name) + "_float.tflite"));
    REQUIRE(model.ok());
    const auto ranges = uniformRanges(**model, -2, 2);
    for (const std::string& mode : modeNames()) {
      INFO(name << " " << mode);
      const auto plan = planQuantization(*model, *recipeForMode(mode), &ranges);
      REQUIRE(plan.ok());
      const auto result = quantized(*model, *recipeForMode(mode), &ranges);
      const auto size = serializedSize(*result);
      REQUIRE(size.ok());
      CHECK(std::abs(static_cast<double>((*plan)->predictedBytes) / static_cast<double>(*size) - 1) < 0.01);
      const auto& operators = result->subgraphs[0].operators;
      // Every operator runs at the precision the plan promised.
      const auto effective = effectivePrecisions(*result, SubgraphIndex(0));
      size_t position = 0;
      for (const PlannedOperator& op : (*plan)->operators) {
        const auto code = (*model)->code((*model)->subgraphs[0].operators[op.index.position()]);
        while (position < operators.size() && result->code(operators[position]) != code) ++position;
        REQUIRE(position < operators.size());
        CHECK(effective[position] == op.effective);
        ++position;
      }
    }
  }
}

TEST_CASE("the predicted size counts equal biases once", "[quantization][apply]") {
  // Unrolled steps share weights and bias, and their inputs one scale; a bias of zeros has one content at any scale.
  for (const bool zeros : {false, true}) {
    INFO((zeros ? "zeros" : "one scale"));
    ModelBuilder b;
    const auto w = b.randomConstant({64, 4}, "w");
    const auto bias = zeros ? b.constant({64}, std::vector<float>(64, 0.0f)) : b.randomConstant({64}, "bias", 2);
    std::vector<TensorIndex> inputs, outputs;
    for (int step = 0; step < 6; ++step) {
      inputs.push_back(b.tensor({1, 4}));
      outputs.push_back(b.tensor({1, 64}));
      b.fullyConnected(inputs.back(), w, bias, outputs.back());
    }
    b.inputs(inputs);
    b.outputs(outputs);
    const auto model = b.build();
    auto ranges = uniformRanges(*model);
    if (zeros) {
      for (size_t i = 0; i < inputs.size(); ++i) setRange(ranges, inputs[i], -1.0f - static_cast<float>(i), 1.0f);
    }
    for (const char* mode : {"int8", "int16x8"}) {
      const auto plan = planQuantization(model, *recipeForMode(mode), &ranges);
      REQUIRE(plan.ok());
      const auto size = serializedSize(*quantized(model, *recipeForMode(mode), &ranges));
      REQUIRE(size.ok());
      CHECK(std::abs((*plan)->predictedBytes - static_cast<int64_t>(*size)) <= 64);
    }
  }
}

namespace {

// Rounds a tensor to codes and back, as training for quantization leaves it in a float model.
TensorIndex rounded(ModelBuilder& b, TensorIndex values, std::vector<float> scales, int64_t zeroPoint, int32_t axis,
                    ElementType type) {
  const auto shape = b.graph().tensor(values).shape;
  const auto codes = b.tensor(shape, type), back = b.tensor(shape);
  Quantization q;
  q.zeroPoint.assign(scales.size(), zeroPoint);
  q.scale = std::move(scales);
  q.quantizedDimension = axis;
  b.graph().tensor(codes).quantization = std::move(q);
  b.op(tflite::BuiltinOperator_QUANTIZE, {values}, {codes});
  b.op(tflite::BuiltinOperator_DEQUANTIZE, {codes}, {back});
  return back;
}

}  // namespace

TEST_CASE("what training for quantization left in the graph decides the integers", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 4, 8}), y = b.tensor({1, 4, 4, 4});
  const std::vector<float> weightScales{0.01f, 0.02f, 0.03f, 0.04f};
  const auto w = b.randomConstant({4, 1, 1, 8});
  const auto in = rounded(b, x, {0.05f}, 118, 0, ElementType::UInt8);
  const auto weights = rounded(b, w, weightScales, 0, 0, ElementType::Int8);
  b.conv2d(in, weights, b.randomConstant({4}), y);
  const auto out = rounded(b, y, {0.125f}, 7, 0, ElementType::Int8);
  b.inputs({x});
  b.outputs({out});
  const auto model = b.build();
  // Calibrated ranges do not matter where training has told better.
  const auto ranges = uniformRanges(*model, -100, 100);
  const auto result = quantized(model, *recipeForMode("int8"), &ranges);
  const Subgraph& graph = result->subgraphs[0];
  REQUIRE(graph.operators.size() == 3);
  CHECK(result->code(graph.operators[0]) == tflite::BuiltinOperator_QUANTIZE);
  CHECK(result->code(graph.operators[1]) == tflite::BuiltinOperator_CONV_2D);
  CHECK(result->code(graph.operators[2]) == tflite::BuiltinOperator_DEQUANTIZE);
  const Operator& conv = graph.operators[1];
  const Quantization& input = *graph.tensor(conv.input(0)).quantization;
  CHECK(input.scale[0] == Approx(0.05f));
  CHECK(input.zeroPoint[0] == -10);
  const Quantization& output = *graph.tensor(conv.output(0)).quantization;
  CHECK(output.scale[0] == Approx(0.125f));
  CHECK(output.zeroPoint[0] == 7);
  // The weights are what they were rounded to.
  const auto values = quantization::decodeConstant(*result, graph.tensor(conv.input(1)));
  const auto original = constantValues<float>(*model, model->subgraphs[0].tensor(w));
  REQUIRE(values.size() == original.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float scale = weightScales[i / 8];
    const float expected = std::clamp(std::round(original[i] / scale), -128.0f, 127.0f) * scale;
    // Their own scale differs where the largest code was not used.
    CHECK(std::abs(values[i] - expected) <= 0.51f * graph.tensor(conv.input(1)).quantization->scale[i / 8]);
  }
  const auto plan = planQuantization(model, *recipeForMode("int8"), &ranges);
  REQUIRE(plan.ok());
  CHECK(std::abs((*plan)->predictedBytes - static_cast<int64_t>(*serializedSize(*result))) <= 64);
}

TEST_CASE("what training for quantization left stays where nothing becomes an integer", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 8}), y = b.tensor({1, 4});
  const auto in = rounded(b, x, {0.05f}, 3, 0, ElementType::Int8);
  b.fullyConnected(in, b.randomConstant({4, 8}), b.randomConstant({4}), y);
  b.inputs({x});
  b.outputs({y});
  const auto result = quantized(b.build(), Recipe{});
  REQUIRE(result->subgraphs[0].operators.size() == 3);
  CHECK(result->code(result->subgraphs[0].operators[0]) == tflite::BuiltinOperator_QUANTIZE);
  CHECK(result->code(result->subgraphs[0].operators[1]) == tflite::BuiltinOperator_DEQUANTIZE);
}

TEST_CASE("grouped layers keep a scale per channel where dynamic-range kernels demand it", "[quantization][apply]") {
  for (const int32_t filterChannels : {8, 2}) {
    ModelBuilder b;
    const auto x = b.tensor({1, 4, 4, 8}), y = b.tensor({1, 4, 4, 16});
    b.conv2d(x, b.randomConstant({16, 3, 3, filterChannels}), b.randomConstant({16}), y);
    b.inputs({x});
    b.outputs({y});
    Recipe recipe = *recipeForMode("dynamic-range");
    recipe.defaultScheme.granularity = Granularity::PerTensor;
    const auto result = quantized(b.build(), recipe);
    const Tensor& weights =
        result->subgraphs[0].tensor(findOperator(*result, tflite::BuiltinOperator_CONV_2D, 0).input(1));
    REQUIRE(weights.type == ElementType::Int8);
    CHECK(weights.quantization->scale.size() == (filterChannels == 8 ? 1u : 16u));
    CHECK(PreparedModel::prepare(result).ok());
  }
}

TEST_CASE("weights of unrolled steps are not rounded differently for each", "[quantization][apply]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 64}), h = b.tensor({1, 64}), y = b.tensor({1, 64});
  const auto w = b.randomConstant({64, 64}), bias = b.randomConstant({64}, "", 2);
  b.fullyConnected(x, w, bias, h);
  b.fullyConnected(h, w, bias, y);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, h, -5, 7);
  Recipe recipe = *recipeForMode("int8");
  recipe.defaultScheme.algorithms = {"gptq"};
  std::vector<std::string> remarks;
  QuantizeOptions options;
  options.remarks = &remarks;
  Progress progress;
  const auto plan = planQuantization(model, recipe, &ranges);
  REQUIRE(plan.ok());
  const auto result = applyPlan(**plan, &ranges, options, progress);
  REQUIRE(result.ok());
  const Subgraph& graph = (*result)->subgraphs[0];
  const auto weightsOf = [&](size_t n) {
    return graph.tensor(findOperator(**result, tflite::BuiltinOperator_FULLY_CONNECTED, n).input(1)).buffer;
  };
  CHECK(weightsOf(0) == weightsOf(1));
  REQUIRE_FALSE(remarks.empty());
  CHECK(remarks[0].find("gptq left out") != std::string::npos);
}

TEST_CASE("values that reach beyond what kernels compare stay in float", "[quantization][apply]") {
  for (const float mark : {100.0f, 3e38f}) {
    ModelBuilder b;
    const auto x = b.tensor({1, 8}), same = b.tensor({1, 8}, ElementType::Bool);
    const auto c = b.constant({1}, std::vector<float>{mark});
    b.op(tflite::BuiltinOperator_EQUAL, {x, c}, {same});
    b.inputs({x});
    b.outputs({same});
    const auto model = b.build();
    const auto ranges = uniformRanges(*model);
    const auto plan = planQuantization(model, *recipeForMode("int8"), &ranges);
    REQUIRE(plan.ok());
    CHECK(((*plan)->operators[0].effective == Precision::Int8) == (mark == 100.0f));
    CHECK(((*plan)->operators[0].reason.find("too far for integers") != std::string::npos) == (mark > 100.0f));
    CHECK(PreparedModel::prepare(quantized(model, *recipeForMode("int8"), &ranges)).ok());
  }
}
