#include <algorithm>
#include <cmath>

#include "core/numerics/vector_functions.h"
#include "core/ops/fully_connected.h"
#include "core/ops/lstm.h"

namespace quantscope::ops {

namespace {

void clip(float* values, size_t count, float limit) {
  if (limit <= 0.0f) return;
  for (size_t i = 0; i < count; ++i) values[i] = std::max(std::min(values[i], limit), -limit);
}

/// Zero mean and unit variance.
void normalize(float* values, size_t count) {
  float sum = 0.0f, squares = 0.0f;
  for (size_t i = 0; i < count; ++i) sum += values[i];
  const float mean = sum / static_cast<float>(count);
  for (size_t i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  const float inverse = 1.0f / std::sqrt(squares / static_cast<float>(count) + 1e-8f);
  for (size_t i = 0; i < count; ++i) values[i] = (values[i] - mean) * inverse;
}

}  // namespace

/// One row of one step: what is read and updated.
struct RealLstm::Row {
  RecurrentRow input, aux, output;
  float *outputState, *cell, *gates;
  int8_t* codes;  ///< of the projection's input; null where weights are float
  /// The vector of gate values that the row is part of: its length, the row's first place in it, and how many values
  /// of the gate's block of memory come before it. All rows of a step are one vector where time is the first dimension.
  size_t length, first, before;
};

Result<RealLstm> RealLstm::of(PrepareContext& context, const LstmShape& shape) {
  RealLstm lstm;
  lstm.m_shape = shape;
  const LstmOperands& at = shape.operands;
  const bool asymmetric = shape.options.asymmetricInputs;
  QS_TRY(requireRecurrentActivation(context, shape.options.activation));
  QS_TRY(requireType(context, context.input(at.input), {ElementType::Float32}));
  const Operand& first = context.input(at.weights[kOutputGate]);
  for (size_t gate = 0; gate < 4; ++gate) {
    if (!shape.hasGate(gate)) continue;
    QS_ASSIGN(lstm.m_input[gate],
              RowProduct::of(context, at.weights[gate], shape.cells, shape.sequence.depth, asymmetric));
    QS_ASSIGN(lstm.m_recurrent[gate],
              RowProduct::of(context, at.recurrent[gate], shape.cells, shape.outputs, asymmetric, true));
    QS_TRY(requireSameType(context, first, context.input(at.weights[gate])));
    if (context.input(at.recurrent[gate]).rank() == 2) {
      QS_TRY(requireSameType(context, first, context.input(at.recurrent[gate])));
    } else if (shape.outputs != shape.cells) {
      return context.malformed("diagonal recurrent weights need as many outputs as cells");
    }
    if (shape.aux > 0) {
      QS_ASSIGN(lstm.m_aux[gate], RowProduct::of(context, at.auxWeights[gate], shape.cells, shape.aux, asymmetric));
      QS_TRY(requireSameType(context, first, context.input(at.auxWeights[gate])));
    }
    if (shape.hasPeepholeOf(gate)) {
      const Operand& peephole = context.input(at.peephole[gate]);
      QS_TRY(requireVector(context, at.peephole[gate], first.type, shape.cells, false));
      if (first.type == ElementType::Int8) {
        QS_TRY(requireSymmetric(context, peephole));
        lstm.m_peepholeScale[gate] = peephole.scale();
      }
    }
    if (shape.hasLayerNorm) {
      QS_TRY(requireVector(context, at.layerNorm[gate], ElementType::Float32, shape.cells, false));
    }
    QS_TRY(requireVector(context, at.bias[gate], ElementType::Float32, shape.cells, false));
  }
  if (shape.hasProjection) {
    QS_ASSIGN(lstm.m_projection, RowProduct::of(context, at.projection, shape.outputs, shape.cells, asymmetric));
    QS_TRY(requireSameType(context, first, context.input(at.projection)));
  }
  if (shape.hasProjectionBias) {
    QS_TRY(requireVector(context, at.projectionBias, ElementType::Float32, shape.outputs, false));
  }
  QS_TRY(requireState(context, at.outputState, ElementType::Float32, shape.sequence.batches * shape.outputs));
  QS_TRY(requireState(context, at.cellState, ElementType::Float32, shape.sequence.batches * shape.cells));
  lstm.m_gates = context.addScratch(static_cast<size_t>(shape.cells) * 4 * sizeof(float));
  lstm.m_quantized = first.type == ElementType::Int8;
  if (lstm.m_quantized) {
    // Codes of the input, of the second input, and of the output state or the projection's input.
    const int64_t bytes = shape.sequence.depth + shape.aux + std::max(shape.outputs, shape.cells);
    lstm.m_codes = context.addScratch(static_cast<size_t>(bytes));
  }
  return lstm;
}

void RealLstm::gate(const KernelContext& context, size_t gate, const Row& row, float* y) const {
  const auto cells = static_cast<size_t>(m_shape.cells);
  const float* bias = context.input<float>(m_shape.operands.bias[gate]);
  if (m_shape.hasLayerNorm) {
    std::fill_n(y, cells, 0.0f);
  } else {
    std::copy_n(bias, cells, y);
  }
  m_input[gate].accumulate(context, row.input, y);
  if (m_aux[gate]) m_aux[gate]->accumulate(context, row.aux, y);
  m_recurrent[gate].accumulate(context, row.output, y);
  if (m_shape.hasPeepholeOf(gate)) {
    const size_t position = m_shape.operands.peephole[gate];
    for (size_t c = 0; c < cells; ++c) {
      const float weight = m_peepholeScale[gate] > 0.0f
                               ? m_peepholeScale[gate] * static_cast<float>(context.input<int8_t>(position)[c])
                               : context.input<float>(position)[c];
      y[c] += weight * row.cell[c];
    }
  }
  if (m_shape.hasLayerNorm) {
    const float* factors = context.input<float>(m_shape.operands.layerNorm[gate]);
    normalize(y, cells);
    for (size_t c = 0; c < cells; ++c) y[c] = y[c] * factors[c] + bias[c];
  }
  if (gate == kCellGate) {
    for (size_t c = 0; c < cells; ++c) y[c] = applyActivation(m_shape.options.activation, y[c]);
    return;
  }
  // Blocks of memory: input gate, cell gate, forget gate, output gate.
  const size_t block = gate == kInputGate ? 0 : (gate == kForgetGate ? 1 : 2) + (m_shape.hasInputGate ? 1 : 0);
  const size_t offset = block * cells * static_cast<size_t>(m_shape.sequence.batches) + row.before;
  for (size_t c = 0; c < cells; ++c) {
    const bool whole = numerics::inWholeVector(offset, row.length, row.first + c);
    y[c] = whole ? numerics::vectorLogistic(y[c]) : numerics::scalarLogistic(y[c]);
  }
}

void RealLstm::step(const KernelContext& context, const Row& row) const {
  const auto cells = static_cast<size_t>(m_shape.cells), outputs = static_cast<size_t>(m_shape.outputs);
  float *inputGate = row.gates, *forgetGate = inputGate + cells, *cellGate = forgetGate + cells,
        *outputGate = cellGate + cells;
  if (m_shape.hasInputGate) gate(context, kInputGate, row, inputGate);
  gate(context, kForgetGate, row, forgetGate);
  gate(context, kCellGate, row, cellGate);
  for (size_t c = 0; c < cells; ++c) {
    const float admitted = m_shape.hasInputGate ? inputGate[c] : 1.0f - forgetGate[c];
    row.cell[c] = forgetGate[c] * row.cell[c] + cellGate[c] * admitted;
  }
  clip(row.cell, cells, m_shape.options.cellClip);
  gate(context, kOutputGate, row, outputGate);
  float* hidden = cellGate;
  for (size_t c = 0; c < cells; ++c)
    hidden[c] = applyActivation(m_shape.options.activation, row.cell[c]) * outputGate[c];
  if (!m_projection) {
    std::copy_n(hidden, outputs, row.outputState);
    return;
  }
  if (m_shape.hasProjectionBias) {
    std::copy_n(context.input<float>(m_shape.operands.projectionBias), outputs, row.outputState);
  } else {
    std::fill_n(row.outputState, outputs, 0.0f);
  }
  m_projection->accumulate(context, RecurrentRow::of(hidden, cells, row.codes, m_shape.options.asymmetricInputs),
                           row.outputState);
  clip(row.outputState, outputs, m_shape.options.projectionClip);
}

void RealLstm::run(const KernelContext& context, float* output, int64_t stride, bool backward) const {
  const LstmOperands& at = m_shape.operands;
  const SequenceShape& sequence = m_shape.sequence;
  const float* x = context.input<float>(at.input);
  const float* aux = m_shape.aux > 0 ? context.input<float>(at.aux) : nullptr;
  int8_t* codes = m_quantized ? context.scratchAs<int8_t>(m_codes) : nullptr;
  int8_t* auxCodes = codes ? codes + sequence.depth : nullptr;
  int8_t* outputCodes = codes ? auxCodes + m_shape.aux : nullptr;
  const auto rowOf = [&](const float* values, int64_t count, int8_t* own) {
    return RecurrentRow::of(values, static_cast<size_t>(count), own, m_shape.options.asymmetricInputs);
  };
  Row row{};
  row.gates = context.scratchAs<float>(m_gates);
  row.codes = outputCodes;
  const bool joined = sequence.timeMajor;
  row.length = static_cast<size_t>(m_shape.cells * (joined ? sequence.batches : 1));
  for (int64_t b = 0; b < sequence.batches; ++b) {
    (joined ? row.first : row.before) = static_cast<size_t>(b * m_shape.cells);
    row.outputState = context.variable<float>(at.outputState) + b * m_shape.outputs;
    row.cell = context.variable<float>(at.cellState) + b * m_shape.cells;
    for (int64_t t = 0; t < sequence.steps; ++t) {
      const int64_t place = sequence.row(b, backward ? sequence.steps - 1 - t : t);
      row.input = rowOf(x + place * sequence.depth, sequence.depth, codes);
      if (aux) row.aux = rowOf(aux + place * m_shape.aux, m_shape.aux, auxCodes);
      row.output = rowOf(row.outputState, m_shape.outputs, outputCodes);
      step(context, row);
      std::copy_n(row.outputState, static_cast<size_t>(m_shape.outputs), output + place * stride);
    }
  }
}

}  // namespace quantscope::ops
