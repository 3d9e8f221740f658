#pragma once

#include <memory>

#include "core/numerics/activation_range.h"
#include "core/ops/kernel.h"
#include "core/ops/reference/convolution.h"

/// Float kernels with packed weights. Each returns null where it does not apply (weights or bias known only while
/// running, empty shapes); the plain loops then serve.
namespace quantscope::fast {

/// CONV_2D; operands 0 input, 1 weights, 2 bias.
std::unique_ptr<Kernel> makeConvFloat(PrepareContext& context, const reference::ConvGeometry& geometry,
                                      numerics::ActivationRange<float> range);
/// FULLY_CONNECTED of `rows` rows; operands as above.
std::unique_ptr<Kernel> makeFullyConnectedFloat(PrepareContext& context, size_t rows,
                                                numerics::ActivationRange<float> range);
/// DEPTHWISE_CONV_2D; operands as above.
std::unique_ptr<Kernel> makeDepthwiseFloat(PrepareContext& context, const reference::ConvGeometry& geometry,
                                           numerics::ActivationRange<float> range);

}  // namespace quantscope::fast
