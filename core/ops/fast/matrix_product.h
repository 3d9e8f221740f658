#pragma once

#include "core/ops/fast/float_product.h"
#include "core/ops/kernel.h"

namespace quantscope::fast {

/// y[m, n] = a[m, k] * b[k, n] of floats that are both known only while running. Strides in values.
struct FloatMatrices {
  size_t m = 0, n = 0, k = 0;
  size_t aRow = 0, aColumn = 0;  ///< by m and by k
  size_t bRow = 0, bColumn = 0;  ///< by k and by n
};

/// The product with b packed in scratch memory while running.
class FloatMatrixProduct {
public:
  /// Asks for the scratch memory.
  FloatMatrixProduct(PrepareContext& context, const FloatMatrices& matrices);
  void run(const KernelContext& run, const float* a, const float* b, float* y) const;

private:
  const float* packedRight(const KernelContext& run, const float* b) const;
  const float* rowsOfLeft(const KernelContext& run, const float* a) const;

  FloatMatrices m_matrices;
  RowGather m_gather;
  LineVector<float> m_zeros;
  const FloatTiles* m_tiles;
  size_t m_rightSlot, m_leftSlot = 0;
};

}  // namespace quantscope::fast
