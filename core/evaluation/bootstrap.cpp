#include "core/evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace quantscope {

namespace {

constexpr double kAlpha = 1.959963985, kPower = 0.841621234;  // normal quantiles of 97.5 % and 80 %
constexpr double kFewestPairs = 6;                            // 2 * 0.5^6 < 5 %

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere, which the standard distributions do not promise.
class Draw {
public:
  explicit Draw(uint64_t seed) : m_state(seed) {}
  uint32_t below(uint64_t count) {
    uint64_t z = m_state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return static_cast<uint32_t>(((z >> 32) * count) >> 32);
  }

private:
  uint64_t m_state;
};

Interval percentiles(std::vector<double>& results) {
  if (results.empty()) return {std::nan(""), std::nan("")};
  std::sort(results.begin(), results.end());
  const double last = static_cast<double>(results.size() - 1);
  auto at = [&](double share) {
    const double place = share * last;
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, results.size() - 1);
    return results[below] + (place - static_cast<double>(below)) * (results[above] - results[below]);
  };
  return {at(0.025), at(0.975)};
}

}  // namespace

Interval bootstrapInterval(size_t count, const std::function<double(std::span<const uint32_t>)>& statistic, int rounds,
                           uint64_t seed) {
  Draw draw(seed);
  std::vector<uint32_t> indices(count);
  std::vector<double> results;
  for (int round = 0; count > 0 && round < rounds; ++round) {
    for (uint32_t& index : indices) index = draw.below(count);
    const double value = statistic(indices);
    if (std::isfinite(value)) results.push_back(value);
  }
  return percentiles(results);
}

Interval bootstrapMean(std::span<const double> values, int rounds, uint64_t seed) {
  return bootstrapInterval(
      values.size(),
      [&](std::span<const uint32_t> indices) {
        double sum = 0;
        for (const uint32_t i : indices) sum += values[i];
        return sum / static_cast<double>(indices.size());
      },
      rounds, seed);
}

PairedDifference pairedBootstrap(std::span<const double> first, std::span<const double> second, int rounds,
                                 uint64_t seed) {
  PairedDifference result;
  const size_t count = std::min(first.size(), second.size());
  if (count == 0) return result;
  std::vector<double> differences(count);
  for (size_t i = 0; i < count; ++i) {
    differences[i] = second[i] - first[i];
    result.difference += differences[i] / static_cast<double>(count);
  }
  size_t below = 0, above = 0, finite = 0;
  result.interval = bootstrapInterval(
      count,
      [&](std::span<const uint32_t> indices) {
        double sum = 0;
        for (const uint32_t i : indices) sum += differences[i];
        below += sum <= 0;
        above += sum >= 0;
        ++finite;
        return sum / static_cast<double>(count);
      },
      rounds, seed);
  if (finite == 0) return result;
  const double smaller = static_cast<double>(std::max<size_t>(1, std::min(below, above)));
  result.pValue = std::min(1.0, 2 * smaller / static_cast<double>(finite));
  return result;
}

uint64_t samplesToSee(double difference, double discordant) {
  const double d = std::abs(difference);
  if (!(d > 0) || !(discordant >= d)) return 0;
  const double root = kAlpha * std::sqrt(discordant) + kPower * std::sqrt(discordant - d * d);
  return static_cast<uint64_t>(std::ceil(std::max(root * root / (d * d), kFewestPairs / discordant)));
}

double visibleDifference(uint64_t samples, double discordant) {
  if (samplesToSee(discordant, discordant) > samples || !(discordant > 0)) return 1;
  double low = 0, high = discordant;  // the needed samples fall with the difference
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (middle > 0 && samplesToSee(middle, discordant) <= samples ? high : low) = middle;
  }
  return high;
}

}  // namespace quantscope
