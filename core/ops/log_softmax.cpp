#include <algorithm>
#include <array>
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

/// uint8 rows are summed in float by a table of e^(-scale * difference).
struct TableRow {
  float inputScale, outputScale;
  int32_t outputZero;
  std::array<float, 256> table;

  TableRow(float input, float output, int32_t zero) : inputScale(input), outputScale(output), outputZero(zero) {
    for (int32_t d = 0; d < 256; ++d) table[static_cast<size_t>(d)] = std::exp(-inputScale * static_cast<float>(d));
  }

  void operator()(const uint8_t* x, uint8_t* y, size_t length) const {
    const uint8_t most = *std::max_element(x, x + length);
    float sum = 0.0f;
    for (size_t i = 0; i < length; ++i) sum += table[static_cast<size_t>(most - x[i])];
    const float scale = inputScale / outputScale;
    const float offset = (inputScale * static_cast<float>(most) + std::log(sum)) / outputScale;
    for (size_t i = 0; i < length; ++i) {
      const float code = std::rint(scale * static_cast<float>(x[i]) - offset) + static_cast<float>(outputZero);
      y[i] = static_cast<uint8_t>(std::clamp(code, 0.0f, 255.0f));
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
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8}));
  const auto length = static_cast<size_t>(x.shape.back());
  if (x.type == ElementType::Float32) return rowsKernel<float>(count, length, floatRow);
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  const int32_t zero = x.type == ElementType::Int8 ? 127 : 255;
  if (y.scale() != 16.0f / 256.0f || y.zeroPoint() != zero) {
    return context.malformed(describe(context, y) + " must have the scale 0.0625 and the zero point " +
                             std::to_string(zero));
  }
  if (x.type == ElementType::UInt8) return rowsKernel<uint8_t>(count, length, TableRow(x.scale(), y.scale(), zero));
  return rowsKernel<int8_t>(count, length, CodeRow(x.scale()));
}

}  // namespace quantscope::ops
