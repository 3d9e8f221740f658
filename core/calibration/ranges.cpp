#include "core/calibration/ranges.h"

#include <array>

namespace quantscope {

namespace {
constexpr std::array<std::pair<Observer, std::string_view>, 5> kObservers{{{Observer::MinMax, "minmax"},
                                                                           {Observer::MovingAverage, "moving-average"},
                                                                           {Observer::Percentile, "percentile"},
                                                                           {Observer::MeanSquaredError, "mse"},
                                                                           {Observer::Entropy, "entropy"}}};
}

std::string_view observerName(Observer observer) {
  for (const auto& [known, name] : kObservers) {
    if (known == observer) return name;
  }
  return "unknown";
}

Result<Observer> parseObserver(std::string_view name) {
  std::string all;
  for (const auto& [observer, known] : kObservers) {
    if (known == name) return observer;
    all += (all.empty() ? "" : ", ") + std::string(known);
  }
  return Error{ErrorCode::InvalidArgument, "unknown observer", std::string(name), "", "use one of " + all};
}

const TensorRange* CalibrationResult::find(SubgraphIndex subgraph, TensorIndex tensor) const {
  const auto found = ranges.find({subgraph.value, tensor.value});
  return found == ranges.end() ? nullptr : &found->second;
}

}  // namespace quantscope
