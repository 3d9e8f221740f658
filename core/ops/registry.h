#pragma once

#include <span>

#include "core/ops/kernel.h"

namespace quantscope {

/// A kernel that this program has: one row per operator, in core/ops/registry.cpp.
struct KernelRow {
  tflite::BuiltinOperator code;
  PrepareFunction prepare;
  int32_t maxVersion;            ///< highest operator version understood
  const char* customCode = "";   ///< for CUSTOM operators
};

std::span<const KernelRow> kernelRows();

/// The row of an operator; null where there is none.
const KernelRow* findKernel(tflite::BuiltinOperator code, std::string_view customCode = {});

}  // namespace quantscope
