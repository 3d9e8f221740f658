#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>

#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/model/option_fields.h"
#include "core/model/structure.h"
#include "core/ops/runtime_dependence.h"
#include "core/pipeline/arena_estimate.h"
#include "core/pipeline/pipeline.h"
#include "core/quantization/targets/target.h"
#include "core/report/report.h"
#include "core/runtime/operator_findings.h"
#include "core/statistics/tensor_statistics.h"
#include "tests/support/catch.h"
#include "tests/support/damaged_models.h"

/// Models that open but make no sense: everything that shows, judges or quantizes a model must get through them.
/// Most telling under the sanitizers.
namespace quantscope::tests {

namespace {

// A damaged shape can ask for any amount of work: what is too much for a test is left out.
constexpr int64_t kMostElements = 1 << 20;

bool isSmall(const Model& model) {
  for (const Subgraph& graph : model.subgraphs) {
    for (const Tensor& tensor : graph.tensors) {
      int64_t elements = 1;
      for (const int32_t dimension : tensor.shape) {
        elements *= std::max(1, std::abs(std::max(dimension, -INT32_MAX)));
        if (elements > kMostElements) return false;
      }
    }
  }
  return true;
}

void lookAt(const std::shared_ptr<const Model>& model) {
  for (const Finding& finding : structuralFindings(*model)) CHECK_FALSE(findingPlace(*model, finding).empty());
  for (const Finding& finding : operatorFindings(model)) CHECK_FALSE(findingPlace(*model, finding).empty());
  (void)runtimeDependentFindings(*model);
  for (const std::string& name : targetNames()) {
    const auto target = findTarget(name);
    REQUIRE(target);
    (void)targetFindings(*model, **target);
  }
  const ModelSummary summary = summarize(*model);
  CHECK(summary.operatorMacs.size() == model->subgraphs[0].operators.size());
  StatisticsOptions options;
  options.bins = 16;
  for (size_t s = 0; s < model->subgraphs.size(); ++s) {
    const Subgraph& graph = model->subgraphs[s];
    (void)estimateArena(graph, *model);
    (void)effectivePrecisions(*model, SubgraphIndex(s));
    for (const Operator& op : graph.operators) (void)optionFields(op);
    for (size_t t = 0; t < graph.tensors.size(); ++t) {
      (void)computeConstantStatistics(*model, SubgraphIndex(s), TensorIndex(t), options);
    }
  }
  Progress progress;
  (void)renderGraphSvg(*model, progress);
}

void quantize(const std::shared_ptr<const Model>& model, const std::string& mode, const CalibrationResult* ranges) {
  INFO(mode);
  Progress progress;
  const auto recipe = recipeForMode(mode);
  REQUIRE(recipe);
  const auto quantized = quantizeModel(model, *recipe, ranges, nullptr, 1, progress);
  if (!quantized.ok()) {
    CHECK_FALSE(quantized.error().message().empty());
    CHECK(quantized.error().code != ErrorCode::Internal);
    return;
  }
  const auto bytes = serializeModel(*(*quantized)->model);
  REQUIRE(bytes.ok());
  CHECK(static_cast<int64_t>(bytes->size()) == (*quantized)->bytes);
}

/// Ranges for every float tensor, as if the model could run.
CalibrationResult inventedRanges(const Model& model) {
  CalibrationResult ranges;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    for (size_t t = 0; t < model.subgraphs[s].tensors.size(); ++t) {
      const Tensor& tensor = model.subgraphs[s].tensors[t];
      if (tensor.type != ElementType::Float32 || isConstant(model, tensor)) continue;
      const std::pair key(static_cast<int32_t>(s), static_cast<int32_t>(t));
      TensorRange& range = ranges.ranges[key];
      range.min = range.observedMin = -1;
      range.max = range.observedMax = 2;
      ranges.names[key] = tensor.name;
    }
  }
  return ranges;
}

}  // namespace

TEST_CASE("models whose structure makes no sense are shown and judged", "[pipeline]") {
  std::mt19937 random(21);
  for (const auto& path : smallModels()) {
    INFO(path.filename());
    const auto model = readModel(path);
    REQUIRE(model.ok());
    for (int round = damageRounds(4); round > 0; --round) {
      const auto broken = std::make_shared<const Model>(damaged(**model, random));
      if (isSmall(*broken)) lookAt(broken);
    }
  }
}

TEST_CASE("models whose structure makes no sense are refused or quantized", "[pipeline]") {
  std::mt19937 random(22);
  const auto modes = modeNames();
  for (const auto& path : smallModels()) {
    INFO(path.filename());
    const auto model = readModel(path);
    REQUIRE(model.ok());
    for (int round = damageRounds(4); round > 0; --round) {
      const auto broken = std::make_shared<const Model>(damaged(**model, random));
      if (!isSmall(*broken)) continue;
      const CalibrationResult ranges = inventedRanges(*broken);
      quantize(broken, modes[random() % modes.size()], &ranges);
    }
  }
}

}  // namespace quantscope::tests
