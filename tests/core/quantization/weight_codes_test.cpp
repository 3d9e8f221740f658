#include "core/quantization/constants/weight_codes.h"

#include <cmath>

#include "core/numerics/packing.h"
#include "core/numerics/quantization_parameters.h"
#include "tests/support/catch.h"

using namespace quantscope;
using namespace quantscope::quantization;

namespace {

std::vector<float> waves(size_t count) {
  std::vector<float> values(count);
  uint32_t state = 1;
  for (size_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    values[i] = (static_cast<float>(state >> 8) / 16777216.0f - 0.5f) * (1.0f + static_cast<float>(i % 977) / 100.0f);
  }
  return values;
}

const auto kRaiseNothing = [](std::span<float>, size_t) {};

}  // namespace

TEST_CASE("large weights in pieces have the codes of the rule, whatever the layout", "[quantization][constants]") {
  // Slices in front, behind, in between, and one for all; more than one piece each.
  for (const auto& [shape, axis] :
       {std::pair(std::vector<int32_t>{600, 1001}, 0), std::pair(std::vector<int32_t>{1001, 600}, 1),
        std::pair(std::vector<int32_t>{9, 67, 1001}, 1), std::pair(std::vector<int32_t>{600, 1001}, -1)}) {
    const SliceLayout layout = sliceLayout(shape, axis);
    const auto values = waves(static_cast<size_t>(layout.count()));
    for (const int bits : {8, 4}) {
      for (const CodeRule rule : {CodeRule::Exact, CodeRule::Reciprocal}) {
        SymmetricWeights one, four;
        REQUIRE(one.compute(values, layout, bits, rule, kRaiseNothing, {1, nullptr}) == CodeOutcome::Done);
        REQUIRE(four.compute(values, layout, bits, rule, kRaiseNothing, {4, nullptr}) == CodeOutcome::Done);
        CHECK(one.scales == four.scales);
        CHECK(std::equal(one.codes.bytes.begin(), one.codes.bytes.end(), four.codes.bytes.begin(),
                         four.codes.bytes.end()));
        const int limit = bits == 4 ? 7 : 127;
        std::vector<float> largest(one.scales.size(), 0.0f);
        std::vector<int8_t> codes(values.size());
        if (bits == 4) {
          numerics::unpackSigned(one.codes.bytes, 4, codes);
        } else {
          std::copy_n(reinterpret_cast<const int8_t*>(one.codes.bytes.data()), codes.size(), codes.begin());
        }
        auto slice = [&](size_t i) {
          return i / static_cast<size_t>(layout.inner) % static_cast<size_t>(layout.slices);
        };
        for (size_t i = 0; i < values.size(); ++i) largest[slice(i)] = std::max(largest[slice(i)], std::abs(values[i]));
        size_t wrong = 0;
        for (size_t i = 0; i < values.size(); ++i) {
          const float scale = one.scales[slice(i)];
          wrong +=
              codes[i] != (rule == CodeRule::Exact ? numerics::quantizeInDouble(values[i], scale, 0, -limit, limit)
                                                   : numerics::quantizeByReciprocal(values[i], scale, -limit, limit));
        }
        CHECK(wrong == 0);
        for (size_t s = 0; s < largest.size(); ++s) CHECK(one.scales[s] == numerics::symmetricScale(largest[s], limit));
      }
    }
  }
}

TEST_CASE("scales that must be raised are, in every piece", "[quantization][constants]") {
  const auto values = waves(600 * 1001);
  const SliceLayout layout = sliceLayout(std::vector<int32_t>{600, 1001}, 0);
  SymmetricWeights weights;
  const auto raise = [](std::span<float> scales, size_t first) {
    for (size_t i = 0; i < scales.size(); ++i) scales[i] = 1.0f + static_cast<float>(first + i);
  };
  REQUIRE(weights.compute(values, layout, 8, CodeRule::Exact, raise, {2, nullptr}) == CodeOutcome::Done);
  for (size_t s = 0; s < 600; ++s) CHECK(weights.scales[s] == 1.0f + static_cast<float>(s));
}

TEST_CASE("a value that is not finite is found in any piece, and stopping works between them",
          "[quantization][constants]") {
  auto values = waves(600 * 1001);
  const SliceLayout layout = sliceLayout(std::vector<int32_t>{600, 1001}, 0);
  SymmetricWeights weights;
  Progress progress;
  progress.cancel();
  CHECK(weights.compute(values, layout, 8, CodeRule::Exact, kRaiseNothing, {2, &progress}) == CodeOutcome::Stopped);
  values[555 * 1001] = INFINITY;
  CHECK(weights.compute(values, layout, 8, CodeRule::Exact, kRaiseNothing, {2, nullptr}) == CodeOutcome::NotFinite);
  BlockwiseWeights blocks;
  CHECK(blocks.compute(std::span(values).first(600 * 992), 32, {2, nullptr}) == CodeOutcome::NotFinite);
}

TEST_CASE("blockwise codes are the same on any number of threads", "[quantization][constants]") {
  const auto values = waves(512 * 1024);
  BlockwiseWeights one, four;
  REQUIRE(one.compute(values, 32, {1, nullptr}) == CodeOutcome::Done);
  REQUIRE(four.compute(values, 32, {4, nullptr}) == CodeOutcome::Done);
  CHECK(one.scales == four.scales);
  CHECK(std::equal(one.codes.bytes.begin(), one.codes.bytes.end(), four.codes.bytes.begin(), four.codes.bytes.end()));
}
