#pragma once

#include <vector>

#include "core/model/structure.h"

namespace quantscope {

/// Warnings about operators whose answer depends on the runtime: shipped reference kernels compute them wrongly (in
/// ways that spec/tflite-kernels.md lists and that `--kernels reference` reproduces), other kernels do not. In order of
/// subgraph and operator.
std::vector<Finding> runtimeDependentFindings(const Model& model);

}  // namespace quantscope
