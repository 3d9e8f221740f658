#pragma once

#include <string>

#include "core/base/result.h"
#include "core/model/model.h"

namespace quantscope::cli {

/// The tensor of subgraph 0 that is called NAME or has the number #ID. Errors: NotFound (with the nearest name),
/// InvalidArgument (several tensors have the name).
Result<TensorIndex> findTensor(const Model& model, const std::string& nameOrNumber);

}  // namespace quantscope::cli
