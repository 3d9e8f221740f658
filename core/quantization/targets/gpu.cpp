#include <array>

#include "core/quantization/targets/target_list.h"

namespace quantscope::quantization {
namespace {

using namespace tflite;

// Float16 constants are what the delegate computes with; models in int8 are unpacked to floats on the device.
constexpr Forms kGpu = kFloatForm | kHalfForm | kInt8Form;
constexpr Forms kFloats = kFloatForm | kHalfForm;

constexpr auto kRows = sortedByCode(std::to_array<TargetOperator>({
    {BuiltinOperator_ABS, kGpu},
    {BuiltinOperator_ADD, kGpu},
    {BuiltinOperator_ADD_N, kFloats},
    {BuiltinOperator_AVERAGE_POOL_2D, kGpu},
    {BuiltinOperator_BATCH_MATMUL, kGpu},
    {BuiltinOperator_CAST, kFloats},
    {BuiltinOperator_CONCATENATION, kGpu},
    {BuiltinOperator_CONV_2D, kGpu, kConstantWeights},
    {BuiltinOperator_COS, kFloats},
    {BuiltinOperator_CUMSUM, kFloats},
    {BuiltinOperator_DENSIFY, kFloats},
    {BuiltinOperator_DEPTHWISE_CONV_2D, kGpu, kConstantWeights},
    {BuiltinOperator_DEPTH_TO_SPACE, kGpu},
    {BuiltinOperator_DEQUANTIZE, kGpu},
    {BuiltinOperator_DIV, kGpu},
    {BuiltinOperator_ELU, kGpu},
    {BuiltinOperator_EQUAL, kGpu},
    {BuiltinOperator_EXP, kGpu},
    {BuiltinOperator_FLOOR, kFloats},
    {BuiltinOperator_FLOOR_DIV, kFloats},
    {BuiltinOperator_FLOOR_MOD, kFloats},
    {BuiltinOperator_FULLY_CONNECTED, kGpu, kDefaultWeightFormat},
    {BuiltinOperator_GATHER, kGpu},
    {BuiltinOperator_GELU, kGpu},
    {BuiltinOperator_GREATER, kGpu},
    {BuiltinOperator_GREATER_EQUAL, kGpu},
    {BuiltinOperator_HARD_SWISH, kGpu},
    {BuiltinOperator_LEAKY_RELU, kGpu},
    {BuiltinOperator_LESS, kGpu},
    {BuiltinOperator_LESS_EQUAL, kGpu},
    {BuiltinOperator_LOG, kGpu},
    {BuiltinOperator_LOGICAL_AND, kFloats},
    {BuiltinOperator_LOGISTIC, kGpu},
    {BuiltinOperator_LSTM, kFloats},
    {BuiltinOperator_MAXIMUM, kGpu},
    {BuiltinOperator_MAX_POOL_2D, kGpu},
    {BuiltinOperator_MEAN, kGpu},
    {BuiltinOperator_MINIMUM, kGpu},
    {BuiltinOperator_MIRROR_PAD, kGpu, kReflect},
    {BuiltinOperator_MUL, kGpu},
    {BuiltinOperator_NEG, kFloats},
    {BuiltinOperator_NOT_EQUAL, kGpu},
    {BuiltinOperator_ONE_HOT, kFloats},
    {BuiltinOperator_PACK, kGpu},
    {BuiltinOperator_PAD, kGpu, kUpToThreeOrFour},
    {BuiltinOperator_PADV2, kGpu, kUpToThreeOrFour},
    {BuiltinOperator_POW, kFloats},
    {BuiltinOperator_PRELU, kGpu},
    {BuiltinOperator_QUANTIZE, kGpu},
    {BuiltinOperator_REDUCE_MAX, kGpu},
    {BuiltinOperator_REDUCE_MIN, kGpu},
    {BuiltinOperator_REDUCE_PROD, kGpu},
    {BuiltinOperator_RELU, kGpu},
    {BuiltinOperator_RELU6, kGpu},
    {BuiltinOperator_RELU_N1_TO_1, kGpu},
    {BuiltinOperator_RESHAPE, kGpu},
    {BuiltinOperator_RESIZE_BILINEAR, kGpu},
    {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, kGpu},
    {BuiltinOperator_RSQRT, kGpu},
    {BuiltinOperator_SELECT, kGpu},
    {BuiltinOperator_SELECT_V2, kGpu},
    {BuiltinOperator_SIGN, kFloats},
    {BuiltinOperator_SIN, kFloats},
    {BuiltinOperator_SLICE, kGpu, kUpToThreeOrFour},
    {BuiltinOperator_SOFTMAX, kGpu, kUnitBeta},
    {BuiltinOperator_SPACE_TO_DEPTH, kGpu},
    {BuiltinOperator_SPLIT, kGpu},
    {BuiltinOperator_SPLIT_V, kGpu},
    {BuiltinOperator_SQRT, kGpu},
    {BuiltinOperator_SQUARE, kFloats},
    {BuiltinOperator_SQUARED_DIFFERENCE, kGpu},
    {BuiltinOperator_STRIDED_SLICE, kGpu, kUpToThreeOrFour},
    {BuiltinOperator_SUB, kGpu},
    {BuiltinOperator_SUM, kGpu},
    {BuiltinOperator_TANH, kGpu},
    {BuiltinOperator_TILE, kGpu},
    {BuiltinOperator_TRANSPOSE, kGpu},
    {BuiltinOperator_TRANSPOSE_CONV, kGpu, kConstantWeights},
}));

}  // namespace

Target gpuTarget() {
  Target target;
  target.name = "gpu";
  target.title = "GPU (LiteRT GPU delegate)";
  target.about = "Computes in float16 or float32; integer models are unpacked to floats, which gains size, not speed.";
  target.source = "LiteRT, tools/versioning/gpu_compatibility.cc, and the GPU delegate's guide";
  target.all = unitedForms(kRows);
  target.limits = kFixedShape;
  target.hostFallback = true;
  target.mode = "float16";
  target.modeWithoutSamples = "float16";
  target.operators = kRows;
  return target;
}

}  // namespace quantscope::quantization
