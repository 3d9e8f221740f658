#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/model/model.h"

/// What quantization needs to know of each operator, as data: one table, in core/ops/operator_rules.cpp, read
/// by quantizer, verifier, targets and window. Facts: spec/tflite-quantization.md sections 2, 3, 10, 12 and 14,
/// spec/tflite-format.md section 9.
namespace quantscope {

enum class OperandRole : uint8_t {
  Activation,  ///< carries real values; gets scale and zero point
  Weight,      ///< constant, symmetric, per channel where the rules say so
  Bias,        ///< constant, scale = input scale x weight scale
  Parameter,   ///< shape, axis, indices, condition: keeps its type
  State,       ///< variable tensor
  AnyType      ///< only its shape is read: accepted in whatever type it comes
};

enum class ScaleRule : uint8_t {
  Free,           ///< every operand and result has its own scale
  Same,           ///< all activation operands and results share scale and zero point
  Fixed,          ///< the result's scale and zero point are constants of the operator
  IntegerResult,  ///< results are not quantized (indices, comparisons)
  NotQuantizable  ///< float activations only
};

enum class HybridRule : uint8_t { None, PerTensor, PerChannel };

/// Operators that keep a state from run to run have an integer form of their own (section 13).
enum class RecurrentRule : uint8_t {
  None,
  Lstm,  ///< gates with int8 weights and int32 biases, int8 output state, int16 cell state, five intermediates
  Svdf   ///< int8 features, int16 weights of time and state, int32 bias
};

/// Forms that some shipped runtime computes wrongly (spec/tflite-kernels.md). The quantizer avoids them where float is
/// allowed and warns where it is not.
enum class KernelDefect : uint8_t {
  None,
  ReferenceSum,     ///< reference kernels read int8/int16 sums as uint8 (section 10)
  ReferenceBounds,  ///< reference int8 softmax aborts where exponentials sum to 512 or more (section 9)
  ZeroBackground,   ///< starts from zero bytes, which is no real 0 where the zero point is not 0 (section 12)
  ZeroDivisor       ///< a divisor code equal to its zero point stops the run (section 7.3)
};

struct FixedScale {
  float scale;
  int32_t zeroPoint;
};

/// weightChannelAxis of BATCH_MATMUL: the dimension of the result's columns, last or last but one by adj_y.
inline constexpr int8_t kMatrixColumns = -2;

struct OperatorRules {
  tflite::BuiltinOperator code = tflite::BuiltinOperator_CUSTOM;
  /// Role by position, one letter each: A activation, W weight, B bias, P parameter, S state, N any type; a final '+'
  /// repeats the role before it.
  std::string_view operands;
  ScaleRule scale = ScaleRule::NotQuantizable;
  bool int8 = false, int16 = false;  ///< has kernels with int8 / int16 activations
  std::optional<FixedScale> fixedInt8, fixedInt16;
  int8_t weightInput = -1;        ///< -1: none
  int8_t weightChannelAxis = -1;  ///< dimension of one scale per output channel; -1: one scale only; kMatrixColumns
  int8_t biasInput = -1;          ///< -1: none
  HybridRule hybrid = HybridRule::None;      ///< float activations with int8 weights computed in integers
  bool setsAsymmetricInputs = false;         ///< the dynamic-range form sets asymmetric_quantize_inputs
  bool int4Weights = false;                  ///< kernels unpack int4 weights
  bool blockwise = false;                    ///< the dynamic-range form takes blockwise int4 weights
  KernelDefect defect = KernelDefect::None;  ///< of the integer form
  RecurrentRule recurrence = RecurrentRule::None;
  /// Version of the operator from which on its kernels take int8 / int16, where nothing but the type matters
  /// (operatorVersion() knows what else does). TILE and DEPTH_TO_SPACE have higher ones (3 and 2) that shipped
  /// reference kernels do not register though they compute integers; 1 loads everywhere.
  int8_t int8Version = 1, int16Version = 1;

  OperandRole role(size_t input) const;
  /// The same row with these versions.
  constexpr OperatorRules since(int8_t int8, int8_t int16) const {
    OperatorRules row = *this;
    row.int8Version = int8;
    row.int16Version = int16;
    return row;
  }
};

/// All rows, ascending by code.
std::span<const OperatorRules> operatorRules();
/// Rules of an operator; null where it is not in the table (stays float).
const OperatorRules* findRules(tflite::BuiltinOperator code);

}  // namespace quantscope
