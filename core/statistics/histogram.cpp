#include <algorithm>
#include <numeric>

#include "core/statistics/tensor_statistics.h"

namespace quantscope {

uint64_t Histogram::total() const {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

double Histogram::quantile(double fraction) const {
  const uint64_t all = total();
  if (all == 0) return low;
  const double wanted = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(all);
  double below = 0;
  for (size_t bin = 0; bin < counts.size(); ++bin) {
    const double here = static_cast<double>(counts[bin]);
    if (here > 0 && below + here >= wanted) {
      const double inside = std::clamp((wanted - below) / here, 0.0, 1.0);
      return std::min(high, low + (static_cast<double>(bin) + inside) * binWidth());
    }
    below += here;
  }
  return high;
}

}  // namespace quantscope
