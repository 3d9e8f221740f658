#include "core/ops/operator_rules.h"

#include <algorithm>
#include <array>

namespace quantscope {
namespace {

using enum ScaleRule;

constexpr OperandRole roleOf(char letter) {
  switch (letter) {
    case 'A':
      return OperandRole::Activation;
    case 'W':
      return OperandRole::Weight;
    case 'B':
      return OperandRole::Bias;
    case 'S':
      return OperandRole::State;
    case 'N':
      return OperandRole::AnyType;
    default:
      return OperandRole::Parameter;
  }
}

enum class Types : uint8_t { Int8, Int16, Int8And16 };

constexpr OperatorRules row(tflite::BuiltinOperator code, std::string_view operands, ScaleRule scale, Types types,
                            KernelDefect defect = KernelDefect::None) {
  OperatorRules rules;
  rules.code = code;
  rules.operands = operands;
  rules.scale = scale;
  rules.int8 = types != Types::Int16;
  rules.int16 = types != Types::Int8;
  rules.defect = defect;
  return rules;
}

constexpr OperatorRules fixedRow(tflite::BuiltinOperator code, FixedScale int8,
                                 std::optional<FixedScale> int16 = std::nullopt,
                                 KernelDefect defect = KernelDefect::None) {
  OperatorRules rules = row(code, "A", Fixed, int16 ? Types::Int8And16 : Types::Int8, defect);
  rules.fixedInt8 = int8;
  rules.fixedInt16 = int16;
  return rules;
}

// Operators with weights that every integer form computes: spec sections 3, 10 and 14.
struct WeightFacts {
  int8_t input;
  int8_t channelAxis;
  int8_t bias;
  bool int4 = false;
  bool blockwise = false;
  bool asymmetricInputs = false;
};

constexpr OperatorRules weighted(tflite::BuiltinOperator code, std::string_view operands, WeightFacts facts) {
  OperatorRules rules = row(code, operands, Free, Types::Int8And16);
  rules.weightInput = facts.input;
  rules.weightChannelAxis = facts.channelAxis;
  rules.biasInput = facts.bias;
  rules.hybrid = HybridRule::PerChannel;
  rules.int4Weights = facts.int4;
  rules.blockwise = facts.blockwise;
  rules.setsAsymmetricInputs = facts.asymmetricInputs;
  return rules;
}

// Float activations only; int8 weights, one scale each, in the dynamic-range form.
constexpr OperatorRules recurrent(tflite::BuiltinOperator code, std::string_view operands) {
  OperatorRules rules;
  rules.code = code;
  rules.operands = operands;
  rules.weightInput = 1;
  rules.hybrid = HybridRule::PerTensor;
  rules.setsAsymmetricInputs = true;
  return rules;
}

// The same with an int8 form (section 13).
constexpr OperatorRules integerRecurrent(tflite::BuiltinOperator code, std::string_view operands,
                                         RecurrentRule recurrence) {
  OperatorRules rules = recurrent(code, operands);
  rules.scale = Free;
  rules.int8 = true;
  rules.recurrence = recurrence;
  return rules;
}

constexpr OperatorRules embeddingLookup() {
  OperatorRules rules;
  rules.code = tflite::BuiltinOperator_EMBEDDING_LOOKUP;
  rules.operands = "PW";
  rules.weightInput = 1;
  rules.weightChannelAxis = 0;
  rules.hybrid = HybridRule::PerChannel;
  rules.int4Weights = true;
  rules.blockwise = true;
  return rules;
}

// The right operand of a product is a weight where it is constant and the activations are float; with integer
// activations it is one more activation (spec section 3).
constexpr OperatorRules batchMatmul() {
  OperatorRules rules = row(tflite::BuiltinOperator_BATCH_MATMUL, "AA", Free, Types::Int8And16);
  rules.weightInput = 1;
  rules.weightChannelAxis = kMatrixColumns;
  rules.hybrid = HybridRule::PerChannel;
  rules.setsAsymmetricInputs = true;
  return rules;
}

constexpr OperatorRules prelu() {
  OperatorRules rules = row(tflite::BuiltinOperator_PRELU, "AW", Free, Types::Int8);
  rules.weightInput = 1;
  return rules;
}

constexpr auto kInt8 = Types::Int8;
constexpr auto kBoth = Types::Int8And16;
constexpr FixedScale kProbability8{1.0f / 256, -128}, kUnit16{1.0f / 32768, 0}, kSigned8{1.0f / 128, 0};

constexpr std::array kUnsortedRows = {
    // Matrix products and convolutions.
    weighted(tflite::BuiltinOperator_CONV_2D, "AWB", {.input = 1, .channelAxis = 0, .bias = 2, .int4 = true}),
    weighted(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, "AWB", {.input = 1, .channelAxis = 3, .bias = 2}),
    weighted(tflite::BuiltinOperator_TRANSPOSE_CONV, "PWAB", {.input = 1, .channelAxis = 0, .bias = 3}),
    weighted(tflite::BuiltinOperator_FULLY_CONNECTED, "AWB",
             {.input = 1, .channelAxis = 0, .bias = 2, .int4 = true, .blockwise = true, .asymmetricInputs = true}),
    batchMatmul(),
    embeddingLookup(),
    prelu(),
    integerRecurrent(tflite::BuiltinOperator_SVDF, "AWWBS", RecurrentRule::Svdf),
    recurrent(tflite::BuiltinOperator_RNN, "AWWBS"),
    recurrent(tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN, "AWWBS"),
    recurrent(tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN, "AWWBSWWBSAWW"),
    integerRecurrent(tflite::BuiltinOperator_LSTM, "AWWWWWWWWWWWBBBBWBSSPPPP", RecurrentRule::Lstm),
    integerRecurrent(tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM, "AWWWWWWWWWWWBBBBWBSSPPPP",
                     RecurrentRule::Lstm),
    recurrent(tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM, "AWWWWWWWWWWWBBBBWBWWWWWWWWWWWBBBBWBSSSSAWWWWWWWW"),

    // Elementwise with two operands.
    row(tflite::BuiltinOperator_ADD, "AA", Free, kBoth),
    row(tflite::BuiltinOperator_SUB, "AA", Free, kBoth),
    row(tflite::BuiltinOperator_MUL, "AA", Free, kBoth),
    row(tflite::BuiltinOperator_SQUARED_DIFFERENCE, "AA", Free, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_DIV, "AA", Free, kInt8, KernelDefect::ZeroDivisor),
    row(tflite::BuiltinOperator_MAXIMUM, "AA", Same, kBoth),
    row(tflite::BuiltinOperator_MINIMUM, "AA", Same, kBoth),
    row(tflite::BuiltinOperator_EQUAL, "AA", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_NOT_EQUAL, "AA", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_LESS, "AA", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_LESS_EQUAL, "AA", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_GREATER, "AA", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_GREATER_EQUAL, "AA", IntegerResult, kInt8).since(2, 2),

    // Elementwise with one operand.
    fixedRow(tflite::BuiltinOperator_LOGISTIC, kProbability8, kUnit16).since(2, 3),
    fixedRow(tflite::BuiltinOperator_SOFTMAX, kProbability8, kUnit16, KernelDefect::ReferenceBounds).since(2, 3),
    fixedRow(tflite::BuiltinOperator_TANH, kSigned8, kUnit16).since(2, 3),
    fixedRow(tflite::BuiltinOperator_L2_NORMALIZATION, kSigned8).since(2, 2),
    fixedRow(tflite::BuiltinOperator_LOG_SOFTMAX, {16.0f / 256, 127}).since(2, 2),
    row(tflite::BuiltinOperator_RELU, "A", Free, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_RELU6, "A", Free, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_RELU_N1_TO_1, "A", Free, kInt8),
    row(tflite::BuiltinOperator_RELU_0_TO_1, "A", Free, kInt8),
    row(tflite::BuiltinOperator_LEAKY_RELU, "A", Free, kBoth).since(1, 2),
    row(tflite::BuiltinOperator_HARD_SWISH, "A", Free, kInt8),
    row(tflite::BuiltinOperator_GELU, "A", Free, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_ELU, "A", Free, kInt8),
    row(tflite::BuiltinOperator_EXP, "A", Free, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_LOG, "A", Free, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_ABS, "A", Free, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_SQRT, "A", Free, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_RSQRT, "A", Free, kBoth).since(2, 3),

    // Pooling, reductions, resizing.
    row(tflite::BuiltinOperator_AVERAGE_POOL_2D, "A", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_MAX_POOL_2D, "A", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_MEAN, "AP", Free, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_SUM, "AP", Free, kBoth, KernelDefect::ReferenceSum).since(2, 2),
    row(tflite::BuiltinOperator_REDUCE_PROD, "AP", Free, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_REDUCE_MAX, "AP", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_REDUCE_MIN, "AP", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_ARG_MAX, "AP", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_ARG_MIN, "AP", IntegerResult, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_TOPK_V2, "AP", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_RESIZE_BILINEAR, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_RESIZE_NEAREST_NEIGHBOR, "AP", Same, kBoth),

    // Moving data.
    row(tflite::BuiltinOperator_RESHAPE, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_SQUEEZE, "A", Same, kBoth),
    row(tflite::BuiltinOperator_EXPAND_DIMS, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_TRANSPOSE, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_SLICE, "APP", Same, kBoth),
    row(tflite::BuiltinOperator_STRIDED_SLICE, "APPP", Same, kBoth),
    row(tflite::BuiltinOperator_SPLIT, "PA", Same, kBoth).since(2, 4),
    row(tflite::BuiltinOperator_SPLIT_V, "APP", Same, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_CONCATENATION, "A+", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_PACK, "A+", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_UNPACK, "A", Same, kBoth).since(2, 4),
    row(tflite::BuiltinOperator_PAD, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_PADV2, "APA", Same, kBoth),
    row(tflite::BuiltinOperator_MIRROR_PAD, "AP", Same, kBoth).since(2, 3),
    row(tflite::BuiltinOperator_TILE, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_BROADCAST_TO, "AP", Same, kBoth).since(3, 3),
    row(tflite::BuiltinOperator_FILL, "PA", Same, kBoth).since(3, 3),
    row(tflite::BuiltinOperator_REVERSE_V2, "AP", Same, kBoth).since(3, 1),
    row(tflite::BuiltinOperator_REVERSE_SEQUENCE, "AP", Same, Types::Int16),
    row(tflite::BuiltinOperator_GATHER, "AP", Same, kBoth),
    row(tflite::BuiltinOperator_GATHER_ND, "AP", Same, kBoth).since(1, 3),
    row(tflite::BuiltinOperator_SCATTER_ND, "PAP", Same, kInt8, KernelDefect::ZeroBackground),
    row(tflite::BuiltinOperator_SELECT, "PAA", Same, kBoth).since(2, 2),
    row(tflite::BuiltinOperator_SELECT_V2, "PAA", Same, kBoth),
    row(tflite::BuiltinOperator_ONE_HOT, "PPAA", Same, kInt8),
    row(tflite::BuiltinOperator_SPARSE_TO_DENSE, "PPAA", Same, kInt8).since(3, 1),
    row(tflite::BuiltinOperator_DYNAMIC_UPDATE_SLICE, "AAP", Same, kBoth),
    row(tflite::BuiltinOperator_MATRIX_DIAG, "A", Same, kBoth, KernelDefect::ZeroBackground),
    row(tflite::BuiltinOperator_BATCH_TO_SPACE_ND, "APP", Same, kBoth),
    row(tflite::BuiltinOperator_SPACE_TO_BATCH_ND, "APP", Same, kBoth),
    row(tflite::BuiltinOperator_SPACE_TO_DEPTH, "A", Same, kInt8).since(2, 2),
    row(tflite::BuiltinOperator_DEPTH_TO_SPACE, "A", Same, kInt8),
    row(tflite::BuiltinOperator_SHAPE, "N", IntegerResult, kBoth),
    row(tflite::BuiltinOperator_RANK, "N", IntegerResult, kBoth),
};

constexpr auto sortedRows() {
  auto rows = kUnsortedRows;
  std::sort(rows.begin(), rows.end(), [](const OperatorRules& a, const OperatorRules& b) { return a.code < b.code; });
  return rows;
}
constexpr auto kRows = sortedRows();

}  // namespace

OperandRole OperatorRules::role(size_t input) const {
  if (operands.empty()) return OperandRole::Parameter;
  const bool repeats = operands.back() == '+';
  const size_t named = repeats ? operands.size() - 1 : operands.size();
  if (input < named) return roleOf(operands[input]);
  return repeats ? roleOf(operands[named - 1]) : OperandRole::Parameter;
}

std::span<const OperatorRules> operatorRules() {
  return kRows;
}

const OperatorRules* findRules(tflite::BuiltinOperator code) {
  const auto found =
      std::lower_bound(kRows.begin(), kRows.end(), code,
                       [](const OperatorRules& rules, tflite::BuiltinOperator c) { return rules.code < c; });
  return found != kRows.end() && found->code == code ? &*found : nullptr;
}

}  // namespace quantscope
