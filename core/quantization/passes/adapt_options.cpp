#include "core/ops/operator_rules.h"
#include "core/quantization/passes/graph_edit.h"
#include "core/quantization/plan/eligibility.h"

namespace quantscope::quantization {
namespace {

template <typename Options>
Options& optionsOf(Operator& op, Options* current) {
  if (current) return *current;
  op.options.Set(Options{});
  return *static_cast<Options*>(op.options.value);
}

// Section 12: the general rescaling of sums, and 64-bit biases, must be asked for.
void adaptInt16(Operator& op, tflite::BuiltinOperator code) {
  switch (code) {
    case tflite::BuiltinOperator_ADD:
      optionsOf(op, op.options.AsAddOptions()).pot_scale_int16 = false;
      break;
    case tflite::BuiltinOperator_SUB:
      optionsOf(op, op.options.AsSubOptions()).pot_scale_int16 = false;
      break;
    case tflite::BuiltinOperator_CONV_2D:
      optionsOf(op, op.options.AsConv2DOptions()).quantized_bias_type = tflite::TensorType_INT64;
      break;
    case tflite::BuiltinOperator_TRANSPOSE_CONV:
      optionsOf(op, op.options.AsTransposeConvOptions()).quantized_bias_type = tflite::TensorType_INT64;
      break;
    case tflite::BuiltinOperator_FULLY_CONNECTED:
      optionsOf(op, op.options.AsFullyConnectedOptions()).quantized_bias_type = tflite::TensorType_INT64;
      break;
    default:
      break;
  }
}

// Section 10: rows of the float operand are quantized asymmetrically.
void adaptHybrid(Operator& op, tflite::BuiltinOperator code) {
  switch (code) {
    case tflite::BuiltinOperator_FULLY_CONNECTED:
      optionsOf(op, op.options.AsFullyConnectedOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_BATCH_MATMUL:
      optionsOf(op, op.options.AsBatchMatMulOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_SVDF:
      optionsOf(op, op.options.AsSVDFOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_RNN:
      optionsOf(op, op.options.AsRNNOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN:
      optionsOf(op, op.options.AsSequenceRNNOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN:
      optionsOf(op, op.options.AsBidirectionalSequenceRNNOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_LSTM:
      optionsOf(op, op.options.AsLSTMOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM:
      optionsOf(op, op.options.AsUnidirectionalSequenceLSTMOptions()).asymmetric_quantize_inputs = true;
      break;
    case tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM:
      optionsOf(op, op.options.AsBidirectionalSequenceLSTMOptions()).asymmetric_quantize_inputs = true;
      break;
    default:
      break;
  }
}

}  // namespace

void adaptOptions(EditState& state) {
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    Subgraph& graph = state.model.subgraphs[g];
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      Operator& op = graph.operators[i];
      const Precision effective = state.graphs[g].plan->effective[i];
      const tflite::BuiltinOperator code = state.model.code(op);
      const OperatorRules* rules = findRules(code);
      if (computeType(effective) == ElementType::Int16) adaptInt16(op, code);
      const bool hybrid = effective == Precision::DynamicRange || effective == Precision::DynamicRangeInt4;
      if (hybrid && rules && rules->setsAsymmetricInputs) adaptHybrid(op, code);
    }
  }
}

}  // namespace quantscope::quantization
