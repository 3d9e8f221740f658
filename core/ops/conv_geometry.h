#pragma once

#include "core/ops/kernel.h"
#include "core/ops/reference/convolution.h"

namespace quantscope::ops {

/// Strides, dilations and padding of a convolution's options.
struct ConvSteps {
  int32_t strideY = 1, strideX = 1, dilationY = 1, dilationX = 1;
  tflite::Padding padding = tflite::Padding_SAME;
};

/// Geometry of CONV_2D, output size included. Errors: ranks, channels that do not divide, empty or too large windows.
Result<reference::ConvGeometry> convGeometry(const PrepareContext& context, const Operand& input,
                                             const Operand& weights, const ConvSteps& steps);
/// The same for DEPTHWISE_CONV_2D.
Result<reference::ConvGeometry> depthwiseGeometry(const PrepareContext& context, const Operand& input,
                                                  const Operand& weights, const ConvSteps& steps);
/// The same for TRANSPOSE_CONV, whose output shape is given.
Result<reference::ConvGeometry> transposedGeometry(const PrepareContext& context, const Operand& input,
                                                   const Operand& weights, std::span<const int32_t> outputShape,
                                                   const ConvSteps& steps);

inline std::vector<int32_t> outputShape(const reference::ConvGeometry& g) {
  return {g.batches, g.outHeight, g.outWidth, g.outChannels};
}

}  // namespace quantscope::ops
