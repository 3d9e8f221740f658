#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "core/numerics/fixed_point.h"
#include "core/numerics/packing.h"
#include "core/ops/fast/real_functions.h"
#include "core/ops/unary.h"

/// QUANTIZE, from float and between integer types: spec/tflite-kernels.md section 13.
namespace quantscope::ops {

namespace {

/// Which slice of the quantized dimension an element belongs to: (i / inner) % scales.
struct Slices {
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;
  size_t inner = 1;

  size_t of(size_t i) const { return i / inner % scales.size(); }
};

Result<Slices> slicesOf(const PrepareContext& context, const Operand& operand) {
  Slices slices;
  if (operand.quantized() && operand.scales().size() > 1) {
    const int32_t dimension = operand.tensor->quantization->quantizedDimension;
    QS_TRY(requireChannelScales(context, operand, dimension));
    for (int d = dimension + 1; d < operand.rank(); ++d) slices.inner *= static_cast<size_t>(operand.shape[size_t(d)]);
    slices.inner = std::max<size_t>(slices.inner, 1);
  } else {
    QS_TRY(requireSingleScale(context, operand));
  }
  slices.scales = operand.scales();
  for (size_t c = 0; c < slices.scales.size(); ++c) slices.zeroPoints.push_back(operand.zeroPoint(c));
  return slices;
}

/// clamp(round(x / scale) + zeroPoint).
struct FloatToCode {
  Slices slices;
  CodeLimits limits;
  bool defective = false;  ///< values beyond int32, infinities and NaN as the x86 reference kernels treat them

  int32_t operator()(float value, size_t slice) const {
    const float rounded = std::round(value / slices.scales[slice]);
    const int32_t zero = slices.zeroPoints[slice];
    if (std::abs(rounded) < 2147483648.0f) {
      return static_cast<int32_t>(std::clamp<int64_t>(static_cast<int64_t>(rounded) + zero, limits.min, limits.max));
    }
    if (defective) return zero >= 0 ? limits.min : limits.max;
    return rounded > 0 ? limits.max : limits.min;
  }
};

template <typename Y>
std::unique_ptr<Kernel> fromFloat(size_t count, FloatToCode code, fast::ToCodes<Y> convert) {
  if (code.slices.scales.size() == 1 && !code.defective) {
    const fast::CodeScale scale{code.slices.scales[0], code.slices.zeroPoints[0], code.limits.min, code.limits.max};
    return makeKernel([=](const KernelContext& run) { convert(run.input<float>(0), run.output<Y>(0), count, scale); });
  }
  return makeKernel([count, code = std::move(code)](const KernelContext& run) {
    const float* x = run.input<float>(0);
    Y* y = run.output<Y>(0);
    const bool single = code.slices.scales.size() == 1;
    for (size_t i = 0; i < count; ++i) y[i] = static_cast<Y>(code(x[i], single ? 0 : code.slices.of(i)));
  });
}

std::unique_ptr<Kernel> fromFloatPacked(size_t count, FloatToCode code, int bits) {
  return makeKernel([count, bits, code = std::move(code)](const KernelContext& run) {
    const float* x = run.input<float>(0);
    auto* y = run.output<uint8_t>(0);
    const size_t perByte = 8 / static_cast<size_t>(bits);
    const auto mask = static_cast<uint32_t>((1 << bits) - 1);
    for (size_t i = 0; i < count; i += perByte) {
      uint32_t byte = 0;
      for (size_t k = 0; k < perByte && i + k < count; ++k) {
        const auto value = static_cast<uint32_t>(code(x[i + k], code.slices.of(i + k))) & mask;
        byte |= value << (k * static_cast<size_t>(bits));
      }
      *y++ = static_cast<uint8_t>(byte);
    }
  });
}

Result<std::unique_ptr<Kernel>> prepareFromFloat(PrepareContext& context, size_t count) {
  const Operand& y = context.output(0);
  FloatToCode code;
  QS_ASSIGN(code.slices, slicesOf(context, y));
  code.limits = codeLimits(y.type);
  code.defective = context.options.kernels == KernelSet::Reference;
  switch (y.type) {
    case ElementType::Int8:
      return fromFloat<int8_t>(count, std::move(code), fast::toInt8(context.options.cpu));
    case ElementType::UInt8:
      return fromFloat<uint8_t>(count, std::move(code), fast::toUInt8(context.options.cpu));
    case ElementType::Int16:
      return fromFloat<int16_t>(count, std::move(code), fast::toInt16(context.options.cpu));
    case ElementType::Int4:
    case ElementType::UInt4:
    case ElementType::Int2:
      return fromFloatPacked(count, std::move(code), bitsPerElement(y.type));
    default:
      return unsupportedTypes(context);
  }
}

struct Requantize {
  int32_t zeroX, zeroY;
  numerics::Multiplier factor;
  CodeLimits limits;

  int32_t operator()(int32_t code) const {
    const int64_t scaled = int64_t{numerics::multiply(numerics::wrap32(int64_t{code} - zeroX), factor)} + zeroY;
    return static_cast<int32_t>(std::clamp<int64_t>(scaled, limits.min, limits.max));
  }
};

template <typename X, typename Y>
std::unique_ptr<Kernel> requantizeKernel(size_t count, Requantize f) {
  if constexpr (sizeof(X) == 1) {
    std::array<Y, 256> table{};
    for (int32_t code = std::numeric_limits<X>::min(); code <= std::numeric_limits<X>::max(); ++code) {
      table[static_cast<uint8_t>(code)] = static_cast<Y>(f(code));
    }
    return unaryKernel<uint8_t, Y>(count, [table](uint8_t code) { return table[code]; });
  }
  return unaryKernel<X, Y>(count, [f](X code) { return static_cast<Y>(f(code)); });
}

template <typename X>
Result<std::unique_ptr<Kernel>> requantizeTo(const PrepareContext& context, size_t count, const Requantize& f) {
  switch (context.output(0).type) {
    case ElementType::Int8:
      return requantizeKernel<X, int8_t>(count, f);
    case ElementType::UInt8:
      return requantizeKernel<X, uint8_t>(count, f);
    case ElementType::Int16:
      return requantizeKernel<X, int16_t>(count, f);
    case ElementType::Int32:
      return requantizeKernel<X, int32_t>(count, f);
    default:
      return unsupportedTypes(context);
  }
}

Result<std::unique_ptr<Kernel>> prepareRequantize(PrepareContext& context, size_t count) {
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  const auto factor = numerics::quantizeMultiplier(double{x.scale()} / double{y.scale()});
  if (factor.shift > 30) return context.malformed("its scales divide to an impossible factor");
  const Requantize f{x.zeroPoint(), y.zeroPoint(), factor, codeLimits(y.type)};
  // Equal scales and zero points 128 apart: the same bits but the highest. The product agrees with that.
  switch (x.type) {
    case ElementType::Int8:
      return requantizeTo<int8_t>(context, count, f);
    case ElementType::UInt8:
      return requantizeTo<uint8_t>(context, count, f);
    case ElementType::Int16:
      return requantizeTo<int16_t>(context, count, f);
    default:
      return unsupportedTypes(context);
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareQuantize(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  if (context.input(0).type == ElementType::Float32) return prepareFromFloat(context, count);
  return prepareRequantize(context, count);
}

}  // namespace quantscope::ops
