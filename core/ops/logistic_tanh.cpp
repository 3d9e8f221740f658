#include <cmath>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/ops/fast/real_functions.h"
#include "core/ops/unary.h"

/// LOGISTIC and TANH: spec/tflite-kernels.md section 8, 8.2.
namespace quantscope::ops {

namespace {

float logistic(float x) {
  if (x > 16.619047f) return 1.0f;
  const float e = std::exp(x);
  return x < -9.0f ? e : 1.0f / (1.0f + std::exp(-x));
}

float hyperbolicTangent(float x) {
  return std::tanh(x);
}

// The plain form, which the 8-bit tables are made of.
float logisticOfTable(float x) {
  return 1.0f / (1.0f + std::exp(-x));
}

/// How int16 inputs become arguments of the sigmoid table: (x * factor) >> shift, rounded.
struct TableArgument {
  int32_t factor = 0;
  int shift = 0;

  int32_t operator()(int16_t x) const {
    const int32_t rounding = shift > 0 ? 1 << (shift - 1) : 0;
    return numerics::wrap32(int64_t{x} * factor + rounding) >> shift;
  }
};

TableArgument tableArgument(float scale, int largestPowerShift) {
  int exponent = 0;
  if (numerics::checkedLog2(scale, exponent) && 12 + exponent >= 0 && 12 + exponent <= largestPowerShift) {
    return {3 << (12 + exponent), 0};
  }
  double factor = static_cast<double>(scale) * 4096.0 * 3.0;
  TableArgument argument;
  while (factor <= 32767.0 / 2.0 && argument.shift <= 30) {
    factor *= 2.0;
    ++argument.shift;
  }
  argument.factor = factor < 2147483647.0 ? static_cast<int32_t>(factor) : 2147483647;
  return argument;
}

int16_t logistic16(int32_t v) {
  const auto& table = numerics::sigmoidTable();
  const uint32_t magnitude = v < 0 ? 0u - static_cast<uint32_t>(v) : static_cast<uint32_t>(v);
  const uint32_t position = magnitude >> 9;
  uint32_t result = 0x7FFFu << 10;
  if (position < 255) {
    const uint32_t base = table[position];
    result = (base << 9) + (magnitude & 511u) * (table[position + 1] - base);
  }
  result = v >= 0 ? result + (1u << 9) : (1u << 25) - result + (1u << 9) - 1;
  return static_cast<int16_t>(result >> 10);
}

int16_t tanh16(int32_t v) {
  const auto& table = numerics::sigmoidTable();
  const uint32_t magnitude = v < 0 ? 0u - static_cast<uint32_t>(v) : static_cast<uint32_t>(v);
  const uint32_t position = magnitude >> 8;
  int32_t result = 0xFFFF << 8;
  if (position < 255) {
    const int32_t base = table[position];
    result = (base << 8) + static_cast<int32_t>(magnitude & 255u) * (table[position + 1] - base);
  }
  result = v >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1;
  return static_cast<int16_t>(result >> 8);
}

struct FixedFunction {
  float (*real)(float);
  fast::RealFunction (*fast)(CpuLevel level);
  float (*table)(float);
  int16_t (*wide)(int32_t);
  double fixedScale8;  ///< 0: any scale
  int largestPowerShift;
};

Result<void> requireOutputScale(const PrepareContext& context, double scale, int32_t zeroPoint) {
  const Operand& y = context.output(0);
  QS_TRY(requireSingleScale(context, y));
  if (static_cast<double>(y.scale()) == scale && y.zeroPoint() == zeroPoint) return {};
  return context.malformed(describe(context, y) + " must have the scale " + std::to_string(scale) +
                           " and the zero point " + std::to_string(zeroPoint));
}

Result<std::unique_ptr<Kernel>> prepareFixed(PrepareContext& context, const FixedFunction& function) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSameType(context, x, y));
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8, ElementType::Int16}));
  if (x.type == ElementType::Float32) {
    if (context.options.kernels == KernelSet::Fast) return arrayKernel(count, function.fast(context.options.cpu));
    return unaryKernel<float, float>(count, function.real);
  }
  if (x.type == ElementType::Int16) {
    QS_TRY(requireSymmetric(context, x));
    QS_TRY(requireOutputScale(context, 1.0 / 32768, 0));
    const TableArgument argument = tableArgument(x.scale(), function.largestPowerShift);
    return unaryKernel<int16_t, int16_t>(count, [argument, f = function.wide](int16_t v) { return f(argument(v)); });
  }
  const int lowest = x.type == ElementType::Int8 ? -128 : 0;
  QS_TRY(requireSingleScale(context, x));
  if (function.fixedScale8 > 0) {
    QS_TRY(requireOutputScale(context, function.fixedScale8, lowest));
  } else {
    QS_TRY(requireSingleScale(context, y));
  }
  return tableKernel(count, numerics::makeTable8(function.table, scaleZero(x), scaleZero(y), lowest));
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareLogistic(PrepareContext& context) {
  return prepareFixed(context, {logistic, fast::logistic, logisticOfTable, logistic16, 1.0 / 256, 0});
}

Result<std::unique_ptr<Kernel>> prepareTanh(PrepareContext& context) {
  return prepareFixed(context, {hyperbolicTangent, fast::hyperbolicTangent, hyperbolicTangent, tanh16, 0.0, 1});
}

}  // namespace quantscope::ops
