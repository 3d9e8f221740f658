#include <cmath>

#include "core/evaluation/error_sums.h"
#include "core/evaluation/extract.h"
#include "core/evaluation/operator_matching.h"
#include "core/evaluation/shared_prefix.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using quantscope::tests::ModelBuilder;

namespace {

/// x -> FULLY_CONNECTED a -> RELU b -> FULLY_CONNECTED c -> ADD d = c + b
ModelBuilder chain(uint32_t seedOfSecond = 2) {
  ModelBuilder m;
  const auto x = m.tensor({1, 4}, ElementType::Float32, "x");
  const auto a = m.tensor({1, 4}, ElementType::Float32, "a");
  const auto b = m.tensor({1, 4}, ElementType::Float32, "b");
  const auto c = m.tensor({1, 4}, ElementType::Float32, "c");
  const auto d = m.tensor({1, 4}, ElementType::Float32, "d");
  m.fullyConnected(x, m.randomConstant({4, 4}, "w1", 1), TensorIndex(), a);
  m.op(tflite::BuiltinOperator_RELU, {a}, {b});
  m.fullyConnected(b, m.randomConstant({4, 4}, "w2", seedOfSecond), TensorIndex(), c);
  m.add(c, b, d);
  m.inputs({x});
  m.outputs({d});
  return m;
}

}  // namespace

TEST_CASE("Error sums give the usual distances", "[evaluation]") {
  const std::vector<float> reference{3, -4, 0, 1}, approximation{3, -3, 0.5f, 1};
  const ErrorSums sums = compareValues(reference, approximation);
  CHECK(sums.meanSquaredError() == Approx(1.25 / 4));
  CHECK(sums.sqnrDecibel() == Approx(10 * std::log10(26 / 1.25)));
  CHECK(sums.cosine() == Approx(22 / std::sqrt(26.0 * 19.25)));
  CHECK(sums.maxAbsolute == 1);
  CHECK(std::isinf(compareValues(reference, reference).sqnrDecibel()));
  CHECK(ErrorSums{}.cosine() == 1);
}

TEST_CASE("Extracted operators keep their constants and name what feeds them", "[evaluation]") {
  const auto model = chain().build();
  const Subgraph& whole = model->subgraphs[0];
  const ExtractedModel part = extractOperators(*model, {false, false, true, true}, whole.outputs);
  const Subgraph& graph = part.model->subgraphs[0];
  REQUIRE(graph.operators.size() == 2);
  REQUIRE(part.inputs.size() == 1);
  CHECK(whole.tensor(part.inputs[0]).name == "b");
  REQUIRE(graph.inputs.size() == 1);
  CHECK(graph.tensor(graph.inputs[0]).name == "b");
  REQUIRE(graph.outputs.size() == 1);
  CHECK(graph.tensor(graph.outputs[0]).name == "d");
  const Tensor& weights = graph.tensor(graph.operators[0].input(1));
  CHECK(weights.name == "w2");
  CHECK(constantBytes(*part.model, weights).data() ==
        constantBytes(*model, whole.tensor(whole.operators[2].input(1))).data());
  CHECK(part.model->buffers.size() == 2);
  CHECK_FALSE(graph.operators[0].input(2).valid());
}

TEST_CASE("Extraction renumbers the scale tensors of blockwise weights", "[evaluation]") {
  ModelBuilder m = chain();
  const TensorIndex scales = m.randomConstant({4, 2}, "scales");
  auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
  tflite::BlockwiseQuantizationT blockwise;
  blockwise.scales = scales.value;
  blockwise.zero_points = -1;
  blockwise.block_size = 2;
  details->Set(std::move(blockwise));
  Quantization quantization;
  quantization.details = details;
  m.graph().tensor(m.graph().operators[2].input(1)).quantization = quantization;
  const auto model = m.build();
  const ExtractedModel part =
      extractOperators(*model, {false, false, true, false}, model->subgraphs[0].operators[2].outputs);
  const Subgraph& graph = part.model->subgraphs[0];
  const Tensor& weights = graph.tensor(graph.operators[0].input(1));
  REQUIRE(weights.quantization);
  REQUIRE(weights.quantization->blockwise());
  CHECK(graph.tensor(TensorIndex(weights.quantization->blockwise()->scales)).name == "scales");
  CHECK(weights.quantization->blockwise()->zero_points == -1);
}

TEST_CASE("Operators are matched by name, and by type and order where names changed", "[evaluation]") {
  const auto original = chain().build();
  ModelBuilder changed;
  const auto x = changed.tensor({1, 4}, ElementType::Float32, "x");
  const auto q = changed.tensor({1, 4}, ElementType::Int8, "x_quantized");
  const auto a = changed.tensor({1, 4}, ElementType::Int8, "a1");
  const auto b = changed.tensor({1, 4}, ElementType::Int8, "b");
  const auto c = changed.tensor({1, 4}, ElementType::Int8, "other");
  const auto d = changed.tensor({1, 4}, ElementType::Int8, "d1");
  const auto y = changed.tensor({1, 4}, ElementType::Float32, "d");
  changed.op(tflite::BuiltinOperator_QUANTIZE, {x}, {q});
  changed.fullyConnected(q, changed.randomConstant({4, 4}), TensorIndex(), a);
  changed.op(tflite::BuiltinOperator_RELU, {a}, {b});
  changed.fullyConnected(b, changed.randomConstant({4, 4}), TensorIndex(), c);
  changed.add(c, b, d);
  changed.op(tflite::BuiltinOperator_DEQUANTIZE, {d}, {y});
  const auto partners = matchOperators(*original, *changed.build());
  const std::vector<OperatorIndex> expected{OperatorIndex(),          OperatorIndex(size_t{0}),
                                            OperatorIndex(size_t{1}), OperatorIndex(size_t{2}),
                                            OperatorIndex(size_t{3}), OperatorIndex()};
  CHECK(partners == expected);
}

TEST_CASE("Only what lies behind a changed operator counts as changed", "[evaluation]") {
  const auto reference = chain().build();
  const auto variant = chain(7).build();  // other weights in the second FULLY_CONNECTED
  const ChangedPart changed = changedPart(*reference, *variant);
  CHECK(changed.part.operators == std::vector<OperatorIndex>{OperatorIndex(size_t{2}), OperatorIndex(size_t{3})});
  REQUIRE(changed.sources.size() == 1);
  CHECK(reference->subgraphs[0].tensor(changed.sources[0]).name == "b");
  REQUIRE(changed.outputs.size() == 1);
  CHECK(changed.outputs[0].changed == std::optional<size_t>(0));
}

TEST_CASE("Equal models share everything", "[evaluation]") {
  const auto reference = chain().build();
  const ChangedPart changed = changedPart(*reference, *chain().build());
  CHECK(changed.part.operators.empty());
  REQUIRE(changed.outputs.size() == 1);
  CHECK_FALSE(changed.outputs[0].changed);
  CHECK(reference->subgraphs[0].tensor(changed.outputs[0].same).name == "d");
}

TEST_CASE("Other options, versions or scales make an operator a changed one", "[evaluation]") {
  const auto reference = chain().build();
  SECTION("options") {
    ModelBuilder m = chain();
    m.graph().operators[0].options.AsFullyConnectedOptions()->fused_activation_function =
        tflite::ActivationFunctionType_RELU6;
    CHECK(changedPart(*reference, *m.build()).part.operators.size() == 4);
  }
  SECTION("version") {
    ModelBuilder m = chain();
    m.model.operatorCodes[m.graph().operators[3].opcodeIndex].version = 2;
    CHECK(changedPart(*reference, *m.build()).part.operators.size() == 1);
  }
  SECTION("scale of a result") {
    ModelBuilder m = chain();
    Quantization quantization;
    quantization.scale = {0.5f};
    quantization.zeroPoint = {0};
    m.graph().tensor(m.graph().operators[2].output(0)).quantization = quantization;
    CHECK(changedPart(*reference, *m.build()).part.operators.size() == 2);
  }
}
