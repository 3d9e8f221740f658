#include <cmath>
#include <limits>

#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

/// Scales and zero points that no kernel can compute with are refused before anything runs, never met while running.
namespace quantscope::tests {

namespace {

using enum tflite::BuiltinOperator;

struct Codes {
  ElementType type = ElementType::Int8;
  float scale = 0.1f;
  int64_t zeroPoint = 0;
};

TensorIndex add(ModelBuilder& b, Codes codes, std::vector<int32_t> shape = {1, 2, 2, 2}) {
  const TensorIndex index = b.tensor(std::move(shape), codes.type);
  Quantization q;
  q.scale = {codes.scale};
  q.zeroPoint = {codes.zeroPoint};
  b.graph().tensor(index).quantization = std::move(q);
  return index;
}

/// An operator of one or two inputs, all of the same form, on codes.
std::shared_ptr<const Model> model(tflite::BuiltinOperator code, int inputs, Codes in, Codes out) {
  ModelBuilder b;
  std::vector<TensorIndex> operands;
  for (int i = 0; i < inputs; ++i) operands.push_back(add(b, in));
  const TensorIndex y = add(b, out);
  b.inputs(operands);
  b.outputs({y});
  b.op(code, operands, {y});
  return b.build();
}

/// True where the model is refused; where it is not, every code of its inputs is run.
bool refused(const std::shared_ptr<const Model>& model, KernelSet kernels) {
  InterpreterOptions options;
  options.kernels = kernels;
  const auto prepared = PreparedModel::prepare(model, options);
  if (!prepared.ok()) {
    CHECK_FALSE(prepared.error().message().empty());
    return true;
  }
  Session session(*prepared);
  for (const int byte : {0, 1, 127, 128, 255}) {
    for (size_t k = 0; k < session.inputCount(); ++k) {
      for (std::byte& each : session.mutableInput(k)) each = static_cast<std::byte>(byte + static_cast<int>(k));
    }
    // Division by zero and roots of nothing are told where they happen.
    const auto ran = session.run();
    const auto code = model->code(model->subgraphs[0].operators[0]);
    const bool partial = code == BuiltinOperator_DIV || code == BuiltinOperator_SQRT || code == BuiltinOperator_RSQRT;
    CHECK((ran.ok() || partial));
  }
  return false;
}

struct Kind {
  tflite::BuiltinOperator code;
  int inputs;
};

const Kind kKinds[] = {
    {BuiltinOperator_ADD, 2},     {BuiltinOperator_SUB, 2},          {BuiltinOperator_MUL, 2},
    {BuiltinOperator_MAXIMUM, 2}, {BuiltinOperator_MINIMUM, 2},      {BuiltinOperator_SQUARED_DIFFERENCE, 2},
    {BuiltinOperator_PRELU, 2},   {BuiltinOperator_LOGISTIC, 1},     {BuiltinOperator_TANH, 1},
    {BuiltinOperator_SOFTMAX, 1}, {BuiltinOperator_LOG_SOFTMAX, 1},  {BuiltinOperator_RELU, 1},
    {BuiltinOperator_RELU6, 1},   {BuiltinOperator_LEAKY_RELU, 1},   {BuiltinOperator_HARD_SWISH, 1},
    {BuiltinOperator_ABS, 1},     {BuiltinOperator_EXP, 1},          {BuiltinOperator_LOG, 1},
    {BuiltinOperator_SQRT, 1},    {BuiltinOperator_RSQRT, 1},        {BuiltinOperator_GELU, 1},
    {BuiltinOperator_ELU, 1},     {BuiltinOperator_QUANTIZE, 1},     {BuiltinOperator_L2_NORMALIZATION, 1},
    {BuiltinOperator_DIV, 2},     {BuiltinOperator_CONCATENATION, 2}};

}  // namespace

TEST_CASE("scales that are no positive number are refused by every operator on codes", "[runtime]") {
  const float bad[] = {0.0f, -0.1f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()};
  for (const Kind& kind : kKinds) {
    for (const float scale : bad) {
      for (const bool input : {true, false}) {
        INFO(tflite::EnumNameBuiltinOperator(kind.code)
             << " scale " << scale << (input ? " of inputs" : " of the result"));
        const Codes strange{ElementType::Int8, scale, 0};
        for (const KernelSet kernels : {KernelSet::Reference, KernelSet::Fast})
          CHECK(refused(model(kind.code, kind.inputs, input ? strange : Codes{}, input ? Codes{} : strange), kernels));
      }
    }
  }
}

TEST_CASE("zero points outside of the type are refused by every operator on codes", "[runtime]") {
  for (const Kind& kind : kKinds) {
    for (const int64_t zero : {int64_t{128}, int64_t{-129}, int64_t{1} << 31, int64_t{1} << 40}) {
      INFO(tflite::EnumNameBuiltinOperator(kind.code) << " zero point " << zero);
      const Codes strange{ElementType::Int8, 0.1f, zero};
      for (const KernelSet kernels : {KernelSet::Reference, KernelSet::Fast}) {
        CHECK(refused(model(kind.code, kind.inputs, strange, Codes{}), kernels));
        CHECK(refused(model(kind.code, kind.inputs, Codes{}, strange), kernels));
      }
    }
  }
}

TEST_CASE("scales far from each other are refused or computed, in every type of codes", "[runtime]") {
  for (const Kind& kind : kKinds) {
    for (const ElementType type : {ElementType::Int8, ElementType::UInt8, ElementType::Int16}) {
      for (const float in : {1e-38f, 1e-12f, 1.0f, 1e12f, 3e38f}) {
        for (const float out : {1e-38f, 1e-12f, 1.0f, 1e12f, 3e38f}) {
          INFO(tflite::EnumNameBuiltinOperator(kind.code)
               << " " << elementTypeName(type) << " " << in << " to " << out);
          for (const KernelSet kernels : {KernelSet::Reference, KernelSet::Fast})
            refused(model(kind.code, kind.inputs, {type, in, 0}, {type, out, 0}), kernels);
        }
      }
    }
  }
}

TEST_CASE("a difference finer than its operands saturates where it is beyond the codes", "[runtime]") {
  const auto fine = model(BuiltinOperator_SUB, 2, {ElementType::Int8, 1.0f, 0}, {ElementType::Int8, 1e-8f, 5});
  for (const KernelSet kernels : {KernelSet::Reference, KernelSet::Fast}) {
    InterpreterOptions options;
    options.kernels = kernels;
    const auto prepared = PreparedModel::prepare(fine, options);
    REQUIRE(prepared.ok());
    Session session(*prepared);
    const int8_t a[] = {3, 3, 3, -128, 127, 0, 1, 2}, b[] = {3, 2, 4, 127, -128, 0, 1, 3};
    const int8_t expected[] = {5, 127, -128, -128, 127, 5, 5, -128};
    std::memcpy(session.mutableInput(0).data(), a, sizeof a);
    std::memcpy(session.mutableInput(1).data(), b, sizeof b);
    REQUIRE(session.run().ok());
    CHECK(std::memcmp(session.output(0).bytes.data(), expected, sizeof expected) == 0);
  }
}

}  // namespace quantscope::tests
