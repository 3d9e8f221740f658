#include "core/calibration/calibrate.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include "core/io/tflite_reader.h"
#include "core/numerics/quantization_parameters.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

/// Samples of one float input, given in memory; one without values cannot be read.
class MemoryDataset final : public Dataset {
public:
  MemoryDataset(std::vector<int32_t> shape, std::vector<std::vector<float>> samples)
      : m_shape(std::move(shape)), m_samples(std::move(samples)) {}
  size_t size() const override { return m_samples.size(); }
  Result<Sample> load(size_t index) const override {
    if (m_samples[index].empty())
      return Error{ErrorCode::Malformed, "cannot read the picture", name(index), "it is damaged", ""};
    Sample sample;
    const auto bytes = std::as_bytes(std::span(m_samples[index]));
    sample.inputs.push_back({ElementType::Float32, m_shape, {bytes.begin(), bytes.end()}});
    sample.name = name(index);
    return sample;
  }
  std::string name(size_t index) const override { return "sample " + std::to_string(index); }
  std::optional<int32_t> label(size_t) const override { return std::nullopt; }
  const std::vector<std::string>& classNames() const override { return m_names; }
  bool labelled() const override { return false; }
  std::string description() const override { return "numbers"; }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_skipped; }

private:
  std::vector<int32_t> m_shape;
  std::vector<std::vector<float>> m_samples;
  std::vector<std::string> m_names;
  Preprocessing m_preprocessing;
  std::vector<SkippedItem> m_skipped;
};

/// x of four values, RELU, then ADD of x and that.
std::shared_ptr<const Model> smallModel() {
  ModelBuilder builder;
  const auto x = builder.tensor({1, 4}), r = builder.tensor({1, 4}), y = builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_RELU, {x}, {r});
  builder.add(x, r, y);
  builder.inputs({x});
  builder.outputs({y});
  return builder.build();
}

Result<std::shared_ptr<const CalibrationResult>> run(const std::shared_ptr<const Model>& model, const Dataset& dataset,
                                                     CalibrationOptions options = {}) {
  Progress progress;
  return calibrate(model, dataset, options, progress);
}

const TensorRange& rangeOf(const CalibrationResult& result, int32_t tensor, int32_t subgraph = 0) {
  const TensorRange* range = result.find(SubgraphIndex(subgraph), TensorIndex(tensor));
  REQUIRE(range != nullptr);
  return *range;
}

void checkEqual(const CalibrationResult& a, const CalibrationResult& b) {
  REQUIRE(a.ranges.size() == b.ranges.size());
  CHECK(a.samples == b.samples);
  CHECK(a.skipped == b.skipped);
  for (const auto& [key, x] : a.ranges) {
    const TensorRange& y = b.ranges.at(key);
    CHECK(std::memcmp(&x.min, &y.min, 4 * sizeof(float)) == 0);
    CHECK(x.minSample == y.minSample);
    CHECK(x.maxSample == y.maxSample);
    CHECK(x.values == y.values);
    CHECK(x.histogram.low == y.histogram.low);
    CHECK(x.histogram.high == y.histogram.high);
    CHECK(x.histogram.counts == y.histogram.counts);
  }
}

std::vector<std::vector<float>> waves(size_t samples) {
  std::vector<std::vector<float>> values(samples);
  for (size_t i = 0; i < samples; ++i) {
    for (size_t k = 0; k < 4; ++k)
      values[i].push_back(std::sin(static_cast<float>(i * 4 + k)) * static_cast<float>(i % 17));
  }
  return values;
}

}  // namespace

TEST_CASE("ranges are those of the tensors when they are produced", "[calibration]") {
  const MemoryDataset data({1, 4}, {{-1, 2, 0.5f, 0}, {3, -4, 0, 0}, {-4, 3, 1, 1}});
  const auto result = run(smallModel(), data);
  REQUIRE(result.ok());
  const auto& input = rangeOf(**result, 0);
  CHECK(input.min == -4);
  CHECK(input.max == 3);
  CHECK(input.minSample == "sample 1");
  CHECK(input.maxSample == "sample 1");
  CHECK(input.values == 12);
  CHECK(input.histogram.total() == 12);
  CHECK(rangeOf(**result, 1).min == 0);
  CHECK(rangeOf(**result, 1).max == 3);
  CHECK(rangeOf(**result, 2).min == -4);
  CHECK(rangeOf(**result, 2).max == 6);
  CHECK((*result)->samples == 3);
  CHECK((*result)->dataset == "numbers");
  CHECK((*result)->names.at({0, 1}) == "t1");
}

TEST_CASE("calibration is the same on any number of threads", "[calibration]") {
  auto samples = waves(300);
  samples[7].clear();
  const MemoryDataset data({1, 4}, samples);
  for (const Observer observer : {Observer::MinMax, Observer::MovingAverage, Observer::Percentile,
                                  Observer::MeanSquaredError, Observer::Entropy}) {
    CalibrationOptions options;
    options.observer = observer;
    const auto one = run(smallModel(), data, options);
    options.threads = 3;
    const auto three = run(smallModel(), data, options);
    REQUIRE(one.ok());
    REQUIRE(three.ok());
    checkEqual(**one, **three);
    CHECK((*one)->samples == 299);
    CHECK((*one)->skipped == std::vector<std::string>{"sample 7: it is damaged"});
  }
}

TEST_CASE("the moving average is the mean of the samples' extremes", "[calibration]") {
  CalibrationOptions options;
  options.observer = Observer::MovingAverage;
  const auto result = run(smallModel(), MemoryDataset({1, 4}, {{-1, 2, 0, 0}, {-3, 6, 0, 0}}), options);
  REQUIRE(result.ok());
  CHECK(rangeOf(**result, 0).min == -2);
  CHECK(rangeOf(**result, 0).max == 4);
  CHECK(rangeOf(**result, 0).observedMin == -3);
  CHECK(rangeOf(**result, 0).observedMax == 6);
}

TEST_CASE("NaN and infinities take no part and are reported", "[calibration]") {
  const auto result = run(smallModel(), MemoryDataset({1, 4}, {{NAN, 2, INFINITY, -1}, {NAN, NAN, NAN, NAN}}));
  REQUIRE(result.ok());
  const auto& input = rangeOf(**result, 0);
  CHECK(input.min == -1);
  CHECK(input.max == 2);
  CHECK(input.values == 2);
  CHECK(input.nan == 5);
  CHECK(input.infinite == 1);
  CHECK(input.histogram.total() == 2);
  REQUIRE_FALSE((*result)->warnings.empty());
  CHECK((*result)->warnings[0].find("tensor 0 t0: 5 values were NaN and 1 infinite") != std::string::npos);
}

TEST_CASE("what a mask puts in takes no part", "[calibration]") {
  ModelBuilder b;
  const std::vector<float> mask{0, 0, -1e9f, -1e9f};
  const auto x = b.tensor({1, 4}), y = b.tensor({1, 4});
  b.add(x, b.constant({1, 4}, mask), y);
  b.inputs({x});
  b.outputs({y});
  const auto result = run(b.build(), MemoryDataset({1, 4}, {{1, -2, 3, 4}, {0.5f, 1, 1, 1}}));
  REQUIRE(result.ok());
  const TensorRange& range = rangeOf(**result, y.value);
  CHECK(range.min == -2);
  CHECK(range.max == 1);
  CHECK(range.values == 4);
  CHECK(range.paddingLow == 4);
}

TEST_CASE("channels that no sample woke are known", "[calibration]") {
  const auto result = run(smallModel(), MemoryDataset({1, 4}, {{1, -2, 0, -1}, {0, 3, 0, -2}}));
  REQUIRE(result.ok());
  CHECK(rangeOf(**result, 0).inactiveChannels == std::vector<int32_t>{2});
  CHECK(rangeOf(**result, 1).inactiveChannels == std::vector<int32_t>{2, 3});
  CHECK(rangeOf(**result, 1).channels == 4);
}

TEST_CASE("the range is known after 1, 2, 4, ... samples and after the last", "[calibration]") {
  std::vector<std::vector<float>> samples;
  for (int i = 1; i <= 6; ++i) samples.push_back({static_cast<float>(i), 0, 0, 0});
  const auto result = run(smallModel(), MemoryDataset({1, 4}, samples));
  REQUIRE(result.ok());
  const std::vector<RangeGrowth> expected{{1, 0, 1}, {2, 0, 2}, {4, 0, 4}, {6, 0, 6}};
  CHECK(rangeOf(**result, 0).growth == expected);
}

TEST_CASE("tensors take the observer that their name chooses", "[calibration]") {
  CalibrationOptions options;
  options.observers = {{"", Observer::MinMax}, {"t1", Observer::MovingAverage}};
  const auto result = run(smallModel(), MemoryDataset({1, 4}, {{1, 0, 0, 0}, {3, 0, 0, 0}}), options);
  REQUIRE(result.ok());
  CHECK(rangeOf(**result, 0).max == 3);
  CHECK(rangeOf(**result, 1).max == 2);
  options.observers = {{"[", Observer::MinMax}};
  CHECK_FALSE(run(smallModel(), MemoryDataset({1, 4}, {{1, 0, 0, 0}}), options).ok());
}

TEST_CASE("the hash of the inputs depends on them and their order, not on the threads", "[calibration]") {
  auto hashOf = [](std::vector<std::vector<float>> samples, int threads) {
    CalibrationOptions options;
    options.hashInputs = true;
    options.threads = threads;
    const auto result = run(smallModel(), MemoryDataset({1, 4}, std::move(samples)), options);
    REQUIRE(result.ok());
    return (*result)->datasetHash;
  };
  const std::vector<std::vector<float>> samples{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 1, 2, 3}};
  CHECK(hashOf(samples, 1).size() == 64);
  CHECK(hashOf(samples, 3) == hashOf(samples, 1));
  CHECK(hashOf({samples[1], samples[0], samples[2]}, 1) != hashOf(samples, 1));
}

TEST_CASE("fewer samples are spread over the dataset", "[calibration]") {
  std::vector<std::vector<float>> samples;
  for (int i = 0; i < 100; ++i) samples.push_back(std::vector<float>(4, static_cast<float>(i)));
  CalibrationOptions options;
  options.samples = 4;
  const auto result = run(smallModel(), MemoryDataset({1, 4}, samples), options);
  REQUIRE(result.ok());
  CHECK((*result)->samples == 4);
  CHECK(rangeOf(**result, 0).max == 75);
}

TEST_CASE("graphs that control flow calls are observed too", "[calibration]") {
  ModelBuilder builder;
  const auto x = builder.tensor({1, 4}), y = builder.tensor({1, 4}), condition = builder.tensor({1}, ElementType::Bool);
  const float zero = 0;
  const auto least = builder.tensor({1});
  const std::vector<int32_t> axes{0, 1};
  builder.op(tflite::BuiltinOperator_REDUCE_MIN, {x, builder.indices({2}, axes)}, {least})
      .options.Set(tflite::ReducerOptionsT{});
  builder.op(tflite::BuiltinOperator_GREATER, {least, builder.constant({1}, {&zero, 1})}, {condition});
  tflite::IfOptionsT options;
  options.then_subgraph_index = 1;
  options.else_subgraph_index = 2;
  builder.op(tflite::BuiltinOperator_IF, {condition, x}, {y}).options.Set(std::move(options));
  builder.inputs({x});
  builder.outputs({y});
  for (const auto op : {tflite::BuiltinOperator_RELU, tflite::BuiltinOperator_ABS}) {
    builder.beginSubgraph();
    const auto a = builder.tensor({1, 4}), b = builder.tensor({1, 4});
    builder.op(op, {a}, {b});
    builder.inputs({a});
    builder.outputs({b});
  }
  builder.graph();
  builder.model.subgraphs[0].tensors[static_cast<size_t>(least.value)].shape = {};
  const auto result = run(builder.build(), MemoryDataset({1, 4}, {{1, 2, 3, 4}, {-8, 1, 1, 1}}));
  if (!result.ok()) FAIL(result.error().message());
  CHECK(rangeOf(**result, 1, 1).max == 4);
  CHECK(rangeOf(**result, 0, 2).min == -8);
  CHECK(rangeOf(**result, 1, 2).max == 8);
}

TEST_CASE("calibration that cannot be says why", "[calibration]") {
  const auto none = run(smallModel(), MemoryDataset({1, 4}, {{}, {}}));
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::InvalidArgument);
  CHECK(none.error().message().find("it is damaged") != std::string::npos);
  CHECK(run(smallModel(), MemoryDataset({1, 4}, {})).error().code == ErrorCode::InvalidArgument);
  const auto wrong = run(smallModel(), MemoryDataset({1, 3}, {{1, 2, 3}}));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message().find("1×3") != std::string::npos);

  ModelBuilder integers;
  const auto x = integers.tensor({1, 4}, ElementType::Int32), y = integers.tensor({1, 4}, ElementType::Int32);
  integers.op(tflite::BuiltinOperator_ABS, {x}, {y});
  integers.inputs({x});
  integers.outputs({y});
  const auto quantized = run(integers.build(), MemoryDataset({1, 4}, {{1, 2, 3, 4}}));
  REQUIRE_FALSE(quantized.ok());

  Progress cancelled;
  cancelled.cancel();
  CHECK(calibrate(smallModel(), MemoryDataset({1, 4}, waves(5)), {}, cancelled).error().code == ErrorCode::Cancelled);
}

TEST_CASE("ranges come back from a file bit for bit", "[calibration][ranges]") {
  const TemporaryFolder folder;
  const auto model = smallModel();
  auto samples = waves(40);
  samples[3].clear();
  samples[4][0] = NAN;
  CalibrationOptions options;
  options.observer = Observer::Percentile;
  const auto result = run(model, MemoryDataset({1, 4}, samples), options);
  REQUIRE(result.ok());
  const auto path = folder.path() / "ranges.json";
  REQUIRE(saveRanges(**result, path, IfExists::Refuse).ok());
  CHECK_FALSE(saveRanges(**result, path, IfExists::Refuse).ok());
  const auto loaded = loadRanges(path, *model);
  if (!loaded.ok()) FAIL(loaded.error().message());
  checkEqual(**result, *loaded);
  CHECK(loaded->observer == Observer::Percentile);
  CHECK(loaded->dataset == "numbers");
  CHECK(loaded->warnings == (*result)->warnings);
  CHECK(loaded->names == (*result)->names);
  CHECK(loaded->ranges.at({0, 0}).nan == 1);

  Model renamed = *model;
  renamed.subgraphs[0].tensors[1].name = "other";
  const auto foreign = loadRanges(path, renamed);
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.error().code == ErrorCode::InvalidArgument);
  CHECK(foreign.error().message().find("'t1'") != std::string::npos);
  renamed.subgraphs[0].tensors.resize(1);
  CHECK(loadRanges(path, renamed).error().code == ErrorCode::InvalidArgument);
}

TEST_CASE("names that are not UTF-8 still match their model", "[calibration][ranges]") {
  const TemporaryFolder folder;
  ModelBuilder builder;
  const auto x = builder.tensor({1, 4}, ElementType::Float32, "bad\xff name"), y = builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_RELU, {x}, {y});
  builder.inputs({x});
  builder.outputs({y});
  const auto model = builder.build();
  const auto result = run(model, MemoryDataset({1, 4}, waves(2)));
  REQUIRE(result.ok());
  REQUIRE(saveRanges(**result, folder.path() / "r.json", IfExists::Refuse).ok());
  CHECK(loadRanges(folder.path() / "r.json", *model).ok());
}

TEST_CASE("broken range files are errors", "[calibration][ranges][untrusted]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "r.json";
  const auto model = smallModel();
  auto codeOf = [&](const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    const auto loaded = loadRanges(path, *model);
    INFO(text);
    REQUIRE_FALSE(loaded.ok());
    return loaded.error().code;
  };
  const std::string head = R"({"quantscope_ranges":1,"observer":"minmax","samples":1,"tensors":[)";
  const std::string good = R"({"subgraph":0,"tensor":0,"name":"t0","min":0,"max":1,"observed_min":0,"observed_max":1})";
  REQUIRE(writeFileAtomically(path, head + good + "]}", IfExists::Replace).ok());
  REQUIRE(loadRanges(path, *model).ok());
  const std::string whole = head + good + "]}";
  for (size_t length = 0; length < whole.size(); ++length)
    CHECK(codeOf(whole.substr(0, length)) == ErrorCode::Malformed);
  CHECK(codeOf("[]") == ErrorCode::Malformed);
  CHECK(codeOf(std::string(100000, '[')) == ErrorCode::Malformed);
  CHECK(codeOf(R"({"quantscope_ranges":2,"observer":"minmax","samples":1,"tensors":[]})") == ErrorCode::Malformed);
  CHECK(codeOf(R"({"quantscope_ranges":1,"observer":"best","samples":1,"tensors":[]})") == ErrorCode::Malformed);
  CHECK(codeOf(head + good + "," + good + "]}") == ErrorCode::Malformed);
  CHECK(codeOf(head + "7]}") == ErrorCode::Malformed);
  auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return codeOf(head + text + "]}");
  };
  CHECK(changed(R"("max":1)", R"("max":1e39)") == ErrorCode::Malformed);
  CHECK(changed(R"("max":1)", R"("max":-1)") == ErrorCode::Malformed);
  CHECK(changed(R"("max":1)", R"("max":"1")") == ErrorCode::Malformed);
  CHECK(changed(R"("tensor":0)", R"("tensor":-1)") == ErrorCode::Malformed);
  CHECK(changed(R"("tensor":0)", R"("tensor":4294967296)") == ErrorCode::Malformed);
  CHECK(changed(R"("tensor":0)", R"("tensor":77)") == ErrorCode::InvalidArgument);
  CHECK(changed(R"("min":0,)", R"("histogram":{"low":0,"high":1,"counts":[-1]},"min":0,)") == ErrorCode::Malformed);
  CHECK(loadRanges(folder.path() / "absent.json", *model).error().code == ErrorCode::NotFound);
}

TEST_CASE("ranges of real models give the scales of the official converter", "[calibration][golden]") {
  const auto shared = sharedFolder();
  if (!shared) return skipLoudly("ranges of real models give the scales of the official converter", "no shared folder");
  struct Case {
    const char *floatModel, *official;
    float deviation;
    std::vector<int32_t> defective;  ///< overwritten in place by an ADD: the official ranges are too wide there
  };
  for (const Case& c :
       {Case{"resnet8_cifar10_float", "resnet8", 1.0f, {28, 32}}, Case{"cnn_cifar10_float", "cnn", 255.0f, {}}}) {
    const auto model = readModel(*shared / "models" / (std::string(c.floatModel) + ".tflite"));
    const auto official = readModel(*shared / "golden/models" / c.official / "official_int8.tflite");
    REQUIRE(model.ok());
    REQUIRE(official.ok());
    DatasetOptions dataOptions;
    dataOptions.preprocessing.emplace();
    dataOptions.preprocessing->standardDeviation = {c.deviation};
    const auto data = openDataset(*shared / "data/cifar10/calibration", **model, dataOptions);
    REQUIRE(data.ok());
    CalibrationOptions options;
    options.threads = 2;
    const auto result = run(*model, **data, options);
    if (!result.ok()) FAIL(result.error().message());
    CHECK((*result)->samples == 500);

    std::map<std::string, float> scales;
    for (const Tensor& tensor : (*official)->subgraphs[0].tensors) {
      if (tensor.type == ElementType::Int8 && tensor.quantized() && tensor.quantization->scale.size() == 1) {
        scales[tensor.name] = tensor.quantization->scale[0];
      }
    }
    int compared = 0;
    for (const Operator& op : (*model)->subgraphs[0].operators) {
      const auto code = (*model)->code(op);
      if (code != tflite::BuiltinOperator_CONV_2D && code != tflite::BuiltinOperator_ADD) continue;
      const TensorIndex output = op.outputs[0];
      const auto scale = scales.find((*model)->subgraphs[0].tensor(output).name);
      if (scale == scales.end()) continue;
      const auto& range = rangeOf(**result, output.value);
      const float ours = numerics::asymmetricInt8(range.min, range.max).scale;
      INFO(c.official << " tensor " << output.value);
      if (std::find(c.defective.begin(), c.defective.end(), output.value) != c.defective.end()) {
        CHECK(scale->second > 1.8f * ours);
      } else {
        // Other kernels differ by 7e-7 (tflite-quantization.md section 5).
        CHECK(ours == Approx(scale->second).epsilon(3e-6));
      }
      ++compared;
    }
    CHECK(compared >= 3);
  }
}

TEST_CASE("of a model with an operator without a kernel the rest is observed", "[calibration]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4}), before = b.tensor({1, 4}), other = b.tensor({1, 4}), strange = b.tensor({1, 4}),
             after = b.tensor({1, 4});
  b.op(tflite::BuiltinOperator_RELU, {x}, {before});
  b.op(tflite::BuiltinOperator_CUSTOM, {before}, {strange});
  b.model.operatorCodes.back().customCode = "FlexErf";
  b.op(tflite::BuiltinOperator_RELU, {strange}, {after});
  b.op(tflite::BuiltinOperator_NEG, {x}, {other});
  b.inputs({x});
  b.outputs({after});
  const auto result = run(b.build(), MemoryDataset({1, 4}, {{1, -2, 3, 4}}));
  REQUIRE(result.ok());
  CHECK(rangeOf(**result, before.value).max == 4);
  CHECK(rangeOf(**result, other.value).min == -4);
  CHECK((*result)->find(SubgraphIndex(0), strange) == nullptr);
  CHECK((*result)->find(SubgraphIndex(0), after) == nullptr);
  REQUIRE((*result)->warnings.size() == 1);
  CHECK((*result)->warnings[0].find("operator 1 FlexErf") != std::string::npos);
  CHECK((*result)->warnings[0].find("not observed") != std::string::npos);
}

TEST_CASE("a model of which nothing can be run is not calibrated", "[calibration]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4}), y = b.tensor({1, 4});
  b.op(tflite::BuiltinOperator_CUSTOM, {x}, {y});
  b.model.operatorCodes.back().customCode = "FlexErf";
  b.inputs({x});
  b.outputs({y});
  const auto result = run(b.build(), MemoryDataset({1, 4}, {{1, -2, 3, 4}}));
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::Unsupported);
}

TEST_CASE("what follows from constants alone has a range too", "[calibration]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4}), sum = b.tensor({4}), y = b.tensor({1, 4});
  const auto c = b.constant({4}, std::vector<float>{1, -2, 3, 0.5f});
  b.op(tflite::BuiltinOperator_ADD, {c, c}, {sum});
  b.op(tflite::BuiltinOperator_MUL, {x, sum}, {y});
  b.inputs({x});
  b.outputs({y});
  const auto result = run(b.build(), MemoryDataset({1, 4}, {{1, 1, 1, 1}, {2, 2, 2, 2}}));
  REQUIRE(result.ok());
  CHECK(rangeOf(**result, sum.value).min == -4);
  CHECK(rangeOf(**result, sum.value).max == 6);
  CHECK(rangeOf(**result, y.value).max == 12);
}
