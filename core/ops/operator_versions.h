#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/model/model.h"

namespace quantscope {

/// Version that an operator's code must carry for what its operands and options use: exact, because a higher one
/// makes older runtimes refuse the model (spec/tflite-format.md section 9.1).
int32_t operatorVersion(const Model& model, const Subgraph& graph, const Operator& op);

/// A runtime release; ordered.
struct RuntimeVersion {
  int major = 0, minor = 0, patch = 0;
  friend auto operator<=>(const RuntimeVersion&, const RuntimeVersion&) = default;
  std::string text() const;  ///< "2.3.0"
};

/// Oldest release whose kernels take this version of an operator (section 9.2); nothing where that is not known.
std::optional<RuntimeVersion> minimumRuntime(tflite::BuiltinOperator code, int32_t version);
/// Oldest release that takes all operators of a model; those that are not known do not count.
RuntimeVersion minimumRuntime(const Model& model);

}  // namespace quantscope
