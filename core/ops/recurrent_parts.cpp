#include "core/ops/recurrent_parts.h"

#include "core/ops/reference/dot_product.h"

namespace quantscope::ops {

RecurrentRow RecurrentRow::of(const float* values, size_t count, int8_t* codes, bool asymmetric) {
  RecurrentRow row{values, codes, {}};
  if (!codes) return row;
  const std::span<const float> span{values, count};
  row.scale = asymmetric ? numerics::quantizeAsymmetric(span, codes) : numerics::quantizeSymmetric(span, codes);
  return row;
}

float realDot(const float* a, const float* b, size_t count) {
  constexpr size_t kLanes = 8;
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t l = 0; l < kLanes; ++l) lanes[l] += a[i + l] * b[i + l];
  }
  float sum = 0.0f;
  for (const float lane : lanes) sum += lane;
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

namespace {

int64_t sumOf(const int8_t* values, size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; ++i) sum += values[i];
  return sum;
}

}  // namespace

Result<RowProduct> RowProduct::of(PrepareContext& context, size_t position, int64_t rows, int64_t columns,
                                  bool asymmetric, bool allowDiagonal) {
  const Operand& w = context.input(position);
  RowProduct product;
  product.m_position = position;
  product.m_rows = static_cast<size_t>(rows);
  product.m_columns = static_cast<size_t>(columns);
  if (allowDiagonal && w.rank() == 1) {
    QS_TRY(requireVector(context, position, ElementType::Float32, rows, false));
    product.m_kind = Kind::Diagonal;
    return product;
  }
  QS_TRY(requireType(context, w, {ElementType::Float32, ElementType::Int8}));
  QS_TRY(requireRank(context, w, 2, 2));
  if (w.shape[0] != rows || w.shape[1] != columns) {
    return context.malformed(describe(context, w) + " does not fit, needs " + std::to_string(rows) + " × " +
                             std::to_string(columns));
  }
  if (w.type == ElementType::Float32) return product;
  QS_TRY(requireSymmetric(context, w));
  product.m_kind = Kind::Codes;
  product.m_scale = w.scale();
  product.m_defective = context.options.kernels == KernelSet::Reference;
  if (asymmetric && w.isConstant) {
    const int8_t* weights = w.constantAs<int8_t>().data();
    for (size_t r = 0; r < product.m_rows; ++r) {
      product.m_sums.push_back(numerics::wrap32(sumOf(weights + r * product.m_columns, product.m_columns)));
    }
  }
  return product;
}

void RowProduct::accumulate(const KernelContext& run, const RecurrentRow& x, float* y) const {
  if (m_kind == Kind::Codes) return accumulateCodes(run.input<int8_t>(m_position), x, y);
  const float* weights = run.input<float>(m_position);
  if (m_kind == Kind::Diagonal) {
    for (size_t r = 0; r < m_rows; ++r) y[r] += weights[r] * x.values[r];
    return;
  }
  for (size_t r = 0; r < m_rows; ++r) y[r] += realDot(weights + r * m_columns, x.values, m_columns);
}

void RowProduct::accumulateCodes(const int8_t* weights, const RecurrentRow& x, float* y) const {
  const float factor = x.scale.scale * m_scale;
  for (size_t r = 0; r < m_rows; ++r) {
    const int8_t* row = weights + r * m_columns;
    int64_t sum =
        m_defective ? reference::defectiveDot(x.codes, row, m_columns) : reference::dot(x.codes, row, m_columns);
    if (x.scale.zeroPoint != 0) {
      sum -= x.scale.zeroPoint * (m_sums.empty() ? sumOf(row, m_columns) : int64_t{m_sums[r]});
    }
    y[r] += static_cast<float>(numerics::wrap32(sum)) * factor;
  }
}

Result<void> requireRecurrentActivation(const PrepareContext& context, tflite::ActivationFunctionType activation) {
  switch (activation) {
    case tflite::ActivationFunctionType_NONE:
    case tflite::ActivationFunctionType_RELU:
    case tflite::ActivationFunctionType_RELU6:
    case tflite::ActivationFunctionType_TANH:
      return {};
    default:
      return context.unsupported("its fused activation is none of NONE, RELU, RELU6 and TANH");
  }
}

Result<void> requireState(const PrepareContext& context, size_t position, ElementType type, int64_t count) {
  if (!context.hasInput(position) || !context.input(position).tensor->isVariable) {
    return context.malformed("its input " + std::to_string(position) + " must be a variable, the state between runs");
  }
  const Operand& state = context.input(position);
  QS_TRY(requireType(context, state, {type}));
  if (state.elementCount() == count) return {};
  return context.malformed(describe(context, state) + " is a state of " + std::to_string(state.elementCount()) +
                           " elements, needs " + std::to_string(count));
}

Result<void> requireVector(const PrepareContext& context, size_t position, ElementType type, int64_t length,
                           bool optional) {
  if (!context.hasInput(position)) {
    if (optional) return {};
    return context.malformed("its input " + std::to_string(position) + " is missing");
  }
  const Operand& vector = context.input(position);
  QS_TRY(requireType(context, vector, {type}));
  if (vector.rank() == 1 && vector.shape[0] == length) return {};
  return context.malformed(describe(context, vector) + " must be one row of " + std::to_string(length));
}

Result<numerics::Multiplier> fixedPointFactor(const PrepareContext& context, double factor) {
  if (factor >= 0.0 && factor < double{1 << 30}) return numerics::quantizeMultiplier(factor);
  return context.malformed("its scales multiply to the impossible factor " + std::to_string(factor));
}

Result<SequenceShape> SequenceShape::of(const PrepareContext& context, const Operand& input, bool timeMajor) {
  QS_TRY(requireRank(context, input, 2, 3));
  if (input.elementCount() < 1) return context.malformed(describe(context, input) + " is empty");
  SequenceShape sequence;
  sequence.depth = input.shape.back();
  sequence.timeMajor = timeMajor;
  if (input.rank() == 2) {
    sequence.batches = input.shape[0];
    return sequence;
  }
  sequence.steps = input.shape[timeMajor ? 0 : 1];
  sequence.batches = input.shape[timeMajor ? 1 : 0];
  return sequence;
}

}  // namespace quantscope::ops
