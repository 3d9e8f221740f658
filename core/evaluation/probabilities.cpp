#include "core/evaluation/probabilities.h"

#include <algorithm>
#include <cmath>

namespace quantscope {

namespace {

constexpr double kLeast = 1e-7;

double floored(double value) {
  return value > kLeast ? value : kLeast;  // NaN too
}

}  // namespace

std::vector<double> softmax(std::span<const float> scores) {
  std::vector<double> result(scores.begin(), scores.end());
  if (result.empty()) return result;
  const double most = *std::max_element(result.begin(), result.end());
  double sum = 0;
  for (double& value : result) sum += value = std::exp(value - most);
  for (double& value : result) value /= sum;
  return result;
}

double klDivergence(std::span<const double> p, std::span<const double> q) {
  if (p.size() != q.size()) return 0;
  double sumP = 0, sumQ = 0;
  for (const double value : p) sumP += floored(value);
  for (const double value : q) sumQ += floored(value);
  double divergence = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const double a = floored(p[i]) / sumP, b = floored(q[i]) / sumQ;
    divergence += a * std::log(a / b);
  }
  return std::max(0.0, divergence);
}

}  // namespace quantscope
