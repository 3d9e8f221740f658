#include <cmath>

#include "core/base/checked.h"
#include "core/ops/lstm.h"

namespace quantscope::ops {

namespace {

bool has(const PrepareContext& context, size_t position) {
  return position != kAbsent && context.hasInput(position);
}

Error missing(const PrepareContext& context, const char* what) {
  return context.malformed(std::string("it has ") + what + " for some gates only");
}

/// True where each gate that needs an operand has it; an error where only some have.
Result<bool> allOrNone(const PrepareContext& context, const std::array<size_t, 4>& positions, bool hasInputGate,
                       bool hasCellGate, const char* what) {
  const bool present = has(context, positions[kOutputGate]);
  for (const size_t gate : {kInputGate, kForgetGate, kCellGate}) {
    const bool needed = present && (gate == kInputGate ? hasInputGate : gate == kCellGate ? hasCellGate : true);
    if (needed && !has(context, positions[gate])) return missing(context, what);
    if (!present && has(context, positions[gate])) return missing(context, what);
  }
  return present;
}

}  // namespace

int64_t LstmShape::macs() const {
  const int64_t gates = hasInputGate ? 4 : 3;
  const int64_t step = gates * cells * (sequence.depth + aux + outputs) + (hasProjection ? outputs * cells : 0);
  return checkedMultiply<int64_t>(sequence.batches * sequence.steps, step).value_or(INT64_MAX);
}

Result<LstmShape> LstmShape::of(const PrepareContext& context, const LstmOperands& operands, const LstmOptions& options,
                                const SequenceShape& sequence) {
  LstmShape shape;
  shape.operands = operands;
  shape.options = options;
  shape.sequence = sequence;
  if (!std::isfinite(options.cellClip) || !std::isfinite(options.projectionClip)) {
    return context.malformed("its clipping limits are no numbers");
  }
  for (const size_t gate : {kForgetGate, kCellGate, kOutputGate}) {
    if (!has(context, operands.weights[gate]) || !has(context, operands.recurrent[gate])) {
      return context.malformed("the weights of a gate are missing");
    }
  }
  const Operand &w = context.input(operands.weights[kOutputGate]), &r = context.input(operands.recurrent[kOutputGate]);
  QS_TRY(requireRank(context, w, 2, 2));
  QS_TRY(requireRank(context, r, 1, 2));
  shape.cells = w.shape[0];
  shape.outputs = r.shape.back();
  if (shape.cells < 1 || shape.outputs < 1) return context.malformed("it has no cells");
  shape.hasInputGate = has(context, operands.weights[kInputGate]);
  if (shape.hasInputGate != has(context, operands.recurrent[kInputGate]) ||
      shape.hasInputGate != has(context, operands.bias[kInputGate])) {
    return context.malformed("its input gate is incomplete");
  }
  QS_ASSIGN(shape.hasPeephole, allOrNone(context, operands.peephole, shape.hasInputGate, false, "peephole weights"));
  QS_ASSIGN(shape.hasLayerNorm,
            allOrNone(context, operands.layerNorm, shape.hasInputGate, true, "layer normalization weights"));
  shape.hasProjection = has(context, operands.projection);
  shape.hasProjectionBias = has(context, operands.projectionBias);
  if (shape.hasProjectionBias && !shape.hasProjection) return context.malformed("it has a projection bias only");
  if (!shape.hasProjection && shape.outputs != shape.cells) {
    return context.malformed("without projection it needs as many outputs as cells, has " +
                             std::to_string(shape.outputs) + " and " + std::to_string(shape.cells));
  }
  return shape;
}

}  // namespace quantscope::ops
