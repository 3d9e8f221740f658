#include "tests/conformance/random_layers.h"

#include <cmath>
#include <cstring>

#include "core/runtime/cpu_level.h"
#include "tests/support/catch.h"

namespace quantscope::tests {

namespace {

size_t countOf(const std::vector<int32_t>& shape) {
  size_t count = 1;
  for (const int32_t dimension : shape) count *= static_cast<size_t>(dimension);
  return count;
}

void fill(const TensorView& view, std::span<std::byte> bytes, std::mt19937& random) {
  if (view.type == ElementType::Float32) {
    auto* values = reinterpret_cast<float*>(bytes.data());
    std::normal_distribution<float> normal;
    for (size_t i = 0; i < bytes.size() / sizeof(float); ++i) values[i] = normal(random);
    return;
  }
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
}

void compareFloats(const std::vector<std::byte>& expected, const std::vector<std::byte>& found) {
  std::vector<float> a(expected.size() / sizeof(float)), b(a.size());
  std::memcpy(a.data(), expected.data(), expected.size());
  std::memcpy(b.data(), found.data(), found.size());
  float largest = 0.0f;
  for (const float v : a) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) <= 1e-5f * largest) continue;
    INFO("value " << i << ": " << a[i] << " and " << b[i]);
    FAIL_CHECK("the fast kernel is too far from the plain one");
    return;
  }
}

}  // namespace

TensorIndex RandomLayer::activation(std::vector<int32_t> shape, ElementType type, float scale) {
  const TensorIndex index = builder.tensor(std::move(shape), type);
  if (type == ElementType::Float32) return index;
  Quantization quantization;
  quantization.scale = {scale};
  const int64_t zero = type == ElementType::Int8    ? integer(-128, 127)
                       : type == ElementType::UInt8 ? integer(0, 255)
                                                    : 0;
  quantization.zeroPoint = {zero};
  builder.graph().tensor(index).quantization = std::move(quantization);
  return index;
}

template <typename T>
TensorIndex RandomLayer::integers(std::vector<int32_t> shape, ElementType type, const std::vector<T>& values) {
  const TensorIndex index = builder.tensor(std::move(shape), type);
  builder.model.buffers.push_back(Buffer::fromValues(std::span<const T>(values)));
  builder.graph().tensor(index).buffer = BufferIndex(builder.model.buffers.size() - 1);
  return index;
}

TensorIndex RandomLayer::weights(std::vector<int32_t> shape, ElementType type, int dimension) {
  std::vector<uint8_t> values(countOf(shape));
  // Some layers have extreme weights only: their sums are the largest that there can be.
  const bool extreme = chance(15);
  for (uint8_t& value : values) {
    const int32_t code = extreme ? (chance(90) ? 127 : -127) : integer(-127, 127);
    value = static_cast<uint8_t>(type == ElementType::UInt8 ? code + 128 : code);
  }
  const size_t scales = dimension < 0 ? 1 : static_cast<size_t>(shape[static_cast<size_t>(dimension)]);
  const TensorIndex index = integers(std::move(shape), type, values);
  Quantization quantization;
  // With powers of two for all scales many results lie exactly between two codes.
  const bool powers = chance(25);
  for (size_t i = 0; i < scales; ++i) {
    quantization.scale.push_back(powers ? std::ldexp(1.0f, integer(-8, -3)) : std::exp(real(-6.0f, -2.0f)));
    quantization.zeroPoint.push_back(type == ElementType::UInt8 ? integer(0, 255) : 0);
  }
  quantization.quantizedDimension = std::max(dimension, 0);
  builder.graph().tensor(index).quantization = std::move(quantization);
  return index;
}

TensorIndex RandomLayer::floatConstant(std::vector<int32_t> shape, float most) {
  std::vector<float> values(countOf(shape));
  for (float& value : values) value = real(-most, most);
  return builder.constant(std::move(shape), values);
}

TensorIndex RandomLayer::int32Constant(int32_t count, int32_t most) {
  std::vector<int32_t> values(static_cast<size_t>(count));
  for (int32_t& value : values) value = integer(-most, most);
  return integers({count}, ElementType::Int32, values);
}

TensorIndex RandomLayer::int64Constant(int32_t count, int64_t most) {
  std::vector<int64_t> values(static_cast<size_t>(count));
  for (int64_t& value : values) value = std::uniform_int_distribution<int64_t>(-most, most)(m_random);
  return integers({count}, ElementType::Int64, values);
}

LayerResult runLayer(const std::shared_ptr<const Model>& model, const InterpreterOptions& options, uint32_t seed) {
  LayerResult result;
  const auto prepared = PreparedModel::prepare(model, options);
  if (!prepared) {
    result.error = prepared.error().message();
    return result;
  }
  Session session(*prepared);
  std::mt19937 random(seed);
  for (size_t i = 0; i < session.inputCount(); ++i) fill(session.input(i), session.mutableInput(i), random);
  const auto ran = session.run();
  if (!ran) {
    result.error = ran.error().message();
    return result;
  }
  for (size_t i = 0; i < session.outputCount(); ++i) {
    const auto bytes = session.output(i).bytes;
    result.outputs.emplace_back(bytes.begin(), bytes.end());
  }
  return result;
}

void checkEveryLevel(const std::shared_ptr<const Model>& model, uint32_t seed, bool exact) {
  InterpreterOptions options;
  options.kernels = KernelSet::Reference;
  const LayerResult expected = runLayer(model, options, seed);
  INFO(expected.error);
  REQUIRE(expected.error.empty());
  options.kernels = KernelSet::Fast;
  for (int level = 0; level <= static_cast<int>(detectCpuLevel()); ++level) {
    options.cpu = static_cast<CpuLevel>(level);
    for (const int threads : {1, 3}) {
      options.threads = threads;
      const LayerResult found = runLayer(model, options, seed);
      INFO(cpuLevelName(*options.cpu) << ", " << threads << " threads, seed " << seed);
      REQUIRE(found.error.empty());
      REQUIRE(found.outputs.size() == expected.outputs.size());
      for (size_t i = 0; i < found.outputs.size(); ++i) {
        if (exact) {
          CHECK((found.outputs[i] == expected.outputs[i]));
        } else {
          compareFloats(expected.outputs[i], found.outputs[i]);
        }
      }
    }
  }
}

}  // namespace quantscope::tests
