#include <cmath>

#include "core/evaluation/evaluate.h"
#include "core/evaluation/layer_error.h"
#include "core/evaluation/sensitivity.h"
#include "core/statistics/tensor_statistics.h"
#include "tests/core/evaluation/fake_dataset.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using quantscope::tests::FakeDataset;
using quantscope::tests::ModelBuilder;

namespace {

/// Two layers of FULLY_CONNECTED; those with `rounded` have weights rounded to multiples of 1/8.
std::shared_ptr<const Model> layers(const std::vector<bool>& rounded) {
  ModelBuilder m;
  TensorIndex x = m.tensor({1, 8}, ElementType::Float32, "x");
  m.inputs({x});
  for (size_t i = 0; i < rounded.size(); ++i) {
    const auto y = m.tensor({1, 8}, ElementType::Float32, "y" + std::to_string(i));
    auto weights = m.randomConstant({8, 8}, "w" + std::to_string(i), static_cast<uint32_t>(i + 1));
    if (rounded[i]) {
      const auto values = constantValues<float>(m.model, m.graph().tensor(weights));
      std::vector<float> coarse;
      for (const float v : values) coarse.push_back(std::round(v * 8) / 8);
      weights = m.constant({8, 8}, coarse, "w" + std::to_string(i));
    }
    m.fullyConnected(x, weights, TensorIndex(), y);
    x = y;
  }
  m.outputs({x});
  return m.build();
}

}  // namespace

TEST_CASE("Latency counts its runs and shares sum to one", "[evaluation]") {
  LatencyOptions options;
  options.runs = 9;
  options.warmup = 2;
  options.perOperator = true;
  Progress progress;
  const auto latency = measureLatency(layers({false, false}), options, progress);
  REQUIRE(latency.ok());
  CHECK((*latency)->runs == 9);
  CHECK((*latency)->minMicroseconds <= (*latency)->medianMicroseconds);
  CHECK((*latency)->medianMicroseconds <= (*latency)->p90Microseconds);
  REQUIRE((*latency)->operators.size() == 2);
  CHECK((*latency)->operators[0].share + (*latency)->operators[1].share == Approx(1.0));
  CHECK((*latency)->operators[0].macs == 64);
  CHECK((*latency)->arenaBytes > 0);
}

TEST_CASE("Runs of several models take turns and are compared in pairs", "[evaluation]") {
  LatencyOptions options;
  options.runs = 15;
  options.warmup = 1;
  Progress progress;
  const std::vector<bool> deep(200, false);
  const auto latencies = measureLatencies({layers({false}), layers(deep)}, options, progress);
  REQUIRE(latencies.ok());
  REQUIRE(latencies->size() == 2);
  CHECK((*latencies)[0]->microseconds.size() == 15);
  const LatencyRatio ratio = latencyRatio(*(*latencies)[0], *(*latencies)[1]);
  // 200 times the work: whatever the machine does meanwhile, it takes longer.
  CHECK(ratio.ratio > 1);
  CHECK(ratio.low <= ratio.ratio);
  CHECK(ratio.ratio <= ratio.high);
  CHECK(latencyRatio(LatencyResult(), LatencyResult()).ratio == 1);
}

TEST_CASE("A sensitivity measurement that was stopped goes on and gives the same figures", "[evaluation]") {
  const FakeDataset dataset(700, 8, 8);
  const std::vector<bool> quantizable(3, true);
  const VariantFactory factory = [](const std::vector<bool>& quantized) -> Result<std::shared_ptr<const Model>> {
    return layers(quantized);
  };
  EvaluationOptions options;
  Progress whole;
  const auto expected =
      measureSensitivity(layers({false, false, false}), quantizable, factory, dataset, options, whole);
  REQUIRE(expected.ok());

  Progress stopped;
  std::string saved;
  SensitivityCheckpoint checkpoint;
  checkpoint.key = "model and samples";
  checkpoint.save = [&](const std::string& text) {
    saved = text;
    stopped.cancel();
  };
  REQUIRE_FALSE(measureSensitivity(layers({false, false, false}), quantizable, factory, dataset, options, stopped,
                                   SensitivityMetric::Automatic, checkpoint)
                    .ok());
  REQUIRE(saved.find("\"items\"") != std::string::npos);
  checkpoint.resume = saved;
  checkpoint.save = nullptr;
  dataset.loaded = 0;
  Progress again;
  const auto resumed = measureSensitivity(layers({false, false, false}), quantizable, factory, dataset, options, again,
                                          SensitivityMetric::Automatic, checkpoint);
  REQUIRE(resumed.ok());
  CHECK(dataset.loaded < 700);
  CHECK((*resumed)->samples == 700);
  for (size_t i = 0; i < 3; ++i) {
    CHECK((*resumed)->operators[i].quantizeOne == (*expected)->operators[i].quantizeOne);
    CHECK((*resumed)->operators[i].quantizeOneError == (*expected)->operators[i].quantizeOneError);
    CHECK((*resumed)->operators[i].keepOneError == (*expected)->operators[i].keepOneError);
  }
  checkpoint.key = "another model";
  dataset.loaded = 0;
  Progress other;
  REQUIRE(measureSensitivity(layers({false, false, false}), quantizable, factory, dataset, options, other,
                             SensitivityMetric::Automatic, checkpoint)
              .ok());
  CHECK(dataset.loaded == 700);
}

TEST_CASE("A time limit ends a long measurement after three runs", "[evaluation]") {
  LatencyOptions options;
  options.runs = 100'000'000;
  options.warmup = 100'000'000;
  options.timeLimitSeconds = 0.02;
  Progress progress;
  const auto latency = measureLatency(layers({false}), options, progress);
  REQUIRE(latency.ok());
  CHECK((*latency)->runs >= 3);
  CHECK((*latency)->runs < 100'000'000);
}

TEST_CASE("Random inputs follow from the seed", "[evaluation]") {
  ModelBuilder m;
  const auto a = m.tensor({1, 100}), b = m.tensor({1, 100}, ElementType::Int8),
             c = m.tensor({1, 100}, ElementType::Int32);
  m.inputs({a, b, c});
  m.outputs({a});
  const auto prepared = PreparedModel::prepare(m.build());
  REQUIRE(prepared.ok());
  const auto first = randomInputs(**prepared, 5), again = randomInputs(**prepared, 5),
             other = randomInputs(**prepared, 6);
  REQUIRE(first.size() == 3);
  CHECK(first[0].bytes == again[0].bytes);
  CHECK(first[0].bytes != other[0].bytes);
  int8_t low = 0, high = 0;
  for (const float v : first[0].values<float>()) CHECK((v >= 0 && v < 1));
  for (const int8_t v : first[1].values<int8_t>()) low = std::min(low, v), high = std::max(high, v);
  CHECK(low < -100);
  CHECK(high > 100);
  for (const int32_t v : first[2].values<int32_t>()) CHECK((v == 0 || v == 1));
}

TEST_CASE("Layer errors: accumulated grows along the graph, local is each operator's own", "[evaluation]") {
  const FakeDataset dataset(130, 8, 8);
  Progress progress;
  EvaluationOptions options;
  const auto errors =
      compareLayers(layers({false, false, false}), layers({true, false, true}), dataset, options, progress);
  REQUIRE(errors.ok());
  const LayerErrors& e = **errors;
  CHECK(e.samples == 130);
  REQUIRE(e.accumulated.size() == 3);
  REQUIRE(e.local.size() == 3);
  // The second operator is unchanged: alone it makes no error, but the first one's arrives at its result.
  CHECK(std::isinf(e.local[1].sqnrDecibel));
  CHECK(e.local[1].meanSquaredError == 0);
  CHECK(e.accumulated[1].meanSquaredError > 0);
  CHECK(e.local[0].meanSquaredError == Approx(e.accumulated[0].meanSquaredError).epsilon(1e-9));
  CHECK(e.local[2].meanSquaredError > 0);
  CHECK(e.accumulated[2].meanSquaredError != e.local[2].meanSquaredError);
  CHECK(e.accumulated[0].cosine < 1);
  CHECK(e.accumulated[0].cosine > 0.99);
  CHECK(e.accumulated[0].op == "FULLY_CONNECTED");
  CHECK(e.accumulated[0].values == 130 * 8);
  options.threads = 3;
  const auto again =
      compareLayers(layers({false, false, false}), layers({true, false, true}), dataset, options, progress);
  REQUIRE(again.ok());
  for (size_t i = 0; i < 3; ++i) {
    CHECK((*again)->accumulated[i].meanSquaredError == e.accumulated[i].meanSquaredError);
    CHECK((*again)->local[i].sqnrDecibel == e.local[i].sqnrDecibel);
  }
}

TEST_CASE("Sensitivity equals whole evaluations of every variant", "[evaluation]") {
  const FakeDataset dataset(70, 8, 8);
  const VariantFactory factory = [](const std::vector<bool>& quantized) -> Result<std::shared_ptr<const Model>> {
    return layers(quantized);
  };
  const std::vector<bool> quantizable{true, true, false, true};
  Progress progress;
  EvaluationOptions options;
  options.keepScores = true;
  auto scoresOf = [&](const std::vector<bool>& quantized) {
    const auto result = evaluateClassification(layers(quantized), dataset, options, progress);
    REQUIRE(result.ok());
    return *result;
  };
  const auto original = scoresOf({false, false, false, false}), allQuantized = scoresOf(quantizable);
  auto errorOf = [&](const EvaluationResult& e) {
    double sum = 0;
    for (size_t i = 0; i < e.scores.size(); ++i) {
      const double d = static_cast<double>(e.scores[i]) - static_cast<double>(original->scores[i]);
      sum += d * d;
    }
    return sum / static_cast<double>(e.scores.size());
  };
  const auto measured =
      measureSensitivity(layers({false, false, false, false}), quantizable, factory, dataset, options, progress);
  REQUIRE(measured.ok());
  const SensitivityResult& s = **measured;
  CHECK(s.metric == "top1");
  CHECK(s.samples == 70);
  CHECK(s.floatMetric == original->top1.value());
  CHECK(s.quantizedMetric == allQuantized->top1.value());
  CHECK(s.quantizedError == Approx(errorOf(*allQuantized)).epsilon(1e-9));
  REQUIRE(s.operators.size() == 3);
  for (const OperatorSensitivity& row : s.operators) {
    std::vector<bool> one(4), kept = quantizable;
    one[row.index.position()] = true;
    kept[row.index.position()] = false;
    const auto quantizeOne = scoresOf(one), keepOne = scoresOf(kept);
    CHECK(row.quantizeOne == Approx(original->top1.value() - quantizeOne->top1.value()).margin(1e-12));
    CHECK(row.keepOne == Approx(keepOne->top1.value() - allQuantized->top1.value()).margin(1e-12));
    CHECK(row.quantizeOneError == Approx(errorOf(*quantizeOne)).epsilon(1e-9));
    CHECK(row.keepOneError == Approx(errorOf(*keepOne)).epsilon(1e-9));
    CHECK(row.quantizeOneError > 0);
  }
}

TEST_CASE("Without labels sensitivity is measured on the outputs", "[evaluation]") {
  FakeDataset dataset(10, 8, 8);
  dataset.withLabels = false;
  const VariantFactory factory = [](const std::vector<bool>& quantized) -> Result<std::shared_ptr<const Model>> {
    return layers(quantized);
  };
  Progress progress;
  const auto measured = measureSensitivity(layers({false, false}), {true, true}, factory, dataset, {}, progress);
  REQUIRE(measured.ok());
  CHECK((*measured)->metric == "output mse");
  CHECK((*measured)->operators[0].quantizeOne > 0);
  const auto refused =
      measureSensitivity(layers({false, false}), {true, true}, factory, dataset, {}, progress, SensitivityMetric::Top1);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::InvalidArgument);
}
