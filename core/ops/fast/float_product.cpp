#include "core/ops/fast/float_product.h"

#include <algorithm>

namespace quantscope::fast {

PackedFloat::PackedFloat(const float* weights, const float* biasValues, size_t columnCount, size_t depth)
    : columns(columnCount), panelStride(depth * kPanel) {
  values.assign(panels() * panelStride, 0.0f);
  bias.assign(panels() * kPanel, 0.0f);
  for (size_t c = 0; c < columns; ++c) {
    float* panel = values.data() + c / kPanel * panelStride + c % kPanel;
    for (size_t k = 0; k < depth; ++k) panel[k * kPanel] = weights[c * depth + k];
    if (biasValues) bias[c] = biasValues[c];
  }
}

namespace {

/// Panels to take together for this many rows: as many sums as the registers hold.
size_t panelsTogether(const FloatTiles& tiles, size_t rows, size_t panels) {
  size_t best = 1, bestSums = 0;
  for (size_t p = 1; p <= std::min(kMostPanels, panels); ++p) {
    const size_t sums = std::min(rows, tiles.mostRows[p]) * p;
    // On equal terms fewer panels are better: the weights stay in the cache.
    if (sums > bestSums) best = p, bestSums = sums;
  }
  return best;
}

/// Rows whose windows stay in the second-level cache while all panels pass over them.
size_t rowsTogether(size_t depth, size_t elementBytes) {
  constexpr size_t cacheBytes = 192 * 1024;
  return std::max<size_t>(cacheBytes / std::max<size_t>(depth * elementBytes / 3, 1), 24);
}

}  // namespace

void multiply(const FloatTiles& tiles, const FloatPanels& weights, const RowGather& gather, const float* item,
              numerics::ActivationRange<float> range, float* out, size_t outStride, const FloatProductPart& part) {
  const size_t block = rowsTogether(gather.depth(), sizeof(float));
  for (size_t blockStart = part.firstRow; blockStart < part.endRow; blockStart += block) {
    const size_t blockEnd = std::min(blockStart + block, part.endRow);
    for (size_t panel = part.firstPanel; panel < part.endPanel;) {
      const size_t together = panelsTogether(tiles, blockEnd - blockStart, part.endPanel - panel);
      FloatTileCall call{};
      call.runStart = gather.runStart.data();
      call.runs = gather.runStart.size();
      call.runLength = gather.runLength;
      call.weights = weights.values + panel * weights.panelStride;
      call.panelStride = weights.panelStride;
      call.bias = weights.bias + panel * kPanel;
      call.low = range.low;
      call.high = range.high;
      call.outStride = outStride;
      call.columns = std::min(together * kPanel, weights.columns - panel * kPanel);
      for (size_t row = blockStart; row < blockEnd;) {
        const size_t rows = std::min(tiles.mostRows[together], blockEnd - row);
        const float* starts[kMostRows];
        for (size_t m = 0; m < rows; ++m) starts[m] = item + gather.start(row + m);
        call.rows = starts;
        call.out = out + (row - part.firstRow) * outStride + panel * kPanel;
        tiles.tile[together][rows](call);
        row += rows;
      }
      panel += together;
    }
  }
}

}  // namespace quantscope::fast
