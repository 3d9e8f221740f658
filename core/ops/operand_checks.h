#pragma once

#include <initializer_list>
#include <string>

#include "core/numerics/activation_range.h"
#include "core/ops/kernel.h"

/// What prepare functions check of their operands. All errors name the operator and the operand.
namespace quantscope::ops {

/// Storage limits of a quantized integer type.
struct CodeLimits {
  int32_t min, max;
};
/// int8, uint8, int16, int4, int2, uint4; all of int32 for everything else.
CodeLimits codeLimits(ElementType type);

/// "input 1 (int8 3×3×8×16)".
std::string describe(const PrepareContext& context, const Operand& operand);

Result<void> requireRank(const PrepareContext& context, const Operand& operand, int least, int most);
/// Error that lists what is supported where the type is none of `types`.
Result<void> requireType(const PrepareContext& context, const Operand& operand,
                         std::initializer_list<ElementType> types);
Result<void> requireSameType(const PrepareContext& context, const Operand& a, const Operand& b);
/// One finite scale above zero, and a zero point that the type can hold.
Result<void> requireSingleScale(const PrepareContext& context, const Operand& operand);
/// As above, and the zero point is 0.
Result<void> requireSymmetric(const PrepareContext& context, const Operand& operand);
/// One scale for each slice of the dimension, which must be the one that the tensor names.
Result<void> requireChannelScales(const PrepareContext& context, const Operand& operand, int dimension);
/// One scale, or one for each of the dimension's slices; all zero points valid and, for signed types, 0.
Result<void> requireWeightScales(const PrepareContext& context, const Operand& weights, int dimension);
/// Equal scale and zero point, as operators that only move values assume.
Result<void> requireSameScale(const PrepareContext& context, const Operand& a, const Operand& b);
/// Type and length of a bias operand.
Result<void> requireBias(const PrepareContext& context, const Operand& bias, ElementType type, int64_t length);

numerics::FusedActivation fused(tflite::ActivationFunctionType activation);
/// The clamp of a quantized result (spec/tflite-kernels.md section 3).
Result<numerics::ActivationRange<int32_t>> quantizedRange(const PrepareContext& context, const Operand& output,
                                                          tflite::ActivationFunctionType activation);
/// Error for fused activations that only recurrent operators have.
Result<void> requireClampActivation(const PrepareContext& context, tflite::ActivationFunctionType activation);

/// The error "does not take float32 with int8 weights".
Error unsupportedTypes(const PrepareContext& context);

/// axis counted from the front; error outside [-rank, rank).
Result<int32_t> normalizedAxis(const PrepareContext& context, int32_t axis, int rank);

}  // namespace quantscope::ops
