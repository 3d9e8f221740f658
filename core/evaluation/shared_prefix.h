#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/evaluation/extract.h"

namespace quantscope {

/// What of a variant computes other values than a reference model does: the rest need not run again.
struct ChangedPart {
  ExtractedModel part;  ///< operators that may give other values
  std::vector<TensorIndex>
      sources;  ///< tensors of the reference with the values of part.inputs; invalid: a graph input of the variant
  /// Per graph output of the variant: output of `part`, or (not made there) tensor of the reference.
  struct Output {
    std::optional<size_t> changed;
    TensorIndex same;
  };
  std::vector<Output> outputs;
};

/// Walks both graphs from their inputs: an operator is the same where code, options, version, operands
/// and the type and scale of its results are. Loops, branches and operators with state always count as changed.
ChangedPart changedPart(const Model& reference, const Model& variant);

}  // namespace quantscope
