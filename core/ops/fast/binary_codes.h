#pragma once

#include <memory>

#include "core/ops/broadcast.h"
#include "core/ops/kernel.h"
#include "core/ops/reference/binary_codes.h"

namespace quantscope::fast {

/// ADD, SUB and MUL on codes (Code: int8_t, uint8_t, int16_t), vectorized along rows; equal to the plain loops.
template <typename Code>
std::unique_ptr<Kernel> makeSumCodes(const ops::BroadcastPlan& plan, const reference::RescaledSum& sum, CpuLevel cpu);
template <typename Code>
std::unique_ptr<Kernel> makeProductCodes(const ops::BroadcastPlan& plan, const reference::RescaledProduct& product,
                                         CpuLevel cpu);

}  // namespace quantscope::fast
