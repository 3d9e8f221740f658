#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/fast/real_functions.h"
#include "core/ops/unary.h"

/// SOFTMAX: spec/tflite-kernels.md section 9.
namespace quantscope::ops {

namespace {

struct Rows {
  size_t count = 0, length = 0;
};

std::unique_ptr<Kernel> floatKernel(const PrepareContext& context, Rows rows, float beta) {
  if (context.options.kernels == KernelSet::Fast) {
    return makeKernel([rows, beta, row = fast::softmaxRow(context.options.cpu)](const KernelContext& run) {
      for (size_t r = 0; r < rows.count; ++r) {
        row(run.input<float>(0) + r * rows.length, run.output<float>(0) + r * rows.length, rows.length, beta);
      }
    });
  }
  return makeKernel([=](const KernelContext& run) {
    const float* x = run.input<float>(0);
    float* y = run.output<float>(0);
    for (size_t r = 0; r < rows.count; ++r, x += rows.length, y += rows.length) {
      float most = std::numeric_limits<float>::lowest();
      for (size_t i = 0; i < rows.length; ++i) most = std::max(most, x[i]);
      float sum = 0.0f;
      for (size_t i = 0; i < rows.length; ++i) {
        y[i] = std::exp((x[i] - most) * beta);
        sum += y[i];
      }
      for (size_t i = 0; i < rows.length; ++i) y[i] = y[i] / sum;
    }
  });
}

/// e^(scale * beta * -d) in F0 by the distance d = 0..255 from the row's maximum; 0 where the result is 0 whatever the
/// sum.
std::array<int32_t, 256> exponentials(double beta, double scale) {
  const double real = std::min(beta * scale * (1 << 26), 2147483647.0);
  const auto factor = numerics::quantizeMultiplier(real);
  const int32_t farthest = -numerics::inputRadius(5, std::max(factor.shift, 0));
  std::array<int32_t, 256> values{};
  for (int32_t d = 0; d < 256; ++d) {
    if (-d >= farthest) values[size_t(d)] = numerics::expOnNegative(numerics::multiply(-d, factor), 5);
  }
  return values;
}

/// One row of codes with 8 bits to codes of `bits` bits.
template <typename X, typename Y>
void softmaxRow(const X* x, Y* y, size_t length, const std::array<int32_t, 256>& exponentialOf) {
  constexpr int bits = sizeof(Y) * 8;
  constexpr int32_t qmin = std::numeric_limits<Y>::min(), qmax = std::numeric_limits<Y>::max();
  const X most = *std::max_element(x, x + length);
  uint32_t sum = 0;
  for (size_t i = 0; i < length; ++i) {
    sum += static_cast<uint32_t>(numerics::multiplyByPowerOfTwo(exponentialOf[size_t(most - x[i])], -12));
  }
  const auto reciprocal = numerics::reciprocal(sum, 12);
  const int shift = reciprocal.shift + 31 - bits;
  for (size_t i = 0; i < length; ++i) {
    const int32_t e = exponentialOf[size_t(most - x[i])];
    int32_t code = 0;
    if (shift <= 31) {
      code = numerics::roundingDivideByPowerOfTwo(numerics::doublingHighMultiply(reciprocal.raw, e), shift);
    } else {
      // Sums from 512 on: the reference kernel ends the process here.
      code = static_cast<int32_t>(std::round(std::ldexp(double(e), bits) / (double(sum) * 4096.0)));
    }
    y[i] = static_cast<Y>(std::clamp(code + qmin, qmin, qmax));
  }
}

template <typename X, typename Y>
std::unique_ptr<Kernel> codesKernel(Rows rows, const std::array<int32_t, 256>& exponentialOf) {
  return makeKernel([=](const KernelContext& run) {
    const X* x = run.input<X>(0);
    Y* y = run.output<Y>(0);
    for (size_t r = 0; r < rows.count; ++r) {
      softmaxRow(x + r * rows.length, y + r * rows.length, rows.length, exponentialOf);
    }
  });
}

struct WideTables {
  numerics::Table16 exponential, reciprocal;
};

const WideTables& wideTables() {
  static const WideTables tables{
      numerics::makeTable16InDouble([](double v) { return std::exp(v); }, {10.0 / 65535.0, 32767}, {2.0 / 65535.0, 0}),
      numerics::makeTable16InDouble([](double v) { return 1.0 / (1.0 + v); }, {1.0 / 65535.0, -32768},
                                    {2.0 / 65535.0, 0})};
  return tables;
}

std::unique_ptr<Kernel> wideKernel(Rows rows, numerics::Multiplier factor, size_t slot) {
  return makeKernel([=, &tables = wideTables()](const KernelContext& run) {
    const int16_t* x = run.input<int16_t>(0);
    int16_t* y = run.output<int16_t>(0);
    auto* e = run.scratchAs<int16_t>(slot);
    for (size_t r = 0; r < rows.count; ++r, x += rows.length, y += rows.length) {
      const int32_t most = *std::max_element(x, x + rows.length);
      int32_t sum = 0;
      for (size_t i = 0; i < rows.length; ++i) {
        const int64_t argument = int64_t{numerics::multiply(x[i] - most, factor)} + 32767;
        e[i] = tables.exponential(static_cast<int16_t>(std::clamp<int64_t>(argument, -32768, 32767)));
        sum = numerics::wrap32(int64_t{sum} + e[i]);
      }
      // Rows of more than 2^16 values can wrap the sum.
      const int headroom = std::max(numerics::leadingZeros(static_cast<uint32_t>(sum)), 1);
      const int64_t mantissa = ((int64_t{sum} << (headroom - 1)) + (1 << 13)) >> 14;
      const int64_t offset = mantissa - ((1 << 15) + (1 << 16));
      const int16_t inverse = tables.reciprocal(static_cast<int16_t>(std::clamp<int64_t>(offset, -32768, 32767)));
      for (size_t i = 0; i < rows.length; ++i) {
        const int64_t product = int64_t{e[i]} * inverse + (int64_t{1} << (30 - headroom));
        y[i] = static_cast<int16_t>(std::clamp<int64_t>(product >> (31 - headroom), 0, 32767));
      }
    }
  });
}

Result<void> requireOutputScale(const PrepareContext& context, double scale, int32_t zeroPoint) {
  const Operand& y = context.output(0);
  QS_TRY(requireSingleScale(context, y));
  if (y.zeroPoint() == zeroPoint && std::abs(double(y.scale()) - scale) <= 0.001 * scale) return {};
  return context.malformed(describe(context, y) + " must have the scale " + std::to_string(scale) +
                           " and the zero point " + std::to_string(zeroPoint));
}

Result<std::unique_ptr<Kernel>> prepareCodes(PrepareContext& context, Rows rows, float beta) {
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8, ElementType::Int16}));
  QS_TRY(requireSingleScale(context, x));
  if (!(beta >= 0.0f) || !std::isfinite(beta)) return context.malformed("its beta must be positive");
  if (y.type == ElementType::Int16) {
    const bool wide = x.type == ElementType::Int16;
    QS_TRY(requireOutputScale(context, wide ? 1.0 / 32768 : 1.0 / 65536, wide ? 0 : -32768));
  } else {
    QS_TRY(requireOutputScale(context, 1.0 / 256, codeLimits(y.type).min));
  }
  if (x.type == ElementType::Int16 && y.type == ElementType::Int16) {
    QS_TRY(requireSymmetric(context, x));
    const float scaledBeta = x.scale() * beta;
    const auto factor = numerics::quantizeMultiplier(double(scaledBeta) / (10.0 / 65535.0));
    if (factor.shift > 30) return context.malformed("its scale and beta multiply to an impossible factor");
    return wideKernel(rows, factor, context.addScratch(rows.length * sizeof(int16_t)));
  }
  const auto table = exponentials(beta, x.scale());
  if (x.type == ElementType::Int8 && y.type == ElementType::Int8) return codesKernel<int8_t, int8_t>(rows, table);
  if (x.type == ElementType::Int8 && y.type == ElementType::Int16) return codesKernel<int8_t, int16_t>(rows, table);
  if (x.type == ElementType::UInt8 && y.type == ElementType::UInt8) return codesKernel<uint8_t, uint8_t>(rows, table);
  return unsupportedTypes(context);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareSoftmax(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const auto* options = context.op.options.AsSoftmaxOptions();
  if (!options) return context.malformed("it has no SoftmaxOptions");
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireRank(context, x, 1, 8));
  Rows rows;
  rows.length = static_cast<size_t>(x.shape.back());
  rows.count = count == 0 ? 0 : count / rows.length;
  if (x.type == ElementType::Float32 && y.type == ElementType::Float32)
    return floatKernel(context, rows, options->beta);
  return prepareCodes(context, rows, options->beta);
}

}  // namespace quantscope::ops
