#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/model/model.h"

/// What quantization needs to know of each operator, as data: one table, in core/ops/operator_rules.cpp, read
/// by quantizer, verifier, targets and window. Facts: spec/tflite-quantization.md sections 2, 3, 10, 12 and 14,
/// spec/tflite-format.md section 9.
namespace quantscope {

enum class OperandRole : uint8_t {
  Activation,  ///< carries real values; gets scale and zero point
  Weight,      ///< constant, symmetric, per channel where the rules say so
  Bias,        ///< constant, scale = input scale x weight scale
  Parameter,   ///< shape, axis, indices, condition: keeps its integer or bool type
  State        ///< variable tensor
};

enum class ScaleRule : uint8_t {
  Free,           ///< every operand and result has its own scale
  Same,           ///< all activation operands and results share scale and zero point
  Fixed,          ///< the result's scale and zero point are constants of the operator
  IntegerResult,  ///< results are not quantized (indices, comparisons)
  NotQuantizable  ///< float only
};

enum class HybridRule : uint8_t { None, PerTensor, PerChannel };

struct FixedScale {
  float scale;
  int32_t zeroPoint;
};

struct OperatorRules {
  tflite::BuiltinOperator code;
  std::array<OperandRole, 6> inputs;  ///< role by position
  uint8_t inputCount;                 ///< used entries of `inputs`
  bool variadic;                      ///< further inputs have the role of the last entry
  ScaleRule scale;
  std::optional<FixedScale> fixedInt8, fixedInt16;
  int8_t weightInput;        ///< -1: none
  int8_t weightChannelAxis;  ///< dimension of one scale per output channel; -1: one scale only
  int8_t biasInput;          ///< -1: none
  bool int8, int16;          ///< has kernels with int8 / int16 activations
  HybridRule hybrid;         ///< float activations with int8 weights computed in integers
  bool setsAsymmetricInputs; ///< the dynamic-range form sets asymmetric_quantize_inputs
  bool int4Weights;          ///< kernels unpack int4 weights

  OperandRole role(size_t input) const {
    return input < inputCount ? inputs[input] : (variadic && inputCount ? inputs[inputCount - 1] : OperandRole::Parameter);
  }
};

std::span<const OperatorRules> operatorRules();
/// Rules of an operator; null where it is not in the table (stays float).
const OperatorRules* findRules(tflite::BuiltinOperator code);

}  // namespace quantscope
