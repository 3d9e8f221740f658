#include <cmath>

#include "core/calibration/calibrate.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using tests::ModelBuilder;
using Kind = CalibrationRemark::Kind;

namespace {

/// Concatenates two inputs.
std::shared_ptr<const Model> concatenation() {
  ModelBuilder b;
  const auto p = b.tensor({1, 2}), q = b.tensor({1, 2}), y = b.tensor({1, 4});
  b.op(tflite::BuiltinOperator_CONCATENATION, {p, q}, {y}).options.Set(tflite::ConcatenationOptionsT{});
  b.inputs({p, q});
  b.outputs({y});
  return b.build();
}

TensorRange range(float min, float max, uint64_t samples = 100) {
  TensorRange range;
  range.min = range.observedMin = range.averageMin = min;
  range.max = range.observedMax = range.averageMax = max;
  range.samples = samples;
  range.minSample = "low.png";
  range.maxSample = "high.png";
  range.growth = {{1, min, max}, {samples, min, max}};
  return range;
}

CalibrationResult two(const TensorRange& p, const TensorRange& q) {
  CalibrationResult result;
  result.samples = 100;
  result.ranges[{0, 0}] = p;
  result.ranges[{0, 1}] = q;
  result.names[{0, 0}] = "left";
  result.names[{0, 1}] = "right";
  return result;
}

const CalibrationRemark* find(const std::vector<CalibrationRemark>& remarks, Kind kind) {
  for (const CalibrationRemark& remark : remarks)
    if (remark.kind == kind) return &remark;
  return nullptr;
}

}  // namespace

TEST_CASE("a calm calibration calls for no remark", "[calibration]") {
  CHECK(calibrationRemarks(*concatenation(), two(range(-1, 1), range(-1, 1.5f))).empty());
}

TEST_CASE("operands of very different ranges at one scale are told", "[calibration]") {
  const auto remarks = calibrationRemarks(*concatenation(), two(range(-1, 1), range(-16, 16)));
  const auto* found = find(remarks, Kind::Mismatched);
  REQUIRE(found);
  CHECK(found->tensor.value == 0);
  CHECK(found->op.value == 0);
  CHECK(found->value == Approx(16));
  CHECK(found->text.find("loses 4 bits") != std::string::npos);
}

TEST_CASE("a range that still grows at the end is told, one that settled is not", "[calibration]") {
  TensorRange growing = range(-1, 4);
  growing.growth = {{1, -1, 1}, {64, -1, 1}, {100, -1, 4}};
  const auto remarks = calibrationRemarks(*concatenation(), two(growing, range(-1, 4)));
  const auto* found = find(remarks, Kind::Unsettled);
  REQUIRE(found);
  CHECK(found->value == Approx(2.5));
  growing.growth = {{1, -1, 1}, {64, -1, 4}, {100, -1, 4}};
  CHECK_FALSE(find(calibrationRemarks(*concatenation(), two(growing, range(-1, 4))), Kind::Unsettled));
}

TEST_CASE("the sample that stretches a range is named", "[calibration]") {
  TensorRange stretched = range(-1, 100);
  stretched.histogram = {-1, 100, std::vector<uint64_t>(101, 0)};
  stretched.histogram.counts[0] = 100000;
  stretched.histogram.counts[1] = 100000;
  stretched.histogram.counts[100] = 1;
  const auto remarks = calibrationRemarks(*concatenation(), two(stretched, range(-1, 100)));
  const auto* found = find(remarks, Kind::Outliers);
  REQUIRE(found);
  CHECK(found->text.find("high.png") != std::string::npos);
  SECTION("and an observer that clips it says how much it clips") {
    stretched.max = 0.5f;
    stretched.histogram.counts[1] = 0;
    stretched.histogram.counts[50] = 10000;
    const auto clipped = calibrationRemarks(*concatenation(), two(stretched, range(-1, 1)));
    REQUIRE(find(clipped, Kind::Clipped));
    CHECK(find(clipped, Kind::Clipped)->value == Approx(10001.0 / 110001.0));
  }
}

TEST_CASE("tensors and channels that were never active are told", "[calibration]") {
  TensorRange dead = range(0, 0), partly = range(-1, 1);
  partly.channels = 2;
  partly.inactiveChannels = {1};
  const auto remarks = calibrationRemarks(*concatenation(), two(dead, partly));
  CHECK(find(remarks, Kind::Inactive)->tensor.value == 0);
  CHECK(find(remarks, Kind::InactiveChannels)->text.find("1 of 2 channels") != std::string::npos);
}

TEST_CASE("ranges are chosen anew from what was observed, per tensor", "[calibration]") {
  TensorRange seen = range(-1, 9);
  seen.averageMin = -0.5f;
  seen.averageMax = 3;
  const auto result = two(seen, seen);
  const auto again = chooseRanges(result, Observer::MinMax, {{"right", Observer::MovingAverage}});
  REQUIRE(again.ok());
  CHECK(again->ranges.at({0, 0}).max == 9);
  CHECK(again->ranges.at({0, 1}).max == 3);
  CHECK(again->ranges.at({0, 1}).observer == Observer::MovingAverage);
  CHECK_FALSE(chooseRanges(result, Observer::MinMax, {{"(", Observer::Entropy}}).ok());
}
