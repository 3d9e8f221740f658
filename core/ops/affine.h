#pragma once

#include <optional>

#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"
#include "core/ops/reference/requantization.h"

/// What CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED have in common: input times weights plus bias.
namespace quantscope::ops {

/// Arithmetic, by the types of input, weights and output.
enum class AffineForm {
  Float,   ///< all float32
  Hybrid,  ///< float32 input and output, int8, int4 or int2 weights
  Int8,    ///< int8 with int8, int4 or int2 weights
  UInt8,   ///< all uint8
  Int16    ///< int16 with int8, int4 or int2 weights
};
Result<AffineForm> affineForm(const PrepareContext& context, const Operand& input, const Operand& weights,
                              const Operand& output);

/// Scales and zero points checked; one real factor inputScale * weightScale / outputScale for each of `channels` output
/// channels, in the precision of the reference kernels (spec/tflite-kernels.md 5.1, 6.1). `dimension`: of the weights'
/// scales.
Result<std::vector<double>> affineFactors(const PrepareContext& context, const Operand& input, const Operand& weights,
                                          const Operand& output, int dimension, int32_t channels);

/// affineFactors as fixed-point multipliers, with the clamp of the activation.
Result<reference::Requantization> affineRequantization(const PrepareContext& context, const Operand& input,
                                                       const Operand& weights, const Operand& output, int dimension,
                                                       int32_t channels, tflite::ActivationFunctionType activation);

/// The bias of an integer operator while running; both null where it has none.
struct BiasView {
  const int32_t* narrow = nullptr;
  const int64_t* wide = nullptr;

  int32_t add(int32_t sum, size_t channel) const {
    return narrow ? numerics::wrap32(int64_t{sum} + narrow[channel])
           : wide ? numerics::wrap32(sum + wide[channel])
                  : sum;
  }
  int64_t add(int64_t sum, size_t channel) const {
    return narrow ? sum + narrow[channel] : wide ? sum + wide[channel] : sum;
  }
};

/// An optional bias operand, checked: one value per output channel; float32 for Float and Hybrid, int32 for Int8 and
/// UInt8, int32 or int64 for Int16.
class Bias {
public:
  static Result<Bias> of(const PrepareContext& context, size_t position, AffineForm form, int64_t channels);

  bool present() const { return m_type.has_value(); }
  /// Null where left out.
  const float* real(const KernelContext& run) const { return present() ? run.input<float>(m_position) : nullptr; }
  BiasView integer(const KernelContext& run) const {
    if (!present()) return {};
    if (*m_type == ElementType::Int64) return {nullptr, run.input<int64_t>(m_position)};
    return {run.input<int32_t>(m_position), nullptr};
  }

  /// True where it is left out or its values are known while preparing.
  bool isConstant(const PrepareContext& context) const { return !present() || context.input(m_position).isConstant; }
  /// The values of a constant int32 bias; null where left out.
  const int32_t* constant32(const PrepareContext& context) const {
    const bool known = present() && context.input(m_position).isConstant && *m_type == ElementType::Int32;
    return known ? context.input(m_position).constantAs<int32_t>().data() : nullptr;
  }
  /// The values of a constant float bias; null where left out.
  const float* constantReal(const PrepareContext& context) const {
    return present() ? context.input(m_position).constantAs<float>().data() : nullptr;
  }
  /// The values of a constant integer bias, one per channel; zeros where left out.
  std::vector<int64_t> constantWide(const PrepareContext& context, size_t channels) const;

private:
  size_t m_position = 0;
  std::optional<ElementType> m_type;
};

/// True where 16-bit activations are summed in 32 bits: the option quantized_bias_type says INT32.
inline bool sumsIn32Bits(AffineForm form, tflite::TensorType quantizedBiasType) {
  return form != AffineForm::Int16 || quantizedBiasType == tflite::TensorType_INT32;
}

}  // namespace quantscope::ops
