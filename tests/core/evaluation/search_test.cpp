#include "core/evaluation/search.h"

#include <atomic>
#include <cmath>

#include "core/data/decoded_samples.h"
#include "core/evaluation/probabilities.h"
#include "tests/core/evaluation/fake_dataset.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using quantscope::tests::FakeDataset;
using quantscope::tests::ModelBuilder;

namespace {

constexpr size_t kLayers = 4;
/// Steps that weights are rounded to, and bytes that a layer takes, by choice.
constexpr float kSteps[]{0, 1.0f / 64, 1.0f / 3};
constexpr int64_t kBytes[]{400, 200, 100};

/// Layers of FULLY_CONNECTED with their weights rounded as the choices say. The first layer has the weights of an
/// identity, which rounding to a 64th does not change.
std::shared_ptr<const Model> layers(const Assignment& choices) {
  ModelBuilder m;
  TensorIndex x = m.tensor({1, 8}, ElementType::Float32, "x");
  m.inputs({x});
  for (size_t i = 0; i < kLayers; ++i) {
    const auto y = m.tensor({1, 8}, ElementType::Float32, "y" + std::to_string(i));
    const auto original = m.randomConstant({8, 8}, "w" + std::to_string(i), static_cast<uint32_t>(i + 1));
    std::vector<float> values;
    for (const float v : constantValues<float>(m.model, m.graph().tensor(original))) {
      const float step = kSteps[choices[i]];
      const float w =
          (i == 0 ? (values.size() % 9 == 0 ? 1.0f : 0.0f) : 0.3f * v) + (values.size() % 9 == 0 ? 0.5f : 0);
      values.push_back(step > 0 ? std::round(w / step) * step : w);
    }
    m.fullyConnected(x, m.constant({8, 8}, values, "v" + std::to_string(i)), TensorIndex(), y);
    x = y;
  }
  m.outputs({x});
  return m.build();
}

SearchSpace space(std::atomic<int>* made = nullptr) {
  SearchSpace space;
  space.model = layers(Assignment(kLayers));
  space.choices = {{"float32"}, {"fine"}, {"coarse"}};
  space.allowed.assign(kLayers, {true, true, true});
  space.make = [made](const Assignment& choices) -> Result<SearchVariant> {
    if (made) ++*made;
    SearchVariant variant{layers(choices), 1000};
    for (const uint8_t choice : choices) variant.bytes += kBytes[choice];
    return variant;
  };
  return space;
}

}  // namespace

TEST_CASE("Probabilities and their divergence have known values", "[search]") {
  const std::vector<float> scores{1, 2, 3};
  const auto p = softmax(scores);
  CHECK(p[0] == Approx(0.09003057));
  CHECK(p[2] == Approx(0.66524096));
  const std::vector<double> a{0.5, 0.5}, b{0.9, 0.1};
  CHECK(klDivergence(a, b) == Approx(0.5 * std::log(0.5 / 0.9) + 0.5 * std::log(0.5 / 0.1)).epsilon(1e-5));
  CHECK(klDivergence(a, a) == 0);
  CHECK(std::isfinite(klDivergence(a, std::vector<double>{1, 0})));
}

TEST_CASE("Decoded samples are loaded once while they fit", "[search]") {
  const FakeDataset dataset(10, 8, 8);  // 32 bytes each
  const auto kept = keepDecoded(dataset, 5 * 32);
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < 10; ++i) {
      const auto sample = kept->load(i);
      REQUIRE(sample.ok());
      CHECK(sample->inputs[0].bytes == dataset.load(i)->inputs[0].bytes);
    }
  }
  CHECK(dataset.loaded == 10 + 5 + 5 + 30);
}

TEST_CASE("A search keeps the size and is at least as good as every uniform choice of that size", "[search]") {
  const FakeDataset dataset(200, 8, 8);
  SearchOptions options;
  options.trials = 40;
  options.maxBytes = 1000 + 4 * 200;
  Progress progress;
  const auto searched = searchAssignments(space(), dataset, options, progress);
  REQUIRE(searched.ok());
  const SearchResult& result = **searched;
  CHECK(result.metric == QualityMetric::Top1);
  CHECK(result.samples == 200);
  CHECK_FALSE(result.stopped);
  const SearchTrial& best = result.trials[result.best];
  CHECK(best.bytes <= *options.maxBytes);
  CHECK(best.withinBudget);
  size_t uniform = 0;
  for (const SearchTrial& trial : result.trials) {
    CHECK(trial.quality == Approx(static_cast<double>(trial.fidelity.right) / 200));
    if (trial.origin != "fine everywhere" && trial.origin != "coarse everywhere") continue;
    ++uniform;
    CHECK(best.quality >= trial.quality);
  }
  CHECK(uniform == 2);
  CHECK(result.trials[0].origin == "original");
  CHECK(result.trials[0].fidelity.noise == 0);
  // The first layer does not suffer from rounding to 64ths.
  CHECK(result.errors[0][1] == 0);
  CHECK(result.errors[1][1] > 0);
  CHECK(result.errors[1][2] > result.errors[1][1]);
  REQUIRE(!result.front.empty());
  for (size_t i = 1; i < result.front.size(); ++i) {
    CHECK(result.trials[result.front[i - 1]].bytes < result.trials[result.front[i]].bytes);
    CHECK(result.trials[result.front[i - 1]].quality < result.trials[result.front[i]].quality);
  }
}

TEST_CASE("A search for the smallest file keeps the allowed drop, without labels too", "[search]") {
  FakeDataset dataset(150, 8, 8);
  dataset.withLabels = false;
  SearchOptions options;
  options.maxDrop = 0.02;
  options.trials = 50;
  Progress progress;
  const auto searched = searchAssignments(space(), dataset, options, progress);
  REQUIRE(searched.ok());
  const SearchResult& result = **searched;
  CHECK(result.metric == QualityMetric::Agreement);
  const SearchTrial& best = result.trials[result.best];
  CHECK(best.quality >= 0.98);
  CHECK(best.bytes < result.trials[0].bytes);
  for (const SearchTrial& trial : result.trials) {
    if (trial.quality >= 0.98) CHECK(trial.bytes >= best.bytes);
  }
}

TEST_CASE("A search gives the same on any number of threads", "[search]") {
  const FakeDataset dataset(100, 8, 8);
  SearchOptions options;
  options.maxBytes = 1900;
  options.trials = 20;
  Progress progress;
  const auto one = searchAssignments(space(), dataset, options, progress);
  options.evaluation.threads = 3;
  const auto three = searchAssignments(space(), dataset, options, progress);
  REQUIRE(one.ok());
  REQUIRE(three.ok());
  CHECK((*one)->best == (*three)->best);
  REQUIRE((*one)->trials.size() == (*three)->trials.size());
  CHECK((*one)->errors == (*three)->errors);
  for (size_t i = 0; i < (*one)->trials.size(); ++i) {
    CHECK((*one)->trials[i].choices == (*three)->trials[i].choices);
    CHECK((*one)->trials[i].fidelity.noise == (*three)->trials[i].fidelity.noise);
    CHECK((*one)->trials[i].fidelity.klDivergence == (*three)->trials[i].fidelity.klDivergence);
  }
}

TEST_CASE("A search that is stopped gives the best so far, or Cancelled where nothing was found yet", "[search]") {
  const FakeDataset dataset(100, 8, 8);
  SearchOptions options;
  options.maxDrop = 0.5;
  std::atomic<int> made{0};
  Progress progress;
  SearchSpace stopping = space(&made);
  const auto make = stopping.make;
  int stopAfter = 12;
  stopping.make = [&](const Assignment& choices) {
    if (made >= stopAfter) progress.cancel();
    return make(choices);
  };
  const auto searched = searchAssignments(stopping, dataset, options, progress);
  REQUIRE(searched.ok());
  CHECK((*searched)->stopped);
  CHECK((*searched)->trials[(*searched)->best].withinBudget);
  Progress cancelled;
  cancelled.cancel();
  const auto nothing = searchAssignments(space(), dataset, options, cancelled);
  REQUIRE(!nothing.ok());
  CHECK(nothing.error().code == ErrorCode::Cancelled);
}

TEST_CASE("A size that no variant has is an error that names the smallest", "[search]") {
  const FakeDataset dataset(50, 8, 8);
  SearchOptions options;
  options.maxBytes = 1200;
  options.trials = 10;
  Progress progress;
  const auto searched = searchAssignments(space(), dataset, options, progress);
  REQUIRE(!searched.ok());
  CHECK(searched.error().code == ErrorCode::InvalidArgument);
  CHECK(searched.error().why.find("1400") != std::string::npos);
  options.maxDrop = 0.1;
  CHECK(!searchAssignments(space(), dataset, options, progress).ok());
}
