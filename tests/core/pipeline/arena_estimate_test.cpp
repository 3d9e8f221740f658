#include "core/pipeline/arena_estimate.h"

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

/// x → a → b → y, 1,000 float32 values each, 100 in y.
tests::ModelBuilder chain() {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 1000}), a = builder.tensor({1, 1000}), b = builder.tensor({1, 1000});
  const auto y = builder.tensor({1, 100});
  builder.op(tflite::BuiltinOperator_TANH, {x}, {a});
  builder.op(tflite::BuiltinOperator_TANH, {a}, {b});
  builder.fullyConnected(b, builder.randomConstant({100, 1000}, "w"), TensorIndex(), y);
  builder.inputs({x});
  builder.outputs({y});
  return builder;
}

}  // namespace

TEST_CASE("activations that are never alive together share memory", "[pipeline]") {
  const auto builder = chain();
  const auto arena = estimateArena(builder.model.subgraphs[0], builder.model);
  REQUIRE(arena);
  CHECK(arena->peakBytes == 2 * 4000);
  CHECK(arena->peakOperator == OperatorIndex(0));
  REQUIRE(arena->plannedBytes);
  // Each begins at a multiple of 64.
  CHECK(*arena->plannedBytes == 4032 + 4032);
}

TEST_CASE("a value that is needed later keeps its memory", "[pipeline]") {
  auto builder = chain();
  const auto z = builder.tensor({1, 1000});
  builder.add(TensorIndex(0), TensorIndex(2), z);
  builder.outputs({TensorIndex(3), z});
  const auto arena = estimateArena(builder.model.subgraphs[0], builder.model);
  REQUIRE(arena);
  // x, b, y and z at the end; x, a and b before.
  CHECK(arena->peakBytes == 3 * 4000 + 400);
}

TEST_CASE("an impossible shape has no estimate", "[pipeline]") {
  auto builder = chain();
  builder.graph().tensors[1].shape = {-1, 1000};
  CHECK_FALSE(estimateArena(builder.model.subgraphs[0], builder.model));
}

TEST_CASE("a graph without operators needs room for its inputs only", "[pipeline]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 16});
  builder.inputs({x});
  builder.outputs({x});
  const auto arena = estimateArena(builder.model.subgraphs[0], builder.model);
  REQUIRE(arena);
  CHECK(arena->peakBytes == 64);
}
