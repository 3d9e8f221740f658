#pragma once

#include <optional>
#include <vector>

#include "core/numerics/dynamic_quantization.h"
#include "core/numerics/fixed_point.h"
#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"

/// What recurrent operators have in common: matrices times one row, states, activations. All of them treat each row of
/// a batch on its own, so everything here is about one row.
namespace quantscope::ops {

/// A row of real values and, for int8 weights, its codes (spec/tflite-kernels.md section 14).
struct RecurrentRow {
  const float* values = nullptr;
  const int8_t* codes = nullptr;
  numerics::DynamicScale scale;

  /// The row with codes written to `codes`, or without where that is null.
  static RecurrentRow of(const float* values, size_t count, int8_t* codes, bool asymmetric);
};

/// y[rows] += W[rows, columns] * x[columns]. W is float32, or int8 with one scale (then the row needs codes), or a
/// float vector: the diagonal of a square matrix.
class RowProduct {
public:
  /// The operand at `position` as weights of this size. `asymmetric`: rows may have zero points.
  static Result<RowProduct> of(PrepareContext& context, size_t position, int64_t rows, int64_t columns, bool asymmetric,
                               bool allowDiagonal = false);

  bool quantized() const { return m_kind == Kind::Codes; }
  void accumulate(const KernelContext& run, const RecurrentRow& x, float* y) const;

private:
  enum class Kind { Real, Diagonal, Codes };
  void accumulateCodes(const int8_t* weights, const RecurrentRow& x, float* y) const;

  Kind m_kind = Kind::Real;
  size_t m_position = 0, m_rows = 0, m_columns = 0;
  float m_scale = 1.0f;
  bool m_defective = false;     ///< imitate the reference kernels on weights of -128
  std::vector<int32_t> m_sums;  ///< per row of constant int8 weights, where zero points need them
};

/// Sum of a[i] * b[i], in any order.
float realDot(const float* a, const float* b, size_t count);

/// Error where a fused activation is none of NONE, RELU, RELU6, TANH, which is what recurrent operators know.
Result<void> requireRecurrentActivation(const PrepareContext& context, tflite::ActivationFunctionType activation);

/// A state that lives between runs: a variable of this type and element count.
Result<void> requireState(const PrepareContext& context, size_t position, ElementType type, int64_t count);

/// An operand of one dimension, this type and length; nothing where it is left out and `optional`.
Result<void> requireVector(const PrepareContext& context, size_t position, ElementType type, int64_t length,
                           bool optional);

/// A product of scales as a fixed-point factor; an error where it is no factor from 0 to 2^30.
Result<numerics::Multiplier> fixedPointFactor(const PrepareContext& context, double factor);

/// Rows of a sequence: in which order they are read and written.
struct SequenceShape {
  int64_t batches = 1, steps = 1, depth = 0;
  bool timeMajor = false;

  /// Of a rank 3 operand, or of a rank 2 one as a single step.
  static Result<SequenceShape> of(const PrepareContext& context, const Operand& input, bool timeMajor);
  /// Number of the row of this batch and step.
  int64_t row(int64_t batch, int64_t step) const { return timeMajor ? step * batches + batch : batch * steps + step; }
};

}  // namespace quantscope::ops
