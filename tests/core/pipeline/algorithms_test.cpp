#include <algorithm>
#include <cmath>

#include "core/base/thread_pool.h"
#include "core/io/tflite_writer.h"
#include "core/pipeline/calibration_runner.h"
#include "core/pipeline/output_error.h"
#include "core/pipeline/pipeline.h"
#include "core/quantization/algorithms/input_moments.h"
#include "core/quantization/algorithms/migrate_scales.h"
#include "core/quantization/algorithms/registry.h"
#include "core/quantization/algorithms/weight_matrix.h"
#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

using enum tflite::BuiltinOperator;

/// conv 3x3 - depthwise 3x3 - conv 1x1 - pool - fully connected, all RELU; channel ranges a thousand times apart.
struct Network {
  ModelBuilder b;
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Dataset> data;

  explicit Network(tflite::ActivationFunctionType activation = tflite::ActivationFunctionType_RELU) {
    const auto x = b.tensor({1, 8, 8, 3}), a = b.tensor({1, 8, 8, 8}), d = b.tensor({1, 8, 8, 8}),
               c = b.tensor({1, 8, 8, 16}), p = b.tensor({1, 16}), y = b.tensor({1, 5});
    b.conv2d(x, uneven({8, 3, 3, 3}, 0, 1), uneven({8}, 0, 2), a).options.AsConv2DOptions()->fused_activation_function =
        activation;
    Operator& depthwise =
        b.op(BuiltinOperator_DEPTHWISE_CONV_2D, {a, uneven({1, 3, 3, 8}, 3, 3), uneven({8}, 0, 4)}, {d});
    tflite::DepthwiseConv2DOptionsT options;
    options.stride_h = options.stride_w = options.depth_multiplier = 1;
    options.fused_activation_function = activation;
    depthwise.options.Set(std::move(options));
    b.conv2d(d, b.randomConstant({16, 1, 1, 8}, "pointwise", 5), b.randomConstant({16}, "", 6), c)
        .options.AsConv2DOptions()
        ->fused_activation_function = activation;
    Operator& mean = b.op(BuiltinOperator_MEAN, {c, b.indices({1, 2})}, {p});
    mean.options.Set(tflite::ReducerOptionsT());
    b.fullyConnected(p, b.randomConstant({5, 16}, "dense", 7), b.randomConstant({5}, "", 8), y);
    b.inputs({x});
    b.outputs({y});
    model = b.build();
    auto random = randomDataset(model, 24, 3);
    REQUIRE(random.ok());
    data = *random;
  }

  // Channel k of an axis is scaled by a factor of its own, up to 10 times in either direction.
  TensorIndex uneven(std::vector<int32_t> shape, size_t axis, uint32_t seed) {
    const TensorIndex tensor = b.randomConstant(shape, "", seed);
    const auto source = constantValues<float>(b.model, b.graph().tensor(tensor));
    std::vector<float> values(source.begin(), source.end());
    size_t inner = 1;
    for (size_t d = axis + 1; d < shape.size(); ++d) inner *= static_cast<size_t>(shape[d]);
    for (size_t i = 0; i < values.size(); ++i) {
      const size_t channel = i / inner % static_cast<size_t>(shape[axis]);
      values[i] *= std::pow(10.0f, static_cast<float>(channel * 7 % 8) / 3.5f - 1.0f);
    }
    return b.constant(shape, values);
  }
};

Recipe recipeWith(std::string_view mode, std::vector<std::string> names, bool perTensor = false) {
  Recipe recipe = *recipeForMode(mode);
  recipe.defaultScheme.algorithms = std::move(names);
  if (perTensor) recipe.defaultScheme.granularity = Granularity::PerTensor;
  return recipe;
}

std::shared_ptr<const CalibrationResult> rangesOf(const std::shared_ptr<const Model>& model, const Dataset& data) {
  Progress progress;
  auto ranges = calibrate(model, data, {}, progress);
  REQUIRE(ranges.ok());
  return *ranges;
}

std::shared_ptr<const QuantizedModel> quantize(const Network& network, const Recipe& recipe, int threads = 1) {
  Progress progress;
  const auto ranges = rangesOf(network.model, *network.data);
  auto result = quantizeModel(network.model, recipe, ranges.get(), network.data.get(), threads, progress);
  if (!result) FAIL(result.error().message());
  return *result;
}

double errorOf(const Network& network, const std::shared_ptr<const Model>& model) {
  Progress progress;
  CalibrationRunner runner(*network.data, 1, progress);
  const auto errors = outputErrors(network.model, {model}, runner, progress);
  REQUIRE(errors.ok());
  return errors->front();
}

}  // namespace

TEST_CASE("the matrix of a layer's weights times its patches is what the layer computes", "[pipeline][algorithms]") {
  struct Case {
    bool depthwise;
    int32_t stride, dilation, multiplier, groups;
    tflite::Padding padding;
  };
  for (const Case& c : {Case{false, 1, 1, 1, 1, tflite::Padding_SAME}, Case{false, 2, 1, 1, 1, tflite::Padding_SAME},
                        Case{false, 1, 2, 1, 1, tflite::Padding_VALID}, Case{false, 2, 1, 1, 2, tflite::Padding_VALID},
                        Case{true, 1, 1, 1, 1, tflite::Padding_SAME}, Case{true, 2, 1, 3, 1, tflite::Padding_VALID}}) {
    ModelBuilder b;
    const auto x = b.tensor({1, 9, 7, 4});
    const int32_t channels = c.depthwise ? 4 * c.multiplier : 6;
    const auto w = b.randomConstant(c.depthwise ? std::vector<int32_t>{1, 3, 2, channels}
                                                : std::vector<int32_t>{6, 3, 2, 4 / c.groups});
    const auto y = b.tensor({1, -1, -1, channels});
    const auto bias = b.constant({channels}, std::vector<float>(static_cast<size_t>(channels), 0.0f));
    Operator& op = b.op(c.depthwise ? BuiltinOperator_DEPTHWISE_CONV_2D : BuiltinOperator_CONV_2D, {x, w, bias}, {y});
    if (c.depthwise) {
      tflite::DepthwiseConv2DOptionsT options;
      options.stride_h = options.stride_w = c.stride;
      options.dilation_h_factor = options.dilation_w_factor = c.dilation;
      options.depth_multiplier = c.multiplier;
      options.padding = c.padding;
      op.options.Set(std::move(options));
    } else {
      tflite::Conv2DOptionsT options;
      options.stride_h = options.stride_w = c.stride;
      options.dilation_h_factor = options.dilation_w_factor = c.dilation;
      options.padding = c.padding;
      op.options.Set(std::move(options));
    }
    const int32_t outY =
        c.padding == tflite::Padding_SAME ? (9 + c.stride - 1) / c.stride : (9 - (2 * c.dilation + 1)) / c.stride + 1;
    const int32_t outX =
        c.padding == tflite::Padding_SAME ? (7 + c.stride - 1) / c.stride : (7 - (c.dilation + 1)) / c.stride + 1;
    b.graph().tensor(y).shape = {1, outY, outX, channels};
    b.inputs({x});
    b.outputs({y});
    const auto model = b.build();
    const auto prepared = PreparedModel::prepare(model);
    if (!prepared) FAIL(prepared.error().message());
    Session session(*prepared);
    const auto data = randomDataset(model, 1, 5);
    const auto sample = (*data)->load(0);
    REQUIRE(session.setInput(0, sample->inputs[0].view()).ok());
    REQUIRE(session.run().ok());

    const quantization::GraphView view(*model, SubgraphIndex(0));
    const auto matrix = quantization::WeightMatrix::of(view, OperatorIndex(0), 1);
    REQUIRE(matrix.ok());
    const TensorView input = session.input(0);
    REQUIRE(matrix->patches(input) == outY * outX);
    const auto weights = matrix->gather(view.floatConstant(w));
    std::vector<float> patch(static_cast<size_t>(matrix->groups() * matrix->depth()));
    float furthest = 0;
    for (int64_t p = 0; p < outY * outX; ++p) {
      matrix->copyPatch(input, p, patch.data());
      for (int64_t r = 0; r < matrix->results(); ++r) {
        float sum = 0;
        for (int64_t k = 0; k < matrix->depth(); ++k)
          sum += weights[static_cast<size_t>(r * matrix->depth() + k)] *
                 patch[static_cast<size_t>(r / matrix->rows() * matrix->depth() + k)];
        furthest = std::max(furthest,
                            std::abs(sum - session.output(0).values<float>()[static_cast<size_t>(p * channels + r)]));
      }
    }
    CHECK(furthest < 1e-5f);
  }
}

TEST_CASE("every algorithm makes the outputs no worse, in every mode", "[pipeline][algorithms]") {
  const Network network;
  for (const char* mode : {"int8", "weight-only-int4", "dynamic-range-int4", "int4x8", "int16x8", "dynamic-range"}) {
    for (const bool perTensor : {false, true}) {
      const double plain = errorOf(network, quantize(network, recipeWith(mode, {}, perTensor))->model);
      for (const Algorithm& algorithm : algorithms()) {
        const auto result = quantize(network, recipeWith(mode, {std::string(algorithm.name)}, perTensor));
        INFO(mode << " " << algorithm.name << (perTensor ? " per tensor" : ""));
        CHECK(errorOf(network, result->model) <= plain);
      }
    }
  }
}

TEST_CASE("rounding by samples beats clipping, and clipping beats min-max, on int4 weights", "[pipeline][algorithms]") {
  const Network network;
  const double plain = errorOf(network, quantize(network, recipeWith("weight-only-int4", {}))->model);
  const double rounded =
      errorOf(network,
              quantize(network, recipeWith("weight-only-int4", {"mse", "gptq", "adaround", "bias-correction"}))->model);
  CHECK(rounded < 0.3 * plain);
}

TEST_CASE("equalization helps per-tensor int8 and leaves the float function as it is", "[pipeline][algorithms]") {
  const Network network;
  Progress progress;
  CalibrationRunner runner(*network.data, 1, progress);
  const auto migrated = migrateScales(network.model, recipeWith("int8", {"equalize"}), &runner, progress);
  REQUIRE(migrated.ok());
  CHECK(migrated->layers == 3);
  CHECK(errorOf(network, migrated->model) < 1e-9);
  const double plain = errorOf(network, quantize(network, recipeWith("int8", {}, true))->model);
  const auto equalized = quantize(network, recipeWith("int8", {"equalize", "bias-correction"}, true));
  CHECK(errorOf(network, equalized->model) < 0.5 * plain);
}

TEST_CASE("a channel whose weights are next to nothing does not take its layer along", "[pipeline][algorithms]") {
  Network network;
  Model model = *network.model;
  auto& graph = model.subgraphs[0];
  Tensor& weights = graph.tensor(graph.operators[1].inputs[1]);
  std::vector<float> values(constantValues<float>(model, weights).begin(), constantValues<float>(model, weights).end());
  for (size_t i = 3; i < values.size(); i += 8) values[i] *= 1e-12f;
  weights.buffer = BufferIndex(model.buffers.size());
  model.buffers.push_back(Buffer::fromValues<float>(values));
  network.model = std::make_shared<const Model>(std::move(model));
  const double plain = errorOf(network, quantize(network, recipeWith("int8", {}, true))->model);
  const auto equalized = quantize(network, recipeWith("int8", {"equalize"}, true));
  CHECK(errorOf(network, equalized->model) < plain);
}

TEST_CASE("a layer clipped at 6 is equalized only where the samples stay below", "[pipeline][algorithms]") {
  const Network network(tflite::ActivationFunctionType_RELU6);
  Progress progress;
  const Recipe recipe = recipeWith("int8", {"equalize"});
  const auto blind = migrateScales(network.model, recipe, nullptr, progress);
  REQUIRE(blind.ok());
  CHECK(blind->model == network.model);
  CHECK(blind->remarks.size() == 3);
  CalibrationRunner runner(*network.data, 1, progress);
  const auto seen = migrateScales(network.model, recipe, &runner, progress);
  REQUIRE(seen.ok());
  CHECK(errorOf(network, seen->model) < 1e-9);
}

TEST_CASE("smoothing moves outliers of activations through a normalization's factors", "[pipeline][algorithms]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 4, 16}), n = b.tensor({1, 4, 16}), m = b.tensor({1, 4, 16}), q = b.tensor({1, 4, 8}),
             k = b.tensor({1, 4, 8});
  std::vector<float> gamma(16, 1.0f);
  gamma[5] = 60.0f;
  const auto g = b.constant({16}, gamma), beta = b.randomConstant({16}, "beta", 3);
  b.op(BuiltinOperator_MUL, {x, g}, {n}).options.Set(tflite::MulOptionsT());
  b.add(n, beta, m);
  for (const auto& [y, seed] : {std::pair(q, 4u), std::pair(k, 5u)}) {
    Operator& dense = b.fullyConnected(m, b.randomConstant({8, 16}, "", seed), b.randomConstant({8}, "", seed + 9), y);
    dense.options.AsFullyConnectedOptions()->keep_num_dims = true;
  }
  b.inputs({x});
  b.outputs({q, k});
  Network network;
  network.model = b.build();
  network.data = *randomDataset(network.model, 16, 9);
  Progress progress;
  CalibrationRunner runner(*network.data, 1, progress);
  const auto migrated = migrateScales(network.model, recipeWith("int8", {"smooth"}), &runner, progress);
  REQUIRE(migrated.ok());
  CHECK(migrated->layers == 1);
  CHECK(errorOf(network, migrated->model) < 1e-9);
  const double plain = errorOf(network, quantize(network, recipeWith("int8", {}))->model);
  CHECK(errorOf(network, quantize(network, recipeWith("int8", {"smooth"}))->model) < 0.5 * plain);
  CHECK(migrateScales(network.model, recipeWith("int8", {"smooth"}), nullptr, progress).error().code ==
        ErrorCode::InvalidArgument);
}

TEST_CASE("algorithms give the same bytes on any number of threads", "[pipeline][algorithms]") {
  const Network network;
  const Recipe recipe = recipeWith("int4x8", {"equalize", "mse", "gptq", "adaround", "bias-correction"});
  const auto one = serializeModel(*quantize(network, recipe, 1)->model);
  const auto four = serializeModel(*quantize(network, recipe, 4)->model);
  CHECK(*one == *four);
}

TEST_CASE("an algorithm chosen for one operator leaves the others alone", "[pipeline][algorithms]") {
  const Network network;
  Recipe recipe = recipeWith("weight-only-int4", {});
  const auto plain = quantize(network, recipe);
  Scheme scheme = recipe.defaultScheme;
  scheme.algorithms = {"mse"};
  recipe.setOperator(2, scheme);
  const auto other = quantize(network, recipe);
  auto codes = [](const Model& model, const std::string& name) {
    for (const Tensor& t : model.subgraphs[0].tensors)
      if (t.name == name) return std::vector<std::byte>(constantBytes(model, t).begin(), constantBytes(model, t).end());
    return std::vector<std::byte>();
  };
  CHECK(codes(*plain->model, "pointwise") != codes(*other->model, "pointwise"));
}

TEST_CASE("an algorithm that needs samples says so, and an unknown one is named", "[pipeline][algorithms]") {
  const Network network;
  Progress progress;
  const auto blind =
      quantizeModel(network.model, recipeWith("weight-only-int4", {"gptq"}), nullptr, nullptr, 1, progress);
  REQUIRE(!blind.ok());
  CHECK(blind.error().remedy == "give samples (--data)");
  const auto unknown =
      quantizeModel(network.model, recipeWith("weight-only-int4", {"gptk"}), nullptr, nullptr, 1, progress);
  REQUIRE(!unknown.ok());
  CHECK(unknown.error().where == "gptk");
}

TEST_CASE("resnet8 keeps its accuracy in 4 bits, and most of it in 3", "[pipeline][algorithms][shared]") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  skipLoudly("accuracy of few bits", "it takes minutes with a sanitizer");
#else
  const auto shared = sharedFolder();
  if (!shared || !std::filesystem::exists(*shared / "data/cifar10/test")) {
    skipLoudly("accuracy of few bits", "no shared folder");
    return;
  }
  const auto loaded = loadModel(*shared / "models/resnet8_cifar10_float.tflite");
  REQUIRE(loaded.ok());
  const auto& model = (*loaded)->model;
  const auto calibration = openModelDataset(*shared / "data/cifar10/calibration", *model);
  const auto test = openModelDataset(*shared / "data/cifar10/test", *model);
  REQUIRE(calibration.ok());
  REQUIRE(test.ok());
  Progress progress;
  EvaluationOptions options;
  options.threads = hardwareThreads();
  auto correct = [&](const std::shared_ptr<const Model>& quantizedModel) {
    const auto result = evaluateClassification(quantizedModel, **test, options, progress);
    if (!result) FAIL(result.error().message());
    return (*result)->top1.hits;
  };
  const std::vector<std::string> all{"mse", "gptq", "adaround", "bias-correction"};
  const auto int4 = quantizeModel(model, recipeWith("weight-only-int4", all), nullptr, calibration->get(),
                                  hardwareThreads(), progress);
  REQUIRE(int4.ok());
  // 751 in float, 467 by nearest rounding.
  CHECK(correct((*int4)->model) >= 740);
  SimulatedWidths widths;
  widths.weightBits = 3;
  widths.algorithms = all;
  const auto int3 = simulateModel(model, widths, nullptr, calibration->get(), hardwareThreads(), progress);
  REQUIRE(int3.ok());
  // 101 by nearest rounding.
  CHECK(correct((*int3)->model) >= 715);
#endif
}

TEST_CASE("simulated weights lie on the codes of their width", "[pipeline][simulation]") {
  const Network network;
  Progress progress;
  for (const int bits : {2, 3, 5, 12}) {
    SimulatedWidths widths;
    widths.weightBits = bits;
    const auto result = simulateModel(network.model, widths, nullptr, nullptr, 1, progress);
    REQUIRE(result.ok());
    const Model& model = *(*result)->model;
    for (const Tensor& tensor : model.subgraphs[0].tensors) {
      if (tensor.name != "dense") continue;
      const auto values = constantValues<float>(model, tensor);
      for (size_t r = 0; r < 5; ++r) {
        std::vector<float> levels(values.begin() + static_cast<ptrdiff_t>(r * 16),
                                  values.begin() + static_cast<ptrdiff_t>(r * 16 + 16));
        float largest = 0;
        for (const float v : levels) largest = std::max(largest, std::abs(v));
        const float limit = static_cast<float>((1 << (bits - 1)) - 1);
        for (const float v : levels) {
          const float code = v / largest * limit;
          CHECK(std::abs(code - std::round(code)) < 1e-3f * std::max(1.0f, limit / 100));
        }
      }
    }
  }
}

TEST_CASE("eight simulated bits come close to the int8 model, fewer are worse", "[pipeline][simulation]") {
  const Network network;
  Progress progress;
  const auto ranges = rangesOf(network.model, *network.data);
  const double real = errorOf(network, quantize(network, recipeWith("int8", {}))->model);
  double before = 0, plain = 0, powers = 0;
  for (const int bits : {12, 8, 6, 4}) {
    SimulatedWidths widths;
    widths.weightBits = widths.activationBits = bits;
    const auto result = simulateModel(network.model, widths, ranges.get(), nullptr, 1, progress);
    if (!result) FAIL(result.error().message());
    const double error = errorOf(network, (*result)->model);
    if (bits == 8) CHECK(error == Approx(real).epsilon(0.6));
    CHECK(error > before);
    before = error;
    widths.powerOfTwo = true;
    const auto coarse = simulateModel(network.model, widths, ranges.get(), nullptr, 1, progress);
    REQUIRE(coarse.ok());
    plain += error;
    powers += errorOf(network, (*coarse)->model);
  }
  CHECK(powers > plain);
}

TEST_CASE("simulation refuses widths that it does not know", "[pipeline][simulation]") {
  const Network network;
  Progress progress;
  for (const auto& [weights, activations] : {std::pair(1, 0), std::pair(17, 0), std::pair(4, 1), std::pair(4, 8)}) {
    SimulatedWidths widths;
    widths.weightBits = weights;
    widths.activationBits = activations;
    CHECK(!simulateModel(network.model, widths, nullptr, nullptr, 1, progress).ok());
  }
}
