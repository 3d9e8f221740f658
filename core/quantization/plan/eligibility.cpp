#include "core/quantization/plan/eligibility.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/quantization/constants/scale_room.h"
#include "core/quantization/plan/file_costs.h"
#include "core/quantization/plan/integer_check.h"
#include "core/quantization/quantize.h"

namespace quantscope::quantization {
namespace {

// Float values of any kind, for operators that have no row in the table.
bool touchesFloat(const GraphView& view, OperatorIndex i) {
  const Operator& op = view.op(i);
  auto isFloatTensor = [&](TensorIndex t) { return t.valid() && isFloat(view.tensor(t).type); };
  return std::any_of(op.inputs.begin(), op.inputs.end(), isFloatTensor) ||
         std::any_of(op.outputs.begin(), op.outputs.end(), isFloatTensor);
}

int64_t storedBytes(const GraphView& view, TensorIndex tensor) {
  const TensorIndex stored = view.storedAs(tensor);
  return stored.valid() ? byteSize(view.tensor(stored).type, view.constantCount(tensor)).value_or(0) : 0;
}

bool isStoredIn(const GraphView& view, TensorIndex tensor, int bits) {
  const TensorIndex stored = view.storedAs(tensor);
  return stored.valid() && !isFloat(view.tensor(stored).type) && bitsPerElement(view.tensor(stored).type) == bits;
}

Obstacle weightObstacle(const GraphView& view, OperatorIndex i, Granularity granularity, int bits, int32_t minElements,
                        bool withDequantize) {
  const auto operands = weightOperands(view, i);
  const OperatorRules* rules = view.rules[i.position()];
  if (operands.empty()) {
    const bool hasWeights =
        rules && rules->weightInput >= 0 && rules->role(static_cast<size_t>(rules->weightInput)) == OperandRole::Weight;
    return hasWeights ? "its weights are no float32 constant" : "it has no weights";
  }
  int64_t saved = 0;
  for (size_t k : operands) {
    const TensorIndex weights = view.op(i).inputs[k];
    if (!looksFinite(view.floatConstant(weights))) return "its weights hold infinite values";
    const auto axis = channelAxis(view, i, k);
    const int64_t scales =
        granularity == Granularity::PerTensor || !axis ? 1 : view.tensor(weights).shape[static_cast<size_t>(*axis)];
    const int64_t newBytes = (view.constantCount(weights) * bits + 7) / 8;
    // Codes that are there already only change the way in which they are used.
    if (isStoredIn(view, weights, bits)) return std::nullopt;
    if (view.constantCount(weights) < minElements) {
      return "its weights are " + std::to_string(view.constantCount(weights)) + " elements, below the " +
             std::to_string(minElements) + " asked for";
    }
    saved += storedBytes(view, weights) - newBytes - quantizationCost(scales) - (withDequantize ? kConversionCost : 0);
  }
  if (saved <= 0) return "its weights are so few that the file would grow";
  return std::nullopt;
}

Obstacle sumObstacle(const GraphView& view, OperatorIndex i, Precision precision) {
  const auto sum = deepSum(view, i, precision);
  if (!sum || sum->canBePrevented()) return std::nullopt;
  return "its sums of " + std::to_string(sum->depth) + " products do not fit 32 bits";
}

// Kernels that read a scale for each channel, whether there is one or not, or refuse a single one.
bool needsScalePerChannel(const GraphView& view, OperatorIndex i) {
  const Operator& op = view.op(i);
  const auto code = view.model.code(op);
  if (code == tflite::BuiltinOperator_DEPTHWISE_CONV_2D || code == tflite::BuiltinOperator_TRANSPOSE_CONV) return true;
  if (code != tflite::BuiltinOperator_CONV_2D || !op.input(0).valid() || !op.input(1).valid()) return false;
  const auto &x = view.tensor(op.input(0)).shape, &w = view.tensor(op.input(1)).shape;
  return x.size() == 4 && w.size() == 4 && x[3] != w[3];
}

Obstacle hybridObstacle(const GraphView& view, OperatorIndex i, int bits, const Scheme& wish, Granularity granularity) {
  const OperatorRules* rules = view.rules[i.position()];
  const auto operands = weightOperands(view, i);
  if (!operands.empty()) {
    if (!rules || rules->hybrid == HybridRule::None) return "no dynamic-range kernel for " + kernelName(view, i);
    if (bits == 4 && !rules->int4Weights) return "no int4 kernel for " + kernelName(view, i);
    const Operator& op = view.op(i);
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (rules->role(k) == OperandRole::Weight && op.inputs[k].valid() && !view.isFloatConstant(op.inputs[k]))
        return "one of its weights is no float32 constant";
    }
  }
  if (Obstacle obstacle = sumObstacle(view, i, bits == 4 ? Precision::DynamicRangeInt4 : Precision::DynamicRange))
    return obstacle;
  return weightObstacle(view, i, granularity, bits, wish.minElements, false);
}

Obstacle blockObstacle(const GraphView& view, OperatorIndex i, const Scheme& wish) {
  const OperatorRules* rules = view.rules[i.position()];
  if (wish.precision != Precision::DynamicRangeInt4 || !rules || !rules->blockwise)
    return "no kernel for blockwise weights in this form";
  constexpr std::array kSizes{32, 64, 128, 256};
  if (std::find(kSizes.begin(), kSizes.end(), wish.blockSize) == kSizes.end())
    return "kernels take blocks of 32, 64, 128 or 256 weights";
  const TensorIndex weights = view.op(i).input(static_cast<size_t>(rules->weightInput));
  if (!weights.valid() || view.tensor(weights).shape.size() != 2) return "its weights are no matrix";
  const int32_t depth = view.tensor(weights).shape[1];
  if (depth % wish.blockSize != 0) return "its depth " + std::to_string(depth) + " is no multiple of the block size";
  return std::nullopt;
}

Obstacle halfObstacle(const GraphView& view, OperatorIndex i) {
  bool constants = false;
  for (TensorIndex input : view.op(i).inputs) {
    const int64_t count = view.constantCount(input);
    constants |= count > 0;
    if (storedBytes(view, input) - 2 * count > kConversionCost) return std::nullopt;
  }
  return constants ? "its constants are so small that the file would grow" : "it has no constants";
}

std::string join(const std::string& earlier, const std::string& later) {
  if (earlier.empty() || later.empty()) return earlier + later;
  return earlier + "; " + later;
}

}  // namespace

ElementType computeType(Precision precision) {
  switch (precision) {
    case Precision::Int8:
    case Precision::Int4x8:
      return ElementType::Int8;
    case Precision::Int16x8:
    case Precision::Int4x16:
      return ElementType::Int16;
    default:
      return ElementType::Float32;
  }
}

int weightBits(Precision precision) {
  switch (precision) {
    case Precision::Float32:
      return 32;
    case Precision::Float16:
      return 16;
    case Precision::DynamicRangeInt4:
    case Precision::WeightOnlyInt4:
    case Precision::Int4x8:
    case Precision::Int4x16:
      return 4;
    default:
      return 8;
  }
}

std::vector<size_t> weightOperands(const GraphView& view, OperatorIndex i) {
  const OperatorRules* rules = view.rules[i.position()];
  const Operator& op = view.op(i);
  std::vector<size_t> found;
  if (!rules) {
    if (view.model.code(op) == tflite::BuiltinOperator_CONV_3D && view.isFloatConstant(op.input(1))) found.push_back(1);
    return found;
  }
  const bool lookup = rules->code == tflite::BuiltinOperator_GATHER;
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    const bool weight =
        rules->role(k) == OperandRole::Weight || static_cast<int>(k) == rules->weightInput || (lookup && k == 0);
    if (weight && view.isFloatConstant(op.inputs[k])) found.push_back(k);
  }
  return found;
}

std::optional<int32_t> channelAxis(const GraphView& view, OperatorIndex i, size_t operand) {
  const OperatorRules* rules = view.rules[i.position()];
  if (!rules || static_cast<int>(operand) != rules->weightInput || rules->weightChannelAxis == -1) return std::nullopt;
  const Tensor& weights = view.tensor(view.op(i).inputs[operand]);
  const auto rank = static_cast<int32_t>(weights.shape.size());
  if (rules->weightChannelAxis != kMatrixColumns)
    return rules->weightChannelAxis < rank ? std::optional<int32_t>(rules->weightChannelAxis) : std::nullopt;
  // Columns of a stack of matrices would share scales across the stack, which kernels do not expect.
  if (rank != 2) return std::nullopt;
  const auto* options = view.op(i).options.AsBatchMatMulOptions();
  return options && options->adj_y ? 0 : 1;
}

namespace {

// What the kernels of the CPU make of a wish.
Decision kernelDecision(const GraphView& view, OperatorIndex i, const Scheme& wish, const RangeSource& ranges,
                        bool avoidDefects) {
  Decision decision;
  decision.effective = wish.precision;
  decision.granularity = wish.granularity;
  const OperatorRules* rules = view.rules[i.position()];
  const Precision stored = view.stored[i.position()];
  if (wish.precision == Precision::Float32 && stored == Precision::Float32) return decision;

  const auto code = view.model.code(view.op(i));
  const bool conversion = code == tflite::BuiltinOperator_QUANTIZE || code == tflite::BuiltinOperator_DEQUANTIZE;
  const FloatOperands floats = floatOperands(view, i);
  const bool floatWork = conversion ? false : rules ? floats.activations + floats.results > 0 : touchesFloat(view, i);
  if (!floatWork) {
    decision.effective = stored;
    decision.asIs = decision.nothingToDo = true;
    if (stored != wish.precision)
      decision.reason = conversion ? "it is a conversion itself" : "it handles no float values";
    return decision;
  }
  if (stored != Precision::Float32 && weightBits(stored) <= weightBits(wish.precision) &&
      (wish.precision == stored || weightBits(wish.precision) > 8)) {
    decision.effective = stored;
    decision.asIs = true;
    if (stored != wish.precision)
      decision.reason = "its weights are " + std::string(precisionName(stored)) + " in the source";
    return decision;
  }
  auto settle = [&](Precision precision, const std::string& reason) {
    decision.effective = precision;
    decision.reason = join(decision.reason, reason);
  };
  if (wish.granularity == Granularity::Blockwise) {
    if (const Obstacle obstacle = blockObstacle(view, i, wish)) {
      decision.granularity = Granularity::PerChannel;
      if (rules && rules->weightInput >= 0) decision.reason = *obstacle + ", one scale per channel instead";
    }
  }

  if (computeType(decision.effective) != ElementType::Float32) {
    const bool int16 = computeType(decision.effective) == ElementType::Int16;
    const IntegerVerdict verdict = checkInteger(view, i, ranges, computeType(decision.effective), avoidDefects);
    if (verdict.obstacle) {
      decision.missingRange = verdict.missingRange;
      settle(Precision::Float32, *verdict.obstacle);
      // A table of weights is as good in integers where nothing else of the operator can be.
      if (rules && (rules->scale == ScaleRule::NotQuantizable || rules->recurrence != RecurrentRule::None) &&
          !hybridObstacle(view, i, 8, wish, decision.granularity))
        settle(Precision::DynamicRange, "its weights become int8");
      return decision;
    }
    if (const Obstacle obstacle = sumObstacle(view, i, decision.effective)) {
      settle(Precision::Float32, *obstacle);
      return decision;
    }
    if (weightBits(decision.effective) == 4 && !rules->int4Weights) {
      const bool weights = !weightOperands(view, i).empty();
      settle(int16 ? Precision::Int16x8 : Precision::Int8,
             weights ? "no int4 kernel for " + kernelName(view, i) : "it has no weights");
    }
    return decision;
  }

  auto giveScales = [&] {
    if (decision.granularity != Granularity::PerTensor || !needsScalePerChannel(view, i)) return;
    decision.granularity = Granularity::PerChannel;
    decision.reason = join(decision.reason, "its dynamic-range kernel needs one scale per channel");
  };
  if (decision.effective == Precision::DynamicRangeInt4) {
    const Obstacle obstacle = hybridObstacle(view, i, 4, wish, decision.granularity);
    if (!obstacle) {
      giveScales();
      return decision;
    }
    settle(Precision::DynamicRange, *obstacle);
  }
  if (decision.effective == Precision::DynamicRange) {
    const Obstacle obstacle = hybridObstacle(view, i, 8, wish, decision.granularity);
    if (!obstacle) {
      giveScales();
      return decision;
    }
    const std::string first = decision.reason;
    decision.reason.clear();
    const bool weightOnly = !weightObstacle(view, i, decision.granularity, 8, wish.minElements, true);
    settle(weightOnly ? Precision::WeightOnlyInt8 : Precision::Float32, *obstacle);
    return decision;
  }
  if (decision.effective == Precision::WeightOnlyInt8 || decision.effective == Precision::WeightOnlyInt4) {
    if (Obstacle obstacle =
            weightObstacle(view, i, decision.granularity, weightBits(decision.effective), wish.minElements, true))
      settle(Precision::Float32, *obstacle);
    return decision;
  }
  if (decision.effective == Precision::Float16) {
    if (Obstacle obstacle = halfObstacle(view, i)) settle(Precision::Float32, *obstacle);
  }
  return decision;
}

// Humbler forms, in the order in which they stand in for a refused one.
std::span<const Precision> alternatives(Precision wish) {
  using enum Precision;
  static constexpr std::array kInt4x16{Int16x8, Int8, Float32};
  static constexpr std::array kInteger{Int8, Float32};
  static constexpr std::array kInt8{Float32};
  static constexpr std::array kHybrid4{DynamicRange, WeightOnlyInt4, WeightOnlyInt8, Float16, Float32};
  static constexpr std::array kHybrid{WeightOnlyInt8, Float16, Float32};
  static constexpr std::array kWeights{Float16, Float32};
  switch (wish) {
    case Int4x16:
      return kInt4x16;
    case Int4x8:
    case Int16x8:
      return kInteger;
    case DynamicRangeInt4:
      return kHybrid4;
    case DynamicRange:
      return kHybrid;
    case WeightOnlyInt8:
    case WeightOnlyInt4:
      return kWeights;
    case Int8:
    case Float16:
      return kInt8;
    case Float32:
      break;
  }
  return {};
}

}  // namespace

Decision decidePrecision(const GraphView& view, OperatorIndex i, const Scheme& wish, const RangeSource& ranges,
                         const Target& target, bool avoidDefects) {
  Decision decision = kernelDecision(view, i, wish, ranges, avoidDefects);
  if (target.operators.empty() && target.limits == 0) return decision;
  const auto code = view.model.code(view.op(i));
  if (code == tflite::BuiltinOperator_QUANTIZE || code == tflite::BuiltinOperator_DEQUANTIZE) return decision;
  if (!target.perChannelDense && code == tflite::BuiltinOperator_FULLY_CONNECTED &&
      computeType(decision.effective) != ElementType::Float32 && decision.granularity != Granularity::PerTensor) {
    decision.granularity = Granularity::PerTensor;
    decision.reason = join(decision.reason, std::string(target.name) + " takes one scale for its weights");
  }
  auto refusal = [&](Precision precision) {
    return targetRefusal(target, view.model, view.index, view.op(i), precision);
  };
  decision.refusal = refusal(decision.effective);
  if (decision.refusal.empty() || decision.asIs) return decision;
  for (const Precision humbler : alternatives(decision.effective)) {
    if (!refusal(humbler).empty()) continue;
    Scheme other = wish;
    other.precision = humbler;
    Decision found = kernelDecision(view, i, other, ranges, avoidDefects);
    if (found.missingRange || !refusal(found.effective).empty()) continue;
    found.reason = join(join(decision.reason, decision.refusal), found.reason);
    return found;
  }
  return decision;
}

}  // namespace quantscope::quantization
