#include "core/ops/block_scales.h"

#include "core/numerics/float16.h"
#include "core/ops/operand_checks.h"

namespace quantscope::ops {

Result<BlockScales> BlockScales::of(PrepareContext& context, const Operand& weights, size_t rows, size_t depth) {
  const auto& details = *weights.tensor->quantization->blockwise();
  const auto& tensors = context.subgraph().tensors;
  if (details.block_size < 1 || depth % static_cast<size_t>(details.block_size) != 0) {
    return context.malformed(describe(context, weights) + " does not divide into blocks of " +
                             std::to_string(details.block_size));
  }
  if (details.scales < 0 || static_cast<size_t>(details.scales) >= tensors.size()) {
    return context.malformed(describe(context, weights) + " names no tensor of block scales");
  }
  BlockScales scales;
  scales.size = static_cast<size_t>(details.block_size);
  const Tensor& tensor = tensors[static_cast<size_t>(details.scales)];
  const auto bits = constantValues<uint16_t>(context.model, tensor);
  if (tensor.type != ElementType::Float16 || bits.size() != rows * (depth / scales.size)) {
    return context.malformed("the block scales of " + describe(context, weights) +
                             " must be one float16 number for each block");
  }
  scales.values.resize(bits.size());
  numerics::fromFloat16(bits, scales.values);
  return scales;
}

}  // namespace quantscope::ops
