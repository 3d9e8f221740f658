#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

struct WeightRow {
  tflite::BuiltinOperator op;
  size_t input;
  int32_t axis;
};

// Where the outputs of the operator lie in its weights (spec/tflite-quantization.md sections 3 and 14).
constexpr WeightRow kWeights[] = {
    {tflite::BuiltinOperator_CONV_2D, 1, 0},
    {tflite::BuiltinOperator_DEPTHWISE_CONV_2D, 1, 3},
    {tflite::BuiltinOperator_FULLY_CONNECTED, 1, 0},
    {tflite::BuiltinOperator_TRANSPOSE_CONV, 1, 0},
    {tflite::BuiltinOperator_CONV_3D, 1, 4},
    {tflite::BuiltinOperator_CONV_3D_TRANSPOSE, 1, 3},
    {tflite::BuiltinOperator_EMBEDDING_LOOKUP, 1, 0},
    {tflite::BuiltinOperator_SVDF, 1, 0},
    {tflite::BuiltinOperator_SVDF, 2, 0},
};

bool isRecurrent(tflite::BuiltinOperator op) {
  return op == tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM || op == tflite::BuiltinOperator_LSTM ||
         op == tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM || op == tflite::BuiltinOperator_RNN ||
         op == tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN ||
         op == tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_RNN;
}

bool known(const Model& model, const Operator& op) {
  return op.opcodeIndex < model.operatorCodes.size();
}

int32_t axisIn(const Model& model, const Operator& op, TensorIndex tensor, int32_t rank) {
  for (const WeightRow& row : kWeights) {
    if (row.op == model.code(op) && op.input(row.input) == tensor && row.axis < rank) return row.axis;
  }
  if (isRecurrent(model.code(op)) && rank == 2) {
    for (size_t i = 1; i < op.inputs.size(); ++i) {
      if (op.inputs[i] == tensor) return 0;
    }
  }
  return -1;
}

}  // namespace

int32_t weightChannelAxis(const Model& model, SubgraphIndex subgraph, TensorIndex index) {
  if (!subgraph.valid() || subgraph.position() >= model.subgraphs.size()) return -1;
  const Subgraph& graph = model.subgraphs[subgraph.position()];
  if (!index.valid() || index.position() >= graph.tensors.size()) return -1;
  const Tensor& tensor = graph.tensor(index);
  const auto rank = static_cast<int32_t>(tensor.shape.size());
  if (!isConstant(model, tensor)) return -1;
  if (tensor.quantized() && tensor.quantization->perChannel()) return tensor.quantization->quantizedDimension;
  for (const Operator& op : graph.operators) {
    if (!known(model, op)) continue;
    if (const int32_t axis = axisIn(model, op, index, rank); axis >= 0) return axis;
    // Weights stored in float16 or int8 reach their operator through a DEQUANTIZE.
    if (model.code(op) != tflite::BuiltinOperator_DEQUANTIZE || op.input(0) != index) continue;
    for (const Operator& user : graph.operators) {
      if (!known(model, user) || !op.output(0).valid()) continue;
      if (const int32_t axis = axisIn(model, user, op.output(0), rank); axis >= 0) return axis;
    }
  }
  return -1;
}

}  // namespace quantscope
