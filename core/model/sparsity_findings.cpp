// Findings about sparsely stored constants (specification tflite-format, section 4.2).
#include <algorithm>
#include <numeric>

#include "core/model/finding_list.h"

namespace quantscope {

namespace {

std::vector<int64_t> valuesOf(const tflite::SparseIndexVectorUnion& list) {
  auto copied = [](const auto& values) { return std::vector<int64_t>(values.begin(), values.end()); };
  if (const auto* wide = list.AsInt32Vector()) return copied(wide->values);
  if (const auto* half = list.AsUint16Vector()) return copied(half->values);
  if (const auto* narrow = list.AsUint8Vector()) return copied(narrow->values);
  return {};
}

// A permutation of first .. first + values.size() - 1.
bool isPermutation(std::span<const int32_t> values, int32_t first) {
  std::vector<int32_t> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != first + static_cast<int32_t>(i)) return false;
  }
  return true;
}

// Why the row pointers and coordinates of a compressed level cannot be; empty where they can.
std::string whyNotCompressed(const tflite::DimensionMetadataT& level, int64_t positions) {
  const std::vector<int64_t> segments = valuesOf(level.array_segments), indices = valuesOf(level.array_indices);
  if (static_cast<int64_t>(segments.size()) != positions + 1) {
    return std::to_string(segments.size()) + " row pointers for " + std::to_string(positions) + " rows";
  }
  if (segments.front() != 0 || !std::ranges::is_sorted(segments)) return "its row pointers do not ascend from 0";
  if (segments.back() != static_cast<int64_t>(indices.size())) {
    return "its row pointers end at " + std::to_string(segments.back()) + ", it has " + std::to_string(indices.size()) +
           " coordinates";
  }
  if (std::ranges::any_of(indices, [](int64_t index) { return index < 0; })) return "a coordinate is negative";
  return "";
}

}  // namespace

void findInSparsity(const Tensor& tensor, const FindingList::Place& place, FindingList& findings) {
  const tflite::SparsityParametersT& sparsity = *tensor.sparsity;
  auto report = [&](const std::string& why) { findings.error(place, "damaged sparsity", why); };
  const size_t rank = tensor.shape.size(), blocks = sparsity.block_map.size();
  const std::span<const int32_t> order(sparsity.traversal_order);
  if (order.size() != rank + blocks || sparsity.dim_metadata.size() != order.size()) {
    return report(std::to_string(order.size()) + " dimensions in traversal order and " +
                  std::to_string(sparsity.dim_metadata.size()) + " levels for " + std::to_string(rank) +
                  " dimensions and " + std::to_string(blocks) + " blocks");
  }
  if (!isPermutation(order.first(rank), 0) || !isPermutation(order.subspan(rank), static_cast<int32_t>(rank))) {
    return report("its traversal order is no permutation of the dimensions");
  }
  const auto inside = [rank](int32_t dimension) { return dimension >= 0 && static_cast<size_t>(dimension) < rank; };
  if (!std::ranges::all_of(sparsity.block_map, inside)) return report("a block splits a dimension that is not there");
  // Positions of the previous level; a compressed level needs a row pointer for each.
  int64_t positions = 1;
  for (size_t level = 0; level < sparsity.dim_metadata.size(); ++level) {
    if (!sparsity.dim_metadata[level]) return report("level " + std::to_string(level) + " is missing");
    const tflite::DimensionMetadataT& dimension = *sparsity.dim_metadata[level];
    if (dimension.format == tflite::DimensionType_DENSE) {
      if (dimension.dense_size < 0 || __builtin_mul_overflow(positions, dimension.dense_size, &positions)) {
        return report("level " + std::to_string(level) + " has the size " + std::to_string(dimension.dense_size));
      }
      continue;
    }
    const std::string why = whyNotCompressed(dimension, positions);
    if (!why.empty()) return report("level " + std::to_string(level) + ": " + why);
    positions = static_cast<int64_t>(valuesOf(dimension.array_indices).size());
  }
}

}  // namespace quantscope
