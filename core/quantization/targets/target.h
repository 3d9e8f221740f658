#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/structure.h"
#include "core/quantization/recipe.h"

/// What devices accept, as rows of data (one file each in core/quantization/targets/), read by planner, verifier,
/// presets, guide and window. The rows state what the makers publish; Target::source says where.
namespace quantscope {

/// Forms in which a device computes an operator, a set of bits.
enum Form : uint16_t {
  kFloatForm = 1 << 0,       ///< float32 constants and activations
  kHalfForm = 1 << 1,        ///< float16 constants behind a DEQUANTIZE
  kWeightOnlyForm = 1 << 2,  ///< integer weights behind a DEQUANTIZE
  kHybridForm = 1 << 3,      ///< int8 weights, float activations quantized while running
  kHybrid4Form = 1 << 4,     ///< the same with int4 weights
  kInt8Form = 1 << 5,
  kInt16Form = 1 << 6,  ///< int16 activations, int8 weights
  kInt4Form = 1 << 7,   ///< int4 weights with int8 activations
  kInt4x16Form = 1 << 8
};
using Forms = uint16_t;
/// The form that a precision needs.
Form formOf(Precision precision);

/// Conditions on one operator beside its types, a set of bits. Each has its words and its test in target.cpp.
enum Limit : uint32_t {
  kNoFusedActivation = 1 << 0,
  kSquareDilation = 1 << 1,  ///< the same dilation in both directions
  kNoDilation = 1 << 2,
  kStrideAtMost3 = 1 << 3,
  kStrideAtMost4 = 1 << 4,
  kWindowAtMost8 = 1 << 5,  ///< of pooling with SAME padding
  kBatchOne = 1 << 6,       ///< the first of four dimensions is 1
  kRankAtMost4 = 1 << 7,
  kThreeInnerDimensions = 1 << 8,  ///< only the three innermost dimensions are larger than 1
  kFixedShape = 1 << 9,            ///< no dimension that changes from run to run
  kConstantWeights = 1 << 10,
  kSpatialReduction = 1 << 11,  ///< reduces height and width only
  kNoBatchReduction = 1 << 12,
  kSpatialPadding = 1 << 13,  ///< pads height and width only
  kUnitStrides = 1 << 14,     ///< STRIDED_SLICE with strides of 1 and no ellipsis or new axis
  kVectorOf16000 = 1 << 15,   ///< at most 16,000 elements in one dimension
  kUnitBeta = 1 << 16,        ///< SOFTMAX with beta 1
  kDefaultWeightFormat = 1 << 17,
  kZeroConstantOperand = 1 << 18,  ///< CONCATENATION: a constant operand is the second of two and all zero
  kBothOperandsComputed = 1 << 19,
  kPowerOfTwoResize = 1 << 20,        ///< both directions by the same 2, 4 or 8
  kMultiplierOfOneChannel = 1 << 21,  ///< DEPTHWISE_CONV_2D: a multiplier above 1 needs one input channel
  kReflect = 1 << 22,                 ///< MIRROR_PAD in mode REFLECT
  kUpToThreeOrFour = 1 << 23,         ///< three or four dimensions
  kSharedScale = 1 << 24,             ///< operands and results have one scale and zero point
  kWindowWidth3 = 1 << 25,            ///< the filter is 3 wide
  kUnitMultiplier = 1 << 26,          ///< DEPTHWISE_CONV_2D with multiplier 1
  kResizeAtMost65 = 1 << 27           ///< results of a resize have at most 65 rows and columns
};
using Limits = uint32_t;

struct TargetOperator {
  tflite::BuiltinOperator code;
  Forms forms = 0;
  Limits limits = 0;
};

struct Target {
  std::string_view name;                      ///< as on the command line: "edge-tpu"
  std::string_view title;                     ///< for people: "Edge TPU (Coral)"
  std::string_view about;                     ///< one sentence: what it computes in
  std::string_view source;                    ///< where the rows are from
  Forms others = 0;                           ///< of operators without a row
  Forms all = 0;                              ///< every form that some operator takes
  Limits limits = 0;                          ///< of every operator
  bool hostFallback = false;                  ///< operators it refuses run on the CPU beside it; else nothing runs them
  bool integerOnly = false;                   ///< wants integer inputs and outputs, and no float anywhere
  bool perChannelDense = true;                ///< takes one scale per channel in FULLY_CONNECTED
  std::string_view mode;                      ///< the mode that suits it, with samples
  std::string_view modeWithoutSamples;        ///< empty: samples are needed
  std::span<const TargetOperator> operators;  ///< ascending by code
};

/// All targets, in the order in which they should be offered; the first is the default.
std::span<const Target> targets();
std::vector<std::string> targetNames();
/// Errors: InvalidArgument, lists the names.
Result<const Target*> findTarget(std::string_view name);

/// Why a target does not compute an operator in a precision, in words; empty where it does. The limits are read from
/// the operator as it is in `model`, float or quantized.
std::string targetRefusal(const Target& target, const Model& model, SubgraphIndex subgraph, const Operator& op,
                          Precision precision);

/// Every operator of a (quantized) model that the target does not take as it is, each as an error that names operator
/// and reason. In order of subgraph and position; at most 1000.
std::vector<Finding> targetFindings(const Model& model, const Target& target);

}  // namespace quantscope
