#pragma once

#include <memory>

#include "core/numerics/activation_range.h"
#include "core/ops/kernel.h"
#include "core/ops/reference/convolution.h"

/// Pools of many channels at once; equal to the plain loops bit for bit, floats included.
namespace quantscope::fast {

/// X: float, int8_t, uint8_t, int16_t; Range: the clamp of the result in X's kind.
template <typename X, typename Range>
std::unique_ptr<Kernel> makeMaximumPool(const reference::ConvGeometry& geometry, Range range, CpuLevel cpu);
/// Average of the values inside the image, codes rounded half away from zero.
template <typename X, typename Range>
std::unique_ptr<Kernel> makeAveragePool(const reference::ConvGeometry& geometry, Range range, CpuLevel cpu);

}  // namespace quantscope::fast
