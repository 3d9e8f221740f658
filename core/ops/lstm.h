#pragma once

#include <array>
#include <memory>
#include <vector>

#include "core/numerics/fixed_point.h"
#include "core/ops/recurrent_parts.h"

/// The LSTM cell that LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM and BIDIRECTIONAL_SEQUENCE_LSTM share: with or without input
/// gate (without: it is 1 - forget gate), peepholes, layer normalization, projection. spec/tflite-kernels.md 14, 14b.
namespace quantscope::ops {

inline constexpr size_t kInputGate = 0, kForgetGate = 1, kCellGate = 2, kOutputGate = 3;
inline constexpr size_t kAbsent = SIZE_MAX;

/// Where the operands of one direction stand; kAbsent: this operator has no such operand.
struct LstmOperands {
  size_t input = 0;
  std::array<size_t, 4> weights{1, 2, 3, 4}, recurrent{5, 6, 7, 8};
  std::array<size_t, 4> peephole{9, 10, kAbsent, 11}, bias{12, 13, 14, 15};
  size_t projection = 16, projectionBias = 17, outputState = 18, cellState = 19;
  std::array<size_t, 4> layerNorm{20, 21, 22, 23};
  size_t aux = kAbsent;
  std::array<size_t, 4> auxWeights{kAbsent, kAbsent, kAbsent, kAbsent};
};

struct LstmOptions {
  tflite::ActivationFunctionType activation{};
  float cellClip = 0.0f, projectionClip = 0.0f;  ///< 0: none
  bool asymmetricInputs = false;
};

/// Sizes and parts, checked.
struct LstmShape {
  LstmOperands operands;
  LstmOptions options;
  SequenceShape sequence;
  int64_t cells = 0, outputs = 0, aux = 0;
  bool hasInputGate = true, hasPeephole = false, hasLayerNorm = false, hasProjection = false, hasProjectionBias = false;

  bool hasGate(size_t gate) const { return gate != kInputGate || hasInputGate; }
  bool hasPeepholeOf(size_t gate) const { return hasPeephole && gate != kCellGate && hasGate(gate); }
  int64_t macs() const;

  /// `sequence`: of the operand `operands.input`.
  static Result<LstmShape> of(const PrepareContext& context, const LstmOperands& operands, const LstmOptions& options,
                              const SequenceShape& sequence);
};

/// One direction of float rows, with float or int8 weights.
class RealLstm {
public:
  static Result<RealLstm> of(PrepareContext& context, const LstmShape& shape);
  const LstmShape& shape() const { return m_shape; }
  /// Writes `outputs` values to each row of `output`, whose rows are `stride` values apart.
  void run(const KernelContext& context, float* output, int64_t stride, bool backward) const;

private:
  struct Row;
  void gate(const KernelContext& context, size_t gate, const Row& row, float* y) const;
  void step(const KernelContext& context, const Row& row) const;

  LstmShape m_shape;
  std::array<RowProduct, 4> m_input, m_recurrent;
  std::array<std::optional<RowProduct>, 4> m_aux;
  std::optional<RowProduct> m_projection;
  std::array<float, 4> m_peepholeScale{};  ///< of int8 peephole weights; 0: they are float
  bool m_quantized = false;
  size_t m_codes = 0, m_gates = 0;
};

/// One direction of int8 rows with an int16 cell (8x8 to 16).
Result<std::unique_ptr<Kernel>> prepareIntegerLstm(PrepareContext& context, const LstmShape& shape);

}  // namespace quantscope::ops
