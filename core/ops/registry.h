#pragma once

#include <span>
#include <string_view>

#include "core/ops/kernel.h"

namespace quantscope {

/// A kernel that this program has: one row per operator, one line each in core/ops/operators.inc.
struct KernelRow {
  tflite::BuiltinOperator code;
  PrepareFunction prepare;       ///< null: control flow and variables, which the runtime itself executes
  int32_t maxVersion;            ///< highest operator version understood
  const char* customCode = "";   ///< for CUSTOM operators
};

std::span<const KernelRow> kernelRows();

/// The row of an operator; null where there is none.
const KernelRow* findKernel(tflite::BuiltinOperator code, std::string_view customCode = {});

/// Why this program executes no operator of this kind: "its results are random"; empty where nothing more can be said
/// than that it has no kernel.
std::string_view whyWithoutKernel(tflite::BuiltinOperator code);

}  // namespace quantscope
