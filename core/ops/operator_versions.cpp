#include "core/ops/operator_versions.h"

#include <algorithm>

#include "core/ops/operator_rules.h"

namespace quantscope {
namespace {

using enum tflite::BuiltinOperator;

// What the rules look at.
struct Signature {
  const Model& model;
  const Subgraph& graph;
  const Operator& op;
  tflite::BuiltinOperator code;

  const Tensor* input(size_t k) const { return op.input(k).valid() ? &graph.tensor(op.input(k)) : nullptr; }
  const Tensor* output() const { return op.output(0).valid() ? &graph.tensor(op.output(0)) : nullptr; }
  ElementType type(size_t k) const { return input(k) ? input(k)->type : ElementType::Float32; }

  const Tensor* data() const {
    const OperatorRules* rules = findRules(code);
    for (size_t k = 0; rules && k < op.inputs.size(); ++k)
      if (rules->role(k) == OperandRole::Activation && input(k)) return input(k);
    return input(0);
  }
  ElementType dataType() const { return data() ? data()->type : ElementType::Float32; }
  bool int8() const { return dataType() == ElementType::Int8; }
  bool int16() const { return dataType() == ElementType::Int16; }
  size_t rank() const { return data() ? data()->shape.size() : 0; }
  bool largeBroadcast() const {
    const Tensor *a = input(0), *b = input(1), *y = output();
    return a && b && y && a->shape != b->shape && y->shape.size() > 4;
  }
};

bool isPerChannel(const Tensor& weights, size_t axis) {
  return weights.quantization && axis < weights.shape.size() &&
         weights.quantization->scale.size() == static_cast<size_t>(weights.shape[axis]);
}

bool isSmallInteger(ElementType type) {
  return type == ElementType::Int8 || type == ElementType::Int4 || type == ElementType::Int2;
}

bool isHybrid(const Signature& s, size_t weights) {
  return s.dataType() == ElementType::Float32 && s.input(weights) && isSmallInteger(s.type(weights));
}

int32_t convolution(const Signature& s) {
  const Tensor *x = s.input(0), *w = s.input(1);
  if (!x || !w) return 1;
  const auto* options = s.op.options.AsConv2DOptions();
  const bool is16x8 = s.int16() && w->type == ElementType::Int8;
  if (is16x8 && options && options->quantized_bias_type != tflite::TensorType_FLOAT32) return 8;
  if (x->shape.size() == 4 && w->shape.size() == 4 && x->shape[3] != w->shape[3]) return 6;
  if (s.int16() && w->type == ElementType::Int16) return 4;
  if (s.int8() && w->type == ElementType::Int8) return 3;
  if (s.int8() && w->type == ElementType::Int4) return 7;
  if (isHybrid(s, 1)) return isPerChannel(*w, 0) ? 5 : 2;
  return 1;
}

int32_t depthwise(const Signature& s) {
  const Tensor* w = s.input(1);
  if (!w) return 1;
  const auto* options = s.op.options.AsDepthwiseConv2DOptions();
  if (w->type == ElementType::Int16) return 5;
  if (isHybrid(s, 1)) return isPerChannel(*w, 3) ? 6 : 4;
  if (s.int8() && w->type == ElementType::Int8) return 3;
  if (w->type == ElementType::Int4) return 7;
  return options && (options->dilation_w_factor != 1 || options->dilation_h_factor != 1) ? 2 : 1;
}

int32_t transposeConvolution(const Signature& s) {
  const auto* options = s.op.options.AsTransposeConvOptions();
  if (s.int16() && options && options->quantized_bias_type != tflite::TensorType_FLOAT32) return 5;
  if (options && options->fused_activation_function != tflite::ActivationFunctionType_NONE) return 4;
  if (s.op.inputs.size() == 4) return 3;
  return s.int8() ? 2 : 1;
}

int32_t fullyConnected(const Signature& s) {
  const Tensor* w = s.input(1);
  if (!w) return 1;
  const auto* options = s.op.options.AsFullyConnectedOptions();
  const bool hybrid = isHybrid(s, 1);
  if (w->type == ElementType::Int2) return 14;
  if (s.int16() && w->type == ElementType::Int4) return 13;
  if (hybrid && isPerChannel(*w, 0)) return 12;
  if (s.int16() && w->type == ElementType::Int8 && options &&
      options->quantized_bias_type != tflite::TensorType_FLOAT32)
    return 11;
  if (w->sparsity) return 8;
  if (s.int16() && w->type == ElementType::Int16) return 7;
  if (s.op.inputs.size() == 2) return 6;
  if (options && options->keep_num_dims) return 5;
  if (s.int8() && w->type == ElementType::Int8) return 4;
  if (s.int8() && w->type == ElementType::Int4) return 10;
  if (hybrid) return options && options->asymmetric_quantize_inputs ? 9 : 3;
  return options && options->weights_format != tflite::FullyConnectedOptionsWeightsFormat_DEFAULT ? 2 : 1;
}

int32_t multiplication(const Signature& s) {
  const Tensor *a = s.input(0), *b = s.input(1), *y = s.output();
  if (!a || !b || !y) return 1;
  const bool quantized = a->quantized() && b->quantized() && y->quantized();
  if (s.int16()) return quantized ? 4 : 7;
  if (!s.int8() || !quantized) return s.int8() ? 2 : 1;
  const float factor = a->quantization->scale[0] * b->quantization->scale[0] / y->quantization->scale[0];
  return factor >= 1.0f ? 3 : 2;
}

int32_t dequantization(const Signature& s) {
  switch (s.type(0)) {
    case ElementType::Int2:
      return 7;
    case ElementType::Int4:
      return 6;
    case ElementType::Int16:
    case ElementType::Float16:
      return 3;
    case ElementType::Int8:
      return s.input(0)->quantization && s.input(0)->quantization->perChannel() ? 5 : 2;
    default:
      return 1;
  }
}

int32_t quantization(const Signature& s) {
  if (!s.output()) return 1;
  if (s.output()->type == ElementType::Int4) return 4;
  if (s.output()->quantization && s.output()->quantization->perChannel()) return 3;
  return s.output()->type == ElementType::Int16 ? 2 : 1;
}

int32_t stridedSlice(const Signature& s) {
  const auto* options = s.op.options.AsStridedSliceOptions();
  if (options && options->offset) return 8;
  if (options && (options->ellipsis_mask != 0 || options->new_axis_mask != 0)) return 6;
  if (s.rank() > 4) return 4;
  return s.int8() ? 2 : 1;
}

int32_t resize(const Signature& s) {
  const auto* bilinear = s.op.options.AsResizeBilinearOptions();
  const auto* nearest = s.op.options.AsResizeNearestNeighborOptions();
  if (s.int16()) return 4;
  if ((bilinear && bilinear->half_pixel_centers) ||
      (nearest && (nearest->half_pixel_centers || nearest->align_corners)))
    return 3;
  return s.int8() ? 2 : 1;
}

template <typename Options>
int32_t recurrent(const Options* options, bool hybrid, int32_t symmetric, int32_t base) {
  if (!hybrid) return base;
  return options && options->asymmetric_quantize_inputs ? symmetric + 1 : symmetric;
}

int32_t byType(const Signature& s) {
  const OperatorRules* rules = findRules(s.code);
  if (!rules) return 1;
  return s.int8() ? rules->int8Version : s.int16() ? rules->int16Version : 1;
}

int32_t select(const Signature& s) {
  const Operator& op = s.op;
  switch (s.code) {
    case BuiltinOperator_CONV_2D:
      return convolution(s);
    case BuiltinOperator_DEPTHWISE_CONV_2D:
      return depthwise(s);
    case BuiltinOperator_TRANSPOSE_CONV:
      return transposeConvolution(s);
    case BuiltinOperator_FULLY_CONNECTED:
      return fullyConnected(s);
    case BuiltinOperator_BATCH_MATMUL: {
      const auto* options = op.options.AsBatchMatMulOptions();
      if (isHybrid(s, 1) && options && options->asymmetric_quantize_inputs) return 4;
      return s.int16() ? 3 : s.int8() ? 2 : 1;
    }
    case BuiltinOperator_EMBEDDING_LOOKUP:
      if (s.type(1) == ElementType::Int2) return 5;
      if (s.type(1) == ElementType::Int4 ||
          (s.input(1) && s.input(1)->quantization && s.input(1)->quantization->perChannel()))
        return 4;
      return s.type(1) == ElementType::Int8 ? 3 : 1;
    case BuiltinOperator_ADD: {
      const auto* options = op.options.AsAddOptions();
      return s.int16() && options && !options->pot_scale_int16 ? 3 : s.int8() ? 2 : 1;
    }
    case BuiltinOperator_SUB: {
      const auto* options = op.options.AsSubOptions();
      if (s.int16() && options && !options->pot_scale_int16) return 5;
      return s.largeBroadcast() ? 3 : s.int8() ? 2 : 1;
    }
    case BuiltinOperator_MUL:
      return multiplication(s);
    case BuiltinOperator_DIV:
      return s.largeBroadcast() ? 2 : 1;
    case BuiltinOperator_MAXIMUM:
    case BuiltinOperator_MINIMUM:
      return s.int16() ? 4 : s.largeBroadcast() ? 3 : s.int8() ? 2 : 1;
    case BuiltinOperator_DEQUANTIZE:
      return dequantization(s);
    case BuiltinOperator_QUANTIZE:
      return quantization(s);
    case BuiltinOperator_RESIZE_BILINEAR:
    case BuiltinOperator_RESIZE_NEAREST_NEIGHBOR:
      return resize(s);
    case BuiltinOperator_STRIDED_SLICE:
      return stridedSlice(s);
    case BuiltinOperator_PAD:
    case BuiltinOperator_PADV2:
      return s.rank() > 4 ? 4 : s.int16() ? 3 : s.int8() ? 2 : 1;
    case BuiltinOperator_SPACE_TO_BATCH_ND:
    case BuiltinOperator_BATCH_TO_SPACE_ND:
      return s.int16() ? 4 : s.rank() != 4 ? 3 : s.int8() ? 2 : 1;
    case BuiltinOperator_TRANSPOSE:
      return s.rank() > 5 ? 6 : s.int16() ? 5 : s.rank() > 4 ? 4 : s.int8() ? 2 : 1;
    case BuiltinOperator_SLICE:
      return s.rank() > 4 ? 5 : s.int16() ? 4 : s.int8() ? 2 : 1;
    case BuiltinOperator_GATHER: {
      const auto* options = op.options.AsGatherOptions();
      return options && options->batch_dims != 0 ? 5 : s.int16() ? 4 : s.int8() ? 2 : 1;
    }
    case BuiltinOperator_BROADCAST_TO:
      return s.int8() || s.int16() ? 3 : 2;
    case BuiltinOperator_SVDF:
      return s.int8() ? 3
             : isHybrid(s, 1)
                 ? (op.options.AsSVDFOptions() && op.options.AsSVDFOptions()->asymmetric_quantize_inputs ? 4 : 2)
                 : 1;
    case BuiltinOperator_RNN:
      return recurrent(op.options.AsRNNOptions(), isHybrid(s, 1), 2, 1);
    case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN:
      return recurrent(op.options.AsSequenceRNNOptions(), isHybrid(s, 1), 2, 1);
    case BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN:
      return recurrent(op.options.AsBidirectionalSequenceRNNOptions(), isHybrid(s, 1), 2, 1);
    case BuiltinOperator_LSTM:
      return recurrent(op.options.AsLSTMOptions(), isHybrid(s, 2), 3, op.inputs.size() == 5 ? 2 : 1);
    case BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM:
      return recurrent(op.options.AsUnidirectionalSequenceLSTMOptions(), isHybrid(s, 2), 2, 1);
    case BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM:
      return recurrent(op.options.AsBidirectionalSequenceLSTMOptions(), isHybrid(s, 2), 2, 1);
    default:
      return byType(s);
  }
}

}  // namespace

int32_t operatorVersion(const Model& model, const Subgraph& graph, const Operator& op) {
  return select({model, graph, op, model.code(op)});
}

}  // namespace quantscope
