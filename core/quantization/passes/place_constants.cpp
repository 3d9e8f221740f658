#include <algorithm>

#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

// Constants that somebody still reads as they are.
std::vector<bool> keptTensors(const Subgraph& graph, const GraphState& state) {
  std::vector<bool> kept(graph.tensors.size(), false);
  auto keep = [&](TensorIndex tensor) {
    if (tensor.valid()) kept[tensor.position()] = true;
  };
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    for (size_t k = 0; k < op.inputs.size(); ++k)
      if (state.plan->operators[i].inputs[k].kind == OperandPlan::Kind::Keep) keep(op.inputs[k]);
    std::for_each(op.intermediates.begin(), op.intermediates.end(), keep);
  }
  // What a DEQUANTIZE of the source makes is no place for a constant, and neither is its operand.
  for (const Operator& op : graph.operators) std::for_each(op.outputs.begin(), op.outputs.end(), keep);
  std::for_each(graph.inputs.begin(), graph.inputs.end(), keep);
  std::for_each(graph.outputs.begin(), graph.outputs.end(), keep);
  return kept;
}

std::shared_ptr<const tflite::QuantizationDetailsUnion> blockDetails(TensorIndex scales, int32_t blockSize) {
  tflite::BlockwiseQuantizationT details;
  details.scales = scales.value;
  details.zero_points = -1;
  details.block_size = blockSize;
  auto result = std::make_shared<tflite::QuantizationDetailsUnion>();
  result->Set(std::move(details));
  return result;
}

}  // namespace

void placeConstants(EditState& state) {
  for (size_t g = 0; g < state.graphs.size(); ++g) {
    GraphState& graphState = state.graphs[g];
    Subgraph& graph = state.model.subgraphs[g];
    std::vector<bool> taken = keptTensors(graph, graphState);
    for (size_t c = 0; c < graphState.plan->constants.size(); ++c) {
      const PlannedConstant& constant = graphState.plan->constants[c];
      const ConstantData& data = (*graphState.constants)[c];
      Tensor tensor = graph.tensor(constant.source);
      Tensor floats = tensor;  // what a DEQUANTIZE makes of it
      tensor.type = constant.type;
      tensor.quantization.reset();
      if (data.quantization.quantized()) tensor.quantization = data.quantization;
      tensor.buffer = addBuffer(state.model, data.data);
      if (data.blockScales.present) {
        Tensor scales;
        scales.shape = data.blockScaleShape;
        scales.hasRank = tensor.hasRank;
        scales.type = ElementType::Float16;
        scales.name = graphState.names.make("scales", constant.source);
        scales.buffer = addBuffer(state.model, data.blockScales);
        tensor.quantization.emplace();
        tensor.quantization->details = blockDetails(addTensor(graph, std::move(scales)), constant.blockSize);
      }
      if (taken[constant.source.position()]) {
        tensor.name = graphState.names.make(elementTypeName(constant.type), constant.source);
        graphState.constantTensors.push_back(addTensor(graph, std::move(tensor)));
      } else {
        taken[constant.source.position()] = true;
        graph.tensor(constant.source) = std::move(tensor);
        graphState.constantTensors.push_back(constant.source);
      }
      TensorIndex dequantized;
      if (constant.dequantize) {
        floats.type = ElementType::Float32;
        floats.buffer = BufferIndex(0);
        floats.quantization.reset();
        floats.name = graphState.names.make(elementTypeName(ElementType::Float32), constant.source);
        dequantized = addTensor(graph, std::move(floats));
      }
      graphState.floatTensors.push_back(dequantized);
    }
  }
}

}  // namespace quantscope::quantization
