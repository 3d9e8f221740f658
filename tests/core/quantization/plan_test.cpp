#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "tests/core/quantization/soundness.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

std::shared_ptr<const QuantizationPlan> planned(std::shared_ptr<const Model> model, const Recipe& recipe,
                                                const CalibrationResult* ranges) {
  const auto plan = planQuantization(std::move(model), recipe, ranges);
  if (!plan) FAIL(plan.error().message());
  return *plan;
}

size_t conversions(const QuantizationPlan& plan, const std::string& kind) {
  size_t count = 0;
  for (const PlannedConversion& conversion : plan.conversions) count += conversion.kind == kind;
  return count;
}

TensorIndex image(ModelBuilder& b) {
  return b.tensor({1, 4, 4, 8});
}

TensorIndex addConv(ModelBuilder& b, TensorIndex x, uint32_t seed = 1) {
  const auto y = image(b);
  b.conv2d(x, b.randomConstant({8, 3, 3, 8}, {}, seed), b.randomConstant({8}, {}, seed + 50), y);
  return y;
}

TensorIndex addUnary(ModelBuilder& b, tflite::BuiltinOperator code, TensorIndex x) {
  const auto y = b.tensor(b.graph().tensor(x).shape);
  b.op(code, {x}, {y});
  return y;
}

TensorIndex concatenate(ModelBuilder& b, TensorIndex p, TensorIndex q) {
  const auto y = b.tensor({1, 4, 4, 16});
  tflite::ConcatenationOptionsT options;
  options.axis = 3;
  b.op(tflite::BuiltinOperator_CONCATENATION, {p, q}, {y}).options.Set(std::move(options));
  return y;
}

}  // namespace

TEST_CASE("integer operators that agree have nothing between them", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto y = addUnary(b, tflite::BuiltinOperator_SOFTMAX, addConv(b, addConv(b, x)));
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  for (const PlannedOperator& op : plan->operators) {
    CHECK(op.effective == Precision::Int8);
    CHECK(op.reason.empty());
  }
  CHECK(conversions(*plan, "QUANTIZE") == 1);
  CHECK(conversions(*plan, "DEQUANTIZE") == 1);
  CHECK(conversions(*plan, "requantize") == 0);
  CHECK_FALSE(plan->needsCalibration);

  const auto full = planned(model, *recipeForMode("int8-full"), &ranges);
  CHECK(full->conversions.empty());
  quantized(model, *recipeForMode("int8-full"), &ranges);
}

TEST_CASE("without ranges integer wishes wait for calibration and say so", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto y = addConv(b, x);
  b.inputs({x});
  b.outputs({y});
  const auto plan = planned(b.build(), *recipeForMode("int8-full"), nullptr);
  CHECK(plan->needsCalibration);
  CHECK(plan->operators[0].effective == Precision::Float32);
  CHECK(plan->operators[0].reason == "no calibration ranges yet");

  CalibrationResult partial;
  setRange(partial, x, -1, 1);
  const auto half = planned(b.build(), *recipeForMode("int8"), &partial);
  CHECK(half->needsCalibration);
  CHECK(half->operators[0].reason.find("no range was recorded for tensor") == 0);
}

TEST_CASE("operators without an integer kernel stay float, with the reason", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto c = addConv(b, x);
  const auto f = addUnary(b, tflite::BuiltinOperator_FLOOR, c);
  const auto y = addConv(b, f);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  CHECK(plan->operators[1].effective == Precision::Float32);
  CHECK(plan->operators[1].reason == "no integer kernel for FLOOR");
  CHECK(conversions(*plan, "QUANTIZE") == 2);
  CHECK(conversions(*plan, "DEQUANTIZE") == 2);
  quantized(model, *recipeForMode("int8"), &ranges);

  const auto refused = planQuantization(model, *recipeForMode("int8-full"), &ranges);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::InvalidArgument);
  CHECK(refused.error().why.find("operator 1 FLOOR") != std::string::npos);
}

TEST_CASE("convolutions in front of a concatenation take its scale", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto p = addConv(b, x, 1), q = addConv(b, x, 2);
  const auto y = concatenate(b, p, q);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, p, -1, 1);
  setRange(ranges, q, -4, 4);
  setRange(ranges, y, -4, 4);
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  CHECK(conversions(*plan, "requantize") == 0);
  CHECK(plan->tensors[p.position()]->scale == plan->tensors[y.position()]->scale);
  CHECK(plan->tensors[q.position()]->scale == plan->tensors[y.position()]->scale);
  quantized(model, *recipeForMode("int8"), &ranges);
}

TEST_CASE("another reader of a concatenated tensor keeps its fine scale", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto p = addConv(b, x, 1), q = addConv(b, x, 2);
  const auto y = concatenate(b, p, q);
  const auto z = addConv(b, p, 3);
  b.inputs({x});
  b.outputs({y, z});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, q, -4, 4);
  setRange(ranges, y, -4, 4);
  SECTION("by one QUANTIZE on the edge where the ranges differ") {
    const auto plan = planned(model, *recipeForMode("int8"), &ranges);
    CHECK(conversions(*plan, "requantize") == 1);
    for (const PlannedConversion& conversion : plan->conversions) {
      CHECK_FALSE(conversion.why.empty());
      if (conversion.kind == "requantize")
        CHECK(conversion.why.find("CONCATENATION takes all operands at one scale") != std::string::npos);
    }
    CHECK(plan->tensors[p.position()]->scale[0] == Approx(2.0 / 255));
  }
  SECTION("and shares the scale where they hardly differ") {
    setRange(ranges, q, -1.2f, 1.2f);
    setRange(ranges, y, -1.2f, 1.2f);
    const auto plan = planned(model, *recipeForMode("int8"), &ranges);
    CHECK(conversions(*plan, "requantize") == 0);
    CHECK(plan->tensors[p.position()]->scale[0] == Approx(2.4 / 255));
  }
  quantized(model, *recipeForMode("int8"), &ranges);
}

TEST_CASE("a range narrower than a tensor's own never reaches its other readers", "[quantization][plan]") {
  // MINIMUM's result is narrower than its operand, which a convolution reads too.
  ModelBuilder b;
  const auto x = image(b);
  const auto p = addConv(b, x, 1), q = addConv(b, x, 2);
  const auto y = image(b);
  b.op(tflite::BuiltinOperator_MINIMUM, {p, q}, {y});
  const auto z = addConv(b, p, 3);
  b.inputs({x});
  b.outputs({y, z});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, p, -8, 8);
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  CHECK(plan->tensors[p.position()]->scale[0] == Approx(16.0 / 255));
  CHECK(conversions(*plan, "requantize") == 1);
  quantized(model, *recipeForMode("int8"), &ranges);
}

TEST_CASE("operators with a scale of their own are requantized only where it does not serve", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto p = addUnary(b, tflite::BuiltinOperator_LOGISTIC, x),
             q = addUnary(b, tflite::BuiltinOperator_LOGISTIC, addConv(b, x));
  const auto y = concatenate(b, p, q);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  SECTION("two LOGISTIC results share the concatenation's") {
    setRange(ranges, y, 0, 0.99f);
    const auto plan = planned(model, *recipeForMode("int8"), &ranges);
    CHECK(conversions(*plan, "requantize") == 0);
    CHECK(plan->tensors[y.position()]->scale[0] == 1.0f / 256);
  }
  SECTION("a wider concatenation is not squeezed") {
    setRange(ranges, y, -3, 3);
    const auto plan = planned(model, *recipeForMode("int8"), &ranges);
    CHECK(conversions(*plan, "requantize") == 2);
    CHECK(plan->tensors[y.position()]->scale[0] == Approx(6.0 / 255));
  }
  quantized(model, *recipeForMode("int8"), &ranges);
}

TEST_CASE("operators that move data hand their operand's scale on, through chains", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto c = addConv(b, x);
  const auto pool = image(b), flat = b.tensor({1, 128}), out = b.tensor({1, 128});
  b.op(tflite::BuiltinOperator_MAX_POOL_2D, {c}, {pool}).options.Set(tflite::Pool2DOptionsT{});
  b.op(tflite::BuiltinOperator_RESHAPE, {pool, b.indices({1, 128})}, {flat});
  b.op(tflite::BuiltinOperator_SQUEEZE, {flat}, {out});
  b.inputs({x});
  b.outputs({out});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, pool, -0.5f, 0.5f);
  ranges.ranges.erase({0, flat.value});  // not needed: it follows
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  for (const PlannedOperator& op : plan->operators) CHECK(op.effective == Precision::Int8);
  CHECK(plan->tensors[flat.position()]->scale[0] == Approx(2.0 / 255));
  CHECK(conversions(*plan, "requantize") == 0);
  quantized(model, *recipeForMode("int8"), &ranges);
}

TEST_CASE("precisions mix, with one conversion per change and reader's type", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto c1 = addConv(b, x, 1);
  const auto c2 = addConv(b, c1, 2), c3 = addConv(b, c1, 3), c4 = addConv(b, c1, 4);
  b.inputs({x});
  b.outputs({c2, c3, c4});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8");
  recipe.setOperator(1, Scheme{.precision = Precision::Int16x8});
  recipe.setOperator(2, Scheme{.precision = Precision::DynamicRange});
  recipe.setOperator(3, Scheme{.precision = Precision::Float32});
  const auto plan = planned(model, recipe, &ranges);
  // c1 is int8: one step to int16, one DEQUANTIZE for both float readers.
  CHECK(conversions(*plan, "requantize") == 1);
  CHECK(conversions(*plan, "QUANTIZE") == 1);
  CHECK(conversions(*plan, "DEQUANTIZE") == 2);  // c1, and c2 at the output
  const auto result = quantized(model, recipe, &ranges);
  CHECK(precisionOf(*result, tflite::BuiltinOperator_CONV_2D, 0) == Precision::Int8);
  CHECK(precisionOf(*result, tflite::BuiltinOperator_CONV_2D, 1) == Precision::Int16x8);
  CHECK(precisionOf(*result, tflite::BuiltinOperator_CONV_2D, 2) == Precision::DynamicRange);
  CHECK(precisionOf(*result, tflite::BuiltinOperator_CONV_2D, 3) == Precision::Float32);
}

TEST_CASE("a range set by hand replaces the calibrated one", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto y = addConv(b, x);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8");
  recipe.ranges = {{y.value, -0.25f, 0.5f}};
  const auto plan = planned(model, recipe, &ranges);
  CHECK(plan->tensors[y.position()]->scale[0] == Approx(0.75 / 255));
}

TEST_CASE("forms that shipped kernels compute wrongly give way to float, or are told", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto y = b.tensor({1, 8});
  b.op(tflite::BuiltinOperator_SUM, {x, b.indices({1, 2})}, {y}).options.Set(tflite::ReducerOptionsT{});
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  CHECK(plan->operators[0].effective == Precision::Float32);
  CHECK_FALSE(plan->operators[0].reason.empty());
  const auto full = planned(model, *recipeForMode("int8-full"), &ranges);
  CHECK(full->operators[0].effective == Precision::Int8);
  REQUIRE(full->warnings.size() == 1);
  CHECK(full->warnings[0].find("SUM") != std::string::npos);
}

TEST_CASE("tensors that were never active get a usable scale and a remark", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto y = addConv(b, x);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  auto ranges = uniformRanges(*model);
  setRange(ranges, y, 0, 0);
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  CHECK(plan->tensors[y.position()]->scale[0] > 1e-4f);
  CHECK(plan->warnings.size() == 1);
}

TEST_CASE("int4 goes where a kernel takes it and int8 where none does", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = image(b);
  const auto c = addConv(b, x);
  const auto d = image(b);
  b.op(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, {c, b.randomConstant({1, 9, 9, 8}), b.randomConstant({8})}, {d})
      .options.Set(tflite::DepthwiseConv2DOptionsT{});
  b.inputs({x});
  b.outputs({d});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto hybrid = planned(model, *recipeForMode("dynamic-range-int4"), nullptr);
  CHECK(hybrid->operators[0].effective == Precision::DynamicRangeInt4);
  CHECK(hybrid->operators[1].effective == Precision::DynamicRange);
  CHECK(hybrid->operators[1].reason == "no int4 kernel for DEPTHWISE_CONV_2D");
  const auto integer = planned(model, *recipeForMode("int4x8"), &ranges);
  CHECK(integer->operators[0].effective == Precision::Int4x8);
  CHECK(integer->operators[1].effective == Precision::Int8);
  quantized(model, *recipeForMode("int4x8"), &ranges);
  quantized(model, *recipeForMode("int4x16"), &ranges);
  const auto only = planned(model, *recipeForMode("weight-only-int4"), nullptr);
  CHECK(only->operators[1].effective == Precision::WeightOnlyInt4);
}

TEST_CASE("weights below a wanted number of elements stay, with the reason", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 64}), y = b.tensor({1, 8});
  b.fullyConnected(x, b.randomConstant({8, 64}), b.randomConstant({8}), y);
  b.inputs({x});
  b.outputs({y});
  Recipe recipe = *recipeForMode("dynamic-range");
  CHECK(planned(b.build(), recipe, nullptr)->operators[0].effective == Precision::DynamicRange);
  recipe.defaultScheme.minElements = 1024;
  const auto plan = planned(b.build(), recipe, nullptr);
  CHECK(plan->operators[0].effective == Precision::Float32);
  CHECK(plan->operators[0].reason.find("512 elements, below the 1024 asked for") != std::string::npos);
}

TEST_CASE("a mask of -1e9 does not take the bits of what it masks", "[quantization][plan]") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float padding : {-1e9f, -infinity}) {
    ModelBuilder b;
    const std::vector<float> mask{0, padding, 0, padding};
    const auto x = b.tensor({1, 4}), y = b.tensor({1, 4}), p = b.tensor({1, 4});
    b.add(x, b.constant({1, 4}, mask), y);
    b.op(tflite::BuiltinOperator_SOFTMAX, {y}, {p});
    b.inputs({x});
    b.outputs({p});
    const auto model = b.build();
    CalibrationResult ranges = uniformRanges(*model, -3, 3);
    ranges.ranges[{0, y.value}].paddingLow = 2;
    const auto plan = planned(model, *recipeForMode("int8"), &ranges);
    CHECK(plan->operators[0].effective == Precision::Int8);
    // Honest values span 6; what is masked stands 11 below them.
    CHECK(plan->tensors[y.position()]->scale[0] == Approx(17.0 / 255));
    const auto result = quantized(model, *recipeForMode("int8"), &ranges);
    const Operator& add = findOperator(*result, tflite::BuiltinOperator_ADD);
    const Tensor& constant = result->subgraphs[0].tensor(add.input(1));
    CHECK(constant.quantization->scale[0] == Approx(17.0 / 255));
    CHECK(constantValues<int8_t>(*result, constant)[1] == -128);
  }
}

TEST_CASE("an LSTM without layer normalization computes in integers", "[quantization][plan]") {
  ModelBuilder b;
  constexpr int32_t kSteps = 6, kIn = 5, kUnits = 4;
  const auto x = b.tensor({1, kSteps, kIn}), y = b.tensor({1, kSteps, kUnits});
  std::vector<TensorIndex> inputs{x};
  for (uint32_t g = 0; g < 4; ++g) inputs.push_back(b.randomConstant({kUnits, kIn}, {}, g + 1));
  for (uint32_t g = 0; g < 4; ++g) inputs.push_back(b.randomConstant({kUnits, kUnits}, {}, g + 11));
  for (int k = 0; k < 3; ++k) inputs.emplace_back();
  for (uint32_t g = 0; g < 4; ++g) inputs.push_back(b.randomConstant({kUnits}, {}, g + 21));
  inputs.resize(18);
  for (int k = 0; k < 2; ++k) {
    const auto state = b.tensor({1, kUnits});
    b.graph().tensor(state).isVariable = true;
    inputs.push_back(state);
  }
  tflite::UnidirectionalSequenceLSTMOptionsT options;
  options.fused_activation_function = tflite::ActivationFunctionType_TANH;
  b.op(tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, inputs, {y}).options.Set(std::move(options));
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto result = quantized(model, *recipeForMode("int8-full"), &ranges);
  const Subgraph& graph = result->subgraphs[0];
  const Operator& op = graph.operators[0];
  auto tensor = [&](size_t k) -> const Tensor& { return graph.tensor(op.inputs[k]); };
  for (size_t k = 1; k <= 8; ++k) {
    CHECK(tensor(k).type == ElementType::Int8);
    CHECK(tensor(k).quantization->scale.size() == 1);
  }
  for (size_t g = 0; g < 4; ++g) {
    CHECK(tensor(12 + g).type == ElementType::Int32);
    CHECK(tensor(12 + g).quantization->scale[0] ==
          Approx(tensor(0).quantization->scale[0] * tensor(1 + g).quantization->scale[0]));
  }
  CHECK(tensor(18).type == ElementType::Int8);
  CHECK(tensor(18).isVariable);
  CHECK(tensor(18).quantization->scale == graph.tensor(op.outputs[0]).quantization->scale);
  CHECK(tensor(19).type == ElementType::Int16);
  CHECK(tensor(19).quantization->scale[0] == 8.0f / 32768);  // six steps: at most 8
  REQUIRE(op.intermediates.size() == 5);
  CHECK(graph.tensor(op.intermediates[4]).quantization->scale == graph.tensor(op.outputs[0]).quantization->scale);
}

TEST_CASE("an SVDF computes in integers", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 6}), y = b.tensor({1, 4}), state = b.tensor({1, 8 * 3});
  b.graph().tensor(state).isVariable = true;
  const auto features = b.randomConstant({8, 6}, {}, 1), time = b.randomConstant({8, 3}, {}, 2);
  tflite::SVDFOptionsT options;
  options.rank = 2;
  b.op(tflite::BuiltinOperator_SVDF, {x, features, time, b.randomConstant({4}, {}, 3), state}, {y})
      .options.Set(std::move(options));
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto result = quantized(model, *recipeForMode("int8-full"), &ranges);
  const Subgraph& graph = result->subgraphs[0];
  const Operator& op = graph.operators[0];
  const Tensor &w = graph.tensor(op.inputs[2]), &bias = graph.tensor(op.inputs[3]), &s = graph.tensor(op.inputs[4]);
  CHECK(graph.tensor(op.inputs[1]).type == ElementType::Int8);
  CHECK(w.type == ElementType::Int16);
  for (const int16_t code : constantValues<int16_t>(*result, w)) CHECK(std::abs(code) <= 512);
  CHECK(s.type == ElementType::Int16);
  CHECK(bias.type == ElementType::Int32);
  CHECK(bias.quantization->scale[0] == Approx(w.quantization->scale[0] * s.quantization->scale[0]));
}

namespace {

/// Milliseconds that planning `pairs` of a convolution and an addition takes.
double millisecondsToPlan(int pairs) {
  ModelBuilder b;
  const auto x = image(b);
  auto y = x;
  const auto w = b.randomConstant({8, 3, 3, 8}), bias = b.randomConstant({8});
  for (int i = 0; i < pairs; ++i) {
    const auto c = image(b), sum = image(b);
    b.conv2d(y, w, bias, c);
    b.add(c, y, sum);
    y = sum;
  }
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  const auto start = std::chrono::steady_clock::now();
  const auto plan = planned(model, *recipeForMode("int8"), &ranges);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  CHECK(plan->operators.size() == static_cast<size_t>(2 * pairs));
  WARN(2 * pairs << " operators planned in " << took.count() << " ms");
  return took.count();
}

}  // namespace

// Sanitizers and debug builds take several times as long.
TEST_CASE("a thousand operators are planned within 100 ms", "[quantization][plan]") {
#ifdef NDEBUG
  CHECK(millisecondsToPlan(500) < 100);
#else
  CHECK(millisecondsToPlan(500) < 2000);
#endif
}

TEST_CASE("ten thousand operators are planned in time in proportion", "[quantization][plan]") {
  // Ten times as many: ten times as long, a hundred times if it grew with the square. A ratio does not depend on the
  // machine; the rest is room for what runs beside it.
  const double thousand = millisecondsToPlan(500);
  const double first = millisecondsToPlan(5000);
  CHECK(std::min(first, millisecondsToPlan(5000)) < 40 * thousand);
}

TEST_CASE("an operator without its operand is planned without looking at it", "[quantization][plan]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 600}), y = b.tensor({1, 600});
  b.op(tflite::BuiltinOperator_SOFTMAX, {TensorIndex()}, {y});
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const auto ranges = uniformRanges(*model);
  for (const std::string& mode : modeNames()) CHECK(planQuantization(model, *recipeForMode(mode), &ranges).ok());
}
