#include <array>
#include <vector>

#include "core/numerics/vector_functions.h"
#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

/// What recurrent operators keep between runs. Their arithmetic is held to the real runtime by the conformance test.
namespace quantscope::tests {

namespace {

/// One unit: y = tanh(x + y before).
ModelBuilder counter(bool stateIsVariable = true) {
  ModelBuilder b;
  const std::array<float, 1> one{1.0f}, zero{0.0f};
  const TensorIndex x = b.tensor({1, 1}), w = b.constant({1, 1}, one), r = b.constant({1, 1}, one),
                    bias = b.constant({1}, zero), state = b.tensor({1, 1}), y = b.tensor({1, 1});
  b.graph().tensor(state).isVariable = stateIsVariable;
  tflite::RNNOptionsT options;
  options.fused_activation_function = tflite::ActivationFunctionType_TANH;
  b.op(tflite::BuiltinOperator_RNN, {x, w, r, bias, state}, {y}).options.Set(std::move(options));
  b.inputs(stateIsVariable ? std::vector<TensorIndex>{x} : std::vector<TensorIndex>{x, state});
  b.outputs({y});
  return b;
}

float next(Session& session, float x) {
  const std::array<float, 1> value{x};
  const std::array<int32_t, 2> shape{1, 1};
  REQUIRE(session.setInput(0, {ElementType::Float32, shape, std::as_bytes(std::span(value))}).ok());
  REQUIRE(session.run().ok());
  return session.output(0).values<float>()[0];
}

}  // namespace

TEST_CASE("a recurrent operator goes on from its last result until its state is reset", "[ops]") {
  const auto prepared = PreparedModel::prepare(counter().build());
  REQUIRE(prepared.ok());
  Session session(*prepared);
  const float first = next(session, 0.5f), second = next(session, 0.5f);
  CHECK(first == numerics::vectorTanh(0.5f));
  CHECK(second == numerics::vectorTanh(0.5f + first));
  session.resetVariables();
  CHECK(next(session, 0.5f) == first);
}

TEST_CASE("two sessions of a recurrent model do not share their states", "[ops]") {
  const auto prepared = PreparedModel::prepare(counter().build());
  REQUIRE(prepared.ok());
  Session one(*prepared), two(*prepared);
  const float first = next(one, 0.5f);
  next(one, 0.5f);
  CHECK(next(two, 0.5f) == first);
}

TEST_CASE("a recurrent operator refuses a state that does not outlive a run", "[ops]") {
  const auto prepared = PreparedModel::prepare(counter(false).build());
  REQUIRE_FALSE(prepared.ok());
  CHECK(prepared.error().message().find("variable") != std::string::npos);
}

}  // namespace quantscope::tests
