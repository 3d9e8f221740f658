#include "core/ops/fast/matrix_product.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

FloatMatrixProduct::FloatMatrixProduct(PrepareContext& context, const MatrixStrides& matrices)
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
  const MatrixStrides& p = m_matrices;
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
  const MatrixStrides& p = m_matrices;
  if (p.aColumn == 1) return a;
  auto* rows = run.scratchAs<float>(m_leftSlot);
  for (size_t l = 0; l < p.k; ++l) {
    for (size_t i = 0; i < p.m; ++i) rows[i * p.k + l] = a[i * p.aRow + l * p.aColumn];
  }
  return rows;
}

void FloatMatrixProduct::run(const KernelContext& run, const float* a, const float* b, float* y) const {
  const MatrixStrides& p = m_matrices;
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

template <typename A>
std::optional<CodeMatrixProduct<A>> CodeMatrixProduct<A>::make(PrepareContext& context, const MatrixStrides& matrices,
                                                               int32_t zeroA, int32_t zeroB) {
  constexpr int64_t largest = sizeof(A) == 1 ? 255 : 32768;
  if (matrices.m == 0 || matrices.n == 0 || matrices.k == 0) return std::nullopt;
  if (static_cast<int64_t>(matrices.k) > (int64_t{1} << 30) / (largest * 255)) return std::nullopt;
  CodeMatrixProduct product;
  product.m_matrices = matrices;
  product.m_zeroA = zeroA;
  product.m_zeroB = zeroB;
  product.m_tiles = &integerTiles(context.options.cpu, CodeForm::Pairs);
  product.m_steps = (matrices.k + 1) / 2;
  product.m_leftSlot = context.addScratch(matrices.m * product.m_steps * 4);
  product.m_rightSlot = context.addScratch(roundUp(matrices.n, kPanel) * product.m_steps * 4);
  return product;
}

template <typename A>
void CodeMatrixProduct<A>::run(const KernelContext& run, const A* a, const int8_t* b, const Finish& finish) const {
  const MatrixStrides& p = m_matrices;
  auto* left = run.scratchAs<int16_t>(m_leftSlot);
  for (size_t i = 0; i < p.m; ++i) {
    int16_t* row = left + i * m_steps * 2;
    row[m_steps * 2 - 1] = 0;
    for (size_t l = 0; l < p.k; ++l) row[l] = static_cast<int16_t>(a[i * p.aRow + l * p.aColumn] - m_zeroA);
  }
  auto* right = run.scratchAs<int16_t>(m_rightSlot);
  const size_t panelValues = m_steps * 2 * kPanel;
  std::fill_n(right, roundUp(p.n, kPanel) * m_steps * 2, int16_t{0});
  for (size_t l = 0; l < p.k; ++l) {
    int16_t* step = right + l / 2 * 2 * kPanel + l % 2;
    for (size_t j = 0; j < p.n; ++j) {
      step[j / kPanel * panelValues + j % kPanel * 2] = static_cast<int16_t>(b[l * p.bRow + j * p.bColumn] - m_zeroB);
    }
  }
  const size_t most = m_tiles->mostRows[1], panels = (p.n + kPanel - 1) / kPanel;
  inPieces(run, p.m, most, double(p.m) * double(p.n) * double(p.k) / 2, [&](size_t begin, size_t end) {
    alignas(64) int32_t sums[kMostIntegerRows * kPanel];
    const int64_t start = 0;
    for (size_t panel = 0; panel < panels; ++panel) {
      const size_t first = panel * kPanel, count = std::min(kPanel, p.n - first);
      for (size_t row = begin; row < end; row += most) {
        const size_t rows = std::min(most, end - row);
        const std::byte* starts[kMostIntegerRows];
        for (size_t r = 0; r < rows; ++r) {
          starts[r] = reinterpret_cast<const std::byte*>(left + (row + r) * m_steps * 2);
        }
        IntegerTileCall call{};
        call.rows = starts;
        call.runStart = &start;
        call.runs = 1;
        call.steps = m_steps;
        call.weights = reinterpret_cast<const std::byte*>(right + panel * panelValues);
        call.panelBytes = panelValues * 2;
        call.sums = sums;
        m_tiles->tile[1][rows](call);
        for (size_t r = 0; r < rows; ++r) finish(row + r, first, count, sums + r * kPanel);
      }
    }
  });
}

template class CodeMatrixProduct<int8_t>;
template class CodeMatrixProduct<int16_t>;

}  // namespace quantscope::fast
