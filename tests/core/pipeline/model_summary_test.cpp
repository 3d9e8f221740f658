#include "core/pipeline/operator_macs.h"
#include "core/pipeline/pipeline.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using quantscope::tests::ModelBuilder;

TEST_CASE("Parameters are weights and biases, shared ones once; shapes are none", "[pipeline]") {
  ModelBuilder m;
  const auto x = m.tensor({1, 8, 8, 3}), y = m.tensor({1, 8, 8, 16}), z = m.tensor({1, 1024}), u = m.tensor({1, 10}),
             v = m.tensor({1, 10}), sum = m.tensor({1, 10});
  m.conv2d(x, m.randomConstant({16, 3, 3, 3}), m.randomConstant({16}), y);
  m.op(tflite::BuiltinOperator_RESHAPE, {y, m.indices({1, 1024})}, {z});
  const auto weights = m.randomConstant({10, 1024}), bias = m.randomConstant({10});
  m.fullyConnected(z, weights, bias, u);
  m.fullyConnected(z, weights, bias, v);
  m.add(u, v, sum);
  m.inputs({x});
  m.outputs({sum});
  const ModelSummary summary = summarize(*m.build());
  CHECK(summary.parameters == 16 * 27 + 16 + 10240 + 10);
  CHECK(summary.constantBytes == 4 * summary.parameters + 8);
  CHECK(summary.operatorMacs == std::vector<int64_t>{64 * 16 * 27, 0, 10240, 10240, 0});
  CHECK(summary.macs == 64 * 16 * 27 + 2 * 10240);
  CHECK(summary.operatorParameters == std::vector<int64_t>{16 * 27 + 16, 0, 10250, 10250, 0});
}

TEST_CASE("Multiply-accumulates follow from the shapes", "[pipeline]") {
  ModelBuilder m;
  const auto image = m.tensor({2, 4, 4, 6});
  SECTION("a depthwise convolution does not cross channels") {
    const Operator op = m.op(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, {image, m.randomConstant({1, 3, 3, 6})},
                             {m.tensor({2, 4, 4, 6})});
    CHECK(operatorMacs(m.model, m.graph(), op) == 2 * 4 * 4 * 6 * 9);
  }
  SECTION("a transposed convolution spreads every input value over its filter") {
    const Operator op =
        m.op(tflite::BuiltinOperator_TRANSPOSE_CONV, {m.indices({2, 8, 8, 5}), m.randomConstant({5, 2, 2, 6}), image},
             {m.tensor({2, 8, 8, 5})});
    CHECK(operatorMacs(m.model, m.graph(), op) == 2 * 4 * 4 * 6 * 2 * 2 * 5);
  }
  SECTION("a matrix product, its first operand transposed") {
    const auto a = m.tensor({3, 7, 4}), b = m.tensor({3, 7, 5});
    Operator& op = m.op(tflite::BuiltinOperator_BATCH_MATMUL, {a, b}, {m.tensor({3, 4, 5})});
    tflite::BatchMatMulOptionsT options;
    options.adj_x = true;
    op.options.Set(std::move(options));
    CHECK(operatorMacs(m.model, m.graph(), op) == 3 * 4 * 5 * 7);
  }
  SECTION("an absurd shape counts as unknown instead of overflowing") {
    const auto huge = m.tensor({2147483647, 2147483647, 2});
    const Operator op = m.op(tflite::BuiltinOperator_FULLY_CONNECTED, {huge, m.tensor({2147483647, 2147483647})},
                             {m.tensor({2147483647, 2147483647})});
    CHECK(operatorMacs(m.model, m.graph(), op) == 0);
  }
}
