#include "core/evaluation/evaluate.h"
#include "tests/support/catch.h"

using namespace quantscope;

TEST_CASE("Wilson intervals have the published values", "[evaluation]") {
  const Proportion p{751, 1000};
  CHECK(p.value() == Approx(0.751));
  CHECK(p.low() == Approx(0.7232715).margin(1e-6));
  CHECK(p.high() == Approx(0.7768074).margin(1e-6));
  // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  CHECK(Proportion{81, 263}.low() == Approx(0.2553).margin(1e-4));
  CHECK(Proportion{81, 263}.high() == Approx(0.3662).margin(1e-4));
  CHECK(Proportion{15, 148}.low() == Approx(0.0624).margin(1e-4));
  CHECK(Proportion{15, 148}.high() == Approx(0.1605).margin(1e-4));
  CHECK(Proportion{0, 20}.low() == 0.0);
  CHECK(Proportion{0, 20}.high() == Approx(0.1611).margin(1e-4));
  CHECK(Proportion{1, 29}.low() == Approx(0.0061).margin(1e-4));
  CHECK(Proportion{1, 29}.high() == Approx(0.1718).margin(1e-4));
}

TEST_CASE("Wilson intervals stay inside 0 and 1, and nothing measured is nothing known", "[evaluation]") {
  CHECK(Proportion{20, 20}.high() == 1.0);
  CHECK(Proportion{20, 20}.low() == Approx(1 - 0.1611).margin(1e-4));
  CHECK(Proportion{0, 0}.low() == 0.0);
  CHECK(Proportion{0, 0}.high() == 1.0);
  CHECK(Proportion{0, 0}.value() == 0.0);
}

TEST_CASE("The exact McNemar p-value is the two-sided binomial one", "[evaluation]") {
  CHECK(mcnemarPValue(0, 0) == 1.0);
  CHECK(mcnemarPValue(7, 7) == 1.0);
  CHECK(mcnemarPValue(1, 5) == Approx(0.21875).epsilon(1e-9));
  CHECK(mcnemarPValue(5, 1) == Approx(0.21875).epsilon(1e-9));
  CHECK(mcnemarPValue(0, 6) == Approx(0.03125).epsilon(1e-9));
  CHECK(mcnemarPValue(10, 20) == Approx(0.0987371467).epsilon(1e-8));
  CHECK(mcnemarPValue(0, 1) == Approx(1.0));
  CHECK(mcnemarPValue(5000, 5100) == Approx(0.3245815463).epsilon(1e-7));
  CHECK(mcnemarPValue(0, 5000) >= 0.0);
  CHECK(mcnemarPValue(0, 5000) < 1e-300);
}

namespace {

EvaluationResult answers(std::initializer_list<std::pair<uint32_t, bool>> list) {
  EvaluationResult result;
  for (const auto& [sample, right] : list) {
    Prediction p;
    p.sample = sample;
    p.label = 3;
    p.top1 = right ? 3 : 4;
    result.predictions.push_back(p);
  }
  return result;
}

}  // namespace

TEST_CASE("A paired test looks only at samples that both answered", "[evaluation]") {
  const auto first = answers({{0, true}, {1, true}, {2, false}, {5, true}, {7, false}});
  const auto second = answers({{0, false}, {2, true}, {3, true}, {5, true}, {7, false}});
  const PairedTest test = compareResults(first, second);
  CHECK(test.samples == 4);
  CHECK(test.onlyFirst == 1);
  CHECK(test.onlySecond == 1);
  CHECK(test.verdict() == "not different");
}

TEST_CASE("A verdict says which way a significant difference goes", "[evaluation]") {
  PairedTest test;
  test.onlyFirst = 2, test.onlySecond = 20;
  test.pValue = mcnemarPValue(2, 20);
  CHECK(test.verdict() == "better");
  std::swap(test.onlyFirst, test.onlySecond);
  CHECK(test.verdict() == "worse");
}

TEST_CASE("A limit takes samples evenly over the whole dataset", "[evaluation]") {
  std::vector<size_t> taken;
  for (size_t i = 0; i < 5; ++i) taken.push_back(limitedSample(i, 50, 5));
  CHECK(taken == std::vector<size_t>{0, 10, 20, 30, 40});
  CHECK(limitedSample(3, 4, 0) == 3);
  CHECK(limitedSample(3, 4, 9) == 3);
}
