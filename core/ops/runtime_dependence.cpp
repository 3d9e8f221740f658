#include "core/ops/runtime_dependence.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>

namespace quantscope {

namespace {

using enum tflite::BuiltinOperator;

/// One operator and what its operands are.
struct View {
  const Model& model;
  const Subgraph& graph;
  const Operator& op;

  const Tensor* tensor(TensorIndex index) const {
    return index.valid() && index.position() < graph.tensors.size() ? &graph.tensor(index) : nullptr;
  }
  const Tensor* input(size_t k) const { return tensor(op.input(k)); }
  const Tensor* output(size_t k = 0) const { return tensor(op.output(k)); }
  bool isInput(size_t k, ElementType type) const { return input(k) && input(k)->type == type; }
  bool isOutput(ElementType type) const { return output() && output()->type == type; }

  /// True where the operand is a constant of a narrow signed type that holds its lowest value.
  bool holdsLowest(size_t k, ElementType type) const {
    if (!isInput(k, type) || !isConstant(model, *input(k))) return false;
    const auto bytes = constantBytes(model, *input(k));
    const int bits = bitsPerElement(type);
    if (bits == 8) return std::ranges::find(bytes, std::byte{0x80}) != bytes.end();
    return std::ranges::any_of(bytes, [](std::byte b) {
      return (b & std::byte{0x0F}) == std::byte{0x08} || (b & std::byte{0xF0}) == std::byte{0x80};
    });
  }
};

std::string sumOfCodes(const View& v) {
  if (!v.isInput(0, ElementType::Int8) && !v.isInput(0, ElementType::Int16)) return {};
  return "the reference kernels read the codes of a sum as uint8";
}

constexpr const char* kLowestWeight =
    "its int8 weights hold -128, which the vectorized reference kernels on x86 take for +128 where the input is "
    "negative; weights of -127 to 127 give one answer everywhere";

std::string fullyConnected(const View& v) {
  if (!v.isInput(0, ElementType::Float32)) return {};
  const Tensor* w = v.input(1);
  if (!w) return {};
  if (w->quantization && w->quantization->blockwise()) {
    return "the reference kernels ignore weights with scales per block and return the bias only";
  }
  if (v.holdsLowest(1, ElementType::Int8)) return kLowestWeight;
  if (v.holdsLowest(1, ElementType::Int4)) {
    return "its int4 weights hold -8, which the optimized kernels multiply wrongly; weights of -7 to 7 give one answer "
           "everywhere";
  }
  return {};
}

/// 16-bit layers read an int32 bias as int64 unless an option says what it is.
std::string narrowBias(const View& v, size_t bias, tflite::TensorType declared) {
  const bool misread =
      v.isInput(0, ElementType::Int16) && v.isInput(bias, ElementType::Int32) && declared != tflite::TensorType_INT32;
  return misread ? "its bias is int32 but the option quantized_bias_type does not say so: runtimes read it as int64"
                 : "";
}

std::string convolution(const View& v) {
  const auto* options = v.op.options.AsConv2DOptions();
  if (options && v.isInput(0, ElementType::Int16)) return narrowBias(v, 2, options->quantized_bias_type);
  const Tensor* w = v.input(1);
  if (!w || !w->quantized() || !v.isInput(0, ElementType::Float32)) return {};
  const auto& scales = w->quantization->scale;
  const bool even = std::ranges::all_of(scales, [&](float s) { return s == scales[0]; });
  const bool byFour = !w->shape.empty() && w->shape[0] % 4 == 0;
  return even && !byFour && v.holdsLowest(1, ElementType::Int8) ? kLowestWeight : "";
}

std::string depthwise(const View& v) {
  const Tensor* w = v.input(1);
  if (!v.isInput(0, ElementType::Float32) || !w || !w->quantized() || w->shape.size() != 4 || w->shape[3] < 2)
    return {};
  if (w->quantization->scale.size() > 1) return {};
  return "its int8 weights have one scale, but runtimes read one of each channel there and go on beyond it";
}

std::string difference(const View& v) {
  const Tensor *a = v.input(0), *b = v.input(1), *y = v.output();
  if (!a || !b || !y || !a->quantized() || !b->quantized() || !y->quantized()) return {};
  const double coarsest = std::max(a->quantization->scale[0], b->quantization->scale[0]);
  if (2.0 * coarsest < std::ldexp(double{y->quantization->scale[0]}, y->type == ElementType::Int16 ? 15 : 20))
    return {};
  return "the scale of its result is too fine for those of its operands: the reference kernels shift by a negative "
         "number of bits";
}

std::string softmax(const View& v) {
  const bool narrow = v.isInput(0, ElementType::Int8) && v.isOutput(ElementType::Int8);
  if (!narrow || v.input(0)->shape.empty() || v.input(0)->shape.back() < 512) return {};
  return "the reference kernels stop the process where 512 or more results of a row are nearly equal";
}

/// Whether two leading dimensions or more are not 1.
bool hasSeveralBatches(const Tensor& matrices) {
  const size_t leading = matrices.shape.size() < 2 ? 0 : matrices.shape.size() - 2;
  return std::count_if(matrices.shape.begin(), matrices.shape.begin() + static_cast<std::ptrdiff_t>(leading),
                       [](int32_t n) { return n != 1; }) > 1;
}

std::string batchMatmul(const View& v) {
  const Tensor* b = v.input(1);
  if (!b || !b->quantized()) return {};
  if (v.isInput(0, ElementType::Float32)) {
    const auto* options = v.op.options.AsBatchMatMulOptions();
    const bool offsets = options && options->asymmetric_quantize_inputs;
    if (!hasSeveralBatches(*v.input(0)) && !(offsets && hasSeveralBatches(*b))) return {};
    return "with int8 weights and several leading dimensions the reference kernels scale most rows by another row's "
           "scale";
  }
  if (b->quantization->scale.size() < 2) return {};
  return "its second matrix has a scale per column, of which the reference kernels use the first only";
}

std::string localResponse(const View&) {
  return "the reference kernels leave the last channel out of each window";
}

std::string ordering(const View& v) {
  const Tensor *a = v.input(0), *b = v.input(1);
  const bool wide = v.isInput(0, ElementType::Int16) && b && a->quantized() && b->quantized();
  if (!wide || a->quantization->scale == b->quantization->scale) return {};
  return "the reference kernels compare the int16 codes, though the scales differ";
}

std::string division(const View& v) {
  if (!v.isInput(0, ElementType::UInt8) && !v.isInput(0, ElementType::Int8) && !v.isInput(0, ElementType::Int16))
    return {};
  return "the reference kernels give wrong results for tiny quotients";
}

/// Recurrent operators whose float rows meet int8 weights.
std::string recurrentWeights(const View& v, std::initializer_list<size_t> weights) {
  if (!v.isInput(0, ElementType::Float32)) return {};
  const bool lowest = std::ranges::any_of(weights, [&](size_t k) { return v.holdsLowest(k, ElementType::Int8); });
  return lowest ? kLowestWeight : "";
}

/// Float cells whose options name no activation.
bool lacksActivation(const View& v) {
  if (!v.isInput(0, ElementType::Float32)) return false;
  const auto none = [](const auto* options) {
    return options && options->fused_activation_function == tflite::ActivationFunctionType_NONE;
  };
  return none(v.op.options.AsLSTMOptions()) || none(v.op.options.AsUnidirectionalSequenceLSTMOptions()) ||
         none(v.op.options.AsBidirectionalSequenceLSTMOptions());
}

constexpr const char* kNoActivation =
    "it has no activation, with which the reference kernels multiply the output gate by what an earlier step left in "
    "memory instead of by the cells";

std::string lstm(const View& v) {
  if (lacksActivation(v)) return kNoActivation;
  const Tensor *cells = v.input(4), *recurrent = v.input(8);
  if (v.isInput(0, ElementType::Int8) && v.input(11) && v.input(16) && cells && recurrent && !cells->shape.empty() &&
      !recurrent->shape.empty() && cells->shape[0] != recurrent->shape.back()) {
    return "with a projection the reference kernels apply the peephole weights to the wrong cells";
  }
  return recurrentWeights(v, {1, 2, 3, 4, 5, 6, 7, 8, 16});
}

std::string bidirectionalLstm(const View& v) {
  if (lacksActivation(v)) return kNoActivation;
  const auto* options = v.op.options.AsBidirectionalSequenceLSTMOptions();
  const Tensor* x = v.input(0);
  if (options && options->merge_outputs && !options->time_major && x && !x->shape.empty() && x->shape[0] != 1) {
    return "with merged outputs and a batch the reference kernels read beyond the states";
  }
  return recurrentWeights(v, {1, 2, 3, 4, 5, 6, 7, 8, 16, 18, 19, 20, 21, 22, 23, 24, 25, 33});
}

std::string bidirectionalRnn(const View& v) {
  const auto* options = v.op.options.AsBidirectionalSequenceRNNOptions();
  if (options && options->time_major && v.isInput(0, ElementType::Float32) && v.isInput(1, ElementType::Int8)) {
    return "with int8 weights and time-major values the reference kernels give other results than for the same values "
           "batch-major";
  }
  return recurrentWeights(v, {1, 2, 5, 6});
}

std::string reason(const View& v) {
  switch (v.model.code(v.op)) {
    case BuiltinOperator_SUM:
      return sumOfCodes(v);
    case BuiltinOperator_FULLY_CONNECTED: {
      const auto* options = v.op.options.AsFullyConnectedOptions();
      std::string bias = options ? narrowBias(v, 2, options->quantized_bias_type) : std::string();
      return bias.empty() || v.isInput(1, ElementType::Int16) ? fullyConnected(v) : bias;
    }
    case BuiltinOperator_CONV_2D:
      return convolution(v);
    case BuiltinOperator_DEPTHWISE_CONV_2D:
      return depthwise(v);
    case BuiltinOperator_SUB:
      return difference(v);
    case BuiltinOperator_SOFTMAX:
      return softmax(v);
    case BuiltinOperator_BATCH_MATMUL:
      return batchMatmul(v);
    case BuiltinOperator_LOCAL_RESPONSE_NORMALIZATION:
      return localResponse(v);
    case BuiltinOperator_DIV:
      return division(v);
    case BuiltinOperator_LESS:
    case BuiltinOperator_LESS_EQUAL:
    case BuiltinOperator_GREATER:
    case BuiltinOperator_GREATER_EQUAL:
      return ordering(v);
    case BuiltinOperator_LSTM:
    case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM:
      return lstm(v);
    case BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM:
      return bidirectionalLstm(v);
    case BuiltinOperator_RNN:
    case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN:
      return recurrentWeights(v, {1, 2});
    case BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN:
      return bidirectionalRnn(v);
    case BuiltinOperator_SVDF:
      return recurrentWeights(v, {1});
    default:
      return {};
  }
}

}  // namespace

std::vector<Finding> runtimeDependentFindings(const Model& model) {
  std::vector<Finding> findings;
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& graph = model.subgraphs[s];
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      const Operator& op = graph.operators[i];
      if (op.opcodeIndex >= model.operatorCodes.size()) continue;
      std::string why = reason({model, graph, op});
      if (why.empty()) continue;
      findings.push_back({Severity::Warning, static_cast<int>(s), OperatorIndex(i), TensorIndex(),
                          "its answer depends on the runtime", std::move(why)});
    }
  }
  return findings;
}

}  // namespace quantscope
