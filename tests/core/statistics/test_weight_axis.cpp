#include "core/statistics/tensor_statistics.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

/// One operator whose input 1 is a constant of this shape; optionally through DEQUANTIZE.
Model modelWith(tflite::BuiltinOperator op, std::vector<int32_t> shape, bool dequantize = false) {
  Model model;
  model.operatorCodes = {OperatorCode::builtin(op), OperatorCode::builtin(tflite::BuiltinOperator_DEQUANTIZE)};
  model.buffers = {Buffer(), Buffer::fromBytes({})};
  Subgraph graph;
  graph.tensors.resize(4);
  graph.tensors[1].shape = graph.tensors[3].shape = std::move(shape);
  graph.tensors[1].buffer = BufferIndex(1);
  if (dequantize) {
    Operator convert;
    convert.opcodeIndex = 1;
    convert.inputs = {TensorIndex(1)};
    convert.outputs = {TensorIndex(3)};
    graph.operators.push_back(convert);
  }
  Operator user;
  user.inputs = {TensorIndex(0), TensorIndex(dequantize ? 3 : 1)};
  user.outputs = {TensorIndex(2)};
  graph.operators.push_back(user);
  model.subgraphs.push_back(graph);
  return model;
}

int32_t axisOf(const Model& model, int32_t tensor = 1) {
  return weightChannelAxis(model, SubgraphIndex(0), TensorIndex(tensor));
}

}  // namespace

TEST_CASE("weights know the axis of their channels", "[statistics]") {
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_CONV_2D, {8, 3, 3, 4})) == 0);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, {1, 3, 3, 4})) == 3);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_FULLY_CONNECTED, {8, 4})) == 0);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_FULLY_CONNECTED, {8, 4}, true)) == 0);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_ADD, {8, 4})) == -1);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_DEPTHWISE_CONV_2D, {4})) == -1);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_CONV_2D, {8, 3, 3, 4}), 0) == -1);
  CHECK(axisOf(modelWith(tflite::BuiltinOperator_CONV_2D, {8, 3, 3, 4}), 99) == -1);
}

TEST_CASE("the axis of scales that are there already comes first", "[statistics]") {
  Model model = modelWith(tflite::BuiltinOperator_FULLY_CONNECTED, {8, 4});
  Quantization quantization;
  quantization.scale.assign(4, 1.0f);
  quantization.quantizedDimension = 1;
  model.subgraphs[0].tensors[1].quantization = quantization;
  CHECK(axisOf(model) == 1);
}
