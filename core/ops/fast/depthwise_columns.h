#pragma once

#include <memory>

#include "core/ops/fast/affine_hybrid.h"
#include "core/ops/fast/affine_integer.h"

namespace quantscope::fast {

/// DEPTHWISE_CONV_2D of int8 codes with VNNI. The values of four lines are interleaved to columns once; each column
/// then serves all the windows that it lies in, four products an instruction. Weights are [taps][outChannels]. Each is
/// null where it does not apply: other levels and types, several output channels of one input channel, a single line of
/// taps, windows too wide for the buffer of columns.
std::unique_ptr<Kernel> makeDepthwiseColumns(PrepareContext& context, const reference::ConvGeometry& geometry,
                                             const IntegerLayer& layer, const CodeFinish& finish,
                                             const std::vector<int64_t>& largest);
/// Dynamic range; sums of the weights with any codes fit 32 bits.
std::unique_ptr<Kernel> makeDepthwiseColumnsHybrid(PrepareContext& context, const reference::ConvGeometry& geometry,
                                                   const HybridLayer& layer);

}  // namespace quantscope::fast
