#include <array>

#include "core/quantization/targets/target_list.h"

namespace quantscope::quantization {
namespace {

using namespace tflite;

constexpr auto kRows = sortedByCode(std::to_array<TargetOperator>({
    {BuiltinOperator_ADD, kInt8Form},
    {BuiltinOperator_AVERAGE_POOL_2D, kInt8Form, kNoFusedActivation},
    {BuiltinOperator_CONCATENATION, kInt8Form, kNoFusedActivation | kZeroConstantOperand},
    {BuiltinOperator_CONV_2D, kInt8Form, kSquareDilation | kConstantWeights},
    {BuiltinOperator_DEPTHWISE_CONV_2D, kInt8Form, kNoDilation | kConstantWeights},
    {BuiltinOperator_EXPAND_DIMS, kInt8Form},
    {BuiltinOperator_FULLY_CONNECTED, kInt8Form, kDefaultWeightFormat | kConstantWeights},
    {BuiltinOperator_L2_NORMALIZATION, kInt8Form},
    {BuiltinOperator_LOGISTIC, kInt8Form},
    {BuiltinOperator_MAXIMUM, kInt8Form},
    {BuiltinOperator_MAX_POOL_2D, kInt8Form, kNoFusedActivation},
    {BuiltinOperator_MEAN, kInt8Form, kNoBatchReduction},
    {BuiltinOperator_MINIMUM, kInt8Form},
    {BuiltinOperator_MUL, kInt8Form},
    {BuiltinOperator_PACK, kInt8Form},
    {BuiltinOperator_PAD, kInt8Form, kSpatialPadding},
    {BuiltinOperator_PRELU, kInt8Form},
    {BuiltinOperator_QUANTIZE, kInt8Form},
    {BuiltinOperator_REDUCE_MAX, kInt8Form, kNoBatchReduction},
    {BuiltinOperator_REDUCE_MIN, kInt8Form, kNoBatchReduction},
    {BuiltinOperator_RELU, kInt8Form},
    {BuiltinOperator_RELU6, kInt8Form},
    {BuiltinOperator_RELU_N1_TO_1, kInt8Form},
    {BuiltinOperator_RESHAPE, kInt8Form},
    {BuiltinOperator_RESIZE_BILINEAR, kInt8Form},
    {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, kInt8Form},
    {BuiltinOperator_RSQRT, kInt8Form},
    {BuiltinOperator_SLICE, kInt8Form},
    {BuiltinOperator_SOFTMAX, kInt8Form, kVectorOf16000},
    {BuiltinOperator_SPACE_TO_DEPTH, kInt8Form},
    {BuiltinOperator_SPLIT, kInt8Form},
    {BuiltinOperator_SQUARED_DIFFERENCE, kInt8Form},
    {BuiltinOperator_SQUEEZE, kInt8Form},
    {BuiltinOperator_STRIDED_SLICE, kInt8Form, kUnitStrides},
    {BuiltinOperator_SUB, kInt8Form},
    {BuiltinOperator_SUM, kInt8Form, kNoBatchReduction},
    {BuiltinOperator_TANH, kInt8Form},
    {BuiltinOperator_TRANSPOSE, kInt8Form},
    {BuiltinOperator_TRANSPOSE_CONV, kInt8Form, kConstantWeights},
    {BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, kInt8Form},
}));

}  // namespace

Target edgeTpuTarget() {
  Target target;
  target.name = "edge-tpu";
  target.title = "Edge TPU (Coral)";
  target.about = "Computes in 8-bit integers only; from the first operator it refuses, the rest runs on the CPU.";
  target.source = "coral.ai, TensorFlow models on the Edge TPU, supported operations";
  target.all = unitedForms(kRows);
  target.limits = kFixedShape | kThreeInnerDimensions;
  target.hostFallback = true;
  target.integerOnly = true;
  target.mode = "int8-full";
  target.operators = kRows;
  return target;
}

}  // namespace quantscope::quantization
