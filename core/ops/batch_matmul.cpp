#include "core/ops/batch_matmul.h"

#include <algorithm>

#include "core/numerics/fixed_point.h"
#include "core/ops/fast/code_finish.h"
#include "core/ops/fast/matrix_product.h"
#include "core/ops/operand_checks.h"

/// BATCH_MATMUL: spec/tflite-kernels.md 6.2.
namespace quantscope::ops {

namespace {

/// finish(sum, column) for every element of every product.
template <typename Sum, typename A, typename B, typename Y, typename Finish>
std::unique_ptr<Kernel> productKernel(const MatrixProduct& p, int32_t zeroA, int32_t zeroB, Finish finish) {
  return makeKernel([=](const KernelContext& run) {
    p.forEachPair([&](size_t firstA, size_t firstB, size_t firstY) {
      const A* a = run.input<A>(0) + firstA;
      const B* b = run.input<B>(1) + firstB;
      Y* y = run.output<Y>(0) + firstY;
      for (size_t i = 0; i < p.m; ++i) {
        for (size_t j = 0; j < p.n; ++j) {
          Sum sum = 0;
          for (size_t l = 0; l < p.k; ++l) {
            const A va = a[i * p.aRow + l * p.aColumn];
            const B vb = b[l * p.bRow + j * p.bColumn];
            if constexpr (std::is_floating_point_v<Sum>)
              sum += va * vb;
            else
              sum += static_cast<Sum>(va - zeroA) * (vb - zeroB);
          }
          y[i * p.n + j] = finish(sum, j);
        }
      }
    });
  });
}

fast::MatrixStrides stridesOf(const MatrixProduct& p) {
  return {p.m, p.n, p.k, p.aRow, p.aColumn, p.bRow, p.bColumn};
}

/// The product of codes by packed panels; null where that does not apply. A and Y: int8_t or int16_t.
template <typename A, typename Finish, typename FinishRow>
std::unique_ptr<Kernel> packedKernel(PrepareContext& context, const MatrixProduct& p, int32_t zeroA, int32_t zeroB,
                                     const Finish& finish, FinishRow finishRow) {
  const auto product = fast::CodeMatrixProduct<A>::make(context, stridesOf(p), zeroA, zeroB);
  if (!product) return nullptr;
  using Y = std::conditional_t<sizeof(A) == 1, uint8_t, int16_t>;
  return makeKernel([p, product = *product, finish, finishRow](const KernelContext& run) {
    p.forEachPair([&](size_t firstA, size_t firstB, size_t firstY) {
      Y* y = run.output<Y>(0) + firstY;
      const auto finishColumns = [&](size_t row, size_t first, size_t count, const int32_t* sums) {
        finishRow(finish, sums, first, count, y + row * p.n + first);
      };
      // By reference: a function object of this size would be allocated.
      product.run(run, run.input<A>(0) + firstA, run.input<int8_t>(1) + firstB, std::cref(finishColumns));
    });
  });
}

/// As packedKernel, by the types of the operands. Factors above 1 could carry results out of 32 bits.
std::unique_ptr<Kernel> packedCodes(PrepareContext& context, const MatrixProduct& p,
                                    const std::vector<numerics::Multiplier>& factors, CodeLimits limits) {
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  const bool small = std::all_of(factors.begin(), factors.end(), [](const auto& f) { return f.shift <= 0; });
  if (context.options.kernels != KernelSet::Fast || !small || b.type != ElementType::Int8 || a.type != y.type) {
    return nullptr;
  }
  const reference::Requantization requantize{factors, y.zeroPoint(), {limits.min, limits.max}};
  const CpuLevel cpu = context.options.cpu;
  if (a.type == ElementType::Int8) {
    return packedKernel<int8_t>(
        context, p, a.zeroPoint(), b.zeroPoint(), fast::CodeFinish(requantize, std::vector<int32_t>(p.n, 0)),
        [rows = fast::finishBytes(cpu, false)](const fast::CodeFinish& finish, const int32_t* sums, size_t first,
                                               size_t count, uint8_t* out) {
          rows(finish, {sums, 0, 1, first, count, out, 0});
        });
  }
  if (a.type != ElementType::Int16) return nullptr;
  return packedKernel<int16_t>(context, p, 0, b.zeroPoint(), fast::WideFinish(requantize, std::vector<int64_t>(p.n, 0)),
                               fast::finishWide<int32_t>(cpu, false));
}

Result<MatrixProduct> matrixProduct(PrepareContext& context, bool transposeA, bool transposeB) {
  const Operand &a = context.input(0), &b = context.input(1);
  QS_TRY(requireRank(context, a, 2, 8));
  QS_TRY(requireRank(context, b, 2, 8));
  const std::span<const int32_t> shapeA(a.shape), shapeB(b.shape);
  const auto matrixA = shapeA.last(2), matrixB = shapeB.last(2);
  const auto leadingA = shapeA.first(shapeA.size() - 2), leadingB = shapeB.first(shapeB.size() - 2);
  MatrixProduct p;
  p.m = size_t(matrixA[transposeA ? 1 : 0]);
  p.k = size_t(matrixA[transposeA ? 0 : 1]);
  p.n = size_t(matrixB[transposeB ? 0 : 1]);
  p.aRow = transposeA ? 1 : p.k;
  p.aColumn = transposeA ? p.m : 1;
  p.bRow = transposeB ? 1 : p.n;
  p.bColumn = transposeB ? p.k : 1;
  auto shape = broadcastShape(leadingA, leadingB);
  if (!shape || size_t(matrixB[transposeB ? 1 : 0]) != p.k) {
    return context.malformed(describe(context, a) + " and " + describe(context, b) + " cannot be multiplied");
  }
  p.batches = planBroadcast(leadingA, leadingB, *shape);
  shape->push_back(static_cast<int32_t>(p.m));
  shape->push_back(static_cast<int32_t>(p.n));
  QS_TRY(context.setOutputShape(0, std::move(*shape)));
  context.macs = context.output(0).elementCount() * static_cast<int64_t>(p.k);
  return p;
}

Result<std::unique_ptr<Kernel>> prepareCodes(PrepareContext& context, const MatrixProduct& p, bool transposeB) {
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  if (a.type == ElementType::Int8 && b.type == ElementType::Int8 && y.type == ElementType::Int32) {
    // The zero points are not subtracted here.
    return productKernel<int64_t, int8_t, int8_t, int32_t>(p, 0, 0,
                                                           [](int64_t sum, size_t) { return numerics::wrap32(sum); });
  }
  QS_TRY(a.type == ElementType::Int16 ? requireSymmetric(context, a) : requireSingleScale(context, a));
  QS_TRY(y.type == ElementType::Int16 ? requireSymmetric(context, y) : requireSingleScale(context, y));
  const bool perColumn = b.quantized() && b.scales().size() > 1;
  if (perColumn) {
    QS_TRY(requireWeightScales(context, b, b.rank() - (transposeB ? 2 : 1)));
  } else {
    QS_TRY(b.type == ElementType::Int16 ? requireSymmetric(context, b) : requireSingleScale(context, b));
  }
  std::vector<numerics::Multiplier> factors;
  for (size_t j = 0; j < p.n; ++j) {
    const float product = a.scale() * b.scale(perColumn ? j : 0);
    factors.push_back(numerics::quantizeMultiplier(double{product} / double{y.scale()}));
    if (factors.back().shift >= 8) return context.malformed("its scales multiply to an impossible factor");
    // The reference kernel takes the scale of such weights for 0.
    if (perColumn && context.options.kernels == KernelSet::Reference) factors.back() = {};
  }
  const CodeLimits limits = codeLimits(y.type);
  if (auto kernel = packedCodes(context, p, factors, limits)) return kernel;
  const auto code = [limits, zeroY = y.zeroPoint()](int32_t scaled) {
    return static_cast<int32_t>(std::clamp<int64_t>(int64_t{scaled} + zeroY, limits.min, limits.max));
  };
  if (a.type == ElementType::Int8 && b.type == ElementType::Int8 && y.type == ElementType::Int8) {
    return productKernel<int64_t, int8_t, int8_t, int8_t>(
        p, a.zeroPoint(), b.zeroPoint(), [code, factors](int64_t sum, size_t column) {
          return static_cast<int8_t>(code(numerics::multiply(numerics::wrap32(sum), factors[column])));
        });
  }
  const auto wideCode = [code, factors](int64_t sum, size_t column) {
    return static_cast<int16_t>(code(numerics::multiply(sum, factors[column])));
  };
  if (a.type == ElementType::Int16 && y.type == ElementType::Int16) {
    if (b.type == ElementType::Int16) return productKernel<int64_t, int16_t, int16_t, int16_t>(p, 0, 0, wideCode);
    if (b.type == ElementType::Int8) {
      return productKernel<int64_t, int16_t, int8_t, int16_t>(p, 0, b.zeroPoint(), wideCode);
    }
  }
  return unsupportedTypes(context);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareBatchMatmul(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsBatchMatMulOptions();
  const bool transposeA = options && options->adj_x, transposeB = options && options->adj_y;
  QS_ASSIGN(const MatrixProduct p, matrixProduct(context, transposeA, transposeB));
  const Operand &a = context.input(0), &b = context.input(1), &y = context.output(0);
  if (a.type == ElementType::Float32 && y.type == ElementType::Float32) {
    if (b.type == ElementType::Float32) {
      if (context.options.kernels == KernelSet::Fast) {
        const fast::MatrixStrides matrices = stridesOf(p);
        return makeKernel([p, product = fast::FloatMatrixProduct(context, matrices)](const KernelContext& run) {
          p.forEachPair([&](size_t firstA, size_t firstB, size_t firstY) {
            product.run(run, run.input<float>(0) + firstA, run.input<float>(1) + firstB, run.output<float>(0) + firstY);
          });
        });
      }
      return productKernel<float, float, float, float>(p, 0, 0, [](float sum, size_t) { return sum; });
    }
    if (b.type == ElementType::Int8 || b.type == ElementType::Int4) {
      return prepareHybridProduct(context, p, options && options->asymmetric_quantize_inputs, transposeB);
    }
  }
  if (a.type == ElementType::Int32 && b.type == a.type && y.type == a.type) {
    return productKernel<int64_t, int32_t, int32_t, int32_t>(p, 0, 0,
                                                             [](int64_t sum, size_t) { return numerics::wrap32(sum); });
  }
  return prepareCodes(context, p, transposeB);
}

}  // namespace quantscope::ops
