#include <algorithm>
#include <cmath>
#include <memory>

#include "core/ops/custom_options.h"
#include "core/ops/operand_checks.h"

/// The custom operator aeq.hadamard_rotation that quantizers put before a matrix product to spread outliers: each piece
/// of `hadamard_size` values along the last dimension times the Hadamard matrix over the root of its size.
namespace quantscope::ops {

Result<std::unique_ptr<Kernel>> prepareHadamardRotation(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& x = context.input(0);
  QS_TRY(requireType(context, x, {ElementType::Float32}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  QS_TRY(requireRank(context, x, 2, 3));
  QS_ASSIGN(const auto map, customOptionMap(context));
  const int32_t size = map["hadamard_size"].AsInt32();
  if (size < 1 || (size & (size - 1)) != 0 || x.shape.back() % size != 0) {
    return context.malformed("its size " + std::to_string(size) + " is no power of two that divides " +
                             describe(context, x));
  }
  QS_TRY(context.setOutputShape(0, x.shape));
  context.allowInPlace(0, 0);
  return makeKernel([count = x.elementCount(), size = int64_t{size}](const KernelContext& run) {
    const float* in = run.input<float>(0);
    float* out = run.output<float>(0);
    if (in != out) std::copy_n(in, count, out);
    const float norm = 1.0f / std::sqrt(static_cast<float>(size));
    for (float* piece = out; piece < out + count; piece += size) {
      for (int64_t half = 1; half < size; half *= 2) {
        for (int64_t first = 0; first < size; first += 2 * half) {
          for (int64_t i = first; i < first + half; ++i) {
            const float a = piece[i], b = piece[i + half];
            piece[i] = a + b;
            piece[i + half] = a - b;
          }
        }
      }
      for (int64_t i = 0; i < size; ++i) piece[i] *= norm;
    }
  });
}

}  // namespace quantscope::ops
