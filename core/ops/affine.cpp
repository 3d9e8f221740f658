#include "core/ops/affine.h"

namespace quantscope::ops {

namespace {

bool isSmallSigned(ElementType type) {
  return type == ElementType::Int8 || type == ElementType::Int4 || type == ElementType::Int2;
}

}  // namespace

Result<AffineForm> affineForm(const PrepareContext& context, const Operand& input, const Operand& weights,
                              const Operand& output) {
  if (weights.tensor->sparsity) {
    return context.unsupported(describe(context, weights) + " is stored sparse", "convert the model without sparsity");
  }
  if (input.type == output.type) {
    if (input.type == ElementType::Float32) {
      if (weights.type == ElementType::Float32) return AffineForm::Float;
      if (isSmallSigned(weights.type)) return AffineForm::Hybrid;
    }
    if (input.type == ElementType::Int8 && isSmallSigned(weights.type)) return AffineForm::Int8;
    if (input.type == ElementType::UInt8 && weights.type == ElementType::UInt8) return AffineForm::UInt8;
    if (input.type == ElementType::Int16 && isSmallSigned(weights.type)) return AffineForm::Int16;
  }
  return unsupportedTypes(context);
}

Result<std::vector<double>> affineFactors(const PrepareContext& context, const Operand& input, const Operand& weights,
                                          const Operand& output, int dimension, int32_t channels) {
  QS_TRY(input.type == ElementType::Int16 ? requireSymmetric(context, input) : requireSingleScale(context, input));
  QS_TRY(output.type == ElementType::Int16 ? requireSymmetric(context, output) : requireSingleScale(context, output));
  QS_TRY(requireWeightScales(context, weights, dimension));
  const double outputScale = output.scale();
  std::vector<double> factors(static_cast<size_t>(channels));
  if (weights.type == ElementType::UInt8 || weights.type == ElementType::Int16) {
    QS_TRY(requireSingleScale(context, weights));
    const float product = input.scale() * weights.scale();
    factors.assign(factors.size(), static_cast<double>(product) / outputScale);
  } else {
    for (size_t c = 0; c < factors.size(); ++c) {
      factors[c] = static_cast<double>(input.scale()) * static_cast<double>(weights.scale(c)) / outputScale;
    }
  }
  return factors;
}

Result<reference::Requantization> affineRequantization(const PrepareContext& context, const Operand& input,
                                                       const Operand& weights, const Operand& output, int dimension,
                                                       int32_t channels, tflite::ActivationFunctionType activation) {
  QS_ASSIGN(const auto factors, affineFactors(context, input, weights, output, dimension, channels));
  reference::Requantization requantization;
  for (const double factor : factors) {
    const auto multiplier = numerics::quantizeMultiplier(factor);
    if (multiplier.shift > 30 || (input.type == ElementType::Int16 && multiplier.shift >= 8)) {
      return context.malformed("its scales multiply to the impossible factor " + std::to_string(factor));
    }
    requantization.multipliers.push_back(multiplier);
  }
  QS_ASSIGN(requantization.range, quantizedRange(context, output, activation));
  requantization.zeroPoint = output.zeroPoint();
  return requantization;
}

Result<Bias> Bias::of(const PrepareContext& context, size_t position, AffineForm form, int64_t channels) {
  Bias bias;
  if (!context.hasInput(position)) return bias;
  const Operand& operand = context.input(position);
  ElementType type =
      form == AffineForm::Float || form == AffineForm::Hybrid ? ElementType::Float32 : ElementType::Int32;
  if (form == AffineForm::Int16 && operand.type == ElementType::Int64) type = ElementType::Int64;
  QS_TRY(requireBias(context, operand, type, channels));
  bias.m_position = position;
  bias.m_type = type;
  return bias;
}

std::vector<int64_t> Bias::constantWide(const PrepareContext& context, size_t channels) const {
  if (!present()) return std::vector<int64_t>(channels, 0);
  const Operand& operand = context.input(m_position);
  if (*m_type == ElementType::Int64) {
    const int64_t* values = operand.constantAs<int64_t>().data();
    return {values, values + channels};
  }
  const int32_t* values = operand.constantAs<int32_t>().data();
  return {values, values + channels};
}

}  // namespace quantscope::ops
