#include "core/ops/fast/matrix_product.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

FloatMatrixProduct::FloatMatrixProduct(PrepareContext& context, const FloatMatrices& matrices)
    : m_matrices(matrices),
      m_gather(denseRows(matrices.m, matrices.k)),
      m_zeros(roundUp(matrices.n, kPanel), 0.0f),
      m_tiles(&floatTiles(context.options.cpu)),
      m_rightSlot(context.addScratch(roundUp(matrices.n, kPanel) * matrices.k * sizeof(float))) {
  if (matrices.aColumn == 1) {
    m_gather.rowStride = matrices.aRow;
  } else {
    m_leftSlot = context.addScratch(matrices.m * matrices.k * sizeof(float));
  }
}

const float* FloatMatrixProduct::packedRight(const KernelContext& run, const float* b) const {
  auto* packed = run.scratchAs<float>(m_rightSlot);
  const FloatMatrices& p = m_matrices;
  for (size_t first = 0; first < p.n; first += kPanel) {
    float* panel = packed + first * p.k;
    const size_t columns = std::min(kPanel, p.n - first);
    if (columns < kPanel) std::fill_n(panel, p.k * kPanel, 0.0f);
    if (p.bColumn == 1 && columns == kPanel) {
      for (size_t l = 0; l < p.k; ++l) std::memcpy(panel + l * kPanel, b + l * p.bRow + first, kPanel * sizeof(float));
      continue;
    }
    for (size_t c = 0; c < columns; ++c) {
      const float* column = b + (first + c) * p.bColumn;
      for (size_t l = 0; l < p.k; ++l) panel[l * kPanel + c] = column[l * p.bRow];
    }
  }
  return packed;
}

const float* FloatMatrixProduct::rowsOfLeft(const KernelContext& run, const float* a) const {
  const FloatMatrices& p = m_matrices;
  if (p.aColumn == 1) return a;
  auto* rows = run.scratchAs<float>(m_leftSlot);
  for (size_t l = 0; l < p.k; ++l) {
    for (size_t i = 0; i < p.m; ++i) rows[i * p.k + l] = a[i * p.aRow + l * p.aColumn];
  }
  return rows;
}

void FloatMatrixProduct::run(const KernelContext& run, const float* a, const float* b, float* y) const {
  const FloatMatrices& p = m_matrices;
  if (p.m == 0 || p.n == 0) return;
  const float* rows = rowsOfLeft(run, a);
  const FloatPanels panels{packedRight(run, b), m_zeros.data(), p.n, p.k * kPanel};
  const size_t panelCount = (p.n + kPanel - 1) / kPanel;
  const double work = double(p.m) * double(p.n) * double(p.k);
  inPieces(run, p.m, 8, work, [&](size_t begin, size_t end) {
    multiply(*m_tiles, panels, m_gather, rows, {-kInfinity, kInfinity}, y + begin * p.n, p.n,
             {begin, end, 0, panelCount});
  });
}

}  // namespace quantscope::fast
