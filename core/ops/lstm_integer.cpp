#include <algorithm>
#include <cmath>

#include "core/ops/lstm.h"

/// The LSTM of int8 rows and weights with int16 gates and cell: spec/tflite-kernels.md 14b.
namespace quantscope::ops {

namespace {

using numerics::Multiplier;

/// Sums of int8 products that begin at a bias with the zero point of the input taken out.
struct IntegerProduct {
  size_t position = 0, rows = 0, columns = 0;
  std::vector<int32_t> offsets;  ///< bias + zero point * sum of the row
  Multiplier factor;

  int32_t of(const KernelContext& run, const int8_t* x, size_t row) const {
    const int8_t* weights = run.input<int8_t>(position) + row * columns;
    int64_t sum = offsets[row];
    for (size_t i = 0; i < columns; ++i) sum += weights[i] * x[i];
    return numerics::multiply(numerics::wrap32(sum), factor);
  }
};

int16_t add16(int16_t a, int32_t b) {
  return static_cast<int16_t>(std::clamp<int32_t>(numerics::wrap32(int64_t{a} + b), -32768, 32767));
}

int8_t clamp8(int64_t value) {
  return static_cast<int8_t>(std::clamp<int32_t>(numerics::wrap32(value), -128, 127));
}

struct LayerNorm {
  size_t weights = 0, bias = 0;
  Multiplier factor;  ///< scale of the weights * 2^12
  int32_t leastVariance = 1;

  void apply(const KernelContext& run, int16_t* values, size_t count) const;
};

void LayerNorm::apply(const KernelContext& run, int16_t* values, size_t count) const {
  constexpr int64_t kTwoTo20 = 1 << 20;
  const int16_t* factors = run.input<int16_t>(weights);
  const int32_t* offsets = run.input<int32_t>(bias);
  int64_t sum = 0, squares = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += values[i];
    squares += int64_t{values[i]} * values[i];
  }
  const auto n = static_cast<int64_t>(count);
  const int32_t mean = numerics::wrap32(sum * 1024 / n);
  const int64_t spread = squares * (kTwoTo20 / n) - int64_t{mean} * mean;
  int32_t variance = numerics::wrap32(spread / kTwoTo20);
  if (variance < 1) variance = leastVariance;
  const Multiplier inverse = numerics::inverseSquareRoot(variance);
  for (size_t i = 0; i < count; ++i) {
    const int32_t centered = numerics::wrap32(int64_t{1024} * values[i] - mean);
    const int64_t scaled = int64_t{numerics::multiply(centered, inverse)} * factors[i] + offsets[i];
    const int32_t rounded = numerics::wrap32((scaled > 0 ? scaled + 512 : scaled - 512) / 1024);
    values[i] = numerics::saturate16(numerics::multiply(rounded, factor));
  }
}

struct Gate {
  IntegerProduct input, recurrent;
  size_t peephole = kAbsent;
  Multiplier peepholeFactor;
  std::optional<LayerNorm> norm;
};

class IntegerLstm final : public Kernel {
public:
  LstmShape shape;
  std::array<Gate, 4> gates;
  std::optional<IntegerProduct> projection;
  Multiplier hiddenFactor;
  int32_t hiddenZero = 0, outputZero = 0;
  int cellBits = 0;  ///< integer bits of the cell's fixed point
  int16_t cellClip = 0;
  int8_t projectionClip = 0;
  size_t gatesSlot = 0, hiddenSlot = 0;
  /// The reference kernels apply peepholes to as many values as there are outputs, of the whole batch in one.
  bool countsPeepholesByOutputs = false;

  Result<void> run(const KernelContext& context) const override;

private:
  void evaluate(const KernelContext& context, size_t gate, const int8_t* x, const int8_t* h, const int16_t* cell,
                int64_t first, int16_t* y) const;
  void step(const KernelContext& context, const int8_t* x, int8_t* h, int16_t* cell, int64_t first) const;
};

void IntegerLstm::evaluate(const KernelContext& context, size_t gate, const int8_t* x, const int8_t* h,
                           const int16_t* cell, int64_t first, int16_t* y) const {
  const Gate& g = gates[gate];
  const auto cells = static_cast<size_t>(shape.cells);
  for (size_t c = 0; c < cells; ++c) {
    y[c] = numerics::saturate16(g.input.of(context, x, c));
    y[c] = add16(y[c], g.recurrent.of(context, h, c));
  }
  if (g.peephole != kAbsent) {
    const int16_t* weights = context.input<int16_t>(g.peephole);
    for (size_t c = 0; c < cells; ++c) {
      size_t w = c;
      if (countsPeepholesByOutputs) {
        const auto outputs = static_cast<size_t>(shape.outputs), place = static_cast<size_t>(first) + c;
        const size_t rows = shape.sequence.timeMajor ? static_cast<size_t>(shape.sequence.batches) : 1;
        if (place >= rows * outputs) break;
        w = place % outputs;
        if (w >= cells) continue;  // beyond the weights
      }
      y[c] = add16(y[c], numerics::multiply(int32_t{weights[w]} * cell[c], g.peepholeFactor));
    }
  }
  if (g.norm) g.norm->apply(context, y, cells);
  for (size_t c = 0; c < cells; ++c) y[c] = gate == kCellGate ? numerics::tanh(y[c], 3) : numerics::logistic(y[c], 3);
}

void IntegerLstm::step(const KernelContext& context, const int8_t* x, int8_t* h, int16_t* cell, int64_t first) const {
  const auto cells = static_cast<size_t>(shape.cells), outputs = static_cast<size_t>(shape.outputs);
  int16_t *in = context.scratchAs<int16_t>(gatesSlot), *forget = in + cells, *update = forget + cells,
          *out = update + cells;
  if (shape.hasInputGate) evaluate(context, kInputGate, x, h, cell, first, in);
  evaluate(context, kForgetGate, x, h, cell, first, forget);
  evaluate(context, kCellGate, x, h, cell, first, update);
  const int cellScale = cellBits - 15;
  for (size_t c = 0; c < cells; ++c) {
    const auto kept = static_cast<int16_t>(numerics::roundingDivideByPowerOfTwo(forget[c] * cell[c], 15));
    const int32_t admitted = shape.hasInputGate ? in[c] : static_cast<int16_t>(32767 - forget[c]);
    const auto added = static_cast<int16_t>(numerics::roundingDivideByPowerOfTwo(admitted * update[c], 30 + cellScale));
    cell[c] = numerics::saturate16(int32_t{kept} + added);
    if (cellClip > 0) cell[c] = std::clamp<int16_t>(cell[c], static_cast<int16_t>(-cellClip), cellClip);
  }
  evaluate(context, kOutputGate, x, h, cell, first, out);
  int8_t* hidden = projection ? context.scratchAs<int8_t>(hiddenSlot) : h;
  for (size_t c = 0; c < cells; ++c) {
    const int32_t product = out[c] * numerics::tanh(cell[c], cellBits);
    hidden[c] = clamp8(int64_t{numerics::multiply(product, hiddenFactor)} + (projection ? -hiddenZero : hiddenZero));
  }
  if (!projection) return;
  for (size_t o = 0; o < outputs; ++o) {
    h[o] = clamp8(int64_t{projection->of(context, hidden, o)} + outputZero);
    if (projectionClip > 0) h[o] = std::clamp<int8_t>(h[o], static_cast<int8_t>(-projectionClip), projectionClip);
  }
}

Result<void> IntegerLstm::run(const KernelContext& context) const {
  const SequenceShape& sequence = shape.sequence;
  const auto* x = context.input<int8_t>(shape.operands.input);
  auto* y = context.output<int8_t>(0);
  for (int64_t b = 0; b < sequence.batches; ++b) {
    int8_t* h = context.variable<int8_t>(shape.operands.outputState) + b * shape.outputs;
    int16_t* cell = context.variable<int16_t>(shape.operands.cellState) + b * shape.cells;
    const int64_t first = sequence.timeMajor ? b * shape.cells : 0;
    for (int64_t t = 0; t < sequence.steps; ++t) {
      const int64_t place = sequence.row(b, t);
      step(context, x + place * sequence.depth, h, cell, first);
      std::copy_n(h, static_cast<size_t>(shape.outputs), y + place * shape.outputs);
    }
  }
  return {};
}

/// Constant int8 weights of this size, with offsets from the bias (kAbsent: none) and a zero point.
Result<IntegerProduct> product(const PrepareContext& context, size_t position, int64_t rows, int64_t columns,
                               size_t bias, int32_t zeroPoint) {
  const Operand& w = context.input(position);
  QS_TRY(requireType(context, w, {ElementType::Int8}));
  QS_TRY(requireRank(context, w, 2, 2));
  QS_TRY(requireSymmetric(context, w));
  if (w.shape[0] != rows || w.shape[1] != columns) {
    return context.malformed(describe(context, w) + " does not fit, needs " + std::to_string(rows) + " × " +
                             std::to_string(columns));
  }
  if (!w.isConstant) return context.unsupported(describe(context, w) + " must be constant");
  IntegerProduct result{position, static_cast<size_t>(rows), static_cast<size_t>(columns), {}, {}};
  result.offsets.resize(result.rows);
  if (bias != kAbsent) {
    if (!context.input(bias).isConstant)
      return context.unsupported(describe(context, context.input(bias)) + " must be constant");
    std::ranges::copy(context.input(bias).constantAs<int32_t>().first(result.rows), result.offsets.begin());
  }
  const int8_t* weights = w.constantAs<int8_t>().data();
  for (size_t r = 0; r < result.rows; ++r) {
    int64_t sum = 0;
    for (size_t c = 0; c < result.columns; ++c) sum += weights[r * result.columns + c];
    result.offsets[r] = numerics::wrap32(result.offsets[r] + zeroPoint * sum);
  }
  return result;
}

/// Scale and zero point of an intermediate: a tensor that carries nothing else.
Result<std::pair<float, int32_t>> intermediate(const PrepareContext& context, size_t k) {
  const Tensor& tensor = context.subgraph().tensor(context.op.intermediates[k]);
  if (!tensor.quantized() || tensor.quantization->zeroPoint.empty() || !(tensor.quantization->scale[0] > 0.0f)) {
    return context.malformed("its intermediate " + std::to_string(k) + " has no scale");
  }
  return std::pair{tensor.quantization->scale[0], static_cast<int32_t>(tensor.quantization->zeroPoint[0])};
}

Result<Gate> prepareGate(const PrepareContext& context, const LstmShape& shape, size_t gate, float gateScale,
                         int cellExponent) {
  const LstmOperands& at = shape.operands;
  const Operand &x = context.input(at.input), &h = context.input(at.outputState);
  Gate result;
  QS_TRY(requireVector(context, at.bias[gate], ElementType::Int32, shape.cells, false));
  QS_ASSIGN(result.input, product(context, at.weights[gate], shape.cells, shape.sequence.depth,
                                  shape.hasLayerNorm ? kAbsent : at.bias[gate], -x.zeroPoint()));
  QS_ASSIGN(result.recurrent,
            product(context, at.recurrent[gate], shape.cells, shape.outputs, kAbsent, -h.zeroPoint()));
  const float inputScale = context.input(at.weights[gate]).scale() * x.scale() / gateScale;
  const float recurrentScale = context.input(at.recurrent[gate]).scale() * h.scale() / gateScale;
  QS_ASSIGN(result.input.factor, fixedPointFactor(context, double{inputScale}));
  QS_ASSIGN(result.recurrent.factor, fixedPointFactor(context, double{recurrentScale}));
  if (shape.hasPeepholeOf(gate)) {
    result.peephole = at.peephole[gate];
    QS_TRY(requireVector(context, result.peephole, ElementType::Int16, shape.cells, false));
    QS_TRY(requireSymmetric(context, context.input(result.peephole)));
    const double scale = std::ldexp(1.0, cellExponent) * double{context.input(result.peephole).scale()};
    QS_ASSIGN(result.peepholeFactor, fixedPointFactor(context, double{static_cast<float>(scale / double{gateScale})}));
  }
  if (shape.hasLayerNorm) {
    QS_TRY(requireVector(context, at.layerNorm[gate], ElementType::Int16, shape.cells, false));
    const Operand& weights = context.input(at.layerNorm[gate]);
    QS_TRY(requireSymmetric(context, weights));
    const double least = std::min(10000.0 * double{weights.scale()}, 2147483647.0);
    QS_ASSIGN(auto factor, fixedPointFactor(context, std::ldexp(double{weights.scale()}, 12)));
    result.norm = LayerNorm{at.layerNorm[gate], at.bias[gate], factor, std::max(1, static_cast<int32_t>(least))};
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareIntegerLstm(PrepareContext& context, const LstmShape& shape) {
  const LstmOperands& at = shape.operands;
  const Operand &x = context.input(at.input), &y = context.output(0);
  if (context.op.intermediates.size() != 5) {
    return context.unsupported("it computes with int8 gates (" + std::to_string(context.op.intermediates.size()) +
                               " intermediates, needs 5)");
  }
  for (const TensorIndex index : context.op.intermediates) {
    if (!index.valid()) return context.malformed("an intermediate is missing");
  }
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  QS_TRY(requireType(context, y, {ElementType::Int8}));
  QS_TRY(requireState(context, at.outputState, ElementType::Int8, shape.sequence.batches * shape.outputs));
  QS_TRY(requireState(context, at.cellState, ElementType::Int16, shape.sequence.batches * shape.cells));
  const Operand &h = context.input(at.outputState), &cell = context.input(at.cellState);
  QS_TRY(requireSingleScale(context, h));
  QS_TRY(requireSymmetric(context, cell));
  int cellExponent = 0;
  if (!numerics::checkedLog2(cell.scale(), cellExponent) || cellExponent < -15 || cellExponent > -9) {
    return context.unsupported(describe(context, cell) + " must have a power of two from 2^-15 to 2^-9 as its scale");
  }
  auto kernel = std::make_unique<IntegerLstm>();
  kernel->shape = shape;
  kernel->cellBits = 15 + cellExponent;
  kernel->countsPeepholesByOutputs = context.options.kernels == KernelSet::Reference && shape.outputs != shape.cells;
  for (size_t gate = 0; gate < 4; ++gate) {
    if (!shape.hasGate(gate)) continue;
    float scale = std::ldexp(1.0f, -12);
    if (shape.hasLayerNorm) {
      QS_ASSIGN(const auto parameters, intermediate(context, gate));
      scale = parameters.first;
    }
    QS_ASSIGN(kernel->gates[gate], prepareGate(context, shape, gate, scale, cellExponent));
  }
  QS_ASSIGN(const auto hidden, intermediate(context, 4));
  if (hidden.second < -128 || hidden.second > 127) return context.malformed("its hidden zero point is no int8");
  kernel->hiddenZero = hidden.second;
  kernel->outputZero = h.zeroPoint();
  QS_ASSIGN(kernel->hiddenFactor,
            fixedPointFactor(context, double{static_cast<float>(std::ldexp(1.0, -30) / double{hidden.first})}));
  if (shape.hasProjection) {
    if (shape.hasProjectionBias)
      QS_TRY(requireVector(context, at.projectionBias, ElementType::Int32, shape.outputs, false));
    QS_ASSIGN(kernel->projection, product(context, at.projection, shape.outputs, shape.cells,
                                          shape.hasProjectionBias ? at.projectionBias : kAbsent, hidden.second));
    const float scale = context.input(at.projection).scale() * hidden.first / h.scale();
    QS_ASSIGN(kernel->projection->factor, fixedPointFactor(context, double{scale}));
    kernel->hiddenSlot = context.addScratch(static_cast<size_t>(shape.cells));
  }
  const auto clipped = [](float limit, float scale, float most) {
    return limit > 0.0f ? std::min(limit / scale, most) : 0.0f;
  };
  kernel->cellClip = static_cast<int16_t>(clipped(shape.options.cellClip, cell.scale(), 32767.0f));
  kernel->projectionClip = static_cast<int8_t>(clipped(shape.options.projectionClip, y.scale(), 127.0f));
  kernel->gatesSlot = context.addScratch(static_cast<size_t>(shape.cells) * 4 * sizeof(int16_t));
  return kernel;
}

}  // namespace quantscope::ops
