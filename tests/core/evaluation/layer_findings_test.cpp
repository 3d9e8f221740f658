#include "core/evaluation/layer_findings.h"

#include <cmath>

#include "core/evaluation/value_comparison.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

LayerErrors network(size_t layers) {
  LayerErrors errors;
  for (size_t i = 0; i < layers; ++i) {
    LayerError e;
    e.op = "CONV_2D";
    e.values = 100;
    e.sqnrDecibel = 40 + static_cast<double>(i % 3);
    e.rmseOverScale = 0.29;
    errors.local.push_back(e);
    e.sqnrDecibel = 38 - 0.2 * static_cast<double>(i);
    errors.accumulated.push_back(e);
  }
  return errors;
}

}  // namespace

TEST_CASE("In an even network no operator stands out", "[layers]") {
  CHECK(interpretLayers(network(12)).empty());
  CHECK(interpretLayers(LayerErrors()).empty());
}

TEST_CASE("An operator far below the network's median is named", "[layers]") {
  LayerErrors errors = network(12);
  errors.local[5].sqnrDecibel = 15;
  const auto findings = interpretLayers(errors);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].layer == 5);
  CHECK(findings[0].what.find("15.0 dB") != std::string::npos);
  CHECK(findings[0].remedy.find("per-channel") != std::string::npos);
  errors.local[5].sqnrDecibel = 38;  // within 3 dB of the rest
  CHECK(interpretLayers(errors).empty());
}

TEST_CASE("Clipping is told from coarse weights", "[layers]") {
  LayerErrors errors = network(12);
  errors.local[2].saturated = 0.02;
  errors.local[2].rmseOverScale = 5;
  errors.local[7].rmseOverScale = 0.9;
  const auto findings = interpretLayers(errors);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].layer == 2);
  CHECK(findings[0].what.find("clips 2 %") != std::string::npos);
  CHECK(findings[1].layer == 7);
  CHECK(findings[1].what.find("3.1 times") != std::string::npos);
}

TEST_CASE("Results with 16 bits are not measured by their steps, nor told to become int16x8", "[layers]") {
  LayerErrors errors = network(12);
  for (LayerError& e : errors.local) {
    e.scaleBits = 16;
    e.rmseOverScale = 40;
  }
  CHECK(interpretLayers(errors).empty());
  errors.local[5].sqnrDecibel = 15;
  const auto findings = interpretLayers(errors);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].remedy.find("int16x8") == std::string::npos);
}

TEST_CASE("Where errors are amplified, the cause is looked for before", "[layers]") {
  LayerErrors errors = network(6);
  for (size_t i = 4; i < 6; ++i) errors.accumulated[i].sqnrDecibel = 20;
  const auto findings = interpretLayers(errors);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].layer == 4);
  CHECK(findings[0].what.find("amplifies") != std::string::npos);
}

TEST_CASE("Saturation counts what the range cannot hold, and equal distributions do not diverge", "[layers]") {
  Tensor tensor;
  tensor.type = ElementType::Int8;
  tensor.quantization.emplace();
  tensor.quantization->scale = {0.5f};
  tensor.quantization->zeroPoint = {-128};
  const auto range = RealRange::of(tensor);
  REQUIRE(range);
  CHECK(range->low == 0);
  CHECK(range->high == 127.5);
  const std::vector<float> reference{-1, 0, 127.7f, 128, 50, 10};
  ValueComparison same = compareInRange(reference, reference, range);
  CHECK(same.saturated == 2);
  CHECK(same.klDivergence() == 0);
  const std::vector<float> moved{100, 100, 100, 100, 100, 100};
  const ValueComparison other = compareInRange(reference, moved, range);
  CHECK(other.klDivergence() > 0.1);
  CHECK(other.sums.maxAbsolute == 101);
  same.add(other);
  CHECK(same.saturatedShare() == Approx(4.0 / 12));
  tensor.type = ElementType::Float32;
  CHECK_FALSE(RealRange::of(tensor).has_value());
  CHECK(compareInRange(reference, moved, std::nullopt).saturated == 0);
}
