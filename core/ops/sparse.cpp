#include <algorithm>
#include <cstring>

#include "core/base/checked.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

/// Row p of the indices as a position in the dense tensor; nothing where it is outside.
std::optional<int64_t> densePosition(const std::byte* indices, ElementType type, int64_t row,
                                     const std::vector<int32_t>& shape, const std::vector<int64_t>& steps) {
  const auto rank = static_cast<int64_t>(shape.size());
  int64_t position = 0;
  for (int64_t d = 0; d < rank; ++d) {
    const int64_t index = integerAt(indices, type, row * rank + d);
    if (index < 0 || index >= shape[static_cast<size_t>(d)]) return std::nullopt;
    position += index * steps[static_cast<size_t>(d)];
  }
  return position;
}

}  // namespace

/// A dense tensor of the default, with values at the indices (a scalar, a vector or one row per value).
Result<std::unique_ptr<Kernel>> prepareSparseToDense(PrepareContext& context) {
  QS_TRY(context.requireInputs(4, 4));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand &indices = context.input(0), &values = context.input(2), &other = context.input(3);
  QS_TRY(requireType(context, indices, {ElementType::Int32, ElementType::Int64}));
  QS_ASSIGN(const int bytes, requireMovable(context, values, context.output(0)));
  QS_TRY(requireSameType(context, values, other));
  if (other.elementCount() != 1) return context.malformed("its default is not one value");
  QS_ASSIGN(const auto wanted, integerValues(context, context.input(1)));
  std::vector<int32_t> shape;
  for (int64_t dimension : wanted) {
    if (dimension < 0 || dimension > INT32_MAX) return context.malformed("its result would have a negative dimension");
    shape.push_back(static_cast<int32_t>(dimension));
  }
  const int64_t depth = indices.rank() == 2 ? indices.shape[1] : 1;
  const int64_t rows = indices.rank() == 0 ? 1 : indices.rank() <= 2 ? indices.shape[0] : -1;
  if (rows < 0 || depth != static_cast<int64_t>(shape.size())) {
    return context.malformed("its indices " + shapeText(indices.shape) + " do not fit " + shapeText(shape));
  }
  const bool single = values.elementCount() == 1 && values.rank() == 0;
  if (!single && values.elementCount() != rows) return context.malformed("it has not one value per index");
  QS_TRY(context.setOutputShape(0, shape));
  return makeKernel([=, count = context.output(0).elementCount(), type = indices.type,
                     steps = rowMajorSteps(shape)](const KernelContext& run) -> Result<void> {
    const auto size = static_cast<size_t>(bytes);
    for (int64_t i = 0; i < count; ++i) std::memcpy(run.outputs[0] + i * bytes, run.inputs[3], size);
    for (int64_t r = 0; r < rows; ++r) {
      const auto position = densePosition(run.inputs[0], type, r, shape, steps);
      if (!position) return dataError("index " + std::to_string(r) + " is outside of " + shapeText(shape));
      std::memcpy(run.outputs[0] + *position * bytes, run.inputs[2] + (single ? 0 : r) * bytes, size);
    }
    return {};
  });
}

namespace {

std::vector<int64_t> vectorOf(const tflite::SparseIndexVectorUnion& values) {
  std::vector<int64_t> result;
  if (const auto* wide = values.AsInt32Vector()) result.assign(wide->values.begin(), wide->values.end());
  if (const auto* half = values.AsUint16Vector()) result.assign(half->values.begin(), half->values.end());
  if (const auto* narrow = values.AsUint8Vector()) result.assign(narrow->values.begin(), narrow->values.end());
  return result;
}

/// A sparse tensor's levels, in traversal order (spec/tflite-format.md section 4.2).
struct Level {
  bool dense = true;
  int64_t size = 0;                        ///< dense
  std::vector<int64_t> segments, indices;  ///< compressed
  int64_t step = 0;                        ///< in the dense tensor, per coordinate
  int64_t extent = 0;                      ///< coordinates that exist
};

struct SparseLayout {
  std::vector<Level> levels;
  std::vector<int64_t> positions;  ///< in the dense tensor, of each stored value

  bool collect(size_t level, int64_t parent, int64_t position, size_t most);
};

/// False where the structure does not hold together.
bool SparseLayout::collect(size_t depth, int64_t parent, int64_t position, size_t most) {
  if (depth == levels.size()) {
    if (positions.size() >= most) return false;
    positions.push_back(position);
    return true;
  }
  const Level& level = levels[depth];
  if (level.dense) {
    for (int64_t i = 0; i < level.size; ++i) {
      if (!collect(depth + 1, parent * level.size + i, position + i * level.step, most)) return false;
    }
    return true;
  }
  if (parent < 0 || parent + 1 >= static_cast<int64_t>(level.segments.size())) return false;
  const int64_t first = level.segments[static_cast<size_t>(parent)],
                last = level.segments[static_cast<size_t>(parent) + 1];
  if (first < 0 || last < first || last > static_cast<int64_t>(level.indices.size())) return false;
  for (int64_t k = first; k < last; ++k) {
    const int64_t coordinate = level.indices[static_cast<size_t>(k)];
    if (coordinate < 0 || coordinate >= level.extent) return false;
    if (!collect(depth + 1, k, position + coordinate * level.step, most)) return false;
  }
  return true;
}

/// Steps and extents of the levels; false where orders or sizes do not fit the shape.
bool fillLevels(const Tensor& tensor, SparseLayout& layout) {
  const auto& sparsity = *tensor.sparsity;
  const size_t rank = tensor.shape.size(), blocks = sparsity.block_map.size(), count = rank + blocks;
  if (rank == 0 || sparsity.traversal_order.size() != count || sparsity.dim_metadata.size() != count) return false;
  std::vector<int64_t> blockSize(rank, 1);
  std::vector<int> blockOf(rank, -1);
  std::vector<uint8_t> seen(count, 0);
  for (size_t k = 0; k < blocks; ++k) {
    const int32_t dimension = sparsity.block_map[k];
    if (dimension < 0 || static_cast<size_t>(dimension) >= rank || blockOf[static_cast<size_t>(dimension)] >= 0)
      return false;
    blockOf[static_cast<size_t>(dimension)] = static_cast<int>(k);
  }
  for (size_t l = 0; l < count; ++l) {
    const int32_t which = sparsity.traversal_order[l];
    const auto* metadata = sparsity.dim_metadata[l].get();
    if (which < 0 || static_cast<size_t>(which) >= count || seen[static_cast<size_t>(which)]++ || !metadata)
      return false;
    if (static_cast<size_t>(which) < rank) continue;
    const auto dimension = static_cast<size_t>(sparsity.block_map[static_cast<size_t>(which) - rank]);
    if (metadata->format != tflite::DimensionType_DENSE || metadata->dense_size < 1 ||
        tensor.shape[dimension] % metadata->dense_size != 0) {
      return false;
    }
    blockSize[dimension] = metadata->dense_size;
  }
  const auto steps = rowMajorSteps(tensor.shape);
  for (size_t l = 0; l < count; ++l) {
    const auto which = static_cast<size_t>(sparsity.traversal_order[l]);
    const auto* metadata = sparsity.dim_metadata[l].get();
    const bool block = which >= rank;
    const auto dimension = block ? static_cast<size_t>(sparsity.block_map[which - rank]) : which;
    Level level;
    level.dense = metadata->format == tflite::DimensionType_DENSE;
    level.step = block ? steps[dimension] : steps[dimension] * blockSize[dimension];
    level.extent = block ? blockSize[dimension] : tensor.shape[dimension] / blockSize[dimension];
    level.size = metadata->dense_size;
    if (level.dense && level.size != level.extent) return false;
    if (!level.dense) {
      level.segments = vectorOf(metadata->array_segments);
      level.indices = vectorOf(metadata->array_indices);
    }
    layout.levels.push_back(std::move(level));
  }
  return true;
}

}  // namespace

/// The dense form of a sparse constant.
Result<std::unique_ptr<Kernel>> prepareDensify(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  if (!input.isConstant || !input.tensor->sparsity) return context.malformed("its input is no sparse constant");
  QS_TRY(context.setOutputShape(0, input.shape));
  const auto total = static_cast<size_t>(input.elementCount() * bytes);
  SparseLayout layout;
  const size_t stored = input.constant.size() / static_cast<size_t>(bytes);
  if (!fillLevels(*input.tensor, layout) || !layout.collect(0, 0, 0, stored)) {
    return context.malformed("the structure of its sparse constant does not fit its shape and its values");
  }
  return makeKernel([positions = std::move(layout.positions), bytes, total](const KernelContext& run) {
    std::memset(run.outputs[0], 0, total);
    for (size_t i = 0; i < positions.size(); ++i) {
      std::memcpy(run.outputs[0] + positions[i] * bytes, run.inputs[0] + i * static_cast<size_t>(bytes),
                  static_cast<size_t>(bytes));
    }
  });
}

}  // namespace quantscope::ops
