#include <array>

#include "core/quantization/targets/target_list.h"

namespace quantscope::quantization {
namespace {

using namespace tflite;

constexpr Forms kFloat = kFloatForm;
constexpr Forms kInt8 = kFloatForm | kInt8Form;
constexpr Forms kBoth = kFloatForm | kInt8Form | kInt16Form;
constexpr Forms kWeights = kBoth | kInt4Form;

constexpr auto kRows = sortedByCode(std::to_array<TargetOperator>({
    {BuiltinOperator_ABS, kBoth},
    {BuiltinOperator_ADD, kBoth},
    {BuiltinOperator_ADD_N, kInt8},
    {BuiltinOperator_ARG_MAX, kInt8},
    {BuiltinOperator_ARG_MIN, kInt8},
    {BuiltinOperator_ASSIGN_VARIABLE, kBoth},
    {BuiltinOperator_AVERAGE_POOL_2D, kBoth},
    {BuiltinOperator_BATCH_MATMUL, kBoth, kBothOperandsComputed},
    {BuiltinOperator_BATCH_TO_SPACE_ND, kInt8},
    {BuiltinOperator_BROADCAST_ARGS, kFloat},
    {BuiltinOperator_BROADCAST_TO, kBoth},
    {BuiltinOperator_CALL_ONCE, kFloat},
    {BuiltinOperator_CAST, kBoth},
    {BuiltinOperator_CEIL, kFloat},
    {BuiltinOperator_CONCATENATION, kBoth},
    {BuiltinOperator_CONV_2D, kWeights},
    {BuiltinOperator_COS, kFloat},
    {BuiltinOperator_CUMSUM, kInt8},
    {BuiltinOperator_DEPTHWISE_CONV_2D, kWeights},
    {BuiltinOperator_DEPTH_TO_SPACE, kInt8},
    {BuiltinOperator_DEQUANTIZE, kBoth},
    {BuiltinOperator_DIV, kInt8},
    {BuiltinOperator_ELU, kInt8},
    {BuiltinOperator_EMBEDDING_LOOKUP, kFloat | kHybridForm},
    {BuiltinOperator_EQUAL, kInt8},
    {BuiltinOperator_EXP, kInt8},
    {BuiltinOperator_EXPAND_DIMS, kBoth},
    {BuiltinOperator_FILL, kInt8},
    {BuiltinOperator_FLOOR, kFloat},
    {BuiltinOperator_FLOOR_DIV, kFloat},
    {BuiltinOperator_FLOOR_MOD, kFloat},
    {BuiltinOperator_FULLY_CONNECTED, kWeights, kDefaultWeightFormat},
    {BuiltinOperator_GATHER, kBoth},
    {BuiltinOperator_GATHER_ND, kInt8},
    {BuiltinOperator_GREATER, kInt8},
    {BuiltinOperator_GREATER_EQUAL, kInt8},
    {BuiltinOperator_HARD_SWISH, kInt8},
    {BuiltinOperator_IF, kBoth},
    {BuiltinOperator_L2_NORMALIZATION, kInt8},
    {BuiltinOperator_L2_POOL_2D, kFloat},
    {BuiltinOperator_LEAKY_RELU, kBoth},
    {BuiltinOperator_LESS, kInt8},
    {BuiltinOperator_LESS_EQUAL, kInt8},
    {BuiltinOperator_LOG, kFloat},
    {BuiltinOperator_LOGICAL_AND, kFloat},
    {BuiltinOperator_LOGICAL_NOT, kFloat},
    {BuiltinOperator_LOGICAL_OR, kFloat},
    {BuiltinOperator_LOGISTIC, kBoth},
    {BuiltinOperator_LOG_SOFTMAX, kInt8},
    {BuiltinOperator_MAXIMUM, kBoth},
    {BuiltinOperator_MAX_POOL_2D, kBoth},
    {BuiltinOperator_MEAN, kBoth},
    {BuiltinOperator_MINIMUM, kBoth},
    {BuiltinOperator_MIRROR_PAD, kInt8},
    {BuiltinOperator_MUL, kBoth},
    {BuiltinOperator_NEG, kFloat},
    {BuiltinOperator_NOT_EQUAL, kInt8},
    {BuiltinOperator_PACK, kBoth},
    {BuiltinOperator_PAD, kBoth},
    {BuiltinOperator_PADV2, kBoth},
    {BuiltinOperator_PRELU, kInt8},
    {BuiltinOperator_QUANTIZE, kBoth},
    {BuiltinOperator_READ_VARIABLE, kBoth},
    {BuiltinOperator_REDUCE_MAX, kBoth},
    {BuiltinOperator_REDUCE_MIN, kBoth},
    {BuiltinOperator_RELU, kBoth},
    {BuiltinOperator_RELU6, kBoth},
    {BuiltinOperator_RESHAPE, kBoth},
    {BuiltinOperator_RESIZE_BILINEAR, kInt8},
    {BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, kBoth},
    {BuiltinOperator_REVERSE_V2, kBoth},
    {BuiltinOperator_ROUND, kFloat},
    {BuiltinOperator_RSQRT, kInt8},
    {BuiltinOperator_SELECT_V2, kBoth},
    {BuiltinOperator_SHAPE, kBoth},
    {BuiltinOperator_SIN, kFloat},
    {BuiltinOperator_SLICE, kBoth},
    {BuiltinOperator_SOFTMAX, kBoth},
    {BuiltinOperator_SPACE_TO_BATCH_ND, kInt8},
    {BuiltinOperator_SPACE_TO_DEPTH, kInt8},
    {BuiltinOperator_SPLIT, kBoth},
    {BuiltinOperator_SPLIT_V, kBoth},
    {BuiltinOperator_SQRT, kFloat},
    {BuiltinOperator_SQUARE, kFloat},
    {BuiltinOperator_SQUARED_DIFFERENCE, kInt8},
    {BuiltinOperator_SQUEEZE, kBoth},
    {BuiltinOperator_STRIDED_SLICE, kBoth},
    {BuiltinOperator_SUB, kBoth},
    {BuiltinOperator_SUM, kBoth},
    {BuiltinOperator_SVDF, kInt8},
    {BuiltinOperator_TANH, kBoth},
    {BuiltinOperator_TRANSPOSE, kBoth},
    {BuiltinOperator_TRANSPOSE_CONV, kBoth},
    {BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, kBoth},
    {BuiltinOperator_UNPACK, kBoth},
    {BuiltinOperator_VAR_HANDLE, kBoth},
    {BuiltinOperator_WHILE, kBoth},
    {BuiltinOperator_ZEROS_LIKE, kInt8},
}));

}  // namespace

Target microTarget() {
  Target target;
  target.name = "micro";
  target.title = "Microcontroller (LiteRT for Microcontrollers)";
  target.about = "Has float and integer kernels for part of the operators, no dynamic-range ones, and no file system.";
  target.source = "tflite-micro, micro_mutable_op_resolver.h and its kernels";
  target.all = unitedForms(kRows);
  target.limits = kFixedShape;
  target.mode = "int8-full";
  target.modeWithoutSamples = "float32";
  target.operators = kRows;
  return target;
}

}  // namespace quantscope::quantization
