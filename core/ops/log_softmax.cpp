#include <algorithm>
#include <cmath>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/unary.h"

/// LOG_SOFTMAX: spec/tflite-kernels.md section 9.
namespace quantscope::ops {

namespace {

void floatRow(const float* x, float* y, size_t length) {
  const float most = *std::max_element(x, x + length);
  float sum = 0.0f;
  for (size_t i = 0; i < length; ++i) sum += std::exp(x[i] - most);
  const float logarithm = std::log(sum);
  for (size_t i = 0; i < length; ++i) y[i] = x[i] - most - logarithm;
}

struct CodeRow {
  numerics::Multiplier input, reverse;
  int32_t farthest;

  explicit CodeRow(float scale) {
    input = numerics::quantizeMultiplier(std::min(double{scale} * (1 << 26), 2147483647.0));
    reverse = numerics::quantizeMultiplier(std::ldexp(1.0, 31 - input.shift) / static_cast<double>(input.mantissa));
    farthest = -numerics::inputRadius(5, std::max(input.shift, 0));
  }

  void operator()(const int8_t* x, int8_t* y, size_t length) const {
    const int32_t most = *std::max_element(x, x + length);
    int32_t sum = 0;
    for (size_t i = 0; i < length; ++i) {
      const int32_t d = x[i] - most;
      if (d < farthest) continue;
      const int32_t e = numerics::expOnNegative(numerics::multiply(d, input), 5);
      sum = numerics::wrap32(int64_t{sum} + numerics::multiplyByPowerOfTwo(e, -12));
    }
    const int32_t logarithm = numerics::logarithm(sum, 12, 5);
    const int32_t reach = numerics::multiply(numerics::wrap32(int64_t{logarithm} + INT32_MIN), reverse);
    const int32_t adjusted = std::max(farthest - 1, reach);
    for (size_t i = 0; i < length; ++i) {
      const int32_t d = x[i] - most;
      int32_t code = -128;
      if (d > adjusted) {
        const int32_t exact = numerics::wrap32(int64_t{numerics::multiply(d, input)} - logarithm);
        code = std::clamp(numerics::roundingDivideByPowerOfTwo(exact, 22) + 127, -128, 127);
      }
      y[i] = static_cast<int8_t>(code);
    }
  }
};

template <typename X, typename Row>
std::unique_ptr<Kernel> rowsKernel(size_t count, size_t length, Row row) {
  return makeKernel([=](const KernelContext& run) {
    for (size_t start = 0; start < count; start += length)
      row(run.input<X>(0) + start, run.output<X>(0) + start, length);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareLogSoftmax(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireRank(context, x, 1, 8));
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8}));
  const auto length = static_cast<size_t>(x.shape.back());
  if (x.type == ElementType::Float32) return rowsKernel<float>(count, length, floatRow);
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  if (y.scale() != 16.0f / 256.0f || y.zeroPoint() != 127) {
    return context.malformed(describe(context, y) + " must have the scale 0.0625 and the zero point 127");
  }
  return rowsKernel<int8_t>(count, length, CodeRow(x.scale()));
}

}  // namespace quantscope::ops
