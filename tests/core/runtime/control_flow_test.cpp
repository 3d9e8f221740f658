#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

namespace quantscope::tests {

namespace {

const std::vector<float> kFour{1, 2, 3, 4};

std::vector<float> floats(const TensorView& view) {
  const auto values = view.values<float>();
  return {values.begin(), values.end()};
}

void setFloats(Session& session, size_t input, const std::vector<float>& values) {
  const auto shape = session.input(input).shape;
  REQUIRE(session.setInput(input, {ElementType::Float32, shape, std::as_bytes(std::span(values))}).ok());
}

/// A subgraph that reshapes its one input of four values.
void reshaping(ModelBuilder& builder, std::initializer_list<int32_t> shape) {
  builder.beginSubgraph();
  const auto x = builder.tensor({4}), y = builder.tensor(std::vector<int32_t>(shape));
  builder.op(tflite::BuiltinOperator_RESHAPE, {x, builder.indices(shape)}, {y});
  builder.inputs({x});
  builder.outputs({y});
}

/// if (condition) reshape to `then` else reshape to `otherwise`
ModelBuilder branching(std::initializer_list<int32_t> then, std::initializer_list<int32_t> otherwise) {
  ModelBuilder builder;
  const auto condition = builder.tensor({1}, ElementType::Bool), x = builder.tensor({4});
  const auto y = builder.tensor({4}), z = builder.tensor({4});
  tflite::IfOptionsT options;
  options.then_subgraph_index = 1;
  options.else_subgraph_index = 2;
  builder.op(tflite::BuiltinOperator_IF, {condition, x}, {y}).options.Set(std::move(options));
  builder.op(tflite::BuiltinOperator_RESHAPE, {y, builder.indices({-1})}, {z});
  builder.inputs({condition, x});
  builder.outputs({y, z});
  reshaping(builder, then);
  reshaping(builder, otherwise);
  return builder;
}

Session opened(const ModelBuilder& builder) {
  auto model = PreparedModel::prepare(builder.build());
  INFO((model.ok() ? std::string() : model.error().message()));
  REQUIRE(model.ok());
  return Session(*model);
}

}  // namespace

TEST_CASE("IF runs the branch that the condition chooses", "[runtime]") {
  for (const bool sameShape : {true, false}) {
    Session session = opened(sameShape ? branching({2, 2}, {2, 2}) : branching({2, 2}, {4, 1}));
    setFloats(session, 1, kFour);
    for (const uint8_t condition : {1, 0, 1}) {
      session.mutableInput(0)[0] = std::byte{condition};
      const auto ran = session.run();
      INFO((ran.ok() ? std::string() : ran.error().message()));
      REQUIRE(ran.ok());
      CHECK(session.output(0).shape[0] == (condition || sameShape ? 2 : 4));
      CHECK(floats(session.output(0)) == kFour);
      CHECK(floats(session.output(1)) == kFour);
    }
  }
}

TEST_CASE("a call whose arguments do not match the subgraph is refused", "[runtime]") {
  const auto refused = [](auto&& change) {
    ModelBuilder builder = branching({2, 2}, {2, 2});
    change(builder.model);
    const auto model = PreparedModel::prepare(builder.build());
    REQUIRE_FALSE(model.ok());
    CHECK(model.error().code == ErrorCode::Malformed);
  };
  refused([](Model& m) { m.subgraphs[0].operators[0].options.AsIfOptions()->else_subgraph_index = 9; });
  refused([](Model& m) { m.subgraphs[0].operators[0].options.AsIfOptions()->else_subgraph_index = -1; });
  refused([](Model& m) { m.subgraphs[0].operators[0].options.AsIfOptions()->then_subgraph_index = 0; });
  refused([](Model& m) { m.subgraphs[0].operators[0].options = {}; });
  refused([](Model& m) { m.subgraphs[1].inputs.clear(); });
  refused([](Model& m) { m.subgraphs[2].outputs.push_back(m.subgraphs[2].outputs[0]); });
  refused([](Model& m) { m.subgraphs[1].tensors[0].type = ElementType::Int32; });
  refused([](Model& m) { m.subgraphs[0].tensors[0].type = ElementType::Int32; });
  refused([](Model& m) { m.subgraphs[1].operators[0].inputs[0] = TensorIndex(50); });
}

TEST_CASE("a composite runs its decomposition, and endless nesting is refused", "[runtime]") {
  ModelBuilder builder;
  const auto x = builder.tensor({4}), y = builder.tensor({2, 2});
  tflite::StableHLOCompositeOptionsT options;
  options.decomposition_subgraph_index = 1;
  builder.op(tflite::BuiltinOperator_STABLEHLO_COMPOSITE, {x}, {y}).options2.Set(std::move(options));
  builder.inputs({x});
  builder.outputs({y});
  reshaping(builder, {2, 2});
  Session session = opened(builder);
  setFloats(session, 0, kFour);
  REQUIRE(session.run().ok());
  CHECK(floats(session.output(0)) == kFour);

  auto endless = builder.model;
  endless.subgraphs[0].operators[0].options2.AsStableHLOCompositeOptions()->decomposition_subgraph_index = 0;
  const auto model = PreparedModel::prepare(std::make_shared<const Model>(endless));
  REQUIRE_FALSE(model.ok());
  CHECK(model.error().message().find("levels deep") != std::string::npos);
}

namespace {

TensorIndex handle(ModelBuilder& builder) {
  const auto variable = builder.tensor({}, ElementType::Resource);
  tflite::VarHandleOptionsT options;
  options.shared_name = "state";
  builder.op(tflite::BuiltinOperator_VAR_HANDLE, {}, {variable}).options.Set(std::move(options));
  return variable;
}

/// Gives the variable's value, then assigns the input to it; optionally initialized by CALL_ONCE.
ModelBuilder remembering(bool initialized) {
  ModelBuilder builder;
  const auto x = builder.tensor({4}), y = builder.tensor({4});
  if (initialized) {
    tflite::CallOnceOptionsT options;
    options.init_subgraph_index = 1;
    builder.op(tflite::BuiltinOperator_CALL_ONCE, {}, {}).options.Set(std::move(options));
  }
  const auto variable = handle(builder);
  builder.op(tflite::BuiltinOperator_READ_VARIABLE, {variable}, {y});
  builder.op(tflite::BuiltinOperator_ASSIGN_VARIABLE, {variable, x}, {});
  builder.inputs({x});
  builder.outputs({y});
  builder.beginSubgraph();
  const auto inner = handle(builder);
  const std::vector<float> start{9, 9, 9, 9};
  builder.op(tflite::BuiltinOperator_ASSIGN_VARIABLE, {inner, builder.constant({4}, start)}, {});
  return builder;
}

}  // namespace

TEST_CASE("a resource variable keeps its value between runs of one session", "[runtime]") {
  Session session = opened(remembering(true));
  setFloats(session, 0, kFour);
  REQUIRE(session.run().ok());
  CHECK(floats(session.output(0)) == std::vector<float>{9, 9, 9, 9});
  REQUIRE(session.run().ok());
  CHECK(floats(session.output(0)) == kFour);
  session.resetVariables();
  REQUIRE(session.run().ok());
  CHECK(floats(session.output(0)) == std::vector<float>{9, 9, 9, 9});
}

TEST_CASE("reading a variable before anything is assigned is an error", "[runtime]") {
  Session session = opened(remembering(false));
  const auto ran = session.run();
  REQUIRE_FALSE(ran.ok());
  CHECK(ran.error().message().find("READ_VARIABLE") != std::string::npos);
}

}  // namespace quantscope::tests
