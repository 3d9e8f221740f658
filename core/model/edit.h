#pragma once

#include <cstdint>

#include "core/model/model.h"

/// Steps of graph editing. They keep every list that refers to another in order.
namespace quantscope {

/// Appends a tensor to a subgraph.
TensorIndex addTensor(Subgraph& subgraph, Tensor tensor);
/// Appends a buffer.
BufferIndex addBuffer(Model& model, Buffer buffer);
/// Index of an operator code equal to `code`; appended if there is none.
uint32_t addOperatorCode(Model& model, const OperatorCode& code);

/// Lets tensors whose constants have the same bytes share one buffer. Metadata keeps its own buffers, and
/// so do tensors that a subgraph returns directly. The buffers that become unused stay until pruneUnused().
/// Returns the number of tensors that changed their buffer.
size_t deduplicateBuffers(Model& model);

struct PruneResult {
  size_t tensors = 0, buffers = 0, operatorCodes = 0;  ///< how many were removed
};
/// Removes tensors, buffers and operator codes that nothing refers to, and renumbers whatever refers to the
/// others: operators, inputs and outputs of subgraphs, signatures, metadata, the scale and zero point
/// tensors of blockwise and multi-axis quantization. All tensors without constant data share the empty
/// buffer 0 afterwards. buffers[0] stays. A tensor is in use where an operator, a subgraph's inputs or
/// outputs, a signature or another tensor's quantization names it.
/// The mark of constants outside the flatbuffer goes too: the writer sets it again where that is needed.
/// Metadata that speaks of operators by number (model_control_dependencies) stays true: operators are not touched.
PruneResult pruneUnused(Model& model);

}  // namespace quantscope
