#pragma once

#include <string>
#include <vector>

#include "core/jobs/progress.h"
#include "core/model/model.h"

namespace quantscope {

/// One field that differs: "subgraph 0, tensor 5 conv1/weights", "type", "float32", "int8".
/// A part that only one of the models has: `what` is its kind and the other side is empty.
struct ModelDifference {
  std::string where;
  std::string what;
  std::string a, b;
};

struct DiffOptions {
  size_t limit = 10'000;  ///< stop after so many differences
  /// Tell absent from empty fields, and compare what is without meaning to the runtime (unused operator
  /// codes, order of buffers). False: only what a user of the model would notice.
  bool exact = true;
};

/// Field-by-field comparison of what two models mean; the layout of the bytes is left out, and so is the
/// mark of constants outside the flatbuffer (metadata entry "buffer_location"). Constants are compared by
/// content. An empty list means that nothing was lost.
/// Tensors and operators are matched by position. Cancelled by `progress`: the differences so far.
std::vector<ModelDifference> diffModels(const Model& a, const Model& b, const DiffOptions& options = {},
                                        Progress* progress = nullptr);

}  // namespace quantscope
