#include "core/evaluation/tasks/task.h"

#include <cmath>
#include <memory>

#include "core/evaluation/tasks/box_matching.h"
#include "core/evaluation/tasks/rank_curve.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using quantscope::tests::ModelBuilder;

namespace {

/// The generator of tests/golden/box_scores.py.
class Random {
public:
  explicit Random(uint32_t state) : m_state(state) {}
  double operator()() {
    m_state = m_state * 1664525u + 1013904223u;
    return static_cast<double>(m_state >> 8) / (1 << 24);
  }

private:
  uint32_t m_state;
};

const std::vector<Category> kCategories{{1, "one"}, {2, "two"}, {5, "five"}};

std::vector<PictureBoxes> madeUpBoxes(size_t pictures) {
  Random r(7);
  auto category = [&] { return kCategories[static_cast<size_t>(r() * 3)].id; };
  std::vector<PictureBoxes> all(pictures);
  for (PictureBoxes& picture : all) {
    const int truths = 1 + static_cast<int>(r() * 4);
    for (int i = 0; i < truths; ++i) {
      TrueBox truth;
      truth.left = r() * 400;
      truth.top = r() * 300;
      truth.width = r();
      truth.width = 4 + truth.width * r() * 250;
      truth.height = r();
      truth.height = 4 + truth.height * r() * 200;
      truth.area = truth.width * truth.height;
      truth.category = category();
      truth.crowd = r() < 0.1;
      picture.truth.push_back(truth);
      for (int k = 0; k < 2; ++k) {
        if (!(r() < 0.7)) continue;
        FoundBox found;
        found.left = truth.left + (r() - 0.5) * 0.3 * truth.width;
        found.top = truth.top + (r() - 0.5) * 0.3 * truth.height;
        found.width = truth.width * (0.85 + 0.3 * r());
        found.height = truth.height * (0.85 + 0.3 * r());
        const int64_t other = category();
        found.category = r() < 0.1 ? other : truth.category;
        found.score = r();
        picture.found.push_back(found);
      }
    }
    FoundBox stray;
    stray.category = category();
    stray.left = r() * 400;
    stray.top = r() * 300;
    stray.width = 4 + r() * 250;
    stray.height = 4 + r() * 200;
    stray.score = r();
    picture.found.push_back(stray);
  }
  return all;
}

/// Samples as they are given.
class ListDataset final : public Dataset {
public:
  explicit ListDataset(std::vector<Sample> samples) : m_samples(std::move(samples)) {
    for (size_t i = 0; i < m_samples.size(); ++i) m_samples[i].name = "sample " + std::to_string(i);
  }
  size_t size() const override { return m_samples.size(); }
  Result<Sample> load(size_t index) const override { return m_samples[index]; }
  std::string name(size_t index) const override { return m_samples[index].name; }
  std::optional<int32_t> label(size_t index) const override { return m_samples[index].label; }
  const std::vector<std::string>& classNames() const override { return m_names; }
  bool labelled() const override { return true; }
  std::string description() const override { return "list"; }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_skipped; }

private:
  std::vector<Sample> m_samples;
  std::vector<std::string> m_names;
  Preprocessing m_preprocessing;
  std::vector<SkippedItem> m_skipped;
};

TensorValue floats(std::vector<int32_t> shape, const std::vector<float>& values) {
  TensorValue value{ElementType::Float32, std::move(shape), {}};
  const auto raw = std::as_bytes(std::span(values));
  value.bytes.assign(raw.begin(), raw.end());
  return value;
}

/// A model whose outputs are its inputs, doubled by an ADD with itself.
std::shared_ptr<const Model> doubling(const std::vector<std::vector<int32_t>>& shapes) {
  ModelBuilder m;
  std::vector<TensorIndex> inputs, outputs;
  for (const auto& shape : shapes) {
    inputs.push_back(m.tensor(shape));
    outputs.push_back(m.tensor(shape));
    m.add(inputs.back(), inputs.back(), outputs.back());
  }
  m.inputs(inputs);
  m.outputs(outputs);
  return m.build();
}

std::shared_ptr<const TaskResult> evaluate(const char* task, std::shared_ptr<const Model> model,
                                           std::vector<Sample> samples, const TaskOptions& options = {},
                                           int threads = 1) {
  const ListDataset dataset(std::move(samples));
  EvaluationOptions evaluation;
  evaluation.threads = threads;
  Progress progress;
  REQUIRE(findTask(task) != nullptr);
  auto result = evaluateTask(*findTask(task), std::move(model), dataset, options, evaluation, progress);
  if (!result) FAIL(result.error().message());
  return *result;
}

double metric(const TaskResult& result, const std::string& name) {
  for (const TaskMetric& m : result.metrics) {
    if (m.name == name) return m.value;
  }
  FAIL("no metric " << name);
  return 0;
}

}  // namespace

TEST_CASE("Average precision of boxes is that of COCO's reference program", "[tasks]") {
  // Printed by tests/golden/box_scores.py with pycocotools 2.0.
  const BoxScores s = evaluateBoxes(madeUpBoxes(60), kCategories).all;
  CHECK(s.ap == Approx(0.238399889273).epsilon(1e-10));
  CHECK(s.ap50 == Approx(0.517125098268).epsilon(1e-10));
  CHECK(s.ap75 == Approx(0.151894614395).epsilon(1e-10));
  CHECK(s.apSmall == Approx(0.327968054851).epsilon(1e-10));
  CHECK(s.apMedium == Approx(0.262489787656).epsilon(1e-10));
  CHECK(s.apLarge == Approx(0.305339720207).epsilon(1e-10));
  CHECK(s.ar1 == Approx(0.266810480901).epsilon(1e-10));
  CHECK(s.ar10 == Approx(0.473734610123).epsilon(1e-10));
  CHECK(s.ar100 == Approx(0.473734610123).epsilon(1e-10));
}

TEST_CASE("Without true boxes there is no average precision, with perfect ones it is 1", "[tasks]") {
  CHECK(std::isnan(evaluateBoxes({}, kCategories).all.ap));
  PictureBoxes picture;
  picture.truth.push_back({10, 10, 50, 50, 2500, 2, false});
  CHECK(evaluateBoxes({picture}, kCategories).all.ap == 0);
  picture.found.push_back({10, 10, 50, 50, 2, 0.9});
  const auto evaluation = evaluateBoxes({picture}, kCategories);
  CHECK(evaluation.all.ap == Approx(1));
  CHECK(std::isnan(evaluation.all.apSmall));
  REQUIRE(evaluation.categories.size() == 1);
  CHECK(evaluation.categories[0].category == 2);
}

TEST_CASE("Detection reads boxes in picture pixels and counts the categories by their offset", "[tasks]") {
  auto truth = std::make_shared<GroundTruth>();
  truth->hasBoxes = true;
  truth->boxes = {{20, 40, 100, 80, 8000, 1, false}};
  truth->categories = std::make_shared<std::vector<Category>>(kCategories);
  truth->mapping = {200, 0, 400, 0};
  Sample sample;
  // The model doubles: top 0.1, left 0.1, bottom 0.3, right 0.6.
  sample.inputs = {floats({1, 2, 4}, {0.05f, 0.05f, 0.15f, 0.3f, 0, 0, 0.1f, 0.1f}), floats({1, 2}, {0, 0.5f}),
                   floats({1, 2}, {0.4f, 0.2f}), floats({1}, {1})};
  sample.truth = truth;
  const auto model = doubling({{1, 2, 4}, {1, 2}, {1, 2}, {1}});
  const auto result = evaluate("detection", model, {sample});
  CHECK(metric(*result, "map") == Approx(1));
  TaskOptions options;
  options.labelOffset = 2;
  CHECK(metric(*evaluate("detection", model, {sample}, options), "map") == 0);
  options.labelOffset.reset();
  options.classNames = {"five", "ONE"};
  CHECK(metric(*evaluate("detection", model, {sample}, options), "map") == 0);
  options.classNames = {"One", "two"};
  CHECK(metric(*evaluate("detection", model, {sample}, options), "map") == Approx(1));
}

TEST_CASE("Area under the ROC curve has scikit-learn's values", "[tasks]") {
  const std::vector<double> scores{0.1, 0.4, 0.35, 0.8, 0.4, 0.9, 0.05, 0.6};
  const bool positive[]{false, false, true, true, true, false, false, true};
  CHECK(areaUnderRoc(scores, positive) == Approx(0.65625));
  CHECK(partialAreaUnderRoc(scores, positive, 0.3) == Approx(0.4632352941176471));
  CHECK(partialAreaUnderRoc(scores, positive, 1) == Approx(0.65625));
  const bool none[]{false, false};
  CHECK(std::isnan(areaUnderRoc(std::span(scores).first(2), none)));
}

TEST_CASE("An autoencoder's anomaly score is what it fails to restore", "[tasks]") {
  // Doubling restores zeros only: the larger the input, the larger the error.
  std::vector<Sample> samples;
  const float sizes[]{0.1f, 0.4f, 0.35f, 0.8f, 0.4f, 0.9f, 0.05f, 0.6f};
  const int labels[]{0, 0, 1, 1, 1, 0, 0, 1};
  for (size_t i = 0; i < 8; ++i) {
    Sample sample;
    sample.inputs = {floats({1, 2}, {sizes[i], sizes[i]})};
    sample.label = labels[i];
    samples.push_back(std::move(sample));
  }
  const auto result = evaluate("anomaly", doubling({{1, 2}}), samples);
  CHECK(metric(*result, "auc") == Approx(0.65625));
  TaskOptions options;
  options.normalLabel = 1;
  CHECK(metric(*evaluate("anomaly", doubling({{1, 2}}), samples, options), "auc") == Approx(1 - 0.65625));
}

TEST_CASE("Regression has MAE, RMSE and R² of every output", "[tasks]") {
  std::vector<Sample> samples;
  const float given[]{1, 2, 3, 4}, wanted[]{2.5f, 4, 5, 8.5f};
  for (size_t i = 0; i < 4; ++i) {
    Sample sample;
    sample.inputs = {floats({1, 1}, {given[i]})};
    auto truth = std::make_shared<GroundTruth>();
    truth->values = {wanted[i]};
    sample.truth = truth;
    samples.push_back(std::move(sample));
  }
  samples.push_back(samples[0]);
  samples.back().truth = nullptr;
  for (const int threads : {1, 3}) {
    const auto result = evaluate("regression", doubling({{1, 1}}), samples, {}, threads);
    // Errors -0.5, 0, 1, -0.5; the targets' squared deviations from 5 sum to 19.5.
    CHECK(metric(*result, "mae") == Approx(0.5));
    CHECK(metric(*result, "rmse") == Approx(std::sqrt(1.5 / 4)));
    CHECK(metric(*result, "r2") == Approx(1 - 1.5 / 19.5));
    CHECK(result->samples == 4);
    REQUIRE(result->skipped.size() == 1);
    CHECK(result->skipped[0].why.find("target") != std::string::npos);
    CHECK(result->perSample == std::vector<double>{0.5, 0, 1, 0.5});
  }
}

TEST_CASE("Embeddings find their label among all others", "[tasks]") {
  std::vector<Sample> samples;
  const std::vector<std::pair<std::vector<float>, int>> items{{{1, 0}, 0},    {{2, 0.1f}, 0}, {{0, 1}, 1},
                                                              {{0.1f, 3}, 1}, {{1, 0.9f}, 0}, {{-1, 0}, 2}};
  for (const auto& [values, label] : items) {
    Sample sample;
    sample.inputs = {floats({1, 2}, values)};
    sample.label = label;
    samples.push_back(std::move(sample));
  }
  TaskOptions options;
  options.recallAt = {1, 3};
  const auto result = evaluate("embedding", doubling({{1, 2}}), samples, options);
  // The fifth is nearest to the second (0.777), then the first, then (0.1, 3): found. The last is alone.
  CHECK(metric(*result, "recall@1") == Approx(1));
  CHECK(metric(*result, "recall@3") == Approx(1));
  CHECK(metric(*result, "cosine_same_label") > metric(*result, "cosine_other_label"));
  CHECK(result->perSample.size() == 5);
}

TEST_CASE("Segmentation counts classes per pixel at the mask's size", "[tasks]") {
  auto truth = std::make_shared<GroundTruth>();
  truth->mask = {4, 4, {0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 255, 0, 1, 1, 0, 0}};
  Sample sample;
  // 2×2 pixels with 2 scores each: classes 0, 1, 1, 1.
  sample.inputs = {floats({1, 2, 2, 2}, {2, 1, 1, 2, 1, 2, 1, 2})};
  sample.truth = truth;
  const auto result = evaluate("segmentation", doubling({{1, 2, 2, 2}}), {sample});
  // Class 0: 4 of 7 true pixels are found, none too many; class 1: 8 found, 3 too many.
  CHECK(metric(*result, "miou") == Approx((4.0 / 7 + 8.0 / 11) / 2));
  CHECK(metric(*result, "pixel_accuracy") == Approx(12.0 / 15));
  REQUIRE(result->rows.size() == 2);
  CHECK(result->rows[0].values[0] == Approx(4.0 / 7));
}

TEST_CASE("Outputs that a task cannot read are refused in words", "[tasks]") {
  Progress progress;
  const ListDataset dataset({});
  for (const char* task : {"detection", "segmentation", "anomaly"}) {
    const auto result = evaluateTask(*findTask(task), doubling({{1, 7}}), dataset, {}, {}, progress);
    INFO(task);
    if (std::string(task) == "anomaly") continue;  // it would be an autoencoder
    REQUIRE(!result.ok());
    CHECK(result.error().code == ErrorCode::InvalidArgument);
    CHECK(!result.error().why.empty());
  }
  CHECK(findTask("nonsense") == nullptr);
}
