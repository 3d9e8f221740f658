#include "core/ops/operand_checks.h"

#include <algorithm>
#include <cmath>

namespace quantscope::ops {

CodeLimits codeLimits(ElementType type) {
  switch (type) {
    case ElementType::Int8:
      return {-128, 127};
    case ElementType::UInt8:
      return {0, 255};
    case ElementType::Int16:
      return {-32768, 32767};
    case ElementType::Int4:
      return {-8, 7};
    case ElementType::Int2:
      return {-2, 1};
    case ElementType::UInt4:
      return {0, 15};
    default:
      return {INT32_MIN, INT32_MAX};
  }
}

namespace {

std::string nameOf(const PrepareContext& context, const Operand& operand) {
  for (size_t i = 0; i < context.inputCount(); ++i) {
    if (&context.input(i) == &operand) return "input " + std::to_string(i);
  }
  for (size_t i = 0; i < context.outputCount(); ++i) {
    if (&context.output(i) == &operand) return "output " + std::to_string(i);
  }
  return "operand";
}

std::string typeName(ElementType type) {
  return std::string(elementTypeName(type));
}

Result<void> requireParameters(const PrepareContext& context, const Operand& operand) {
  if (!operand.quantized()) {
    return context.malformed(describe(context, operand) + " has no scale and zero point");
  }
  const Quantization& q = *operand.tensor->quantization;
  if (q.zeroPoint.size() != q.scale.size()) {
    return context.malformed(describe(context, operand) + " has " + std::to_string(q.scale.size()) + " scales but " +
                             std::to_string(q.zeroPoint.size()) + " zero points");
  }
  const CodeLimits limits = codeLimits(operand.type);
  for (size_t c = 0; c < q.scale.size(); ++c) {
    if (!std::isfinite(q.scale[c]) || q.scale[c] <= 0.0f) {
      return context.malformed(describe(context, operand) + " has the impossible scale " + std::to_string(q.scale[c]));
    }
    if (q.zeroPoint[c] < limits.min || q.zeroPoint[c] > limits.max) {
      return context.malformed(describe(context, operand) + " has the zero point " + std::to_string(q.zeroPoint[c]) +
                               ", outside of its type");
    }
  }
  return {};
}

}  // namespace

std::string describe(const PrepareContext& context, const Operand& operand) {
  return nameOf(context, operand) + " (" + typeName(operand.type) + " " + shapeText(operand.shape) + ")";
}

Result<void> requireRank(const PrepareContext& context, const Operand& operand, int least, int most) {
  if (operand.rank() >= least && operand.rank() <= most) return {};
  std::string range = std::to_string(least);
  if (most != least) range += " to " + std::to_string(most);
  return context.malformed(describe(context, operand) + " has " + std::to_string(operand.rank()) +
                           " dimensions, needs " + range);
}

Result<void> requireType(const PrepareContext& context, const Operand& operand,
                         std::initializer_list<ElementType> types) {
  if (std::find(types.begin(), types.end(), operand.type) != types.end()) return {};
  std::string list;
  for (const ElementType type : types) list += (list.empty() ? "" : ", ") + typeName(type);
  return context.unsupported(describe(context, operand) + " must be one of " + list);
}

Result<void> requireSameType(const PrepareContext& context, const Operand& a, const Operand& b) {
  if (a.type == b.type) return {};
  return context.malformed(describe(context, a) + " and " + describe(context, b) + " must be of one type");
}

Result<void> requireSingleScale(const PrepareContext& context, const Operand& operand) {
  QS_TRY(requireParameters(context, operand));
  if (operand.scales().size() == 1) return {};
  return context.unsupported(describe(context, operand) + " has " + std::to_string(operand.scales().size()) +
                             " scales, needs one");
}

Result<void> requireSymmetric(const PrepareContext& context, const Operand& operand) {
  QS_TRY(requireSingleScale(context, operand));
  if (operand.zeroPoint() == 0) return {};
  return context.malformed(describe(context, operand) + " has the zero point " + std::to_string(operand.zeroPoint()) +
                           ", needs 0");
}

Result<void> requireChannelScales(const PrepareContext& context, const Operand& operand, int dimension) {
  QS_TRY(requireParameters(context, operand));
  const size_t count = operand.scales().size();
  if (dimension < 0 || dimension >= operand.rank()) {
    return context.malformed(describe(context, operand) + " has scales along the missing dimension " +
                             std::to_string(dimension));
  }
  const int32_t slices = operand.shape[static_cast<size_t>(dimension)];
  if (count != static_cast<size_t>(slices)) {
    return context.malformed(describe(context, operand) + " has " + std::to_string(count) + " scales for " +
                             std::to_string(slices) + " channels");
  }
  if (operand.tensor->quantization->quantizedDimension != dimension) {
    return context.unsupported(describe(context, operand) + " has its scales along dimension " +
                               std::to_string(operand.tensor->quantization->quantizedDimension) + ", needs " +
                               std::to_string(dimension));
  }
  return {};
}

Result<void> requireWeightScales(const PrepareContext& context, const Operand& weights, int dimension) {
  QS_TRY(requireParameters(context, weights));
  const size_t count = weights.scales().size();
  if (count != 1) QS_TRY(requireChannelScales(context, weights, dimension));
  if (weights.type == ElementType::UInt8) return {};
  for (size_t c = 0; c < count; ++c) {
    if (weights.zeroPoint(c) != 0) {
      return context.malformed(describe(context, weights) + " has the zero point " +
                               std::to_string(weights.zeroPoint(c)) + ", needs 0");
    }
  }
  return {};
}

Result<void> requireSameScale(const PrepareContext& context, const Operand& a, const Operand& b) {
  QS_TRY(requireSingleScale(context, a));
  QS_TRY(requireSingleScale(context, b));
  if (a.scale() == b.scale() && a.zeroPoint() == b.zeroPoint()) return {};
  return context.malformed(describe(context, a) + " and " + describe(context, b) +
                           " must have the same scale and zero point");
}

Result<void> requireBias(const PrepareContext& context, const Operand& bias, ElementType type, int64_t length) {
  QS_TRY(requireType(context, bias, {type}));
  if (bias.elementCount() == length) return {};
  return context.malformed(describe(context, bias) + " must have one value for each of the " + std::to_string(length) +
                           " output channels");
}

numerics::FusedActivation fused(tflite::ActivationFunctionType activation) {
  return static_cast<numerics::FusedActivation>(activation);
}

Result<numerics::ActivationRange<int32_t>> quantizedRange(const PrepareContext& context, const Operand& output,
                                                          tflite::ActivationFunctionType activation) {
  const CodeLimits limits = codeLimits(output.type);
  const auto range =
      numerics::quantizedActivationRange(fused(activation), output.scale(), output.zeroPoint(), limits.min, limits.max);
  if (range) return *range;
  return context.malformed("the bounds of its activation cannot be expressed at the scale of " +
                           describe(context, output));
}

Result<void> requireClampActivation(const PrepareContext& context, tflite::ActivationFunctionType activation) {
  if (activation >= tflite::ActivationFunctionType_NONE && activation <= tflite::ActivationFunctionType_RELU6) {
    return {};
  }
  return context.unsupported(std::string("it has the fused activation ") +
                             tflite::EnumNameActivationFunctionType(activation) + ", which it cannot apply");
}

Error unsupportedTypes(const PrepareContext& context) {
  std::string list;
  for (size_t i = 0; i < context.inputCount(); ++i) {
    if (context.hasInput(i)) list += (list.empty() ? "" : ", ") + typeName(context.input(i).type);
  }
  list += " to ";
  for (size_t i = 0; i < context.outputCount(); ++i) {
    if (i > 0) list += ", ";
    list += typeName(context.output(i).type);
  }
  return context.unsupported("it has no kernel for the types " + list);
}

Result<int32_t> normalizedAxis(const PrepareContext& context, int32_t axis, int rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  return context.malformed("its axis " + std::to_string(axis) + " is outside of the " + std::to_string(rank) +
                           " dimensions");
}

}  // namespace quantscope::ops
