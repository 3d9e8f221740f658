#include <algorithm>
#include <cstring>
#include <memory>

#include "core/ops/movement.h"

/// STABLEHLO_GATHER: slices of an operand whose starts are rows of an index tensor. The other
/// tensor (the result) has dimensions that count those rows and dimensions that move
/// inside a slice.
namespace quantscope::ops {

namespace {

using Positions = std::vector<int64_t>;

struct SliceMap {
  Positions windowDims;    ///< dimensions of the other tensor that move inside a slice, ascending
  Positions insertedDims;  ///< dimensions of the operand that a slice has one place of
  Positions startDims;     ///< dimension of the operand that each entry of a row gives the start of
  int64_t vectorDim = 0;   ///< dimension of the index tensor that holds the rows
};

bool ascendingBelow(const Positions& values, size_t limit) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] < (i ? values[i - 1] + 1 : 0) || values[i] >= static_cast<int64_t>(limit)) return false;
  }
  return true;
}

bool contains(const Positions& values, size_t value) {
  return std::ranges::find(values, static_cast<int64_t>(value)) != values.end();
}

/// The slices, ready to walk.
class Slices {
public:
  static Result<Slices> of(const PrepareContext& context, const SliceMap& map, const Operand& operand,
                           const Operand& indices, const std::vector<int32_t>& other);

  /// Calls use(start per operand dimension, place in the slice per operand dimension, element of the other tensor).
  template <typename Use>
  void forEach(const std::byte* indices, Use use) const {
    Positions start(m_rank, 0), place(m_rank, 0), index(m_sizes.size(), 0);
    for (int64_t i = 0; i < m_count; ++i) {
      int64_t row = 0;
      for (size_t d = 0; d < index.size(); ++d) {
        row += index[d] * m_rowSteps[d];
        if (m_operandDim[d] >= 0) place[static_cast<size_t>(m_operandDim[d])] = index[d];
      }
      for (size_t k = 0; k < m_startDims.size(); ++k) {
        start[static_cast<size_t>(m_startDims[k])] =
            integerAt(indices, m_indexType, row + static_cast<int64_t>(k) * m_entryStep);
      }
      use(start, place, i);
      for (size_t d = index.size(); d-- > 0;) {
        if (++index[d] < m_sizes[d]) break;
        index[d] = 0;
      }
    }
  }

private:
  size_t m_rank = 0;
  int64_t m_count = 0, m_entryStep = 0;
  ElementType m_indexType{};
  Positions m_sizes, m_rowSteps, m_operandDim, m_startDims;
};

Result<Slices> Slices::of(const PrepareContext& context, const SliceMap& map, const Operand& operand,
                          const Operand& indices, const std::vector<int32_t>& other) {
  QS_TRY(requireType(context, indices, {ElementType::Int32, ElementType::Int64}));
  const size_t rank = operand.shape.size(), indexRank = indices.shape.size();
  const auto vectorDim = static_cast<size_t>(map.vectorDim);
  if (map.vectorDim < 0 || vectorDim > indexRank || !ascendingBelow(map.windowDims, other.size()) ||
      !ascendingBelow(map.insertedDims, rank) || map.windowDims.size() + map.insertedDims.size() != rank) {
    return context.malformed("its dimension numbers do not fit");
  }
  Slices slices;
  slices.m_rank = rank;
  slices.m_indexType = indices.type;
  slices.m_startDims = map.startDims;
  const auto indexSteps = rowMajorSteps(indices.shape);
  const int64_t entries = vectorDim < indexRank ? indices.shape[vectorDim] : 1;
  slices.m_entryStep = vectorDim < indexRank ? indexSteps[vectorDim] : 0;
  for (const int64_t d : map.startDims) {
    if (d < 0 || d >= static_cast<int64_t>(rank)) return context.malformed("its dimension numbers do not fit");
  }
  if (static_cast<int64_t>(map.startDims.size()) != entries) {
    return context.malformed(describe(context, indices) + " has not one entry for each of its start dimensions");
  }
  size_t batch = 0, window = 0;
  for (size_t d = 0; d < other.size(); ++d) {
    slices.m_sizes.push_back(other[d]);
    if (contains(map.windowDims, d)) {
      while (contains(map.insertedDims, window)) ++window;
      slices.m_operandDim.push_back(static_cast<int64_t>(window++));
      slices.m_rowSteps.push_back(0);
      continue;
    }
    if (batch == vectorDim) ++batch;
    if (batch >= indexRank || indices.shape[batch] != other[d]) {
      return context.malformed(describe(context, indices) + " does not fit the shape " + shapeText(other));
    }
    slices.m_operandDim.push_back(-1);
    slices.m_rowSteps.push_back(indexSteps[batch++]);
  }
  if (batch == vectorDim) ++batch;
  if (batch < indexRank) return context.malformed("its dimension numbers do not fit");
  slices.m_count = product(other, 0, other.size());
  return slices;
}

}  // namespace

/// Inputs: operand, start indices. Starts are moved so that the slices stay inside.
Result<std::unique_ptr<Kernel>> prepareStablehloGather(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options2.AsStablehloGatherOptions();
  if (!options) return context.malformed("it has no StablehloGatherOptions");
  const Operand &x = context.input(0), &indices = context.input(1);
  QS_ASSIGN(const int bytes, requireMovable(context, x, context.output(0)));
  const size_t rank = x.shape.size();
  const SliceMap map{options->offset_dims, options->collapsed_slice_dims, options->start_index_map,
                     options->index_vector_dim};
  if (options->slice_sizes.size() != rank || !ascendingBelow(map.insertedDims, rank) || map.vectorDim < 0 ||
      map.vectorDim > indices.rank()) {
    return context.malformed("its dimension numbers do not fit");
  }
  Positions room, window;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t size = options->slice_sizes[d];
    if (size < 0 || size > x.shape[d] || (contains(map.insertedDims, d) && size != 1)) {
      return context.malformed("its slices are larger than " + describe(context, x));
    }
    room.push_back(x.shape[d] - size);
    if (!contains(map.insertedDims, d)) window.push_back(size);
  }
  std::vector<int32_t> shape;
  const size_t batches = indices.shape.size() - (map.vectorDim < indices.rank() ? 1 : 0);
  for (size_t d = 0, b = 0, w = 0; d < batches + map.windowDims.size(); ++d) {
    if (contains(map.windowDims, d)) {
      if (w == window.size()) return context.malformed("its dimension numbers do not fit");
      shape.push_back(static_cast<int32_t>(window[w++]));
      continue;
    }
    if (static_cast<int64_t>(b) == map.vectorDim) ++b;
    if (b >= indices.shape.size()) return context.malformed("its dimension numbers do not fit");
    shape.push_back(indices.shape[b++]);
  }
  QS_TRY(context.setOutputShape(0, shape));
  QS_ASSIGN(const Slices slices, Slices::of(context, map, x, indices, shape));
  return makeKernel([=, steps = rowMajorSteps(x.shape)](const KernelContext& run) {
    slices.forEach(run.inputs[1], [&](const Positions& start, const Positions& place, int64_t element) {
      int64_t from = 0;
      for (size_t d = 0; d < place.size(); ++d) {
        from += (std::clamp<int64_t>(start[d], 0, room[d]) + place[d]) * steps[d];
      }
      std::memcpy(run.outputs[0] + element * bytes, run.inputs[0] + from * bytes, static_cast<size_t>(bytes));
    });
  });
}

}  // namespace quantscope::ops
