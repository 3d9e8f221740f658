#include <array>

#include "core/quantization/targets/target_list.h"

namespace quantscope::quantization {
namespace {

using namespace tflite;

constexpr auto kRows = sortedByCode(std::to_array<TargetOperator>({
    {BuiltinOperator_ADD, kInt8Form},
    {BuiltinOperator_ARG_MAX, kInt8Form},
    {BuiltinOperator_ARG_MIN, kInt8Form},
    {BuiltinOperator_AVERAGE_POOL_2D, kInt8Form, kNoFusedActivation},
    {BuiltinOperator_CONCATENATION, kInt8Form},
    {BuiltinOperator_CONV_2D, kInt8Form, kStrideAtMost3 | kConstantWeights},
    {BuiltinOperator_DEPTHWISE_CONV_2D, kInt8Form, kStrideAtMost3 | kWindowWidth3 | kUnitMultiplier | kConstantWeights},
    {BuiltinOperator_DEPTH_TO_SPACE, kInt8Form},
    {BuiltinOperator_FULLY_CONNECTED, kInt8Form},
    {BuiltinOperator_HARD_SWISH, kInt8Form},
    {BuiltinOperator_L2_NORMALIZATION, kInt8Form, kNoFusedActivation},
    {BuiltinOperator_LOGISTIC, kInt8Form},
    {BuiltinOperator_MAXIMUM, kInt8Form},
    {BuiltinOperator_MAX_POOL_2D, kInt8Form, kNoFusedActivation},
    {BuiltinOperator_MEAN, kInt8Form},
    {BuiltinOperator_MINIMUM, kInt8Form},
    {BuiltinOperator_MIRROR_PAD, kInt8Form},
    {BuiltinOperator_MUL, kInt8Form},
    {BuiltinOperator_PACK, kInt8Form},
    {BuiltinOperator_PAD, kInt8Form},
    {BuiltinOperator_QUANTIZE, kInt8Form},
    {BuiltinOperator_RELU, kInt8Form},
    {BuiltinOperator_RELU6, kInt8Form},
    {BuiltinOperator_RESHAPE, kInt8Form},
    {BuiltinOperator_RESIZE_BILINEAR, kInt8Form, kResizeAtMost65},
    {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, kInt8Form},
    {BuiltinOperator_SLICE, kInt8Form},
    {BuiltinOperator_SOFTMAX, kInt8Form},
    {BuiltinOperator_SPACE_TO_DEPTH, kInt8Form},
    {BuiltinOperator_SPLIT, kInt8Form},
    {BuiltinOperator_STRIDED_SLICE, kInt8Form},
    {BuiltinOperator_SUB, kInt8Form},
    {BuiltinOperator_TANH, kInt8Form},
    {BuiltinOperator_TRANSPOSE, kInt8Form},
    {BuiltinOperator_TRANSPOSE_CONV, kInt8Form, kStrideAtMost3 | kConstantWeights},
}));

}  // namespace

Target hexagonTarget() {
  Target target;
  target.name = "hexagon";
  target.title = "Hexagon DSP (LiteRT Hexagon delegate)";
  target.about = "Computes in 8-bit integers only; operators it refuses run on the CPU.";
  target.source = "TensorFlow Lite, delegates/hexagon/README.md";
  target.all = unitedForms(kRows);
  target.limits = kFixedShape | kRankAtMost4;
  target.hostFallback = true;
  target.integerOnly = true;
  target.mode = "int8-full";
  target.operators = kRows;
  return target;
}

}  // namespace quantscope::quantization
