#pragma once

#include <cstdint>
#include <optional>

#include "core/model/model.h"

namespace quantscope {

/// Memory that the activations of a subgraph take in one run, by the shapes of the file (unknown dimensions count as
/// the file has them). An estimate: operators that write over their input, and memory of their own, are not counted.
struct ArenaEstimate {
  int64_t peakBytes = 0;       ///< most that is alive at once; no plan can do with less
  OperatorIndex peakOperator;  ///< while this one runs; invalid where there is none
  /// As planMemory() lays it out (greedy by size); nothing where there are too many tensors for that.
  std::optional<int64_t> plannedBytes;
};

/// Nothing where a shape cannot be held in memory (dynamic shapes, strings).
std::optional<ArenaEstimate> estimateArena(const Subgraph& subgraph, const Model& model);

}  // namespace quantscope
