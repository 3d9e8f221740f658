#include "core/quantization/preview.h"

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

/// A fully connected layer of 2 x 8 weights; the second row is ten times as wide as the first.
struct Layer {
  TensorIndex weights;
  std::shared_ptr<const Model> model;
  Histogram reference{-1, 1, std::vector<uint64_t>(64, 0)};

  Layer() {
    tests::ModelBuilder builder;
    std::vector<float> values;
    for (int i = 0; i < 16; ++i) values.push_back((static_cast<float>(i % 8) / 4.0f - 0.93f) * (i < 8 ? 0.1f : 1.0f));
    const auto x = builder.tensor({1, 8}), y = builder.tensor({1, 2});
    weights = builder.constant({2, 8}, values);
    builder.op(tflite::BuiltinOperator_FULLY_CONNECTED, {x, weights}, {y})
        .options.Set(tflite::FullyConnectedOptionsT());
    builder.inputs({x});
    builder.outputs({y});
    model = builder.build();
  }
  Result<QuantizationPreview> preview(const Scheme& scheme) const {
    Progress progress;
    return previewWeights(*model, OperatorIndex(0), weights, scheme, reference, progress);
  }
};

}  // namespace

TEST_CASE("What the inspector previews is what the plan's SQNR says of the same weights", "[quantization]") {
  const Layer layer;
  for (const Scheme& scheme :
       {Scheme{.precision = Precision::DynamicRange}, Scheme{.precision = Precision::WeightOnlyInt4},
        Scheme{.precision = Precision::Int8, .granularity = Granularity::PerTensor},
        Scheme{.precision = Precision::Float16}}) {
    const auto preview = layer.preview(scheme);
    REQUIRE(preview.ok());
    const auto expected = predictWeightSqnr(*layer.model, OperatorIndex(0), scheme);
    REQUIRE(expected);
    CHECK(preview->sqnrDecibel == *expected);
    CHECK(preview->histogram.total() == 16);
  }
}

TEST_CASE("Bucket edges are drawn where all weights have one scale", "[quantization]") {
  const Layer layer;
  CHECK(layer.preview({.precision = Precision::Int8}).value().bucketEdges.empty());
  const auto whole = layer.preview({.precision = Precision::Int8, .granularity = Granularity::PerTensor});
  REQUIRE(whole.ok());
  REQUIRE(whole->bucketEdges.size() == 254);
  // Codes -127..127 over +-0.93: the middle two edges lie half a step beside 0.
  CHECK(whole->bucketEdges[127] == Approx(0.5 * 0.93 / 127));
  CHECK(whole->bucketEdges[126] == Approx(-0.5 * 0.93 / 127));
}

TEST_CASE("A preview of what stays in float, or is no weight, says so", "[quantization]") {
  const Layer layer;
  CHECK(layer.preview({}).error().code == ErrorCode::InvalidArgument);
  Progress progress;
  const auto input = previewWeights(*layer.model, OperatorIndex(0), layer.model->subgraphs[0].inputs[0],
                                    {.precision = Precision::Int8}, layer.reference, progress);
  CHECK(input.error().code == ErrorCode::InvalidArgument);
}
