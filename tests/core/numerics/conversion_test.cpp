#include <cmath>
#include <limits>
#include <vector>

#include "core/numerics/activation_range.h"
#include "core/numerics/dynamic_quantization.h"
#include "core/numerics/float16.h"
#include "core/numerics/lookup_table.h"
#include "core/numerics/packing.h"
#include "core/numerics/quantization_parameters.h"
#include "tests/support/catch.h"

using namespace quantscope::numerics;

TEST_CASE("every half precision number survives the way to float and back", "[numerics]") {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = fromFloat16(static_cast<uint16_t>(bits));
    if (std::isnan(value)) {
      CHECK(std::isnan(fromFloat16(toFloat16(value))));
    } else {
      REQUIRE(toFloat16(value) == bits);
    }
  }
}

TEST_CASE("conversion to half precision rounds ties to even", "[numerics]") {
  CHECK(toFloat16(1.0f + 0x1p-11f) == 0x3C00);
  CHECK(toFloat16(1.0f + 3 * 0x1p-11f) == 0x3C02);
  CHECK(toFloat16(65519.0f) == 0x7BFF);
  CHECK(toFloat16(65520.0f) == 0x7C00);
  CHECK(toFloat16(-1e30f) == 0xFC00);
  CHECK(toFloat16(0x1p-25f) == 0);
  CHECK(toFloat16(0x1.8p-25f) == 1);
  CHECK(toFloat16(3 * 0x1p-25f) == 2);
  CHECK(toFloat16(0x1p-14f - 0x1p-26f) == 0x0400);
  CHECK(fromFloat16(0x0001) == 0x1p-24f);
  CHECK(toBFloat16(1.0f + 0x1p-8f) == 0x3F80);
  CHECK(toBFloat16(1.0f + 3 * 0x1p-8f) == 0x3F82);
  CHECK(std::isnan(fromBFloat16(toBFloat16(std::numeric_limits<float>::signaling_NaN()))));
}

TEST_CASE("sub-byte values are packed lowest bits first", "[numerics]") {
  const std::vector<int8_t> values{-8, 7, -1};
  const auto packed = pack(std::span<const int8_t>(values), 4);
  REQUIRE(packed.size() == 2);
  CHECK(packed[0] == std::byte{0x78});
  CHECK(packed[1] == std::byte{0x0F});
  std::vector<int8_t> back(3);
  unpackSigned(packed, 4, back);
  CHECK(back == values);

  const std::vector<int8_t> narrow{-2, 1, 0, -1, 1};
  const auto packed2 = pack(std::span<const int8_t>(narrow), 2);
  REQUIRE(packed2.size() == 2);
  CHECK(packed2[0] == std::byte{0b11000110});
  std::vector<int8_t> back2(5);
  unpackSigned(packed2, 2, back2);
  CHECK(back2 == narrow);
  std::vector<uint8_t> raw(3);
  unpackUnsigned(packed, 4, raw);
  CHECK(raw == std::vector<uint8_t>{8, 7, 15});
}

TEST_CASE("fused activations become clamps", "[numerics]") {
  const auto relu6 = quantizedActivationRange(FusedActivation::Relu6, 0.05f, -100, -128, 127);
  REQUIRE(relu6);
  CHECK(relu6->low == -100);
  CHECK(relu6->high == 20);
  const auto none = quantizedActivationRange(FusedActivation::None, 0.05f, -100, -128, 127);
  CHECK(none->low == -128);
  CHECK(none->high == 127);
  CHECK_FALSE(quantizedActivationRange(FusedActivation::Relu6, 1e-12f, 0, -128, 127));
  CHECK_FALSE(quantizedActivationRange(FusedActivation::Relu6, 0.0f, 0, -128, 127));
  CHECK(activationRange<float>(FusedActivation::Relu).clamp(-2.0f) == 0.0f);
  CHECK(activationRange<float>(FusedActivation::None).high == std::numeric_limits<float>::max());
}

TEST_CASE("the sigmoid table has the published checksum", "[numerics]") {
  const auto& table = sigmoidTable();
  int64_t sum = 0;
  for (const uint16_t v : table) sum += v;
  CHECK(sum == 15670629);
  CHECK(table[0] == 32768);
  CHECK(table[255] == 65535);
}

TEST_CASE("tables evaluate a function on codes", "[numerics]") {
  const auto logistic = makeTable8([](float x) { return 1.0f / (1.0f + std::exp(-x)); }, {0.1, 3}, {1.0 / 256, -128});
  CHECK(logistic(int8_t{3}) == 0);
  CHECK(logistic(int8_t{127}) == 127);
  CHECK(logistic(int8_t{-128}) == -128);
  CHECK(logistic(int8_t{13}) == static_cast<int8_t>(std::lround(256.0 / (1.0 + std::exp(-1.0)) - 128)));
  const auto saturated = makeTable8([](float x) { return std::exp(x); }, {10.0, 0}, {1.0, 0});
  CHECK(saturated(int8_t{127}) == 127);
  CHECK(saturated(int8_t{-128}) == 0);
  const auto identity = makeTable16([](float x) { return x; }, {0.001, 0}, {0.001, 0});
  CHECK(identity(0) == 0);
  CHECK(identity(-32768) == -32768);
  CHECK(std::abs(identity(12345) - 12345) <= 1);
}

TEST_CASE("vectors are quantized while running, symmetric and asymmetric", "[numerics]") {
  const std::vector<float> values{-1.0f, 0.0f, 0.6f, 2.0f};
  std::vector<int8_t> codes(4);
  const auto symmetric = quantizeSymmetric(values, codes.data());
  CHECK(symmetric.scale == 2.0f / 127.0f);
  CHECK(codes == std::vector<int8_t>{-64, 0, 38, 127});
  const auto asymmetric = quantizeAsymmetric(values, codes.data());
  CHECK(asymmetric.scale == static_cast<float>(3.0 / 255.0));
  CHECK(asymmetric.zeroPoint == -43);
  CHECK(codes == std::vector<int8_t>{-128, -43, 8, 127});
  const std::vector<float> zeros(4, 0.0f);
  CHECK(quantizeAsymmetric(zeros, codes.data()).scale == 1.0f);
  CHECK(codes == std::vector<int8_t>(4, 0));
}

TEST_CASE("scales and zero points come from ranges", "[numerics]") {
  const auto activation = asymmetricInt8(-1.0f, 3.0f);
  CHECK(activation.scale == 4.0f / 255.0f);
  CHECK(activation.zeroPoint == -64);
  const auto positive = asymmetricInt8(0.5f, 2.55f);
  CHECK(positive.scale == 2.55f / 255.0f);
  CHECK(positive.zeroPoint == -128);
  const auto nothing = asymmetricInt8(0.0f, 0.0f);
  CHECK(nothing.scale == Approx(2e-6 / 255.0));
  CHECK(nothing.zeroPoint == 0);
  CHECK(asymmetricUInt8(-1.0f, 3.0f).zeroPoint == 64);
  CHECK(symmetricInt16(-2.0f, 1.0f).scale == 2.0f / 32767.0f);
  CHECK(symmetricScale(1.27f) == Approx(0.01f));
  CHECK(symmetricScale(0.0f) == Approx(1e-6 / 254.0));
  CHECK(asymmetricInDouble(-1.0, 3.0, -128, 127).zeroPoint == -64);
  CHECK(quantizeByReciprocal(0.015f, 0.01f, -127, 127) == 2);
  CHECK(quantizeByReciprocal(-5.0f, 0.01f, -127, 127) == -127);
  CHECK(quantizeByDivision(-2.5f, 1.0f, 10, -128, 127) == 7);
  CHECK(quantizeByDivision(INFINITY, 1.0f, -5, -128, 127) == 127);
  CHECK(quantizeBias32(1e30f, 1e-3f) == 2147483647);
  CHECK(quantizeBias32(-1.5f, 1.0f) == -2);
}

TEST_CASE("the widest range of floats has a finite scale", "[numerics]") {
  const float largest = std::numeric_limits<float>::max();
  const auto activation = asymmetricInt8(-largest, largest);
  CHECK(activation.scale == Approx(2.0 * static_cast<double>(largest) / 255.0));
  CHECK(std::abs(activation.zeroPoint) <= 1);
  CHECK(symmetricScale(largest) == Approx(static_cast<double>(largest) / 127.0));
}

TEST_CASE("a bias that does not fit raises the weight scale", "[numerics]") {
  CHECK_FALSE(raiseScalesForBias(1.0f, 0.1f, 0.1f));
  const auto raised = raiseScalesForBias(3.0f, 1e-4f, 1e-9f);
  REQUIRE(raised);
  CHECK(raised->biasScale == static_cast<float>(3.0 / 1073741823.0));
  CHECK(quantizeBias32(3.0f, raised->biasScale) <= 1073741824);
  CHECK(raised->weightScale == Approx(raised->biasScale / 1e-4f));
}
