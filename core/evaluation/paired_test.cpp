#include <algorithm>
#include <cmath>

#include "core/evaluation/evaluate.h"

namespace quantscope {

namespace {

constexpr double kZ = 1.959964;  // two-sided 95 % of the normal distribution

struct Interval {
  double low, high;
};

/// Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
Interval wilson(uint64_t hits, uint64_t total) {
  if (total == 0) return {0.0, 1.0};
  const double n = static_cast<double>(total);
  const double p = static_cast<double>(hits) / n;
  const double z2 = kZ * kZ;
  const double center = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  // At 0 and n hits the exact ends are 0 and 1; rounding would leave 1e-17 beside them.
  return {hits == 0 ? 0.0 : std::max(0.0, center - half), hits == total ? 1.0 : std::min(1.0, center + half)};
}

}  // namespace

double Proportion::low() const {
  return wilson(hits, total).low;
}
double Proportion::high() const {
  return wilson(hits, total).high;
}

double mcnemarPValue(uint64_t b, uint64_t c) {
  if (b == c) return 1.0;
  const double n = static_cast<double>(b + c);
  const uint64_t smaller = std::min(b, c);
  double tail = 0;
  for (uint64_t k = 0; k <= smaller; ++k) {
    const double i = static_cast<double>(k);
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) - n * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

PairedTest compareResults(const EvaluationResult& first, const EvaluationResult& second) {
  PairedTest test;
  auto a = first.predictions.begin();
  auto b = second.predictions.begin();
  while (a != first.predictions.end() && b != second.predictions.end()) {
    if (a->sample < b->sample) {
      ++a;
    } else if (b->sample < a->sample) {
      ++b;
    } else {
      if (a->label >= 0) {
        const bool firstRight = a->top1 == a->label, secondRight = b->top1 == b->label;
        test.onlyFirst += firstRight && !secondRight;
        test.onlySecond += secondRight && !firstRight;
        ++test.samples;
      }
      ++a, ++b;
    }
  }
  test.pValue = mcnemarPValue(test.onlyFirst, test.onlySecond);
  return test;
}

std::string PairedTest::verdict() const {
  if (pValue >= 0.05) return "not different";
  return onlySecond > onlyFirst ? "better" : "worse";
}

}  // namespace quantscope
