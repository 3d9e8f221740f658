#include <cstring>

#include "core/ops/movement.h"

/// Operators that exchange positions with channels or batches (spec/tflite-kernels.md section 12.1).
namespace quantscope::ops {

Result<std::unique_ptr<Kernel>> prepareSpaceToDepth(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_TRY(requireRank(context, input, 4, 4));
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  const auto* options = context.op.options.AsSpaceToDepthOptions();
  const int64_t block = options ? options->block_size : 0;
  const int64_t n = input.shape[0], h = input.shape[1], w = input.shape[2], c = input.shape[3];
  if (block < 1 || h % block != 0 || w % block != 0 || block * block > INT32_MAX || c * block * block > INT32_MAX) {
    return context.malformed("its block of " + std::to_string(block) + " does not fit " + shapeText(input.shape));
  }
  const int64_t outH = h / block, outW = w / block;
  QS_TRY(context.setOutputShape(0, {static_cast<int32_t>(n), static_cast<int32_t>(outH), static_cast<int32_t>(outW),
                                    static_cast<int32_t>(c * block * block)}));
  // Loops over batch, row, column, row in the block, column in the block, channel.
  const int64_t cell = c * block * block;
  return stridedKernel(StridedCopy({{n, h * w * c, h * w * c},
                                    {outH, block * w * c, outW * cell},
                                    {outW, block * c, cell},
                                    {block, w * c, block * c},
                                    {block, c, c},
                                    {c, 1, 1}},
                                   0, 0, bytes));
}

Result<std::unique_ptr<Kernel>> prepareDepthToSpace(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_TRY(requireRank(context, input, 4, 4));
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  const auto* options = context.op.options.AsDepthToSpaceOptions();
  const int64_t block = options ? options->block_size : 0;
  const int64_t n = input.shape[0], h = input.shape[1], w = input.shape[2], cell = input.shape[3];
  if (block < 1 || block > 32768 || cell % (block * block) != 0 || h * block > INT32_MAX || w * block > INT32_MAX) {
    return context.malformed("its block of " + std::to_string(block) + " does not fit " + shapeText(input.shape));
  }
  const int64_t c = cell / (block * block), outW = w * block;
  QS_TRY(context.setOutputShape(0, {static_cast<int32_t>(n), static_cast<int32_t>(h * block),
                                    static_cast<int32_t>(outW), static_cast<int32_t>(c)}));
  return stridedKernel(StridedCopy({{n, h * w * cell, h * w * cell},
                                    {h, w * cell, block * outW * c},
                                    {w, cell, block * c},
                                    {block, block * c, outW * c},
                                    {block, c, c},
                                    {c, 1, 1}},
                                   0, 0, bytes));
}

namespace {

/// Both operators in the terms of the one with spread positions (`space`) and the one with more batches (`batch`).
struct BatchLayout {
  std::vector<int64_t> blocks, before;     ///< per spatial dimension
  std::vector<int64_t> space, batchSpace;  ///< spatial sizes on either side
  int64_t batches = 0, depth = 0;          ///< batches of the spread side; bytes behind the spatial dimensions
};

/// Values of the two parameter tensors; `sign` of the paddings: they are added to or cropped from the spread side.
Result<BatchLayout> batchParameters(const PrepareContext& context, std::vector<int64_t>& after) {
  const Operand& input = context.input(0);
  QS_TRY(requireRank(context, input, 3, 4));
  const int64_t spatial = input.rank() - 2;
  BatchLayout layout;
  QS_ASSIGN(layout.blocks, integerValues(context, context.input(1), spatial));
  QS_ASSIGN(const auto edges, integerValues(context, context.input(2), 2 * spatial));
  for (int64_t d = 0; d < spatial; ++d) {
    const int64_t first = edges[static_cast<size_t>(2 * d)], last = edges[static_cast<size_t>(2 * d + 1)];
    const int64_t block = layout.blocks[static_cast<size_t>(d)];
    if (first < 0 || last < 0 || first > INT32_MAX || last > INT32_MAX || block < 1 || block > 32768) {
      return context.malformed("its blocks or paddings are impossible");
    }
    layout.before.push_back(first);
    after.push_back(last);
  }
  return layout;
}

/// Calls visit(batch position, spread position) in elements of `depth` bytes for every position of the batch side; the
/// spread position is -1 in the padding.
template <typename Visit>
void forEachPosition(const BatchLayout& layout, Visit&& visit) {
  const bool two = layout.blocks.size() == 2;
  const int64_t blockW = two ? layout.blocks[1] : 1, outW = two ? layout.batchSpace[1] : 1;
  const int64_t w = two ? layout.space[1] : 1, left = two ? layout.before[1] : 0;
  int64_t position = 0;
  for (int64_t sh = 0; sh < layout.blocks[0]; ++sh) {
    for (int64_t sw = 0; sw < blockW; ++sw) {
      for (int64_t b = 0; b < layout.batches; ++b) {
        for (int64_t y = 0; y < layout.batchSpace[0]; ++y) {
          const int64_t inY = y * layout.blocks[0] + sh - layout.before[0];
          for (int64_t x = 0; x < outW; ++x, ++position) {
            const int64_t inX = x * blockW + sw - left;
            const bool inside = inY >= 0 && inY < layout.space[0] && inX >= 0 && inX < w;
            visit(position, inside ? (b * layout.space[0] + inY) * w + inX : -1);
          }
        }
      }
    }
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareSpaceToBatch(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1, 2})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  std::vector<int64_t> after;
  QS_ASSIGN(BatchLayout layout, batchParameters(context, after));
  layout.batches = input.shape[0];
  int64_t batches = layout.batches;
  std::vector<int32_t> shape = input.shape;
  for (size_t d = 0; d < layout.blocks.size(); ++d) {
    const int64_t padded = input.shape[d + 1] + layout.before[d] + after[d];
    if (padded % layout.blocks[d] != 0 || padded > INT32_MAX) {
      return context.malformed("the padded dimension " + std::to_string(d + 1) + " is no multiple of its block");
    }
    layout.space.push_back(input.shape[d + 1]);
    layout.batchSpace.push_back(padded / layout.blocks[d]);
    shape[d + 1] = static_cast<int32_t>(layout.batchSpace[d]);
    batches *= layout.blocks[d];
    if (batches > INT32_MAX) return context.malformed("its result has too many batches");
  }
  shape[0] = static_cast<int32_t>(batches);
  layout.depth = int64_t{input.shape.back()} * bytes;
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  const int32_t zero = context.output(0).quantized() ? context.output(0).zeroPoint() : 0;
  return makeKernel([=](const KernelContext& run) {
    std::byte* out = run.outputs[0];
    const auto depth = static_cast<size_t>(layout.depth);
    forEachPosition(layout, [&](int64_t to, int64_t from) {
      if (from >= 0) {
        std::memcpy(out + to * layout.depth, run.inputs[0] + from * layout.depth, depth);
      } else if (bytes == 1) {
        std::memset(out + to * layout.depth, zero, depth);
      } else {
        // Only 8-bit types have another zero point than 0.
        std::memset(out + to * layout.depth, 0, depth);
      }
    });
  });
}

Result<std::unique_ptr<Kernel>> prepareBatchToSpace(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1, 2})) return nullptr;
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  std::vector<int64_t> after;
  QS_ASSIGN(BatchLayout layout, batchParameters(context, after));
  int64_t blocks = 1;
  std::vector<int32_t> shape = input.shape;
  for (size_t d = 0; d < layout.blocks.size(); ++d) {
    const int64_t size = input.shape[d + 1] * layout.blocks[d] - layout.before[d] - after[d];
    if (size < 0 || size > INT32_MAX) return context.malformed("it crops more than there is");
    layout.space.push_back(size);
    layout.batchSpace.push_back(input.shape[d + 1]);
    shape[d + 1] = static_cast<int32_t>(size);
    blocks *= layout.blocks[d];
  }
  if (input.shape[0] % blocks != 0) return context.malformed("its batches are no multiple of its blocks");
  layout.batches = input.shape[0] / blocks;
  shape[0] = static_cast<int32_t>(layout.batches);
  layout.depth = int64_t{input.shape.back()} * bytes;
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return makeKernel([layout](const KernelContext& run) {
    forEachPosition(layout, [&](int64_t from, int64_t to) {
      if (to < 0) return;
      std::memcpy(run.outputs[0] + to * layout.depth, run.inputs[0] + from * layout.depth,
                  static_cast<size_t>(layout.depth));
    });
  });
}

}  // namespace quantscope::ops
