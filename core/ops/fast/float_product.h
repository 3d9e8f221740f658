#pragma once

#include "core/numerics/activation_range.h"
#include "core/ops/fast/float_tiles.h"
#include "core/ops/fast/row_gather.h"

namespace quantscope::fast {

/// Packed columns, wherever they are held.
struct FloatPanels {
  const float* values;  ///< [panel][run][value][16]
  const float* bias;    ///< padded to 16
  size_t columns, panelStride;
};

/// The right matrix of a float product, with its bias, arranged for the tiles.
struct PackedFloat {
  size_t columns = 0;
  size_t panelStride = 0;
  LineVector<float> values;  ///< [panel][run][value][16], zero beyond the last column
  LineVector<float> bias;    ///< padded to 16

  /// weights: [columns][depth]; bias may be null.
  PackedFloat(const float* weights, const float* bias, size_t columns, size_t depth);
  size_t panels() const { return (columns + kPanel - 1) / kPanel; }
  FloatPanels panelsView() const { return {values.data(), bias.data(), columns, panelStride}; }
  size_t bytes() const { return (values.size() + bias.size()) * sizeof(float); }
};

/// out[(row - firstRow) * outStride + column] = clamp(window of the row * column of the weights + bias) for rows
/// [firstRow, endRow) and panels [firstPanel, endPanel).
struct FloatProductPart {
  size_t firstRow, endRow, firstPanel, endPanel;
};
void multiply(const FloatTiles& tiles, const FloatPanels& weights, const RowGather& gather, const float* item,
              numerics::ActivationRange<float> range, float* out, size_t outStride, const FloatProductPart& part);

}  // namespace quantscope::fast
