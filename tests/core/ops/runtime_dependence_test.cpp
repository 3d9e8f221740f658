#include "core/ops/runtime_dependence.h"

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

namespace quantscope::tests {

namespace {

void quantize(ModelBuilder& b, TensorIndex index, std::vector<float> scales, int32_t dimension = 0) {
  Quantization q;
  q.zeroPoint.assign(scales.size(), 0);
  q.scale = std::move(scales);
  q.quantizedDimension = dimension;
  b.graph().tensor(index).quantization = std::move(q);
}

TensorIndex codes(ModelBuilder& b, std::vector<int32_t> shape, std::vector<int8_t> values) {
  const TensorIndex index = b.tensor(std::move(shape), ElementType::Int8);
  b.graph().tensor(index).buffer = BufferIndex(b.model.buffers.size());
  const auto bytes = std::as_bytes(std::span(values));
  b.model.buffers.push_back(Buffer::fromBytes({bytes.begin(), bytes.end()}));
  quantize(b, index, {0.1f});
  return index;
}

std::string why(const ModelBuilder& b) {
  const auto findings = runtimeDependentFindings(b.model);
  return findings.empty() ? "" : findings[0].why;
}

ModelBuilder fullyConnected(int8_t lowest) {
  ModelBuilder b;
  const TensorIndex x = b.tensor({1, 2}), w = codes(b, {1, 2}, {lowest, 5}), y = b.tensor({1, 1});
  b.fullyConnected(x, w, TensorIndex(), y);
  return b;
}

}  // namespace

TEST_CASE("a dynamic-range layer depends on the runtime where a weight is -128", "[ops]") {
  CHECK(why(fullyConnected(-128)).find("-128") != std::string::npos);
  CHECK(why(fullyConnected(-127)).empty());
}

TEST_CASE("a sum of int8 codes depends on the runtime, a sum of floats does not", "[ops]") {
  for (const ElementType type : {ElementType::Int8, ElementType::Float32}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({2, 3}, type), axes = b.indices({1}), y = b.tensor({2}, type);
    b.op(tflite::BuiltinOperator_SUM, {x, axes}, {y});
    CHECK(why(b).empty() == (type == ElementType::Float32));
  }
}

TEST_CASE("float matrices times int8 ones depend on the runtime where two leading dimensions are not 1", "[ops]") {
  for (const int32_t rows : {1, 2}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({rows, 3, 1, 2}), w = codes(b, {2, 1}, {4, 5}), y = b.tensor({rows, 3, 1, 1});
    b.op(tflite::BuiltinOperator_BATCH_MATMUL, {x, w}, {y});
    CHECK(why(b).empty() == (rows == 1));
  }
}

TEST_CASE("a float LSTM depends on the runtime where it has no activation", "[ops]") {
  for (const auto activation : {tflite::ActivationFunctionType_NONE, tflite::ActivationFunctionType_TANH}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({1, 4, 2}), y = b.tensor({1, 4, 3});
    tflite::UnidirectionalSequenceLSTMOptionsT options;
    options.fused_activation_function = activation;
    b.op(tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, {x}, {y}).options.Set(std::move(options));
    CHECK(why(b).empty() == (activation == tflite::ActivationFunctionType_TANH));
  }
}

TEST_CASE("a bidirectional RNN of int8 weights depends on the runtime where time is the first dimension", "[ops]") {
  for (const bool timeMajor : {true, false}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({1, 4, 2}), w = codes(b, {1, 2}, {3, 5}), y = b.tensor({1, 4, 1});
    tflite::BidirectionalSequenceRNNOptionsT options;
    options.time_major = timeMajor;
    b.op(tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN, {x, w}, {y}).options.Set(std::move(options));
    CHECK(why(b).empty() == !timeMajor);
  }
}

TEST_CASE("a dynamic-range depthwise layer depends on the runtime where its channels share one scale", "[ops]") {
  for (const size_t scales : {1, 2}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({1, 3, 3, 2}), w = codes(b, {1, 1, 1, 2}, {4, 5}), y = b.tensor({1, 3, 3, 2});
    quantize(b, w, std::vector<float>(scales, 0.1f), 3);
    b.op(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, {x, w}, {y});
    CHECK(why(b).empty() == (scales == 2));
  }
}

TEST_CASE("a difference depends on the runtime where its result is finer than fixed point reaches", "[ops]") {
  for (const float scale : {1e-3f, 1e-9f}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({2}, ElementType::Int8), y = b.tensor({2}, ElementType::Int8);
    quantize(b, x, {0.1f});
    quantize(b, y, {scale});
    b.op(tflite::BuiltinOperator_SUB, {x, x}, {y});
    CHECK(why(b).empty() == (scale == 1e-3f));
  }
}

TEST_CASE("an int8 softmax depends on the runtime from 512 results in a row on", "[ops]") {
  for (const int32_t width : {511, 512}) {
    ModelBuilder b;
    const TensorIndex x = b.tensor({1, width}, ElementType::Int8), y = b.tensor({1, width}, ElementType::Int8);
    b.op(tflite::BuiltinOperator_SOFTMAX, {x}, {y});
    CHECK(why(b).empty() == (width == 511));
  }
}

TEST_CASE("the finding names its operator and is a warning", "[ops]") {
  ModelBuilder b;
  const TensorIndex x = b.tensor({1, 2, 2, 4}), y = b.tensor({1, 2, 2, 4});
  b.op(tflite::BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION, {x}, {y});
  const auto findings = runtimeDependentFindings(b.model);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::Warning);
  CHECK(findings[0].op == OperatorIndex(0));
}

}  // namespace quantscope::tests
