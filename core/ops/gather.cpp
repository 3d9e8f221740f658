#include <cstring>

#include "core/ops/block_scales.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

Result<void> requireIndices(const PrepareContext& context, const Operand& indices) {
  return requireType(context, indices, {ElementType::Int32, ElementType::Int64, ElementType::Int16});
}

Error outOfRange(int64_t index, int64_t size) {
  return dataError("index " + std::to_string(index) + " is outside of " + std::to_string(size));
}

}  // namespace

/// out[b, o, i, s] = x[b, o, idx[b, i], s] (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareGather(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& x = context.input(0);
  const Operand& indices = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, x, context.output(0)));
  QS_TRY(requireIndices(context, indices));
  const auto* options = context.op.options.AsGatherOptions();
  QS_ASSIGN(const size_t axis, axisOf(context, options ? options->axis : 0, x.shape.size()));
  const int64_t wanted = options ? options->batch_dims : 0;
  const int64_t leading = wanted < 0 ? wanted + indices.rank() : wanted;
  if (leading < 0 || leading > indices.rank() || leading > static_cast<int64_t>(axis)) {
    return context.malformed("its batch_dims " + std::to_string(wanted) + " do not fit");
  }
  const auto batch = static_cast<size_t>(leading);
  std::vector<int32_t> shape(x.shape.begin(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  for (size_t d = 0; d < batch; ++d) {
    if (x.shape[d] != indices.shape[d]) return context.malformed("its batch dimensions differ");
  }
  shape.insert(shape.end(), indices.shape.begin() + leading, indices.shape.end());
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.shape.end());
  const int64_t batches = product(x.shape, 0, batch), outer = product(x.shape, batch, axis), size = x.shape[axis];
  const int64_t inner = product(x.shape, axis + 1, x.shape.size()) * bytes;
  const int64_t picks = product(indices.shape, batch, indices.shape.size());
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return makeKernel([=, type = indices.type](const KernelContext& run) -> Result<void> {
    std::byte* out = run.outputs[0];
    for (int64_t b = 0; b < batches; ++b) {
      for (int64_t o = 0; o < outer; ++o) {
        const std::byte* in = run.inputs[0] + (b * outer + o) * size * inner;
        for (int64_t i = 0; i < picks; ++i, out += inner) {
          const int64_t index = integerAt(run.inputs[1], type, b * picks + i);
          if (index < 0 || index >= size) return outOfRange(index, size);
          std::memcpy(out, in + index * inner, static_cast<size_t>(inner));
        }
      }
    }
    return {};
  });
}

namespace {

/// Where a row of indices points in the leading dimensions of a tensor.
struct IndexRows {
  std::vector<int64_t> sizes, steps;  ///< steps in bytes
  ElementType type;
  int64_t rows = 0;
  int64_t slice = 0;  ///< bytes of what one row selects

  /// Byte offset of row r; nothing where an index is out of range.
  std::optional<int64_t> offset(const std::byte* indices, int64_t r) const {
    const auto depth = static_cast<int64_t>(sizes.size());
    int64_t result = 0;
    for (int64_t k = 0; k < depth; ++k) {
      const int64_t index = integerAt(indices, type, r * depth + k);
      if (index < 0 || index >= sizes[static_cast<size_t>(k)]) return std::nullopt;
      result += index * steps[static_cast<size_t>(k)];
    }
    return result;
  }
};

Result<IndexRows> indexRows(const PrepareContext& context, const Operand& indices, const std::vector<int32_t>& shape,
                            int bytes) {
  QS_TRY(requireIndices(context, indices));
  if (indices.rank() < 1) return context.malformed("its indices are a scalar");
  const size_t depth = static_cast<size_t>(indices.shape.back());
  if (depth > shape.size()) {
    return context.malformed("its indices have " + std::to_string(depth) + " entries for " + shapeText(shape));
  }
  IndexRows rows;
  rows.type = indices.type;
  rows.rows = product(indices.shape, 0, indices.shape.size() - 1);
  rows.slice = product(shape, depth, shape.size()) * bytes;
  const auto steps = rowMajorSteps(shape);
  for (size_t k = 0; k < depth; ++k) {
    rows.sizes.push_back(shape[k]);
    rows.steps.push_back(steps[k] * bytes);
  }
  return rows;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareGatherNd(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& x = context.input(0);
  const Operand& indices = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, x, context.output(0)));
  QS_ASSIGN(const IndexRows rows, indexRows(context, indices, x.shape, bytes));
  std::vector<int32_t> shape(indices.shape.begin(), indices.shape.end() - 1);
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(rows.sizes.size()), x.shape.end());
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return makeKernel([rows](const KernelContext& run) -> Result<void> {
    for (int64_t r = 0; r < rows.rows; ++r) {
      const auto from = rows.offset(run.inputs[1], r);
      if (!from) return dataError("row " + std::to_string(r) + " of the indices is out of range");
      std::memcpy(run.outputs[0] + r * rows.slice, run.inputs[0] + *from, static_cast<size_t>(rows.slice));
    }
    return {};
  });
}

/// out starts as zeros, out[idx[p]] += updates[p]; integers wrap (spec/tflite-kernels.md section 12).
Result<std::unique_ptr<Kernel>> prepareScatterNd(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({2})) return nullptr;
  const Operand& indices = context.input(0);
  const Operand& updates = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, updates, context.output(0)));
  QS_ASSIGN(const auto wanted, integerValues(context, context.input(2)));
  std::vector<int32_t> shape;
  for (int64_t dimension : wanted) {
    if (dimension < 0 || dimension > INT32_MAX) return context.malformed("its result would have a negative dimension");
    shape.push_back(static_cast<int32_t>(dimension));
  }
  QS_TRY(context.setOutputShape(0, shape));
  QS_ASSIGN(const IndexRows rows, indexRows(context, indices, shape, bytes));
  if (rows.rows * rows.slice != updates.elementCount() * bytes) {
    return context.malformed("its updates " + shapeText(updates.shape) + " do not fit its indices " +
                             shapeText(indices.shape));
  }
  const auto total = static_cast<size_t>(context.output(0).elementCount() * bytes);
  const bool isBool = updates.type == ElementType::Bool;
  const auto visit = [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(sample);
    return makeKernel([rows, total, isBool](const KernelContext& run) -> Result<void> {
      std::memset(run.outputs[0], 0, total);
      const int64_t count = rows.slice / static_cast<int64_t>(sizeof(T));
      for (int64_t r = 0; r < rows.rows; ++r) {
        const auto to = rows.offset(run.inputs[0], r);
        if (!to) return dataError("row " + std::to_string(r) + " of the indices is out of range");
        T* out = reinterpret_cast<T*>(run.outputs[0] + *to);
        const T* in = run.input<T>(1) + r * count;
        for (int64_t i = 0; i < count; ++i) {
          if constexpr (std::is_floating_point_v<T>) {
            out[i] += in[i];
          } else if (isBool) {
            out[i] = static_cast<T>(out[i] != 0 || in[i] != 0);
          } else {
            out[i] = static_cast<T>(static_cast<uint64_t>(out[i]) + static_cast<uint64_t>(in[i]));
          }
        }
      }
      return {};
    });
  };
  if (isBool) return visit(uint8_t{});
  return dispatchNumber(context, updates.type, visit);
}

namespace {

/// Rows of quantized weights as real numbers: value * scale (spec/tflite-kernels.md section 12).
Result<std::unique_ptr<Kernel>> embeddingOfCodes(PrepareContext& context, int64_t rows, int64_t width) {
  const Operand& table = context.input(1);
  QS_TRY(requireType(context, table, {ElementType::Int8, ElementType::Int4, ElementType::Int2}));
  const int bits = bitsPerElement(table.type);
  std::vector<float> scales;
  int64_t rowScales = 1, block = width;  // scales of a row, values that share one
  if (table.tensor->quantization && table.tensor->quantization->blockwise()) {
    QS_ASSIGN(BlockScales blocks,
              BlockScales::of(context, table, static_cast<size_t>(rows), static_cast<size_t>(width)));
    scales = std::move(blocks.values);
    block = static_cast<int64_t>(blocks.size);
    rowScales = width / block;
  } else {
    QS_TRY(requireWeightScales(context, table, 0));
    scales.assign(table.scales().begin(), table.scales().end());
    if (scales.size() == 1) rowScales = 0;
  }
  return makeKernel([=, count = context.input(0).elementCount(),
                     scales = std::move(scales)](const KernelContext& run) -> Result<void> {
    const auto* ids = run.input<int32_t>(0);
    const auto* codes = run.input<uint8_t>(1);
    auto* out = run.output<float>(0);
    for (int64_t i = 0; i < count; ++i) {
      if (ids[i] < 0 || ids[i] >= rows) return outOfRange(ids[i], rows);
      const float* const scale = scales.data() + ids[i] * rowScales;
      for (int64_t k = 0; k < width; ++k) {
        const int64_t position = (ids[i] * width + k) * bits;
        const int shift = static_cast<int>(position % 8);
        // The code's bits to the top of a byte, then back down with its sign.
        const auto raw = static_cast<int8_t>(static_cast<uint8_t>(codes[position / 8] << (8 - bits - shift)));
        *out++ = static_cast<float>(raw >> (8 - bits)) * scale[k / block];
      }
    }
    return {};
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareEmbeddingLookup(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& ids = context.input(0);
  const Operand& table = context.input(1);
  QS_TRY(requireType(context, ids, {ElementType::Int32}));
  QS_TRY(requireRank(context, ids, 1, 1));
  if (table.rank() < 2) return context.malformed("its table has fewer than two dimensions");
  const int64_t rows = table.shape[0], width = product(table.shape, 1, table.shape.size());
  std::vector<int32_t> shape = table.shape;
  shape[0] = ids.shape[0];
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  if (table.type != context.output(0).type) {
    QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
    return embeddingOfCodes(context, rows, width);
  }
  QS_ASSIGN(const int bytes, requireWholeBytes(context, table));
  return makeKernel([=, count = ids.shape[0]](const KernelContext& run) -> Result<void> {
    const auto* wanted = run.input<int32_t>(0);
    for (int64_t i = 0; i < count; ++i) {
      if (wanted[i] < 0 || wanted[i] >= rows) return outOfRange(wanted[i], rows);
      std::memcpy(run.outputs[0] + i * width * bytes, run.inputs[1] + wanted[i] * width * bytes,
                  static_cast<size_t>(width * bytes));
    }
    return {};
  });
}

}  // namespace quantscope::ops
