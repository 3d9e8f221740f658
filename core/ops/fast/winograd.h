#pragma once

#include <memory>

#include "core/numerics/activation_range.h"
#include "core/ops/kernel.h"
#include "core/ops/reference/convolution.h"

namespace quantscope::fast {

/// CONV_2D of 3 x 3 windows and stride 1 in float with 16 instead of 36 multiplications for four outputs (A. Lavin and
/// S. Gray, Fast Algorithms for Convolutional Neural Networks, F(2 x 2, 3 x 3)). Sums differ from the plain ones by
/// roundings only: about three times the error of another order of summation. The larger F(4 x 4, 3 x 3) loses up to
/// two digits more and is not used. Null where it does not apply or would not pay: other windows, few channels, few
/// outputs. `weights` [outChannels][3][3][inChannels]; bias may be null.
std::unique_ptr<Kernel> makeWinogradFloat(PrepareContext& context, const reference::ConvGeometry& geometry,
                                          const float* weights, const float* bias,
                                          numerics::ActivationRange<float> range);

}  // namespace quantscope::fast
