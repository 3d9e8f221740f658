#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace quantscope {

struct Interval {
  double low = 0, high = 0;
};

inline constexpr int kBootstrapRounds = 2000;

/// 95 % percentile bootstrap interval (Efron 1979) of a statistic of `count` samples: `statistic` gets the indices of
/// each resample, drawn with replacement from a generator seeded with `seed`. Rounds that give no number are left out.
/// The same figures on every machine.
Interval bootstrapInterval(size_t count, const std::function<double(std::span<const uint32_t>)>& statistic,
                           int rounds = kBootstrapRounds, uint64_t seed = 1);
/// Of a mean.
Interval bootstrapMean(std::span<const double> values, int rounds = kBootstrapRounds, uint64_t seed = 1);

/// Two variants on the same samples.
struct PairedDifference {
  double difference = 0;  ///< mean of second - first
  Interval interval;      ///< 95 % bootstrap interval of it
  double pValue = 1;  ///< two-sided: twice the smaller share of resamples on either side of zero, at least 2 / rounds
};
/// Errors of samples, scores of samples: any figure per sample. 0 and p = 1 where there are none.
PairedDifference pairedBootstrap(std::span<const double> first, std::span<const double> second,
                                 int rounds = kBootstrapRounds, uint64_t seed = 1);

/// Samples that McNemar's test at 5 % needs to see a difference of two accuracies with a probability of 80 %, where
/// `discordant` is the share of samples that only one of them gets right (Connor 1987, formula 3). At least as many as
/// give 6 discordant pairs, the fewest that can be significant. 0 where the difference is 0 or above `discordant`.
uint64_t samplesToSee(double difference, double discordant);
/// The smallest difference that `samples` show with that probability; 1 where none.
double visibleDifference(uint64_t samples, double discordant);

}  // namespace quantscope
