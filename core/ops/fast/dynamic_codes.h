#pragma once

#include <span>

#include "core/numerics/dynamic_quantization.h"
#include "core/ops/kernel.h"

namespace quantscope::fast {

/// numerics::quantizeSymmetric or quantizeAsymmetric, vectorized; the same codes bit for bit.
using DynamicQuantizer = numerics::DynamicScale (*)(std::span<const float> values, int8_t* codes);
DynamicQuantizer dynamicQuantizer(CpuLevel level, bool asymmetric);

}  // namespace quantscope::fast
