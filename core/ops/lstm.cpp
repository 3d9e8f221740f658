#include "core/ops/lstm.h"

/// LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM.
namespace quantscope::ops {

namespace {

Result<std::unique_ptr<Kernel>> prepareOneDirection(PrepareContext& context, const LstmOptions& options,
                                                    bool timeMajor) {
  if (context.inputCount() != 20 && context.inputCount() != 24) {
    return context.malformed("it has " + std::to_string(context.inputCount()) + " inputs, needs 20 or 24");
  }
  QS_TRY(context.requireOutputs(1, 1));
  LstmOperands operands;
  if (context.inputCount() == 20) operands.layerNorm.fill(kAbsent);
  if (!context.hasInput(0)) return context.malformed("its input is missing");
  const Operand& x = context.input(0);
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8}));
  QS_ASSIGN(const SequenceShape sequence, SequenceShape::of(context, x, timeMajor));
  QS_ASSIGN(const LstmShape shape, LstmShape::of(context, operands, options, sequence));
  std::vector<int32_t> outputShape = x.shape;
  outputShape.back() = static_cast<int32_t>(shape.outputs);
  QS_TRY(context.setOutputShape(0, std::move(outputShape)));
  context.macs = shape.macs();
  if (x.type == ElementType::Int8) return prepareIntegerLstm(context, shape);
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  QS_ASSIGN(RealLstm lstm, RealLstm::of(context, shape));
  return makeKernel([lstm = std::move(lstm)](const KernelContext& run) {
    lstm.run(run, run.output<float>(0), lstm.shape().outputs, false);
  });
}

/// Operands of a direction of BIDIRECTIONAL_SEQUENCE_LSTM whose weights begin at `first`.
LstmOperands directionAt(size_t first, size_t outputState) {
  LstmOperands at;
  at.weights = {first, first + 1, first + 2, first + 3};
  at.recurrent = {first + 4, first + 5, first + 6, first + 7};
  at.peephole = {first + 8, first + 9, kAbsent, first + 10};
  at.bias = {first + 11, first + 12, first + 13, first + 14};
  at.projection = first + 15;
  at.projectionBias = first + 16;
  at.outputState = outputState;
  at.cellState = outputState + 1;
  at.layerNorm.fill(kAbsent);
  return at;
}

/// The direction with its second input, where its layer is stacked on another.
Result<RealLstm> prepareDirection(PrepareContext& context, LstmOperands at, const LstmOptions& options, bool timeMajor,
                                  size_t auxWeights) {
  const Operand &x = context.input(at.input), &first = context.input(0);
  QS_TRY(requireRank(context, x, 3, 3));
  if (x.shape[0] != first.shape[0] || x.shape[1] != first.shape[1]) {
    return context.malformed(describe(context, x) + " does not go with " + describe(context, first));
  }
  QS_ASSIGN(const SequenceShape sequence, SequenceShape::of(context, x, timeMajor));
  QS_ASSIGN(LstmShape shape, LstmShape::of(context, at, options, sequence));
  if (auxWeights != kAbsent) {
    const Operand& aux = context.input(39);
    QS_TRY(requireType(context, aux, {ElementType::Float32}));
    QS_TRY(requireRank(context, aux, 3, 3));
    if (aux.shape[0] != x.shape[0] || aux.shape[1] != x.shape[1] || aux.shape[2] < 1) {
      return context.malformed(describe(context, aux) + " does not go with " + describe(context, x));
    }
    shape.operands.aux = 39;
    shape.operands.auxWeights = {auxWeights, auxWeights + 1, auxWeights + 2, auxWeights + 3};
    for (size_t gate = 0; gate < 4; ++gate) {
      if (shape.hasGate(gate) && !context.hasInput(auxWeights + gate)) {
        return context.malformed("the weights of its second input are incomplete");
      }
    }
    shape.aux = aux.shape[2];
  }
  return RealLstm::of(context, shape);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareLstm(PrepareContext& context) {
  const auto* options = context.op.options.AsLSTMOptions();
  if (!options) return context.malformed("it has no LSTMOptions");
  if (options->kernel_type != tflite::LSTMKernelType_FULL) {
    return context.unsupported("it is of the kernel type BASIC", "convert the model again");
  }
  return prepareOneDirection(
      context,
      {options->fused_activation_function, options->cell_clip, options->proj_clip, options->asymmetric_quantize_inputs},
      true);
}

Result<std::unique_ptr<Kernel>> prepareUnidirectionalSequenceLstm(PrepareContext& context) {
  const auto* options = context.op.options.AsUnidirectionalSequenceLSTMOptions();
  if (!options) return context.malformed("it has no UnidirectionalSequenceLSTMOptions");
  if (context.hasInput(0)) QS_TRY(requireRank(context, context.input(0), 3, 3));
  return prepareOneDirection(
      context,
      {options->fused_activation_function, options->cell_clip, options->proj_clip, options->asymmetric_quantize_inputs},
      options->time_major);
}

Result<std::unique_ptr<Kernel>> prepareBidirectionalSequenceLstm(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 48));
  if (context.inputCount() != 48) {
    return context.malformed("it has " + std::to_string(context.inputCount()) + " inputs, needs 48");
  }
  const auto* o = context.op.options.AsBidirectionalSequenceLSTMOptions();
  if (!o) return context.malformed("it has no BidirectionalSequenceLSTMOptions");
  const bool merge = o->merge_outputs;
  QS_TRY(context.requireOutputs(merge ? 1 : 2, merge ? 1 : 2));
  const Operand& x = context.input(0);
  QS_TRY(requireRank(context, x, 3, 3));
  const LstmOptions options{o->fused_activation_function, o->cell_clip, o->proj_clip, o->asymmetric_quantize_inputs};
  const bool stacked = context.hasInput(41);
  if (stacked && !context.hasInput(39)) return context.malformed("its second input is missing");
  LstmOperands forward = directionAt(1, 35), backward = directionAt(18, 37);
  if (!stacked && context.hasInput(39)) backward.input = 39;  // the backward output of the layer before
  QS_ASSIGN(RealLstm fw, prepareDirection(context, forward, options, o->time_major, stacked ? 40 : kAbsent));
  QS_ASSIGN(RealLstm bw, prepareDirection(context, backward, options, o->time_major, stacked ? 44 : kAbsent));
  const int64_t fwOutputs = fw.shape().outputs, bwOutputs = bw.shape().outputs;
  for (size_t k = 0; k < context.outputCount(); ++k) {
    QS_TRY(requireType(context, context.output(k), {ElementType::Float32}));
    const int64_t depth = merge ? fwOutputs + bwOutputs : k == 0 ? fwOutputs : bwOutputs;
    if (depth > INT32_MAX) return context.malformed("it has too many outputs");
    QS_TRY(context.setOutputShape(k, {x.shape[0], x.shape[1], static_cast<int32_t>(depth)}));
  }
  context.macs = fw.shape().macs() + bw.shape().macs();
  return makeKernel([=, fw = std::move(fw), bw = std::move(bw)](const KernelContext& run) {
    const int64_t stride = merge ? fwOutputs + bwOutputs : fwOutputs;
    fw.run(run, run.output<float>(0), stride, false);
    if (merge) {
      bw.run(run, run.output<float>(0) + fwOutputs, stride, true);
    } else {
      bw.run(run, run.output<float>(1), bwOutputs, true);
    }
  });
}

}  // namespace quantscope::ops
