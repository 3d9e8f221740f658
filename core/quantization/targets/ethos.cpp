#include <array>

#include "core/quantization/targets/target_list.h"

namespace quantscope::quantization {
namespace {

using namespace tflite;

constexpr Forms kBoth = kInt8Form | kInt16Form;

constexpr auto kRows = sortedByCode(std::to_array<TargetOperator>({
    {BuiltinOperator_ABS, kBoth, kBatchOne},
    {BuiltinOperator_ADD, kBoth, kBatchOne},
    {BuiltinOperator_AVERAGE_POOL_2D, kBoth, kBatchOne | kStrideAtMost3 | kWindowAtMost8},
    {BuiltinOperator_CONCATENATION, kBoth, kBatchOne},
    {BuiltinOperator_CONV_2D, kBoth, kBatchOne | kStrideAtMost4 | kConstantWeights},
    {BuiltinOperator_DEPTHWISE_CONV_2D, kBoth, kBatchOne | kStrideAtMost3 | kConstantWeights | kMultiplierOfOneChannel},
    {BuiltinOperator_EXPAND_DIMS, kBoth, kBatchOne | kSharedScale},
    {BuiltinOperator_FULLY_CONNECTED, kBoth, kConstantWeights},
    {BuiltinOperator_HARD_SWISH, kInt8Form, kBatchOne},
    {BuiltinOperator_LEAKY_RELU, kBoth, kBatchOne},
    {BuiltinOperator_LOGISTIC, kBoth, kBatchOne},
    {BuiltinOperator_MAXIMUM, kBoth, kBatchOne | kSharedScale},
    {BuiltinOperator_MAX_POOL_2D, kBoth, kBatchOne | kStrideAtMost3},
    {BuiltinOperator_MEAN, kInt8Form, kBatchOne | kSpatialReduction},
    {BuiltinOperator_MINIMUM, kBoth, kBatchOne | kSharedScale},
    {BuiltinOperator_MUL, kBoth, kBatchOne},
    {BuiltinOperator_PACK, kBoth, kBatchOne},
    {BuiltinOperator_PAD, kBoth, kBatchOne | kSpatialPadding},
    {BuiltinOperator_PRELU, kBoth, kBatchOne},
    {BuiltinOperator_QUANTIZE, kBoth},
    {BuiltinOperator_RELU, kBoth, kBatchOne},
    {BuiltinOperator_RELU6, kBoth, kBatchOne},
    {BuiltinOperator_RELU_N1_TO_1, kBoth, kBatchOne},
    {BuiltinOperator_RESHAPE, kBoth, kSharedScale},
    {BuiltinOperator_RESIZE_BILINEAR, kBoth, kBatchOne | kPowerOfTwoResize},
    {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, kBoth, kBatchOne | kPowerOfTwoResize},
    {BuiltinOperator_SHAPE, kBoth},
    {BuiltinOperator_SLICE, kBoth},
    {BuiltinOperator_SOFTMAX, kBoth},
    {BuiltinOperator_SPLIT, kBoth},
    {BuiltinOperator_SPLIT_V, kBoth},
    {BuiltinOperator_SQUEEZE, kBoth, kSharedScale},
    {BuiltinOperator_STRIDED_SLICE, kBoth, kUnitStrides},
    {BuiltinOperator_SUB, kBoth, kBatchOne},
    {BuiltinOperator_TANH, kBoth, kBatchOne},
    {BuiltinOperator_TRANSPOSE_CONV, kBoth, kBatchOne | kConstantWeights},
    {BuiltinOperator_UNPACK, kBoth},
}));

}  // namespace

Target ethosTarget() {
  Target target;
  target.name = "ethos-u";
  target.title = "Arm Ethos-U NPU (Vela)";
  target.about = "Computes in 8- and 16-bit integers only; other operators stay with the microcontroller's kernels.";
  target.source = "Vela, SUPPORTED_OPS.md";
  target.all = unitedForms(kRows);
  target.limits = kFixedShape | kRankAtMost4;
  target.hostFallback = true;
  target.integerOnly = true;
  target.perChannelDense = false;
  target.mode = "int8-full";
  target.operators = kRows;
  return target;
}

}  // namespace quantscope::quantization
