#include <cmath>

#include "tests/conformance/random_layers.h"
#include "tests/support/catch.h"

/// The fast kernels against the plain loops, on random layers and on every level of this processor.
namespace quantscope::tests {

namespace {

constexpr uint32_t kCases = 40;
/// A power of two, so that products can be exact halves.
constexpr float kInputScale = 1.0f / 64.0f;

/// How activations, weights and bias of a layer are stored.
struct Form {
  const char* name;
  ElementType activation, weight;
};

constexpr Form kForms[] = {{"float", ElementType::Float32, ElementType::Float32},
                           {"int8", ElementType::Int8, ElementType::Int8},
                           {"uint8", ElementType::UInt8, ElementType::UInt8},
                           {"16x8", ElementType::Int16, ElementType::Int8},
                           {"dynamic range", ElementType::Float32, ElementType::Int8}};

bool isHybrid(const Form& form) {
  return form.activation == ElementType::Float32 && form.weight == ElementType::Int8;
}

/// Weights as the form wants them; `dimension`: of the channels.
TensorIndex weightsOf(RandomLayer& layer, const Form& form, const std::vector<int32_t>& shape, int dimension) {
  if (form.weight == ElementType::Float32) return layer.floatConstant(shape, 1.0f);
  const bool perTensor = form.weight == ElementType::UInt8 || layer.chance(30);
  return layer.weights(shape, form.weight, perTensor ? -1 : dimension);
}

TensorIndex biasOf(RandomLayer& layer, const Form& form, int32_t channels, bool narrow) {
  if (layer.chance(25)) return TensorIndex();
  if (form.activation == ElementType::Float32) return layer.floatConstant({channels}, 2.0f);
  if (form.activation != ElementType::Int16 || narrow) return layer.int32Constant(channels, 20000);
  return layer.int64Constant(channels, layer.chance(50) ? 1'000'000 : int64_t{1} << 36);
}

/// A scale with which sums of so many products neither saturate nor vanish, most of the time.
float outputScale(RandomLayer& layer, const Form& form, int32_t taps) {
  const float typical = form.activation == ElementType::Int16 ? 0.1f : 0.03f;
  const float scale = typical * std::sqrt(static_cast<float>(taps)) * layer.real(0.2f, 4.0f);
  return layer.chance(30) ? std::exp2(std::round(std::log2(scale))) : scale;
}

tflite::ActivationFunctionType activation(RandomLayer& layer) {
  return layer.oneOf({tflite::ActivationFunctionType_NONE, tflite::ActivationFunctionType_RELU,
                      tflite::ActivationFunctionType_RELU6, tflite::ActivationFunctionType_RELU_N1_TO_1});
}

/// Floats are compared with the largest of the results, which limits on both sides would make smaller than the sums.
tflite::ActivationFunctionType openActivation(RandomLayer& layer, const Form& form) {
  if (form.activation != ElementType::Float32) return activation(layer);
  return layer.oneOf({tflite::ActivationFunctionType_NONE, tflite::ActivationFunctionType_RELU});
}

tflite::Padding padding(RandomLayer& layer) {
  return layer.oneOf({tflite::Padding_SAME, tflite::Padding_VALID});
}

std::shared_ptr<const Model> finished(RandomLayer& layer, std::vector<TensorIndex> inputs, TensorIndex output) {
  layer.builder.inputs(std::move(inputs));
  layer.builder.outputs({output});
  return layer.builder.build();
}

std::shared_ptr<const Model> randomConv(uint32_t seed, const Form& form) {
  RandomLayer layer(seed);
  const int32_t filterHeight = layer.integer(1, 4), filterWidth = layer.integer(1, 4);
  const int32_t groups = layer.chance(20) && !isHybrid(form) ? 2 : 1;
  // Few layers are deep enough that 16-bit sums leave 32 bits.
  const int32_t channels = groups * (layer.chance(15) ? layer.integer(100, 300) : layer.integer(1, 21));
  const int32_t outChannels = groups * (layer.chance(25) ? layer.integer(41, 150) : layer.integer(1, 40));
  const auto x = layer.activation({layer.integer(1, 2), layer.integer(9, 13), layer.integer(9, 13), channels},
                                  form.activation, kInputScale);
  const std::vector<int32_t> filter{outChannels, filterHeight, filterWidth, channels / groups};
  const auto w = weightsOf(layer, form, filter, 0);
  const bool narrow = form.activation == ElementType::Int16 && layer.chance(40);
  const auto bias = biasOf(layer, form, outChannels, narrow);
  const auto y =
      layer.activation({1}, form.activation, outputScale(layer, form, filterHeight * filterWidth * channels / groups));
  Operator& op = layer.builder.conv2d(x, w, bias, y);
  if (!bias.valid()) op.inputs.pop_back();
  auto& options = *op.options.AsConv2DOptions();
  options.padding = padding(layer);
  options.stride_h = layer.integer(1, 3);
  options.stride_w = layer.integer(1, 3);
  options.dilation_h_factor = layer.chance(20) ? 2 : 1;
  options.dilation_w_factor = layer.chance(20) ? 2 : 1;
  options.fused_activation_function = openActivation(layer, form);
  if (narrow) options.quantized_bias_type = tflite::TensorType_INT32;
  return finished(layer, {x}, y);
}

std::shared_ptr<const Model> randomDepthwise(uint32_t seed, const Form& form) {
  RandomLayer layer(seed);
  const int32_t filterHeight = layer.integer(1, 5), filterWidth = layer.integer(1, 5);
  const int32_t channels = layer.oneOf({1, 3, 8, 16, 24, 32, 40, 60, 64, 100, 144});
  const int32_t multiplier = layer.chance(25) ? 2 : 1;
  // Few lines are longer than what is held at a time.
  const int32_t width = layer.chance(15) ? layer.integer(60, 130) : layer.integer(9, 13);
  const auto x =
      layer.activation({layer.integer(1, 2), layer.integer(9, 13), width, channels}, form.activation, kInputScale);
  const auto w = weightsOf(layer, form, {1, filterHeight, filterWidth, channels * multiplier}, 3);
  const auto bias = biasOf(layer, form, channels * multiplier, false);
  const auto y = layer.activation({1}, form.activation, outputScale(layer, form, filterHeight * filterWidth));
  Operator& op = layer.builder.op(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, {x, w, bias}, {y});
  if (!bias.valid()) op.inputs.pop_back();
  tflite::DepthwiseConv2DOptionsT options;
  options.padding = padding(layer);
  options.stride_h = options.stride_w = layer.integer(1, 3);
  options.depth_multiplier = multiplier;
  options.dilation_h_factor = options.dilation_w_factor = layer.chance(20) ? 2 : 1;
  options.fused_activation_function = activation(layer);
  op.options.Set(std::move(options));
  return finished(layer, {x}, y);
}

std::shared_ptr<const Model> randomFullyConnected(uint32_t seed, const Form& form) {
  RandomLayer layer(seed);
  const int32_t rows = layer.integer(1, 9), units = layer.integer(1, 70);
  const int32_t depth = layer.chance(20) ? layer.integer(600, 2000) : layer.integer(1, 100);
  const auto x = layer.activation({rows, depth}, form.activation, kInputScale);
  const auto w = weightsOf(layer, form, {units, depth}, 0);
  const bool narrow = form.activation == ElementType::Int16 && layer.chance(40);
  const auto bias = biasOf(layer, form, units, narrow);
  const auto y = layer.activation({1}, form.activation, outputScale(layer, form, depth));
  Operator& op = layer.builder.fullyConnected(x, w, bias, y);
  if (!bias.valid()) op.inputs.pop_back();
  auto& options = *op.options.AsFullyConnectedOptions();
  options.fused_activation_function = activation(layer);
  options.asymmetric_quantize_inputs = layer.chance(50);
  if (narrow) options.quantized_bias_type = tflite::TensorType_INT32;
  return finished(layer, {x}, y);
}

std::shared_ptr<const Model> randomBinary(uint32_t seed, ElementType type, tflite::BuiltinOperator code) {
  RandomLayer layer(seed);
  std::vector<int32_t> shape{layer.integer(1, 3), layer.integer(1, 9), layer.integer(1, 70)}, other = shape;
  if (layer.chance(30)) other = {shape[2]};
  if (layer.chance(20)) other = {1};
  if (layer.chance(20)) other = {shape[0], shape[1], 1};
  auto a = layer.activation(shape, type, layer.real(0.001f, 0.1f));
  auto b = layer.activation(other, type, layer.real(0.001f, 0.1f));
  if (layer.chance(50)) std::swap(a, b);
  const float most = type == ElementType::Int16 ? 100.0f : 1.0f;
  const auto y =
      layer.activation({1}, type, layer.real(0.01f, 0.2f) * (code == tflite::BuiltinOperator_MUL ? most : 1));
  Operator& op = layer.builder.op(code, {a, b}, {y});
  if (code == tflite::BuiltinOperator_ADD) {
    tflite::AddOptionsT options;
    options.fused_activation_function = activation(layer);
    options.pot_scale_int16 = false;
    op.options.Set(std::move(options));
  } else if (code == tflite::BuiltinOperator_SUB) {
    tflite::SubOptionsT options;
    options.fused_activation_function = activation(layer);
    options.pot_scale_int16 = false;
    op.options.Set(std::move(options));
  } else {
    tflite::MulOptionsT options;
    options.fused_activation_function = activation(layer);
    op.options.Set(std::move(options));
  }
  return finished(layer, {a, b}, y);
}

std::shared_ptr<const Model> randomPool(uint32_t seed, ElementType type, tflite::BuiltinOperator code) {
  RandomLayer layer(seed);
  const int32_t channels = layer.oneOf({1, 3, 16, 20, 64, 65, 130});
  const auto x = layer.activation({2, layer.integer(3, 9), layer.integer(3, 9), channels}, type, 0.05f);
  const auto y = layer.activation({1}, type, 0.05f);
  layer.builder.graph().tensor(y).quantization = layer.builder.graph().tensor(x).quantization;
  Operator& op = layer.builder.op(code, {x}, {y});
  tflite::Pool2DOptionsT options;
  options.padding = padding(layer);
  options.filter_height = layer.integer(1, 3);
  options.filter_width = layer.integer(1, 3);
  options.stride_h = options.stride_w = layer.integer(1, 3);
  options.fused_activation_function = activation(layer);
  op.options.Set(std::move(options));
  return finished(layer, {x}, y);
}

std::shared_ptr<const Model> randomTransposeConv(uint32_t seed, const Form& form) {
  RandomLayer layer(seed);
  const int32_t stride = layer.integer(1, 3), filter = layer.integer(1, 4);
  const int32_t height = layer.integer(1, 7), width = layer.integer(1, 7), channels = layer.integer(1, 20);
  const int32_t outChannels = layer.integer(1, 40), batches = layer.integer(1, 2);
  const auto pad = padding(layer);
  const auto size = [&](int32_t in) { return pad == tflite::Padding_SAME ? in * stride : (in - 1) * stride + filter; };
  const auto x = layer.activation({batches, height, width, channels}, form.activation, kInputScale);
  const auto w = weightsOf(layer, form, {outChannels, filter, filter, channels}, 0);
  const bool narrow = form.activation == ElementType::Int16 && layer.chance(40);
  const auto bias = biasOf(layer, form, outChannels, narrow);
  const auto y = layer.activation({1}, form.activation, outputScale(layer, form, filter * filter * channels));
  const auto shape = layer.builder.indices({batches, size(height), size(width), outChannels});
  Operator& op = layer.builder.op(tflite::BuiltinOperator_TRANSPOSE_CONV, {shape, w, x, bias}, {y});
  if (!bias.valid()) op.inputs.pop_back();
  tflite::TransposeConvOptionsT options;
  options.padding = pad;
  options.stride_h = options.stride_w = stride;
  if (narrow) options.quantized_bias_type = tflite::TensorType_INT32;
  op.options.Set(std::move(options));
  return finished(layer, {x}, y);
}

std::shared_ptr<const Model> randomBatchMatmul(uint32_t seed, ElementType typeA, ElementType typeB) {
  RandomLayer layer(seed);
  const int32_t m = layer.integer(1, 20), n = layer.integer(1, 40), k = layer.integer(1, 50);
  const int32_t batches = layer.integer(1, 3);
  const bool transposeA = layer.chance(50), transposeB = layer.chance(50);
  std::vector<int32_t> shapeA{batches, m, k}, shapeB{layer.chance(50) ? batches : 1, k, n};
  if (transposeA) std::swap(shapeA[1], shapeA[2]);
  if (transposeB) std::swap(shapeB[1], shapeB[2]);
  const auto a = layer.activation(shapeA, typeA, 0.02f), b = layer.activation(shapeB, typeB, 0.02f);
  const float typical = typeA == ElementType::Int16 ? 2.0f : 0.02f;
  const auto y = layer.activation({1}, typeA, typical * std::sqrt(static_cast<float>(k)) * layer.real(0.5f, 2.0f));
  Operator& op = layer.builder.op(tflite::BuiltinOperator_BATCH_MATMUL, {a, b}, {y});
  tflite::BatchMatMulOptionsT options;
  options.adj_x = transposeA;
  options.adj_y = transposeB;
  op.options.Set(std::move(options));
  return finished(layer, {a, b}, y);
}

std::shared_ptr<const Model> randomMean(uint32_t seed, ElementType type) {
  RandomLayer layer(seed);
  const auto x = layer.activation({layer.integer(1, 3), layer.integer(1, 9), layer.integer(1, 9), layer.integer(1, 70)},
                                  type, 0.05f);
  const auto y = layer.activation({1}, type, 0.03f);
  const auto axes = layer.chance(50) ? layer.builder.indices({1, 2}) : layer.builder.indices({layer.integer(0, 3)});
  Operator& op = layer.builder.op(tflite::BuiltinOperator_MEAN, {x, axes}, {y});
  tflite::ReducerOptionsT options;
  options.keep_dims = layer.chance(50);
  op.options.Set(std::move(options));
  return finished(layer, {x}, y);
}

/// An operator with one input and one output of the shape.
std::shared_ptr<const Model> unary(uint32_t seed, tflite::BuiltinOperator code, ElementType from, ElementType to) {
  RandomLayer layer(seed);
  const auto x = layer.activation({layer.integer(1, 5), layer.integer(1, 100)}, from, layer.real(0.01f, 0.1f));
  const auto y = layer.activation({1}, to, to == ElementType::Int16 ? 0.0001f : layer.real(0.01f, 0.1f));
  Operator& op = layer.builder.op(code, {x}, {y});
  if (code == tflite::BuiltinOperator_SOFTMAX) {
    tflite::SoftmaxOptionsT options;
    options.beta = layer.real(0.5f, 2.0f);
    op.options.Set(std::move(options));
  }
  if (code == tflite::BuiltinOperator_GELU) {
    tflite::GeluOptionsT options;
    options.approximate = layer.chance(50);
    op.options.Set(std::move(options));
  }
  return finished(layer, {x}, y);
}

}  // namespace

TEST_CASE("fast transposed convolutions give the plain result on every level", "[ops][fast]") {
  for (const Form& form : kForms) {
    for (uint32_t seed = 1; seed <= kCases; ++seed) {
      INFO("TRANSPOSE_CONV " << form.name << ", case " << seed);
      checkEveryLevel(randomTransposeConv(seed, form), seed, form.weight != ElementType::Float32);
    }
  }
}

TEST_CASE("fast matrix products and means give the plain result on every level", "[ops][fast]") {
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    INFO("case " << seed);
    checkEveryLevel(randomBatchMatmul(seed, ElementType::Float32, ElementType::Float32), seed, false);
    checkEveryLevel(randomBatchMatmul(seed, ElementType::Int8, ElementType::Int8), seed, true);
    checkEveryLevel(randomBatchMatmul(seed, ElementType::Int16, ElementType::Int8), seed, true);
    checkEveryLevel(randomMean(seed, ElementType::Float32), seed, false);
    for (const auto type : {ElementType::Int8, ElementType::UInt8, ElementType::Int16}) {
      checkEveryLevel(randomMean(seed, type), seed, true);
    }
  }
}

TEST_CASE("fast functions give the plain result on every level", "[ops][fast]") {
  for (const auto code :
       {tflite::BuiltinOperator_EXP, tflite::BuiltinOperator_LOGISTIC, tflite::BuiltinOperator_TANH,
        tflite::BuiltinOperator_HARD_SWISH, tflite::BuiltinOperator_GELU, tflite::BuiltinOperator_SOFTMAX}) {
    for (uint32_t seed = 1; seed <= kCases; ++seed) {
      INFO(tflite::EnumNameBuiltinOperator(code) << ", case " << seed);
      checkEveryLevel(unary(seed, code, ElementType::Float32, ElementType::Float32), seed, false);
    }
  }
}

TEST_CASE("fast conversions of codes give the plain result on every level", "[ops][fast]") {
  for (const auto type : {ElementType::Int8, ElementType::UInt8, ElementType::Int16}) {
    for (uint32_t seed = 1; seed <= kCases; ++seed) {
      INFO(elementTypeName(type) << ", case " << seed);
      checkEveryLevel(unary(seed, tflite::BuiltinOperator_QUANTIZE, ElementType::Float32, type), seed, true);
      checkEveryLevel(unary(seed, tflite::BuiltinOperator_DEQUANTIZE, type, ElementType::Float32), seed, true);
      checkEveryLevel(unary(seed, tflite::BuiltinOperator_QUANTIZE, type, ElementType::Int8), seed, true);
    }
  }
}

TEST_CASE("fast convolutions give the plain result on every level", "[ops][fast]") {
  for (const Form& form : kForms) {
    for (uint32_t seed = 1; seed <= kCases; ++seed) {
      INFO("CONV_2D " << form.name << ", case " << seed);
      checkEveryLevel(randomConv(seed, form), seed, form.weight != ElementType::Float32);
    }
  }
}

TEST_CASE("convolutions with fewer multiplications stay within the tolerance of floats", "[ops][fast]") {
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    RandomLayer layer(seed);
    const int32_t channels = layer.integer(16, 70), outChannels = layer.integer(16, 70);
    const auto x = layer.activation({layer.integer(1, 2), layer.integer(5, 20), layer.integer(5, 20), channels},
                                    ElementType::Float32, 0);
    const auto w = layer.floatConstant({outChannels, 3, 3, channels}, 1.0f);
    const auto y = layer.activation({1}, ElementType::Float32, 0);
    Operator& op = layer.builder.conv2d(x, w, layer.floatConstant({outChannels}, 2.0f), y);
    op.options.AsConv2DOptions()->padding = padding(layer);
    // No clamp to small values: the tolerance is relative to the sums.
    op.options.AsConv2DOptions()->fused_activation_function =
        layer.oneOf({tflite::ActivationFunctionType_NONE, tflite::ActivationFunctionType_RELU});
    INFO("case " << seed);
    checkEveryLevel(finished(layer, {x}, y), seed, false);
  }
}

TEST_CASE("fast depthwise convolutions give the plain result on every level", "[ops][fast]") {
  for (const Form& form : kForms) {
    for (uint32_t seed = 1; seed <= kCases; ++seed) {
      INFO("DEPTHWISE_CONV_2D " << form.name << ", case " << seed);
      checkEveryLevel(randomDepthwise(seed, form), seed, form.weight != ElementType::Float32);
    }
  }
}

TEST_CASE("fast fully connected layers give the plain result on every level", "[ops][fast]") {
  for (const Form& form : kForms) {
    for (uint32_t seed = 1; seed <= kCases; ++seed) {
      INFO("FULLY_CONNECTED " << form.name << ", case " << seed);
      checkEveryLevel(randomFullyConnected(seed, form), seed, form.weight != ElementType::Float32);
    }
  }
}

TEST_CASE("fast sums and products of codes give the plain result on every level", "[ops][fast]") {
  for (const auto code : {tflite::BuiltinOperator_ADD, tflite::BuiltinOperator_SUB, tflite::BuiltinOperator_MUL}) {
    for (const auto type : {ElementType::Int8, ElementType::UInt8, ElementType::Int16}) {
      for (uint32_t seed = 1; seed <= kCases; ++seed) {
        INFO(tflite::EnumNameBuiltinOperator(code) << ' ' << elementTypeName(type) << ", case " << seed);
        checkEveryLevel(randomBinary(seed, type, code), seed, true);
      }
    }
  }
}

TEST_CASE("fast pools give the plain result on every level, floats included", "[ops][fast]") {
  for (const auto code : {tflite::BuiltinOperator_AVERAGE_POOL_2D, tflite::BuiltinOperator_MAX_POOL_2D}) {
    for (const auto type : {ElementType::Float32, ElementType::Int8, ElementType::UInt8, ElementType::Int16}) {
      for (uint32_t seed = 1; seed <= kCases; ++seed) {
        INFO(tflite::EnumNameBuiltinOperator(code) << ' ' << elementTypeName(type) << ", case " << seed);
        checkEveryLevel(randomPool(seed, type, code), seed, true);
      }
    }
  }
}

}  // namespace quantscope::tests
