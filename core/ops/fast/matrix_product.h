#pragma once

#include <functional>
#include <optional>

#include "core/ops/fast/float_product.h"
#include "core/ops/fast/integer_tiles.h"
#include "core/ops/kernel.h"

namespace quantscope::fast {

/// y[m, n] = a[m, k] * b[k, n] of matrices that are both known only while running. Strides in values.
struct MatrixStrides {
  size_t m = 0, n = 0, k = 0;
  size_t aRow = 0, aColumn = 0;  ///< by m and by k
  size_t bRow = 0, bColumn = 0;  ///< by k and by n
};

/// The product with b packed in scratch memory while running.
class FloatMatrixProduct {
public:
  /// Asks for the scratch memory.
  FloatMatrixProduct(PrepareContext& context, const MatrixStrides& matrices);
  void run(const KernelContext& run, const float* a, const float* b, float* y) const;

private:
  const float* packedRight(const KernelContext& run, const float* b) const;
  const float* rowsOfLeft(const KernelContext& run, const float* a) const;

  MatrixStrides m_matrices;
  RowGather m_gather;
  LineVector<float> m_zeros;
  const FloatTiles* m_tiles;
  size_t m_rightSlot, m_leftSlot = 0;
};

/// Exact 32-bit sums of a product of codes less their zero points, with b packed in scratch memory while running.
/// A: int8_t or int16_t.
template <typename A>
class CodeMatrixProduct {
public:
  /// Nothing where sums could leave 31 bits.
  static std::optional<CodeMatrixProduct> make(PrepareContext& context, const MatrixStrides& matrices, int32_t zeroA,
                                               int32_t zeroB);
  /// finish(row, first column, number of columns, sums), sums in whole panels of 16.
  using Finish = std::function<void(size_t row, size_t first, size_t count, const int32_t* sums)>;
  void run(const KernelContext& run, const A* a, const int8_t* b, const Finish& finish) const;

private:
  MatrixStrides m_matrices;
  int32_t m_zeroA = 0, m_zeroB = 0;
  const IntegerTiles* m_tiles = nullptr;
  size_t m_steps = 0, m_leftSlot = 0, m_rightSlot = 0;
};

}  // namespace quantscope::fast
