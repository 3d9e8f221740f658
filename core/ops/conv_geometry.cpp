#include "core/ops/conv_geometry.h"

#include "core/ops/operand_checks.h"
#include "core/ops/window.h"

namespace quantscope::ops {

using reference::ConvGeometry;

namespace {

Result<void> requireImageAndFilter(const PrepareContext& context, const Operand& input, const Operand& weights) {
  QS_TRY(requireRank(context, input, 4, 4));
  QS_TRY(requireRank(context, weights, 4, 4));
  if (input.shape[3] < 1) return context.malformed(describe(context, input) + " has no channels");
  if (weights.elementCount() < 1) return context.malformed(describe(context, weights) + " is empty");
  return {};
}

ConvGeometry baseGeometry(const Operand& input, const ConvSteps& steps) {
  ConvGeometry g;
  g.batches = input.shape[0];
  g.inHeight = input.shape[1];
  g.inWidth = input.shape[2];
  g.inChannels = input.shape[3];
  g.strideY = steps.strideY;
  g.strideX = steps.strideX;
  g.dilationY = steps.dilationY;
  g.dilationX = steps.dilationX;
  return g;
}

Error impossibleWindow(const PrepareContext& context, const ConvGeometry& g) {
  return context.malformed("its window of " + std::to_string(g.filterHeight) + "×" + std::to_string(g.filterWidth) +
                           " with stride " + std::to_string(g.strideY) + "×" + std::to_string(g.strideX) +
                           " and dilation " + std::to_string(g.dilationY) + "×" + std::to_string(g.dilationX) +
                           " does not fit an image of " + std::to_string(g.inHeight) + "×" + std::to_string(g.inWidth));
}

Result<ConvGeometry> withWindows(const PrepareContext& context, ConvGeometry g, tflite::Padding padding) {
  const auto vertical = windowOf(g.inHeight, g.filterHeight, g.strideY, g.dilationY, padding);
  const auto horizontal = windowOf(g.inWidth, g.filterWidth, g.strideX, g.dilationX, padding);
  if (!vertical || !horizontal) return impossibleWindow(context, g);
  g.outHeight = vertical->out;
  g.outWidth = horizontal->out;
  g.padTop = vertical->padBefore;
  g.padLeft = horizontal->padBefore;
  return g;
}

}  // namespace

Result<ConvGeometry> convGeometry(const PrepareContext& context, const Operand& input, const Operand& weights,
                                  const ConvSteps& steps) {
  QS_TRY(requireImageAndFilter(context, input, weights));
  ConvGeometry g = baseGeometry(input, steps);
  g.outChannels = weights.shape[0];
  g.filterHeight = weights.shape[1];
  g.filterWidth = weights.shape[2];
  g.filterChannels = weights.shape[3];
  if (g.inChannels % g.filterChannels != 0 || g.outChannels % (g.inChannels / g.filterChannels) != 0) {
    return context.malformed(describe(context, weights) + " does not divide the channels of " +
                             describe(context, input) + " into groups");
  }
  return withWindows(context, g, steps.padding);
}

Result<ConvGeometry> depthwiseGeometry(const PrepareContext& context, const Operand& input, const Operand& weights,
                                       const ConvSteps& steps) {
  QS_TRY(requireImageAndFilter(context, input, weights));
  ConvGeometry g = baseGeometry(input, steps);
  g.filterHeight = weights.shape[1];
  g.filterWidth = weights.shape[2];
  g.outChannels = weights.shape[3];
  g.filterChannels = 1;
  if (weights.shape[0] != 1 || g.outChannels % g.inChannels != 0) {
    return context.malformed(describe(context, weights) + " does not match the channels of " +
                             describe(context, input));
  }
  return withWindows(context, g, steps.padding);
}

Result<ConvGeometry> transposedGeometry(const PrepareContext& context, const Operand& input, const Operand& weights,
                                        std::span<const int32_t> outputShape, const ConvSteps& steps) {
  QS_TRY(requireImageAndFilter(context, input, weights));
  ConvGeometry g = baseGeometry(input, steps);
  g.outChannels = weights.shape[0];
  g.filterHeight = weights.shape[1];
  g.filterWidth = weights.shape[2];
  g.filterChannels = weights.shape[3];
  if (g.filterChannels != g.inChannels) {
    return context.malformed(describe(context, weights) + " does not match the channels of " +
                             describe(context, input));
  }
  if (outputShape.size() != 4 || outputShape[0] != g.batches || outputShape[3] != g.outChannels) {
    return context.malformed("its output shape " + shapeText(outputShape) + " does not match " +
                             describe(context, input) + " and " + describe(context, weights));
  }
  g.outHeight = outputShape[1];
  g.outWidth = outputShape[2];
  // The output plays the part of the input of the convolution that this one transposes.
  const auto vertical = windowOf(g.outHeight, g.filterHeight, g.strideY, 1, steps.padding);
  const auto horizontal = windowOf(g.outWidth, g.filterWidth, g.strideX, 1, steps.padding);
  if (!vertical || !horizontal) return impossibleWindow(context, g);
  if (vertical->out != g.inHeight || horizontal->out != g.inWidth) {
    return context.malformed("its output shape " + shapeText(outputShape) + " needs an input of " +
                             std::to_string(vertical->out) + "×" + std::to_string(horizontal->out) + ", found " +
                             describe(context, input));
  }
  g.padTop = vertical->padBefore;
  g.padLeft = horizontal->padBefore;
  return g;
}

}  // namespace quantscope::ops
