#pragma once

#include <memory>

#include "core/ops/broadcast.h"
#include "core/ops/kernel.h"

namespace quantscope::ops {

/// y[m, n] = sum over k of a[m, k] * b[k, n], for every pair of matrices of the broadcast leading dimensions.
struct MatrixProduct {
  size_t m = 0, n = 0, k = 0;
  size_t aRow = 0, aColumn = 0;  ///< strides of a by m and by k
  size_t bRow = 0, bColumn = 0;  ///< strides of b by k and by n
  BroadcastPlan batches;         ///< in matrices

  /// Calls use(first element of a, of b, of y) for every pair.
  template <typename Use>
  void forEachPair(Use&& use) const {
    forEachRow(batches, [&](int64_t out, int64_t a, int64_t b, int64_t length, int64_t sa, int64_t sb) {
      for (int64_t i = 0; i < length; ++i) {
        use(size_t(a + i * sa) * m * k, size_t(b + i * sb) * k * n, size_t(out + i) * m * n);
      }
    });
  }
};

/// Float rows quantized while running, times constant int8 matrices (spec/tflite-kernels.md section 14). Errors: scales
/// of the second matrix that are neither one nor one per column.
Result<std::unique_ptr<Kernel>> prepareHybridProduct(PrepareContext& context, const MatrixProduct& product,
                                                     bool asymmetric, bool transposeB);

}  // namespace quantscope::ops
