#include "core/calibration/padding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using tests::ModelBuilder;

namespace {

/// x + mask, then SOFTMAX.
ModelBuilder masked(std::vector<float> mask) {
  ModelBuilder b;
  const auto x = b.tensor({1, 4}), sum = b.tensor({1, 4}), y = b.tensor({1, 4});
  b.add(x, b.constant({1, 4}, mask), sum);
  b.op(tflite::BuiltinOperator_SOFTMAX, {sum}, {y});
  b.inputs({x});
  b.outputs({y});
  return b;
}

std::vector<float> limitsOf(const ModelBuilder& b) {
  const auto model = b.build();
  return calibration::paddingLimits(*model, model->subgraphs[0]);
}

}  // namespace

TEST_CASE("what a mask adds is padding in the sum, and in nothing behind the softmax", "[calibration]") {
  const float lowest = std::numeric_limits<float>::lowest(), infinity = std::numeric_limits<float>::infinity();
  for (const float padding : {-1e9f, -1e4f, lowest, -infinity}) {
    const auto limits = limitsOf(masked({0, 0, padding, padding}));
    CHECK(std::isinf(limits[0]));
    CHECK(std::isfinite(limits[1]));
    CHECK(limits[1] <= -std::max(padding, lowest) / 2);
    CHECK(std::isinf(limits[2]));
  }
}

TEST_CASE("honest constants are no padding", "[calibration]") {
  for (const float value : {-128.0f, 255.0f, 32768.0f, 1e6f}) CHECK(std::isinf(limitsOf(masked({value, 0, 0, 0}))[1]));
}

TEST_CASE("padding is followed through whatever hands it on", "[calibration]") {
  ModelBuilder b;
  const auto m = b.tensor({1, 4}), scaled = b.tensor({1, 4}), flat = b.tensor({4}), x = b.tensor({4}),
             sum = b.tensor({4});
  const float big = -1e9f;
  b.op(tflite::BuiltinOperator_MUL, {m, b.constant({}, std::span(&big, 1))}, {scaled});
  b.op(tflite::BuiltinOperator_RESHAPE, {scaled, b.indices({4})}, {flat});
  b.add(x, flat, sum);
  b.inputs({m, x});
  b.outputs({sum});
  const auto limits = limitsOf(b);
  CHECK(std::isinf(limits[m.position()]));
  CHECK(limits[scaled.position()] == 5e8f);
  CHECK(limits[flat.position()] == 5e8f);
  CHECK(limits[sum.position()] == 5e8f);
}
