#pragma once

#include <string_view>

#include "core/ops/kernel.h"

namespace quantscope {

/// What this processor and its operating system offer.
CpuLevel detectCpuLevel();

/// "baseline", "AVX2", "AVX-512", "AVX-512 VNNI".
std::string_view cpuLevelName(CpuLevel level);

}  // namespace quantscope
