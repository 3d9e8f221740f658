#include <algorithm>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/fully_connected.h"
#include "core/ops/recurrent_parts.h"

/// SVDF: each filter keeps its last `memory` products of the input with its feature weights; a unit is the sum over its
/// `rank` filters of these with the time weights. spec/tflite-kernels.md 14, 14b.
namespace quantscope::ops {

namespace {

struct Svdf {
  size_t batches = 0, depth = 0, filters = 0, units = 0, memory = 0, rank = 0;
  tflite::ActivationFunctionType activation{};
  bool hasBias = false;
};

/// Makes room for the newest entry of each filter, which is its last.
template <typename T>
void forgetOldest(T* state, size_t count) {
  if (count > 0) std::copy(state + 1, state + count, state);
}

class RealSvdf final : public Kernel {
public:
  Svdf shape;
  RowProduct features;
  bool asymmetric = false;
  size_t codesSlot = 0, newestSlot = 0;
  float timeScale = 0.0f;  ///< of int8 time weights; 0: they are float

  Result<void> run(const KernelContext& context) const override {
    const float* x = context.input<float>(0);
    float *state = context.variable<float>(4), *newest = context.scratchAs<float>(newestSlot);
    int8_t* codes = features.quantized() ? context.scratchAs<int8_t>(codesSlot) : nullptr;
    forgetOldest(state, shape.batches * shape.filters * shape.memory);
    for (size_t b = 0; b < shape.batches; ++b, state += shape.filters * shape.memory) {
      std::fill_n(newest, shape.filters, 0.0f);
      features.accumulate(context, RecurrentRow::of(x + b * shape.depth, shape.depth, codes, asymmetric), newest);
      for (size_t f = 0; f < shape.filters; ++f) state[f * shape.memory + shape.memory - 1] = newest[f];
      sumUnits(context, state, context.output<float>(0) + b * shape.units);
    }
    return {};
  }

private:
  float overTime(const KernelContext& context, const float* state, size_t filter) const {
    float sum = 0.0f;
    const size_t first = filter * shape.memory;
    if (timeScale > 0.0f) {
      const int8_t* weights = context.input<int8_t>(2);
      for (size_t t = 0; t < shape.memory; ++t) {
        sum += static_cast<float>(weights[first + t]) * timeScale * state[first + t];
      }
    } else {
      const float* weights = context.input<float>(2);
      for (size_t t = 0; t < shape.memory; ++t) sum += weights[first + t] * state[first + t];
    }
    return sum;
  }
  void sumUnits(const KernelContext& context, const float* state, float* y) const {
    const float* bias = shape.hasBias ? context.input<float>(3) : nullptr;
    for (size_t u = 0; u < shape.units; ++u) {
      float sum = 0.0f;
      for (size_t r = 0; r < shape.rank; ++r) sum += overTime(context, state, u * shape.rank + r);
      y[u] = applyActivation(shape.activation, bias ? sum + bias[u] : sum);
    }
  }
};

class IntegerSvdf final : public Kernel {
public:
  Svdf shape;
  numerics::Multiplier toState, toOutput;
  int32_t inputZero = 0, outputZero = 0;

  Result<void> run(const KernelContext& context) const override {
    const auto *x = context.input<int8_t>(0), *features = context.input<int8_t>(1);
    const auto* times = context.input<int16_t>(2);
    const int32_t* bias = shape.hasBias ? context.input<int32_t>(3) : nullptr;
    auto* state = context.variable<int16_t>(4);
    auto* y = context.output<int8_t>(0);
    forgetOldest(state, shape.batches * shape.filters * shape.memory);
    for (size_t b = 0; b < shape.batches; ++b, x += shape.depth, state += shape.filters * shape.memory) {
      for (size_t f = 0; f < shape.filters; ++f) {
        int64_t sum = 0;
        for (size_t d = 0; d < shape.depth; ++d) sum += features[f * shape.depth + d] * (x[d] - inputZero);
        const int32_t scaled = numerics::multiply(numerics::wrap32(sum), toState);
        state[f * shape.memory + shape.memory - 1] = numerics::saturate16(scaled);
      }
      for (size_t u = 0; u < shape.units; ++u) {
        int64_t sum = bias ? bias[u] : 0;
        const size_t first = u * shape.rank * shape.memory, count = shape.rank * shape.memory;
        for (size_t i = first; i < first + count; ++i) sum += int64_t{times[i]} * state[i];
        const int64_t scaled = int64_t{numerics::multiply(numerics::wrap32(sum), toOutput)} + outputZero;
        *y++ = static_cast<int8_t>(std::clamp<int64_t>(numerics::wrap32(scaled), -128, 127));
      }
    }
    return {};
  }
};

Result<Svdf> shapeOf(const PrepareContext& context, const tflite::SVDFOptionsT& options) {
  const Operand &x = context.input(0), &features = context.input(1), &times = context.input(2);
  QS_TRY(requireRank(context, x, 2, 2));
  QS_TRY(requireRank(context, features, 2, 2));
  QS_TRY(requireRank(context, times, 2, 2));
  if (options.rank < 1 || features.shape[0] % options.rank != 0) {
    return context.malformed("its rank " + std::to_string(options.rank) + " does not divide the filters of " +
                             describe(context, features));
  }
  if (x.shape[1] != features.shape[1]) {
    return context.malformed(describe(context, x) + " does not fit " + describe(context, features));
  }
  if (times.shape[0] != features.shape[0] || times.shape[1] < 1) {
    return context.malformed(describe(context, times) + " does not fit " + describe(context, features));
  }
  Svdf shape;
  shape.batches = static_cast<size_t>(x.shape[0]);
  shape.depth = static_cast<size_t>(x.shape[1]);
  shape.filters = static_cast<size_t>(features.shape[0]);
  shape.rank = static_cast<size_t>(options.rank);
  shape.units = shape.filters / shape.rank;
  shape.memory = static_cast<size_t>(times.shape[1]);
  shape.activation = options.fused_activation_function;
  shape.hasBias = context.hasInput(3);
  return shape;
}

Result<std::unique_ptr<Kernel>> prepareInteger(PrepareContext& context, const Svdf& shape) {
  const Operand &x = context.input(0), &features = context.input(1), &times = context.input(2),
                &state = context.input(4), &y = context.output(0);
  QS_TRY(requireType(context, features, {ElementType::Int8}));
  QS_TRY(requireType(context, times, {ElementType::Int16}));
  QS_TRY(requireType(context, y, {ElementType::Int8}));
  QS_TRY(requireVector(context, 3, ElementType::Int32, static_cast<int64_t>(shape.units), true));
  for (const Operand* operand : {&x, &y}) QS_TRY(requireSingleScale(context, *operand));
  for (const Operand* operand : {&features, &times, &state}) QS_TRY(requireSymmetric(context, *operand));
  if (shape.activation != tflite::ActivationFunctionType_RELU) {
    return context.unsupported("with int8 it takes only the fused activation RELU");
  }
  auto kernel = std::make_unique<IntegerSvdf>();
  kernel->shape = shape;
  QS_ASSIGN(kernel->toState, fixedPointFactor(context, double{x.scale() * features.scale() / state.scale()}));
  QS_ASSIGN(kernel->toOutput, fixedPointFactor(context, double{state.scale() * times.scale() / y.scale()}));
  kernel->inputZero = x.zeroPoint();
  kernel->outputZero = y.zeroPoint();
  return kernel;
}

Result<std::unique_ptr<Kernel>> prepareReal(PrepareContext& context, const Svdf& shape, bool asymmetric) {
  const Operand& times = context.input(2);
  QS_TRY(requireRecurrentActivation(context, shape.activation));
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  QS_TRY(requireVector(context, 3, ElementType::Float32, static_cast<int64_t>(shape.units), true));
  auto kernel = std::make_unique<RealSvdf>();
  kernel->shape = shape;
  kernel->asymmetric = asymmetric;
  QS_ASSIGN(kernel->features, RowProduct::of(context, 1, static_cast<int64_t>(shape.filters),
                                             static_cast<int64_t>(shape.depth), asymmetric));
  QS_TRY(requireSameType(context, context.input(1), times));
  if (times.type == ElementType::Int8) {
    QS_TRY(requireSymmetric(context, times));
    kernel->timeScale = times.scale();
    kernel->codesSlot = context.addScratch(shape.depth);
  }
  kernel->newestSlot = context.addScratch(shape.filters * sizeof(float));
  return kernel;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareSvdf(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 5));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsSVDFOptions();
  if (!options) return context.malformed("it has no SVDFOptions");
  const Operand& x = context.input(0);
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8}));
  QS_ASSIGN(const Svdf shape, shapeOf(context, *options));
  const bool integer = x.type == ElementType::Int8;
  QS_TRY(requireState(context, 4, integer ? ElementType::Int16 : ElementType::Float32,
                      static_cast<int64_t>(shape.batches * shape.filters * shape.memory)));
  QS_TRY(context.setOutputShape(0, {x.shape[0], static_cast<int32_t>(shape.units)}));
  context.macs = static_cast<int64_t>(shape.batches * shape.filters * (shape.depth + shape.memory));
  if (integer) return prepareInteger(context, shape);
  return prepareReal(context, shape, options->asymmetric_quantize_inputs);
}

}  // namespace quantscope::ops
