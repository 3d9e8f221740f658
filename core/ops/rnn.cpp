#include <algorithm>
#include <memory>

#include "core/base/checked.h"
#include "core/ops/fully_connected.h"
#include "core/ops/recurrent_parts.h"

/// RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN: h = activation(W x + R h + b). Float, or int8
/// weights with rows quantized while running.
namespace quantscope::ops {

namespace {

/// Where the operands of one direction stand.
struct RnnOperands {
  size_t input, weights, recurrent, bias, state;
};

class RnnDirection {
public:
  static Result<RnnDirection> of(PrepareContext& context, const RnnOperands& operands, const SequenceShape& sequence,
                                 tflite::ActivationFunctionType activation, bool asymmetric);

  int64_t units() const { return m_units; }
  int64_t macs() const {
    const int64_t step = m_units * (m_sequence.depth + m_units);
    return checkedMultiply<int64_t>(m_sequence.batches * m_sequence.steps, step).value_or(INT64_MAX);
  }
  /// Writes `units` values to each row of `output`, whose rows are `stride` values apart.
  void run(const KernelContext& context, float* output, int64_t stride, bool backward) const;

private:
  RnnOperands m_operands{};
  SequenceShape m_sequence;
  RowProduct m_input, m_recurrent;
  int64_t m_units = 0;
  tflite::ActivationFunctionType m_activation{};
  bool m_asymmetric = false;
  size_t m_codes = 0;
};

Result<RnnDirection> RnnDirection::of(PrepareContext& context, const RnnOperands& operands,
                                      const SequenceShape& sequence, tflite::ActivationFunctionType activation,
                                      bool asymmetric) {
  QS_TRY(requireRecurrentActivation(context, activation));
  const Operand &x = context.input(operands.input), &w = context.input(operands.weights);
  QS_TRY(requireType(context, x, {ElementType::Float32}));
  QS_TRY(requireRank(context, w, 2, 2));
  RnnDirection direction;
  direction.m_operands = operands;
  direction.m_sequence = sequence;
  direction.m_activation = activation;
  direction.m_asymmetric = asymmetric;
  const int64_t units = direction.m_units = w.shape[0];
  QS_TRY(requireSameType(context, w, context.input(operands.recurrent)));
  QS_ASSIGN(direction.m_input, RowProduct::of(context, operands.weights, units, sequence.depth, asymmetric));
  QS_ASSIGN(direction.m_recurrent, RowProduct::of(context, operands.recurrent, units, units, asymmetric));
  QS_TRY(requireVector(context, operands.bias, ElementType::Float32, units, false));
  QS_TRY(requireState(context, operands.state, ElementType::Float32, sequence.batches * units));
  if (direction.m_input.quantized()) {
    direction.m_codes = context.addScratch(static_cast<size_t>(std::max<int64_t>(sequence.depth, direction.m_units)));
  }
  return direction;
}

void RnnDirection::run(const KernelContext& context, float* output, int64_t stride, bool backward) const {
  const auto units = static_cast<size_t>(m_units);
  const float *x = context.input<float>(m_operands.input), *bias = context.input<float>(m_operands.bias);
  float* states = context.variable<float>(m_operands.state);
  int8_t* codes = m_input.quantized() ? context.scratchAs<int8_t>(m_codes) : nullptr;
  const auto row = [&](const float* values, int64_t count) {
    return RecurrentRow::of(values, static_cast<size_t>(count), codes, m_asymmetric);
  };
  for (int64_t b = 0; b < m_sequence.batches; ++b) {
    float* state = states + b * m_units;
    for (int64_t t = 0; t < m_sequence.steps; ++t) {
      const int64_t at = m_sequence.row(b, backward ? m_sequence.steps - 1 - t : t);
      float* y = output + at * stride;
      std::copy_n(bias, units, y);
      m_input.accumulate(context, row(x + at * m_sequence.depth, m_sequence.depth), y);
      m_recurrent.accumulate(context, row(state, m_units), y);
      for (size_t u = 0; u < units; ++u) state[u] = y[u] = applyActivation(m_activation, y[u]);
    }
  }
}

Result<std::unique_ptr<Kernel>> prepareOneDirection(PrepareContext& context, bool timeMajor,
                                                    tflite::ActivationFunctionType activation, bool asymmetric) {
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  const Operand& x = context.input(0);
  QS_ASSIGN(const SequenceShape sequence, SequenceShape::of(context, x, timeMajor));
  QS_ASSIGN(RnnDirection direction, RnnDirection::of(context, {0, 1, 2, 3, 4}, sequence, activation, asymmetric));
  std::vector<int32_t> shape = x.shape;
  shape.back() = static_cast<int32_t>(direction.units());
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  context.macs = direction.macs();
  return makeKernel([direction = std::move(direction)](const KernelContext& run) {
    direction.run(run, run.output<float>(0), direction.units(), false);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareRnn(PrepareContext& context) {
  QS_TRY(context.requireInputs(5, 5));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsRNNOptions();
  if (!options) return context.malformed("it has no RNNOptions");
  QS_TRY(requireRank(context, context.input(0), 2, 2));
  return prepareOneDirection(context, true, options->fused_activation_function, options->asymmetric_quantize_inputs);
}

Result<std::unique_ptr<Kernel>> prepareUnidirectionalSequenceRnn(PrepareContext& context) {
  QS_TRY(context.requireInputs(5, 5));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsSequenceRNNOptions();
  if (!options) return context.malformed("it has no SequenceRNNOptions");
  QS_TRY(requireRank(context, context.input(0), 3, 3));
  return prepareOneDirection(context, options->time_major, options->fused_activation_function,
                             options->asymmetric_quantize_inputs);
}

Result<std::unique_ptr<Kernel>> prepareBidirectionalSequenceRnn(PrepareContext& context) {
  QS_TRY(context.requireInputs(9, 12));
  const auto* options = context.op.options.AsBidirectionalSequenceRNNOptions();
  if (!options) return context.malformed("it has no BidirectionalSequenceRNNOptions");
  const bool merge = options->merge_outputs;
  QS_TRY(context.requireOutputs(merge ? 1 : 2, merge ? 1 : 2));
  const Operand& x = context.input(0);
  QS_TRY(requireRank(context, x, 3, 3));
  // The runtime's own answers for a second input could not be reproduced yet.
  if (context.hasInput(9) || context.hasInput(10) || context.hasInput(11)) {
    return context.unsupported("it has a second input");
  }
  if (options->asymmetric_quantize_inputs) return context.unsupported("it quantizes its inputs asymmetrically");
  QS_ASSIGN(const SequenceShape sequence, SequenceShape::of(context, x, options->time_major));
  const auto activation = options->fused_activation_function;
  QS_ASSIGN(RnnDirection fw, RnnDirection::of(context, {0, 1, 2, 3, 4}, sequence, activation, false));
  QS_ASSIGN(RnnDirection bw, RnnDirection::of(context, {0, 5, 6, 7, 8}, sequence, activation, false));
  for (size_t o = 0; o < context.outputCount(); ++o) {
    QS_TRY(requireType(context, context.output(o), {ElementType::Float32}));
    const int64_t units = merge ? fw.units() + bw.units() : o == 0 ? fw.units() : bw.units();
    if (units > INT32_MAX) return context.malformed("it has too many units");
    QS_TRY(context.setOutputShape(o, {x.shape[0], x.shape[1], static_cast<int32_t>(units)}));
  }
  context.macs = fw.macs() + bw.macs();
  return makeKernel([=, fw = std::move(fw), bw = std::move(bw)](const KernelContext& run) {
    const int64_t stride = merge ? fw.units() + bw.units() : fw.units();
    fw.run(run, run.output<float>(0), stride, false);
    if (merge) {
      bw.run(run, run.output<float>(0) + fw.units(), stride, true);
    } else {
      bw.run(run, run.output<float>(1), bw.units(), true);
    }
  });
}

}  // namespace quantscope::ops
