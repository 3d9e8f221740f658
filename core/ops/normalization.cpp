#include <algorithm>
#include <cmath>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/unary.h"

/// L2_NORMALIZATION and LOCAL_RESPONSE_NORMALIZATION: spec/tflite-kernels.md section 10.
namespace quantscope::ops {

namespace {

void floatRow(const float* x, float* y, size_t length) {
  float squares = 0.0f;
  for (size_t i = 0; i < length; ++i) squares += x[i] * x[i];
  const float norm = std::max(std::sqrt(squares), 1e-6f);
  for (size_t i = 0; i < length; ++i) y[i] = x[i] / norm;
}

template <typename X>
void codeRow(const X* x, X* y, size_t length, int32_t zeroX, int32_t zeroY) {
  int64_t squares = 0;
  for (size_t i = 0; i < length; ++i) squares += int64_t{x[i] - zeroX} * (x[i] - zeroX);
  const auto inverse = numerics::inverseSquareRoot(numerics::wrap32(squares));
  for (size_t i = 0; i < length; ++i) {
    // The factor 128 is part of the input for uint8, of the multiplier for int8; they round differently.
    const int32_t scaled = std::is_same_v<X, uint8_t>
                               ? numerics::multiply((x[i] - zeroX) * 128, inverse)
                               : numerics::multiply(x[i] - zeroX, {inverse.mantissa, inverse.shift + 7});
    const int32_t code = scaled + zeroY;
    y[i] = static_cast<X>(std::clamp<int32_t>(code, std::numeric_limits<X>::min(), std::numeric_limits<X>::max()));
  }
}

template <typename X>
std::unique_ptr<Kernel> codesKernel(size_t count, size_t length, int32_t zeroX, int32_t zeroY) {
  return makeKernel([=](const KernelContext& run) {
    for (size_t at = 0; at < count; at += length) {
      codeRow(run.input<X>(0) + at, run.output<X>(0) + at, length, zeroX, zeroY);
    }
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareL2Normalization(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  const auto* options = context.op.options.AsL2NormOptions();
  if (options && options->fused_activation_function != tflite::ActivationFunctionType_NONE) {
    return context.unsupported("it has a fused activation, which it cannot apply");
  }
  QS_TRY(requireRank(context, x, 1, 8));
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8}));
  const auto length = static_cast<size_t>(x.shape.back());
  if (x.type == ElementType::Float32) {
    return makeKernel([=](const KernelContext& run) {
      for (size_t at = 0; at < count; at += length)
        floatRow(run.input<float>(0) + at, run.output<float>(0) + at, length);
    });
  }
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  const int32_t zeroY = x.type == ElementType::Int8 ? 0 : 128;
  if (y.scale() != 1.0f / 128.0f || y.zeroPoint() != zeroY) {
    return context.malformed(describe(context, y) + " must have the scale 0.0078125 and the zero point " +
                             std::to_string(zeroY));
  }
  if (x.type == ElementType::Int8) return codesKernel<int8_t>(count, length, x.zeroPoint(), zeroY);
  return codesKernel<uint8_t>(count, length, x.zeroPoint(), zeroY);
}

Result<std::unique_ptr<Kernel>> prepareLocalResponseNormalization(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& x = context.input(0);
  const auto* options = context.op.options.AsLocalResponseNormalizationOptions();
  if (!options) return context.malformed("it has no LocalResponseNormalizationOptions");
  QS_TRY(requireRank(context, x, 1, 8));
  QS_TRY(requireType(context, x, {ElementType::Float32}));
  QS_TRY(requireSameType(context, x, context.output(0)));
  if (options->radius < 0) return context.malformed("its radius is negative");
  QS_TRY(context.setOutputShape(0, x.shape));
  const int64_t count = x.elementCount(), depth = x.shape.back(), radius = options->radius;
  const float bias = options->bias, alpha = options->alpha, beta = options->beta;
  // The window is centred; that of the reference kernel leaves out its last channel.
  const int64_t after = context.options.kernels == KernelSet::Reference ? radius : radius + 1;
  return makeKernel([=](const KernelContext& run) {
    const float* row = run.input<float>(0);
    float* y = run.output<float>(0);
    for (int64_t start = 0; start < count; start += depth, row += depth) {
      for (int64_t c = 0; c < depth; ++c) {
        float squares = 0.0f;
        for (int64_t k = std::max<int64_t>(0, c - radius); k < std::min(depth, c + after); ++k) {
          squares += row[k] * row[k];
        }
        *y++ = row[c] * std::pow(bias + alpha * squares, -beta);
      }
    }
  });
}

}  // namespace quantscope::ops
