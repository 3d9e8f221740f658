#include <cmath>
#include <thread>

#include "core/evaluation/evaluate.h"
#include "tests/core/evaluation/fake_dataset.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using quantscope::tests::FakeDataset;
using quantscope::tests::ModelBuilder;

namespace {

/// Scores = inputs: the identity as FULLY_CONNECTED. With `quantize`, as int8 of this scale.
std::shared_ptr<const Model> identity(int32_t classes, bool quantize = false, bool softmax = false,
                                      float scale = 1.0f / 64) {
  ModelBuilder m;
  const auto x = m.tensor({1, classes}), y = m.tensor({1, classes});
  std::vector<float> weights(static_cast<size_t>(classes * classes));
  for (int32_t i = 0; i < classes; ++i) weights[static_cast<size_t>(i * classes + i)] = 1;
  m.fullyConnected(x, m.constant({classes, classes}, weights), TensorIndex(), y);
  m.inputs({x});
  TensorIndex last = y;
  if (softmax) {
    last = m.tensor({1, classes});
    Operator& op = m.op(tflite::BuiltinOperator_SOFTMAX, {y}, {last});
    tflite::SoftmaxOptionsT options;
    options.beta = 1;
    op.options.Set(std::move(options));
  }
  if (quantize) {
    const auto q = m.tensor({1, classes}, ElementType::Int8);
    Quantization quantization;
    quantization.scale = {scale};
    quantization.zeroPoint = {-20};
    m.graph().tensor(q).quantization = quantization;
    m.op(tflite::BuiltinOperator_QUANTIZE, {last}, {q});
    last = q;
  }
  m.outputs({last});
  return m.build();
}

/// What the fake samples' greatest values say.
uint64_t expectedHits(const FakeDataset& dataset) {
  uint64_t hits = 0;
  for (size_t i = 0; i < dataset.size(); ++i) {
    const auto sample = dataset.load(i);
    if (!sample) continue;
    const auto values = sample->inputs[0].values<float>();
    hits += std::max_element(values.begin(), values.end()) - values.begin() == *sample->label;
  }
  return hits;
}

std::shared_ptr<const EvaluationResult> evaluated(std::shared_ptr<const Model> model, const Dataset& dataset,
                                                  const EvaluationOptions& options = {}) {
  Progress progress;
  auto result = evaluateClassification(std::move(model), dataset, options, progress);
  if (!result) FAIL(result.error().message());
  return *result;
}

}  // namespace

TEST_CASE("Top-1 is the greatest score against the label", "[evaluation]") {
  const FakeDataset dataset(200, 10, 10);
  const auto result = evaluated(identity(10), dataset);
  CHECK(result->samples == 200);
  CHECK(result->top1.total == 200);
  CHECK(result->top1.hits == expectedHits(dataset));
  CHECK(result->top1.hits > 50);
  CHECK(result->top1.hits < 200);
  CHECK(result->top5.hits >= result->top1.hits);
  CHECK_FALSE(result->partial);
  uint64_t diagonal = 0, sum = 0;
  for (size_t i = 0; i < 10; ++i) {
    for (size_t j = 0; j < 10; ++j) {
      sum += result->confusion[i][j];
      if (i == j) diagonal += result->confusion[i][j];
    }
  }
  CHECK(diagonal == result->top1.hits);
  CHECK(sum == 200);
}

TEST_CASE("Every figure is the same on any number of threads", "[evaluation]") {
  const FakeDataset dataset(150, 10, 10);
  EvaluationOptions many;
  many.threads = 3;
  many.keepScores = true;
  EvaluationOptions one = many;
  one.threads = 1;
  const auto a = evaluated(identity(10, true), dataset, one), b = evaluated(identity(10, true), dataset, many);
  CHECK(a->top1.hits == b->top1.hits);
  CHECK(a->confusion == b->confusion);
  CHECK(a->scores == b->scores);
  REQUIRE(a->scores.size() == 1500);
  for (size_t i = 0; i < a->predictions.size(); ++i) CHECK(a->predictions[i].top1 == b->predictions[i].top1);
}

TEST_CASE("The first of equal scores wins, and its confidence is a softmax", "[evaluation]") {
  // All inputs are quantized to a few levels, so ties are frequent.
  const FakeDataset dataset(100, 6, 6);
  EvaluationOptions options;
  options.keepScores = true;
  const auto result = evaluated(identity(6, true, false, 0.25f), dataset, options);
  bool anyTie = false;
  for (size_t i = 0; i < result->predictions.size(); ++i) {
    const auto begin = result->scores.begin() + static_cast<long>(i) * 6;
    const auto best = std::max_element(begin, begin + 6);
    CHECK(result->predictions[i].top1 == best - begin);
    anyTie = anyTie || std::count(begin, begin + 6, *best) > 1;
    double sum = 0;
    for (auto s = begin; s != begin + 6; ++s) sum += std::exp(static_cast<double>(*s - *best));
    CHECK(static_cast<double>(result->predictions[i].confidence) == Approx(1 / sum).epsilon(1e-5));
  }
  CHECK(anyTie);
}

TEST_CASE("Behind a SOFTMAX the score itself is the confidence", "[evaluation]") {
  const FakeDataset dataset(10, 6, 6);
  EvaluationOptions options;
  options.keepScores = true;
  const auto result = evaluated(identity(6, false, true), dataset, options);
  for (size_t i = 0; i < result->predictions.size(); ++i) {
    const auto begin = result->scores.begin() + static_cast<long>(i) * 6;
    CHECK(result->predictions[i].confidence == *std::max_element(begin, begin + 6));
  }
}

TEST_CASE("Agreement counts equal answers, labelled or not", "[evaluation]") {
  FakeDataset dataset(80, 10, 10);
  dataset.withLabels = false;
  EvaluationOptions options;
  options.baseline = evaluated(identity(10), dataset);
  const auto result = evaluated(identity(10, true), dataset, options);
  CHECK_FALSE(result->labelled);
  CHECK(result->top1.total == 0);
  REQUIRE(result->agreement);
  CHECK(result->agreement->total == 80);
  CHECK(result->agreement->value() > 0.8);
  options.baseline = result;
  CHECK(evaluated(identity(10, true), dataset, options)->agreement->value() == 1.0);
}

TEST_CASE("Unreadable samples are listed and not counted", "[evaluation]") {
  FakeDataset dataset(20, 10, 10);
  dataset.unreadable = {3, 17};
  EvaluationOptions options;
  options.threads = 2;
  const auto result = evaluated(identity(10), dataset, options);
  CHECK(result->samples == 18);
  REQUIRE(result->skipped.size() == 2);
  CHECK(result->skipped[0].path == "sample 3");
  CHECK(result->skipped[1].path == "sample 17");
  CHECK(result->skipped[0].why.find("broken") != std::string::npos);
  CHECK_FALSE(result->partial);
}

TEST_CASE("Nothing readable, wrong labels and outputs that are no scores are errors", "[evaluation]") {
  Progress progress;
  SECTION("nothing readable") {
    FakeDataset dataset(2, 10, 10);
    dataset.unreadable = {0, 1};
    const auto result = evaluateClassification(identity(10), dataset, {}, progress);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::InvalidArgument);
    CHECK(result.error().message().find("sample 0") != std::string::npos);
  }
  SECTION("empty") {
    const auto result = evaluateClassification(identity(10), FakeDataset(0, 10, 10), {}, progress);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().why == "it is empty");
  }
  SECTION("a sample of another size") {
    const auto result = evaluateClassification(identity(10), FakeDataset(3, 9, 9), {}, progress);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::InvalidArgument);
  }
  SECTION("a label beyond the classes") {
    const auto result = evaluateClassification(identity(10), FakeDataset(30, 20, 20), {}, progress);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().why.find("10 output classes") != std::string::npos);
  }
  SECTION("no vector of scores") {
    ModelBuilder m;
    const auto x = m.tensor({1, 4}), y = m.tensor({2, 2});
    m.op(tflite::BuiltinOperator_RESHAPE, {x, m.indices({2, 2})}, {y});
    m.inputs({x});
    m.outputs({y});
    const auto result = evaluateClassification(m.build(), FakeDataset(3, 4, 4), {}, progress);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().why.find("2×2") != std::string::npos);
  }
}

TEST_CASE("A limit evaluates evenly", "[evaluation]") {
  const FakeDataset dataset(100, 10, 10);
  EvaluationOptions options;
  options.limit = 7;
  const auto result = evaluated(identity(10), dataset, options);
  REQUIRE(result->samples == 7);
  CHECK(result->predictions[1].sample == 14);
  CHECK(dataset.loaded == 7);
}

TEST_CASE("Cancelling gives what was done, quickly, marked partial", "[evaluation]") {
  FakeDataset dataset(100'000, 10, 10);
  dataset.delay = std::chrono::milliseconds(5);
  EvaluationOptions options;
  options.threads = 2;
  Progress progress;
  std::chrono::steady_clock::time_point cancelled;
  std::jthread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    cancelled = std::chrono::steady_clock::now();
    progress.cancel();
  });
  const auto result = evaluateClassification(identity(10), dataset, options, progress);
  const auto end = std::chrono::steady_clock::now();
  user.join();
  REQUIRE(result.ok());
  CHECK((*result)->partial);
  CHECK((*result)->samples > 0);
  CHECK((*result)->samples < 100'000);
  CHECK(end - cancelled < std::chrono::milliseconds(200));
}

TEST_CASE("Cancelling before the first sample is just cancelled", "[evaluation]") {
  Progress progress;
  progress.cancel();
  const auto result = evaluateClassification(identity(10), FakeDataset(5, 10, 10), {}, progress);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::Cancelled);
}
