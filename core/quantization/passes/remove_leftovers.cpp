#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

bool isConversion(tflite::BuiltinOperator code) {
  return code == tflite::BuiltinOperator_DEQUANTIZE || code == tflite::BuiltinOperator_QUANTIZE;
}

// Conversions of constants whose users took another form, and those that training left; one may have fed another.
void removeUnreadConversions(const EditState& state, Subgraph& graph) {
  size_t removed = 0;
  do {
    const auto uses = tensorUses(graph);
    removed = std::erase_if(graph.operators, [&](const Operator& op) {
      if (!isConversion(state.model.code(op)) || !op.output(0).valid()) return false;
      const TensorUses& use = uses[op.output(0).position()];
      return use.consumers.empty() && !use.graphOutput;
    });
  } while (removed > 0);
}

}  // namespace

void removeLeftovers(EditState& state) {
  for (Subgraph& graph : state.model.subgraphs) {
    removeUnreadConversions(state, graph);
    for (Tensor& tensor : graph.tensors) {
      if (!tensor.quantization) continue;
      Quantization& quantization = *tensor.quantization;
      // Parameters of float tensors are remains of training or calibration; nothing reads them.
      if (tensor.type == ElementType::Float32 || (!quantization.quantized() && !quantization.details))
        tensor.quantization.reset();
    }
  }
  pruneUnused(state.model);
  // Only what stays is compared: the float constants that were replaced may be gigabytes of a file.
  if (state.readConstants && deduplicateBuffers(state.model) > 0) pruneUnused(state.model);
}

}  // namespace quantscope::quantization
