#include <numeric>

#include "core/runtime/interpreter.h"
#include "core/runtime/operator_bytes.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

namespace quantscope::tests {

namespace {

std::shared_ptr<const PreparedModel> prepared(const ModelBuilder& builder, const InterpreterOptions& options = {}) {
  auto result = PreparedModel::prepare(builder.build(), options);
  INFO((result.ok() ? std::string() : result.error().message()));
  REQUIRE(result.ok());
  return *result;
}

Error refused(const ModelBuilder& builder, const InterpreterOptions& options = {}) {
  auto result = PreparedModel::prepare(builder.build(), options);
  REQUIRE_FALSE(result.ok());
  return result.error();
}

void setFloats(Session& session, size_t input, std::vector<float> values) {
  const auto shape = session.input(input).shape;
  REQUIRE(session.setInput(input, {ElementType::Float32, shape, std::as_bytes(std::span(values))}).ok());
}

std::vector<float> floats(const TensorView& view) {
  const auto values = view.values<float>();
  return {values.begin(), values.end()};
}

void run(Session& session) {
  const auto ran = session.run();
  INFO((ran.ok() ? std::string() : ran.error().message()));
  REQUIRE(ran.ok());
}

/// x -> RESHAPE -> RESHAPE -> RESHAPE -> y
ModelBuilder chain() {
  ModelBuilder builder;
  const auto x = builder.tensor({2, 3});
  const auto a = builder.tensor({6}), b = builder.tensor({3, 2}), y = builder.tensor({1, 6});
  builder.op(tflite::BuiltinOperator_RESHAPE, {x, builder.indices({6})}, {a});
  builder.op(tflite::BuiltinOperator_RESHAPE, {a, builder.indices({3, -1})}, {b});
  builder.op(tflite::BuiltinOperator_RESHAPE, {b, builder.indices({1, 6})}, {y});
  builder.inputs({x});
  builder.outputs({y});
  return builder;
}

const std::vector<float> kSix{1, 2, 3, 4, 5, 6};

}  // namespace

TEST_CASE("a chain of operators hands its values through", "[runtime]") {
  Session session(prepared(chain()));
  setFloats(session, 0, kSix);
  run(session);
  CHECK(floats(session.output(0)) == kSix);
  CHECK(shapeText(session.output(0).shape) == "1×6");
  CHECK(floats(session.input(0)) == kSix);
  run(session);
  CHECK(floats(session.output(0)) == kSix);
}

TEST_CASE("the bytes of an operator are those it reads and writes", "[runtime]") {
  // Six floats in and out, and a shape of one, two or two int32.
  CHECK(operatorBytes(*prepared(chain())) == std::vector<int64_t>{52, 56, 56});
}

TEST_CASE("memory of dead tensors is reused unless all tensors are to be preserved", "[runtime]") {
  const auto lean = prepared(chain());
  InterpreterOptions options;
  options.preserveAllTensors = true;
  const auto full = prepared(chain(), options);
  CHECK(lean->sessionBytes() < full->sessionBytes());
  Session session(full);
  setFloats(session, 0, kSix);
  run(session);
  CHECK(floats(*session.tensor(TensorIndex(1))) == kSix);
  Session reusing(lean);
  run(reusing);
  CHECK_FALSE(reusing.tensor(TensorIndex(1)).has_value());
}

TEST_CASE("operators on constants are evaluated once, while preparing", "[runtime]") {
  ModelBuilder builder;
  const auto c = builder.constant({2, 3}, kSix);
  const auto y = builder.tensor({6}), x = builder.tensor({6}), z = builder.tensor({2, 3});
  builder.op(tflite::BuiltinOperator_RESHAPE, {c, builder.indices({6})}, {y});
  builder.op(tflite::BuiltinOperator_RESHAPE, {x, builder.indices({2, 3})}, {z});
  builder.inputs({x});
  builder.outputs({y, z});
  const auto model = prepared(builder);
  CHECK(model->sharedBytes() >= 24);
  Session session(model);
  int written = 0;
  session.setTap([&](TensorIndex, const TensorView&) { ++written; });
  run(session);
  CHECK(floats(session.output(0)) == kSix);
  CHECK(written == 2);  // the input and z
}

TEST_CASE("a tap sees every tensor in execution order", "[runtime]") {
  Session session(prepared(chain()));
  setFloats(session, 0, kSix);
  std::vector<int32_t> seen;
  session.setTap([&](TensorIndex index, const TensorView& view) {
    seen.push_back(index.value);
    CHECK(floats(view) == kSix);
  });
  run(session);
  CHECK(seen == std::vector<int32_t>{0, 1, 2, 3});
}

TEST_CASE("graph inputs take the shapes that the caller wants", "[runtime]") {
  ModelBuilder builder;
  const auto x = builder.tensor({1, 3}), y = builder.tensor({3});
  builder.op(tflite::BuiltinOperator_RESHAPE, {x, builder.indices({-1})}, {y});
  builder.inputs({x});
  builder.outputs({y});
  InterpreterOptions options;
  options.inputShapes = {{4, 3}};
  const auto model = prepared(builder, options);
  CHECK(model->shape(y) == std::vector<int32_t>{12});
  options.inputShapes = {{4, -3}};
  CHECK(refused(builder, options).code == ErrorCode::InvalidArgument);
  options.inputShapes = {{4, 3}, {1}};
  CHECK(refused(builder, options).code == ErrorCode::InvalidArgument);
}

TEST_CASE("a shape that is computed while running is followed", "[runtime]") {
  ModelBuilder builder;
  const auto x = builder.tensor({2, 3}), shape = builder.tensor({2}, ElementType::Int32);
  const auto y = builder.tensor({6}), z = builder.tensor({6});
  builder.op(tflite::BuiltinOperator_RESHAPE, {x, shape}, {y});
  builder.op(tflite::BuiltinOperator_RESHAPE, {y, builder.indices({-1, 1})}, {z});
  builder.inputs({x, shape});
  builder.outputs({z, y});
  const auto model = prepared(builder);
  CHECK_FALSE(model->shape(y).has_value());
  Session session(model);
  setFloats(session, 0, kSix);
  for (const std::vector<int32_t>& wanted : {std::vector<int32_t>{3, 2}, {1, -1}, {3, 2}}) {
    REQUIRE(session.setInput(1, {ElementType::Int32, std::vector<int32_t>{2}, std::as_bytes(std::span(wanted))}).ok());
    run(session);
    CHECK(floats(session.output(0)) == kSix);
    CHECK(session.output(1).shape[0] == wanted[0]);
  }
  const std::vector<int32_t> wrong{4, 4};
  REQUIRE(session.setInput(1, {ElementType::Int32, std::vector<int32_t>{2}, std::as_bytes(std::span(wrong))}).ok());
  const auto ran = session.run();
  REQUIRE_FALSE(ran.ok());
  CHECK(ran.error().message().find("operator 0 RESHAPE") != std::string::npos);
}

TEST_CASE("all operators without a kernel are named at once", "[runtime]") {
  ModelBuilder builder;
  const auto x = builder.tensor({4}), y = builder.tensor({4}), z = builder.tensor({4});
  builder.op(tflite::BuiltinOperator_CONCAT_EMBEDDINGS, {x}, {y});
  builder.op(tflite::BuiltinOperator_RESHAPE, {y, builder.indices({4})}, {z});
  builder.model.operatorCodes.back().version = 99;
  builder.inputs({x});
  builder.outputs({z});
  const Error error = refused(builder);
  CHECK(error.code == ErrorCode::Unsupported);
  CHECK(error.message().find("CONCAT_EMBEDDINGS version 1") != std::string::npos);
  CHECK(error.message().find("RESHAPE version 99") != std::string::npos);
}

TEST_CASE("more memory than allowed is refused before it is taken", "[runtime]") {
  InterpreterOptions options;
  options.memoryLimit = 100;
  CHECK(refused(chain(), options).code == ErrorCode::ResourceLimit);
  ModelBuilder huge;
  const auto x = huge.tensor({1 << 20, 1 << 20}), y = huge.tensor({1});
  huge.op(tflite::BuiltinOperator_RESHAPE, {x, huge.indices({-1})}, {y});
  huge.inputs({x});
  huge.outputs({y});
  CHECK_FALSE(PreparedModel::prepare(huge.build()).ok());
}

TEST_CASE("graphs that make no sense are refused", "[runtime]") {
  const auto malformed = [](auto&& change) {
    ModelBuilder builder = chain();
    change(builder);
    const Error error = refused(builder);
    CHECK(error.code == ErrorCode::Malformed);
    return error.message();
  };
  const auto contains = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  contains(malformed([](ModelBuilder& b) { b.graph().operators[1].inputs[0] = TensorIndex(99); }), "tensor 99");
  contains(malformed([](ModelBuilder& b) { b.graph().operators[1].inputs[0] = TensorIndex(); }), "left out");
  contains(malformed([](ModelBuilder& b) { b.graph().operators[2].inputs.clear(); }), "0 inputs");
  contains(malformed([](ModelBuilder& b) { b.graph().operators[1].outputs[0] = TensorIndex(1); }), "a second time");
  contains(malformed([](ModelBuilder& b) { std::swap(b.graph().operators[0], b.graph().operators[1]); }), "before");
  contains(malformed([](ModelBuilder& b) { b.graph().operators[2].opcodeIndex = 7; }), "operator code");
  contains(malformed([](ModelBuilder& b) { b.graph().outputs = {TensorIndex(-5)}; }), "graph outputs");
  contains(malformed([](ModelBuilder& b) { b.graph().inputs.push_back(b.graph().inputs[0]); }), "a second time");
  contains(malformed([](ModelBuilder& b) { b.graph().tensors[0].buffer = BufferIndex(1000); }), "buffer 1000");
  contains(malformed([](ModelBuilder& b) { b.graph().tensors[4].shape = {1000}; }), "needs 4000 bytes");
  contains(malformed([](ModelBuilder& b) { b.graph().tensors[4].isVariable = true; }), "variable");
  contains(malformed([](ModelBuilder& b) { b.graph().tensors[1].type = static_cast<ElementType>(77); }), "type 77");
  contains(malformed([](ModelBuilder& b) { b.graph().tensors[0].shape = {-7}; }), "impossible");
  contains(malformed([](ModelBuilder& b) {
             b.graph().tensors[0].quantization = Quantization{};
             b.graph().tensors[0].quantization->scale = {1.0f, 2.0f};
             b.graph().tensors[0].quantization->zeroPoint = {0};
           }),
           "zero points");
}

TEST_CASE("values of the wrong type, shape or size are no input", "[runtime]") {
  Session session(prepared(chain()));
  const std::vector<int32_t> right{2, 3}, wrong{3, 2};
  const auto bytes = std::as_bytes(std::span(kSix));
  CHECK(session.setInput(0, {ElementType::Float32, right, bytes}).ok());
  CHECK_FALSE(session.setInput(0, {ElementType::Int32, right, bytes}).ok());
  CHECK_FALSE(session.setInput(0, {ElementType::Float32, wrong, bytes}).ok());
  CHECK_FALSE(session.setInput(0, {ElementType::Float32, right, bytes.first(8)}).ok());
  CHECK_FALSE(session.setInput(1, {ElementType::Float32, right, bytes}).ok());
}

TEST_CASE("a run stops when its progress says so", "[runtime]") {
  Session session(prepared(chain()));
  Progress progress;
  progress.cancel();
  const auto ran = session.run(&progress);
  REQUIRE_FALSE(ran.ok());
  CHECK(ran.error().code == ErrorCode::Cancelled);
}

TEST_CASE("a profile has one entry per operator", "[runtime]") {
  Session session(prepared(chain()));
  const auto profile = session.runProfiled();
  REQUIRE(profile.ok());
  CHECK(profile->size() == 3);
}

}  // namespace quantscope::tests
