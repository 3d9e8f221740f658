#pragma once

#include <memory>

#include "core/ops/fast/affine_hybrid.h"
#include "core/ops/fast/affine_integer.h"

/// TRANSPOSE_CONV as ordinary convolutions: output pixels of one remainder modulo the strides see the same taps, so
/// each remainder is a product of its own. Operands as in ops/transpose_conv.cpp. Each returns null where it does not
/// apply (weights or bias known only while running, empty shapes, sums beyond 32 bits). The integer forms equal the
/// plain loops bit for bit.
namespace quantscope::fast {

std::unique_ptr<Kernel> makeTransposeConvFloat(PrepareContext& context, const reference::ConvGeometry& geometry,
                                               size_t input, const float* weights, const float* bias,
                                               numerics::ActivationRange<float> range);
/// Dynamic range: every product is scaled and added in float, in the order of the reference kernel, for all output
/// channels at once.
std::unique_ptr<Kernel> makeTransposeConvHybrid(PrepareContext& context, const reference::ConvGeometry& geometry,
                                                size_t input, const HybridLayer& layer);
std::unique_ptr<Kernel> makeTransposeConvCodes(PrepareContext& context, const reference::ConvGeometry& geometry,
                                               size_t input, const IntegerLayer& layer,
                                               const reference::Requantization& requantize);
std::unique_ptr<Kernel> makeTransposeConvWide(PrepareContext& context, const reference::ConvGeometry& geometry,
                                              size_t input, const WideLayer& layer,
                                              const reference::Requantization& requantize);

}  // namespace quantscope::fast
