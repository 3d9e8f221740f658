#include <algorithm>

#include "core/numerics/dynamic_quantization.h"
#include "core/numerics/fixed_point.h"
#include "core/ops/batch_matmul.h"
#include "core/ops/operand_checks.h"
#include "core/ops/weights.h"

namespace quantscope::ops {

namespace {

/// Which scale, zero point and sum of weights the reference kernels take for a pair of matrices: they advance by one
/// matrix along every leading dimension, so that with two of them or more most results are scaled by another row's.
struct ReferenceRows {
  std::vector<size_t> extents;  ///< leading dimensions of the result
  std::vector<bool> repeatsA, repeatsB;

  ReferenceRows(const Operand& a, const Operand& b, const Operand& y) {
    for (size_t d = 0; d + 2 < y.shape.size(); ++d) {
      extents.push_back(size_t(y.shape[d]));
      repeatsA.push_back(extentAt(a, y, d) == 1);
      repeatsB.push_back(extentAt(b, y, d) == 1);
    }
  }
  static int32_t extentAt(const Operand& x, const Operand& y, size_t d) {
    const size_t missing = y.shape.size() - x.shape.size();
    return d < missing ? 1 : x.shape[d - missing];
  }

  /// Matrix that pair `pair` takes of an operand.
  static size_t matrix(size_t pair, const std::vector<size_t>& extents, const std::vector<bool>& repeats) {
    size_t sum = 0;
    for (size_t d = extents.size(); d-- > 0; pair /= extents[d]) sum += repeats[d] ? 0 : pair % extents[d];
    return sum;
  }
  size_t ofA(size_t pair) const { return matrix(pair, extents, repeatsA); }
  size_t ofB(size_t pair) const { return matrix(pair, extents, repeatsB); }
};

/// One product of the reference kernels' order.
struct HybridProduct {
  MatrixProduct p;
  bool asymmetric;
  std::vector<float> scales;  ///< by column

  numerics::DynamicScale quantize(const float* a, size_t i, float* row, int8_t* codes) const {
    for (size_t l = 0; l < p.k; ++l) row[l] = a[i * p.aRow + l * p.aColumn];
    const std::span<const float> values{row, p.k};
    return asymmetric ? numerics::quantizeAsymmetric(values, codes) : numerics::quantizeSymmetric(values, codes);
  }
  int64_t columnSum(const int8_t* w, size_t j) const {
    int64_t sum = 0;
    for (size_t l = 0; l < p.k; ++l) sum += w[l * p.bRow + j * p.bColumn];
    return sum;
  }
  float operator()(const int8_t* codes, const int8_t* w, size_t j, numerics::DynamicScale dynamic,
                   int64_t weightSum) const {
    int64_t sum = 0;
    for (size_t l = 0; l < p.k; ++l) sum += codes[l] * int32_t{w[l * p.bRow + j * p.bColumn]};
    if (asymmetric) {
      // The original goes through float here, which drops bits above 2^24.
      const float offset = static_cast<float>(weightSum) * static_cast<float>(dynamic.zeroPoint);
      sum = static_cast<int64_t>(static_cast<float>(sum) - offset);
    }
    return 0.0f + dynamic.scale * scales[j] * static_cast<float>(numerics::wrap32(sum));
  }
};

std::unique_ptr<Kernel> rightKernel(PrepareContext& context, HybridProduct product, Int8Weights weights) {
  const MatrixProduct& p = product.p;
  const size_t codesSlot = context.addScratch(p.k), rowSlot = context.addScratch(p.k * sizeof(float));
  return makeKernel([=](const KernelContext& run) {
    auto* codes = run.scratchAs<int8_t>(codesSlot);
    auto* row = run.scratchAs<float>(rowSlot);
    product.p.forEachPair([&](size_t firstA, size_t firstB, size_t firstY) {
      const int8_t* w = weights.values(run) + firstB;
      float* y = run.output<float>(0) + firstY;
      for (size_t i = 0; i < product.p.m; ++i) {
        const auto dynamic = product.quantize(run.input<float>(0) + firstA, i, row, codes);
        for (size_t j = 0; j < product.p.n; ++j) {
          *y++ = product(codes, w, j, dynamic, product.asymmetric ? product.columnSum(w, j) : 0);
        }
      }
    });
  });
}

/// With the scales of other rows, as ReferenceRows says.
std::unique_ptr<Kernel> misplacedKernel(PrepareContext& context, HybridProduct product, Int8Weights weights) {
  const ReferenceRows rows(context.input(0), context.input(1), context.output(0));
  const MatrixProduct& p = product.p;
  const size_t matricesA = size_t(context.input(0).elementCount()) / std::max<size_t>(p.m * p.k, 1);
  const size_t codesSlot = context.addScratch(p.k), rowSlot = context.addScratch(p.k * sizeof(float));
  const size_t scalesSlot = context.addScratch(matricesA * p.m * sizeof(numerics::DynamicScale));
  return makeKernel([=](const KernelContext& run) {
    auto* codes = run.scratchAs<int8_t>(codesSlot);
    auto* row = run.scratchAs<float>(rowSlot);
    auto* dynamic = run.scratchAs<numerics::DynamicScale>(scalesSlot);
    const MatrixProduct& shape = product.p;
    const float* a = run.input<float>(0);
    const int8_t* w = weights.values(run);
    for (size_t matrix = 0; matrix < matricesA; ++matrix) {
      for (size_t i = 0; i < shape.m; ++i) {
        dynamic[matrix * shape.m + i] = product.quantize(a + matrix * shape.m * shape.k, i, row, codes);
      }
    }
    shape.forEachPair([&](size_t firstA, size_t firstB, size_t firstY) {
      const size_t pair = firstY / (shape.m * shape.n), ofA = rows.ofA(pair), ofB = rows.ofB(pair);
      float* y = run.output<float>(0) + firstY;
      for (size_t i = 0; i < shape.m; ++i) {
        product.quantize(a + firstA, i, row, codes);
        for (size_t j = 0; j < shape.n; ++j) {
          const int64_t weightSum = product.columnSum(w + ofB * shape.k * shape.n, j);
          *y++ = product(codes, w + firstB, j, dynamic[ofA * shape.m + i], weightSum);
        }
      }
    });
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareHybridProduct(PrepareContext& context, const MatrixProduct& p, bool asymmetric,
                                                     bool transposeB) {
  const Operand& b = context.input(1);
  QS_TRY(requireWeightScales(context, b, b.rank() - (transposeB ? 2 : 1)));
  QS_ASSIGN(const Int8Weights weights, Int8Weights::of(context, 1));
  HybridProduct product{p, asymmetric, {}};
  for (size_t j = 0; j < p.n; ++j) product.scales.push_back(b.scale(j));
  const bool imitates = context.options.kernels == KernelSet::Reference && context.output(0).elementCount() > 0;
  if (imitates) return misplacedKernel(context, std::move(product), weights);
  return rightKernel(context, std::move(product), weights);
}

}  // namespace quantscope::ops
