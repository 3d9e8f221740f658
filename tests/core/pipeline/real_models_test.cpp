#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/thread_pool.h"
#include "core/data/npz.h"
#include "core/pipeline/pipeline.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

// Sanitizers slow the networks down a dozen times; what they look for shows in a few pictures.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kPictures = 20;
#else
constexpr size_t kPictures = 1000;
#endif

/// The answers of the real interpreter to the shared pictures, by "network/file".
struct Recorded {
  std::map<std::string, TensorValue> scores;
  std::map<std::string, size_t> rowOf;  ///< by picture
};

std::optional<Recorded> recorded(const std::string& what) {
  const auto shared = sharedFolder();
  if (!shared || !std::filesystem::exists(*shared / "golden/predictions.npz")) {
    skipLoudly(what, "the shared folder is not here");
    return std::nullopt;
  }
  const auto path = *shared / "golden/predictions.npz";
  Recorded result;
  auto arrays = readNpz(path);
  const auto pictures = readNpzStrings(path, "picture");
  REQUIRE(arrays.ok());
  REQUIRE(pictures.ok());
  result.scores = std::move(*arrays);
  for (size_t i = 0; i < pictures->size(); ++i) result.rowOf[(*pictures)[i]] = i;
  return result;
}

std::shared_ptr<const Dataset> pictures(const Model& model, const std::string& network, const std::string& part) {
  DatasetOptions options;
  Preprocessing preprocessing;
  if (network == "cnn") preprocessing.standardDeviation = {255.0f};
  preprocessing.source = "user";
  options.preprocessing = preprocessing;
  auto dataset = openModelDataset(*sharedFolder() / "data/cifar10" / part, model, options);
  if (!dataset) FAIL(dataset.error().message());
  return *dataset;
}

std::shared_ptr<const Model> load(const std::filesystem::path& path) {
  auto loaded = loadModel(path);
  if (!loaded) FAIL(loaded.error().message());
  return (*loaded)->model;
}

/// Real value of a recorded score: the models with integer outputs were recorded raw.
double realScore(const TensorValue& value, size_t i, const Tensor& output) {
  double raw = 0;
  switch (value.type) {
    case ElementType::Int8:
      raw = value.values<int8_t>()[i];
      break;
    case ElementType::UInt8:
      raw = value.values<uint8_t>()[i];
      break;
    case ElementType::Int16:
      raw = value.values<int16_t>()[i];
      break;
    default:
      return static_cast<double>(value.values<float>()[i]);
  }
  const Quantization& q = *output.quantization;
  return static_cast<double>(q.scale[0]) * (raw - static_cast<double>(q.zeroPoint[0]));
}

struct Agreement {
  size_t samples = 0, sameAnswer = 0, sameScores = 0, right = 0;
  double greatestDifference = 0;
};

Agreement compare(const EvaluationResult& e, const Dataset& dataset, const Recorded& golden, const std::string& key,
                  const Tensor& output) {
  const TensorValue& scores = golden.scores.at(key);
  Agreement agreement;
  for (size_t i = 0; i < e.predictions.size(); ++i) {
    const size_t row = golden.rowOf.at(dataset.name(e.predictions[i].sample));
    int32_t best = 0;
    double difference = 0;
    for (size_t c = 0; c < e.classes; ++c) {
      const double expected = realScore(scores, row * e.classes + c, output);
      if (expected > realScore(scores, row * e.classes + static_cast<size_t>(best), output))
        best = static_cast<int32_t>(c);
      difference = std::max(difference, std::abs(expected - static_cast<double>(e.scores[i * e.classes + c])));
    }
    ++agreement.samples;
    agreement.sameAnswer += best == e.predictions[i].top1;
    // The same integers; the recorded ones become real values in another precision than ours.
    agreement.sameScores += difference < 1e-5;
    agreement.right += e.predictions[i].top1 == e.predictions[i].label;
    agreement.greatestDifference = std::max(agreement.greatestDifference, difference);
  }
  return agreement;
}

Agreement evaluateAgainst(const Recorded& golden, const std::filesystem::path& file, const std::string& network,
                          const std::string& key, KernelSet kernels, size_t limit) {
  const auto model = load(file);
  const auto dataset = pictures(*model, network, "test");
  EvaluationOptions options;
  options.threads = hardwareThreads();
  options.keepScores = true;
  options.kernels = kernels;
  options.limit = limit;
  Progress progress;
  const auto result = evaluateClassification(model, *dataset, options, progress);
  if (!result) FAIL(file.string() << ": " << result.error().message());
  const Subgraph& graph = model->subgraphs[0];
  return compare(**result, *dataset, golden, key, graph.tensor(graph.outputs[0]));
}

}  // namespace

TEST_CASE("The float networks answer as the real interpreter on every picture", "[pipeline][shared]") {
  const auto golden = recorded("float networks on the shared pictures");
  if (!golden) return;
  for (const auto& [network, right] : {std::pair<std::string, size_t>{"resnet8", 751}, {"cnn", 693}}) {
    INFO(network);
    const Agreement a = evaluateAgainst(*golden, *sharedFolder() / "models" / (network + "_cifar10_float.tflite"),
                                        network, network + "/float", KernelSet::Fast, kPictures);
    CHECK(a.samples == kPictures);
    CHECK(a.sameAnswer == kPictures);
    if (kPictures == 1000) CHECK(a.right == right);
    // Sums of a few thousand products in another order: some 1e-6 of the largest logit.
    CHECK(a.greatestDifference < 1e-4);
  }
}

TEST_CASE("The official and AI Edge Quantizer's files answer as in the real interpreter", "[pipeline][shared]") {
  const auto golden = recorded("quantized files on the shared pictures");
  if (!golden) return;
  for (const std::string network : {"resnet8", "cnn"}) {
    for (const auto& entry : std::filesystem::directory_iterator(*sharedFolder() / "golden/models" / network)) {
      const std::string key = network + "/" + entry.path().stem().string();
      if (golden->scores.count(key) == 0) continue;
      INFO(key);
      const Agreement a = evaluateAgainst(*golden, entry.path(), network, key, KernelSet::Fast, kPictures);
      CHECK(a.samples == kPictures);
      CHECK(a.sameAnswer == kPictures);
      const bool floats = key.find("fp16") != std::string::npos || key.find("weight_only") != std::string::npos;
      const bool hybrid = key.find("dynamic") != std::string::npos;
      // Integer networks give the same integers; float ones differ in the order of their sums. Hybrid layers round
      // their input to 255 levels, where the last bit of a float layer before them can decide: one level of one value.
      if (!floats && !hybrid) CHECK(a.sameScores == kPictures);
      CHECK(a.greatestDifference < (hybrid ? 0.05 : 1e-4));
    }
  }
}

TEST_CASE("The reference kernels answer as in the real interpreter, too", "[pipeline][shared]") {
  const auto golden = recorded("reference kernels on the shared pictures");
  if (!golden || kPictures < 1000) return;
  for (const std::string file : {"official_int8", "official_dynamic", "official_x16x8"}) {
    INFO(file);
    const Agreement a = evaluateAgainst(*golden, *sharedFolder() / "golden/models/resnet8" / (file + ".tflite"),
                                        "resnet8", "resnet8/" + file, KernelSet::Reference, 40);
    CHECK(a.samples == 40);
    CHECK(a.sameAnswer == 40);
    CHECK(a.greatestDifference < 1e-4);
  }
}

TEST_CASE("Our quantized networks are no larger than the smaller peer's and as accurate", "[pipeline][shared]") {
  const auto golden = recorded("quantizing the shared networks");
  if (!golden) return;
  struct Bar {
    const char* mode;
    int64_t resnet8Bytes, cnnBytes;  // the smaller of the two peers, golden/README.md
    int resnet8Right, cnnRight;      // the better of them
  };
  for (const Bar& bar : {Bar{"float16", 166'300, 251'612, 749, 693}, Bar{"dynamic-range", 90'288, 130'856, 752, 694},
                         Bar{"int8", 95'320, 134'320, 751, 688}, Bar{"int8-full", 95'568, 134'192, 751, 688},
                         Bar{"int16x8", 100'632, 135'256, 754, 692}}) {
    for (const std::string network : {"resnet8", "cnn"}) {
      INFO(bar.mode << " " << network);
      const bool resnet = network == "resnet8";
      const auto model = load(*sharedFolder() / "models" / (network + "_cifar10_float.tflite"));
      Progress progress;
      CalibrationOptions calibration;
      calibration.threads = hardwareThreads();
      const auto ranges = calibrate(model, *pictures(*model, network, "calibration"), calibration, progress);
      REQUIRE(ranges.ok());
      const auto recipe = recipeForMode(bar.mode);
      REQUIRE(recipe.ok());
      const auto quantized = quantizeModel(model, *recipe, ranges->get(), nullptr, 1, progress);
      if (!quantized) FAIL(quantized.error().message());
      CHECK((*quantized)->bytes <= (resnet ? bar.resnet8Bytes : bar.cnnBytes));
      if (kPictures < 1000) continue;
      EvaluationOptions options;
      options.threads = hardwareThreads();
      const auto result =
          evaluateClassification((*quantized)->model, *pictures(*model, network, "test"), options, progress);
      if (!result) FAIL(result.error().message());
      // Ten pictures of 1,000 are noise between such variants.
      CHECK(static_cast<int>((*result)->top1.hits) >= (resnet ? bar.resnet8Right : bar.cnnRight) - 10);
      WARN(bar.mode << " " << network << ": " << (*quantized)->bytes << " bytes, " << (*result)->top1.hits << " right");
    }
  }
}
