#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "core/base/checked.h"
#include "core/ops/movement.h"

/// Lookups of few rows: EMBEDDING_LOOKUP_SPARSE (rows joined by weight) and HASHTABLE_LOOKUP (rows found by key).
namespace quantscope::ops {

namespace {

struct SparseLookup {
  int64_t lookups = 0;  ///< rows that are taken
  int rank = 0;         ///< numbers that say where one goes; the last of them only tells rows of one place apart
  int64_t rows = 0, width = 0;
  tflite::CombinerType combiner = tflite::CombinerType_SUM;
};

/// What was gathered at one place, and how it is divided.
struct Gathered {
  int64_t count = 0;
  float weights = 0.0f, squares = 0.0f;

  void finish(tflite::CombinerType combiner, float* out, int64_t width) const {
    if (combiner == tflite::CombinerType_SUM || count == 0) return;
    const float divisor = combiner == tflite::CombinerType_MEAN ? weights : std::sqrt(squares);
    for (int64_t k = 0; k < width; ++k) out[k] /= divisor;
  }
};

/// Where lookup `indices` goes; nothing where it is outside of the places.
std::optional<int64_t> placeOf(const int32_t* indices, const int32_t* places, int rank) {
  int64_t place = 0;
  for (int k = 0; k < rank - 1; ++k) {
    if (indices[k] < 0 || indices[k] >= places[k]) return std::nullopt;
    place = place * places[k] + indices[k];
  }
  return place;
}

Result<void> join(const SparseLookup& lookup, const KernelContext& run, float* out) {
  const auto *ids = run.input<int32_t>(0), *indices = run.input<int32_t>(1), *places = run.input<int32_t>(2);
  const auto *weights = run.input<float>(3), *table = run.input<float>(4);
  const int64_t width = lookup.width;
  Gathered gathered;
  float* current = out;
  for (int64_t i = 0; i < lookup.lookups; ++i) {
    if (ids[i] < 0 || ids[i] >= lookup.rows)
      return dataError("index " + std::to_string(ids[i]) + " is outside of " + std::to_string(lookup.rows));
    const auto place = placeOf(indices + i * lookup.rank, places, lookup.rank);
    if (!place) return dataError("row " + std::to_string(i) + " of the indices is out of range");
    float* const to = out + *place * width;
    if (to != current) {
      gathered.finish(lookup.combiner, current, width);
      gathered = {};
      current = to;
    }
    ++gathered.count;
    gathered.weights += weights[i];
    gathered.squares += weights[i] * weights[i];
    for (int64_t k = 0; k < width; ++k) to[k] += table[ids[i] * width + k] * weights[i];
  }
  gathered.finish(lookup.combiner, current, width);
  return {};
}

}  // namespace

/// Inputs: ids [n], their places [n, rank], how many places there are [rank], weights [n], table [rows, ...]. Rows of
/// one place that follow each other are joined; the last number of a place does not count.
Result<std::unique_ptr<Kernel>> prepareEmbeddingLookupSparse(PrepareContext& context) {
  QS_TRY(context.requireInputs(5, 5));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &ids = context.input(0), &indices = context.input(1), &places = context.input(2);
  const Operand &weights = context.input(3), &table = context.input(4);
  for (const Operand* operand : {&ids, &indices, &places}) QS_TRY(requireType(context, *operand, {ElementType::Int32}));
  for (const Operand* operand : {&weights, &table, &context.output(0)})
    QS_TRY(requireType(context, *operand, {ElementType::Float32}));
  QS_TRY(requireRank(context, ids, 1, 1));
  QS_TRY(requireRank(context, indices, 2, 2));
  QS_TRY(requireRank(context, places, 1, 1));
  QS_TRY(requireRank(context, weights, 1, 1));
  if (table.rank() < 2) return context.malformed("its table has fewer than two dimensions");
  if (indices.shape[0] != ids.shape[0] || weights.shape[0] != ids.shape[0])
    return context.malformed("its ids, indices and weights are not equally many");
  if (indices.shape[1] < 1 || places.shape[0] != indices.shape[1])
    return context.malformed("its indices do not fit the shape of the lookup");
  SparseLookup lookup;
  lookup.lookups = ids.shape[0];
  lookup.rank = indices.shape[1];
  lookup.rows = table.shape[0];
  lookup.width = product(table.shape, 1, table.shape.size());
  const auto* options = context.op.options.AsEmbeddingLookupSparseOptions();
  if (options) lookup.combiner = options->combiner;
  context.setOutputDynamic(0);
  return makeKernel([lookup, tail = std::vector<int32_t>(table.shape.begin() + 1, table.shape.end())](
                        const KernelContext& run) -> Result<void> {
    const auto* sizes = run.input<int32_t>(2);
    std::vector<int32_t> shape(sizes, sizes + lookup.rank - 1);
    shape.insert(shape.end(), tail.begin(), tail.end());
    const auto count = checkedElementCount(shape);
    if (!count) return dataError("the shape of the lookup is impossible");
    QS_ASSIGN(std::byte * out, run.resizeOutput(0, shape));
    std::fill_n(reinterpret_cast<float*>(out), *count, 0.0f);
    return join(lookup, run, reinterpret_cast<float*>(out));
  });
}

/// Inputs: wanted keys [n], keys in ascending order [rows], rows. Outputs: the rows, zeros where a key is not there,
/// and whether it was.
Result<std::unique_ptr<Kernel>> prepareHashtableLookup(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(2, 2));
  const Operand &wanted = context.input(0), &keys = context.input(1), &values = context.input(2);
  QS_TRY(requireType(context, wanted, {ElementType::Int32}));
  QS_TRY(requireType(context, keys, {ElementType::Int32}));
  QS_TRY(requireRank(context, wanted, 1, 1));
  QS_TRY(requireRank(context, keys, 1, 1));
  QS_TRY(requireSameType(context, values, context.output(0)));
  QS_TRY(requireType(context, context.output(1), {ElementType::UInt8}));
  if (values.rank() < 1 || values.shape[0] != keys.shape[0])
    return context.malformed("its keys and values are not equally many");
  if (values.shape[0] == 0) return context.malformed("it has no values");
  QS_ASSIGN(const int bytes, requireWholeBytes(context, values));
  const int64_t width = product(values.shape, 1, values.shape.size()) * bytes;
  std::vector<int32_t> shape = values.shape;
  shape[0] = wanted.shape[0];
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  QS_TRY(context.setOutputShape(1, wanted.shape));
  return makeKernel([width, count = wanted.shape[0], rows = keys.shape[0]](const KernelContext& run) {
    const auto *want = run.input<int32_t>(0), *key = run.input<int32_t>(1);
    for (int32_t i = 0; i < count; ++i) {
      const auto* found = std::lower_bound(key, key + rows, want[i]);
      const bool hit = found != key + rows && *found == want[i];
      std::byte* const to = run.outputs[0] + i * width;
      if (hit) {
        std::memcpy(to, run.inputs[2] + (found - key) * width, static_cast<size_t>(width));
      } else {
        std::memset(to, 0, static_cast<size_t>(width));
      }
      run.output<uint8_t>(1)[i] = hit ? 1 : 0;
    }
  });
}

}  // namespace quantscope::ops
