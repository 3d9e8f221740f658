#include "ui/workspace/workspace_file.h"

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"

namespace quantscope::ui {

namespace {

std::shared_ptr<EvaluationResult> makeEvaluation() {
  auto result = std::make_shared<EvaluationResult>();
  result->samples = 3;
  result->labelled = true;
  result->classes = 2;
  result->top1 = {2, 3};
  result->top5 = {3, 3};
  result->agreement = Proportion{1, 3};
  result->predictions = {{0, 1, 1, true, 0.5f}, {1, 0, 1, true, 0.25f}, {2, 0, 0, true, 1.0f}};
  result->confusion = {{1, 1}, {0, 1}};
  result->skipped = {{"a.png", "it is empty"}};
  result->samplesPerSecond = 12.5;
  result->preprocessing.mean = {127.5f};
  result->preprocessing.channels = ChannelOrder::Bgr;
  return result;
}

WorkspaceFile makeFile() {
  WorkspaceFile file;
  file.modelPath = QStringLiteral("model.tflite");
  file.modelBytes = 1234;
  file.state.recipe = *recipeForMode("int8");
  file.state.calibrationData = DatasetReference{QStringLiteral("data/calibration"), Preprocessing{}, 100};
  file.state.currentVariant = 2;
  Variant baseline;
  baseline.name = QStringLiteral("float32");
  baseline.bytes = 1234;
  baseline.evaluation = makeEvaluation();
  baseline.evaluationData = DatasetReference{QStringLiteral("data/evaluation"), {}, 0};
  Variant made = baseline;
  made.id = 2;
  made.parent = 0;
  made.name = QStringLiteral("int8 \"β\"");
  made.recipe = file.state.recipe;
  made.stale = true;
  auto latency = std::make_shared<LatencyResult>();
  latency->medianMicroseconds = 181.25;
  latency->operators = {{OperatorIndex(0), 10.5, 0.5, 1000}};
  made.latency = latency;
  auto errors = std::make_shared<LayerErrors>();
  errors->samples = 4;
  LayerError error;
  error.floatOperator = OperatorIndex(1);
  error.name = "conv";
  error.sqnrDecibel = std::numeric_limits<double>::infinity();
  error.scaleBits = 16;
  error.saturated = 0.125;
  error.klDivergence = 0.5;
  errors->accumulated = {error};
  errors->unmatched = {"operator 0 QUANTIZE"};
  made.layerErrors = errors;
  file.variants = {baseline, made};
  auto sensitivity = std::make_shared<SensitivityResult>();
  sensitivity->metric = "top1";
  sensitivity->operators = {{OperatorIndex(3), "CONV_2D", 0.011, 0.004, 0.1, 0.2}};
  file.sensitivity = sensitivity;
  file.historyStart = file.state;
  file.historyStart.currentVariant = 0;
  file.history = {{QStringLiteral("Go to variant int8"), file.state}};
  file.historyPosition = 1;
  return file;
}

/// Replaces the first occurrence; the text must hold it.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string whyOf(const std::string& text) {
  const Result<WorkspaceFile> file = workspaceFromJson(text);
  REQUIRE_FALSE(file.ok());
  return file.error().why;
}

}  // namespace

TEST_CASE("A workspace file comes back as it was written", "[ui][workspace]") {
  tests::application();
  const WorkspaceFile file = makeFile();
  const Result<WorkspaceFile> read = workspaceFromJson(workspaceToJson(file));
  REQUIRE(read.ok());
  CHECK(read->modelPath == file.modelPath);
  CHECK(read->modelBytes == file.modelBytes);
  CHECK(read->state == file.state);
  REQUIRE(read->variants.size() == 2);
  const Variant& made = read->variants[1];
  CHECK(made.id == 2);
  CHECK(made.parent == 0);
  CHECK(made.name == file.variants[1].name);
  CHECK(made.recipe == file.variants[1].recipe);
  CHECK(made.stale);
  CHECK(made.evaluationData == file.variants[1].evaluationData);
  REQUIRE(made.evaluation);
  CHECK(made.evaluation->top1.hits == 2);
  CHECK(made.evaluation->agreement->hits == 1);
  REQUIRE(made.evaluation->predictions.size() == 3);
  CHECK(made.evaluation->predictions[1].top1 == 1);
  CHECK(made.evaluation->predictions[1].confidence == 0.25f);
  CHECK(made.evaluation->confusion == file.variants[1].evaluation->confusion);
  CHECK(made.evaluation->skipped[0].why == "it is empty");
  CHECK(made.evaluation->preprocessing == file.variants[1].evaluation->preprocessing);
  CHECK(made.latency->medianMicroseconds == 181.25);
  CHECK(made.latency->operators[0].macs == 1000);
  CHECK(std::isinf(made.layerErrors->accumulated[0].sqnrDecibel));
  CHECK(made.layerErrors->accumulated[0].scaleBits == 16);
  CHECK(made.layerErrors->accumulated[0].saturated == 0.125);
  CHECK(made.layerErrors->accumulated[0].klDivergence == 0.5);
  CHECK(made.layerErrors->unmatched == file.variants[1].layerErrors->unmatched);
  CHECK(read->sensitivity->operators[0].quantizeOne == 0.011);
  CHECK(read->historyStart == file.historyStart);
  REQUIRE(read->history.size() == 1);
  CHECK(read->history[0].text == file.history[0].text);
  CHECK(read->history[0].after == file.state);
  CHECK(read->historyPosition == 1);
  // Written again, it is the same text.
  CHECK(workspaceToJson(*read) == workspaceToJson(file));
}

TEST_CASE("Tasks, trials of a search and names of classes come back as they were written", "[ui][workspace]") {
  tests::application();
  WorkspaceFile file = makeFile();
  file.state.task.name = QStringLiteral("regression");
  file.state.task.labelOffset = 1;
  file.state.evaluationData = DatasetReference{QStringLiteral("values.npz"), {}, 0, QStringLiteral("names.txt")};
  Preprocessing& own = file.state.evaluationData->preprocessing.emplace();
  own.interpolation = Interpolation::Area;
  own.mean = {1, 2, 3};
  Variant task = file.variants[1];
  task.id = 3;
  task.evaluation.reset();
  task.task = file.state.task;
  auto result = std::make_shared<TaskResult>();
  result->task = "regression";
  result->metrics = {{"mae", 0.25, 0.2, 0.3, false}, {"r2", std::nan("")}};
  result->columns = {"mae"};
  result->rows = {{"output 0", {0.25}}};
  result->perSample = {0.1, 0.4};
  result->perSampleName = "absolute error";
  result->sampleIndices = {0, 2};
  result->samples = 2;
  task.taskResult = result;
  task.paired = PairedDifference{0.01, {-0.02, 0.04}, 0.5};
  file.variants.push_back(task);
  Variant trial = file.variants[1];
  trial.id = 4;
  trial.evaluation.reset();
  SearchFigures& searched = trial.searched.emplace();
  searched.metric = QualityMetric::Agreement;
  searched.fidelity.samples = searched.fidelity.ranked = 10;
  searched.fidelity.same = 9;
  searched.onFront = true;
  file.variants.push_back(trial);

  const Result<WorkspaceFile> read = workspaceFromJson(workspaceToJson(file));
  REQUIRE(read.ok());
  CHECK(read->state == file.state);
  const Variant& again = read->variants[2];
  REQUIRE(again.taskResult);
  CHECK(again.task == task.task);
  CHECK(again.taskResult->metrics[0].high == 0.3);
  CHECK(std::isnan(again.taskResult->metrics[1].value));
  CHECK(again.taskResult->sampleIndices == result->sampleIndices);
  CHECK(again.paired->interval.low == -0.02);
  REQUIRE(read->variants[3].searched);
  CHECK(read->variants[3].searched->metric == QualityMetric::Agreement);
  CHECK(read->variants[3].searched->fidelity.same == 9);
  CHECK(read->variants[3].searched->onFront);
  CHECK(workspaceToJson(*read) == workspaceToJson(file));

  const std::string text = workspaceToJson(file);
  CHECK(whyOf(with(text, "\"name\": \"regression\"", "\"name\": \"astrology\"")).find("task") != std::string::npos);
  CHECK(whyOf(with(text, "\"same\": 9", "\"same\": 11")).find("searched") != std::string::npos);
}

TEST_CASE("A malformed workspace is refused with the key that is wrong", "[ui][workspace]") {
  tests::application();
  const std::string good = workspaceToJson(makeFile());
  CHECK(whyOf(with(good, "\"quantscope-workspace\"", "\"something\"")).find("format is not") != std::string::npos);
  CHECK(whyOf(with(good, "\"bytes\": 1234", "\"bytes\": \"many\"")) == "model.bytes is not a whole number");
  CHECK(whyOf(with(good, "\"path\": \"model.tflite\"", "\"path\": 3")) == "model.path is not text");
  CHECK(whyOf(with(good, "\"path\": \"model.tflite\"", "\"path\": \"\"")) == "model.path is empty");
  CHECK(whyOf(with(good, "\"name\": \"float32\"", "\"nam\": \"float32\"")) == "variants[0].name is missing");
  CHECK(whyOf(with(good, "\"stale\": true", "\"stale\": true, \"colour\": 1")) ==
        "variants[1].colour is not a key of this format");
  CHECK(whyOf(with(good, "\"hits\": 2", "\"hits\": 4")) == "variants[0].evaluation.top1.hits is more than total");
  CHECK(whyOf(with(good, "\"id\": 2", "\"id\": 0")).find("id is used twice") != std::string::npos);
  CHECK(whyOf(with(good, "\"parent\": 0", "\"parent\": 7")) ==
        "variants[1].parent is not the id of an earlier variant");
  CHECK(whyOf(with(good, "\"position\": 1", "\"position\": 2")) == "history.position is outside of the steps");
  CHECK(whyOf(with(good, "\"resize\": \"exact\"", "\"resize\": \"crop\"")).find("resize is \"crop\"") !=
        std::string::npos);
}

TEST_CASE("A workspace of a newer version is told apart from a broken one", "[ui][workspace]") {
  tests::application();
  const Result<WorkspaceFile> file =
      workspaceFromJson(with(workspaceToJson(makeFile()), "\"version\": 1", "\"version\": 9"));
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().code == ErrorCode::Unsupported);
  CHECK(file.error().why.find("newer version") != std::string::npos);
}

TEST_CASE("Text that is no workspace at all is refused without harm", "[ui][workspace]") {
  tests::application();
  const std::string good = workspaceToJson(makeFile());
  for (size_t length = 0; length < good.size(); length += 97)
    CHECK_FALSE(workspaceFromJson(good.substr(0, length)).ok());
  CHECK_FALSE(workspaceFromJson("[]").ok());
  CHECK_FALSE(workspaceFromJson("null").ok());
  CHECK(whyOf(std::string(100000, '[')) == "it is nested too deeply");
  CHECK_FALSE(workspaceFromJson(std::string("\xff\xfe\x00garbage", 10)).ok());
}

TEST_CASE("A missing workspace file is named", "[ui][workspace]") {
  tests::application();
  const Result<WorkspaceFile> file = readWorkspaceFile(QStringLiteral("nowhere/none.qscope"));
  REQUIRE_FALSE(file.ok());
  CHECK(file.error().code == ErrorCode::NotFound);
  CHECK(file.error().where == "nowhere/none.qscope");
}

}  // namespace quantscope::ui
