#pragma once

#include <memory>

#include "core/ops/fast/affine_hybrid.h"
#include "core/ops/fast/affine_integer.h"

/// DEPTHWISE_CONV_2D on integers, equal to the plain loops bit for bit. All kinds widen the image to int16 and multiply
/// pairs of taps. Weights are [taps][outChannels]. Each returns null where it does not apply (weights or bias known
/// only while running, empty shapes, sums beyond 32 bits).
namespace quantscope::fast {

std::unique_ptr<Kernel> makeDepthwiseCodes(PrepareContext& context, const reference::ConvGeometry& geometry,
                                           const IntegerLayer& layer, const reference::Requantization& requantize);
std::unique_ptr<Kernel> makeDepthwiseWide(PrepareContext& context, const reference::ConvGeometry& geometry,
                                          const WideLayer& layer, const reference::Requantization& requantize);
std::unique_ptr<Kernel> makeDepthwiseHybrid(PrepareContext& context, const reference::ConvGeometry& geometry,
                                            const HybridLayer& layer);

}  // namespace quantscope::fast
