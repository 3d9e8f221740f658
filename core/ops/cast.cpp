#include <cmath>
#include <limits>
#include <memory>
#include <type_traits>

#include "core/numerics/float16.h"
#include "core/numerics/packing.h"
#include "core/ops/unary.h"

/// CAST: spec/tflite-kernels.md section 13.
namespace quantscope::ops {

namespace {

struct Half {
  uint16_t bits;
};
struct Brain {
  uint16_t bits;
};
/// bool is stored as one byte that need not be 0 or 1.
struct Truth {
  uint8_t byte;
};

template <typename T>
auto loaded(T value) {
  if constexpr (std::is_same_v<T, Half>) {
    return numerics::fromFloat16(value.bits);
  } else if constexpr (std::is_same_v<T, Brain>) {
    return numerics::fromBFloat16(value.bits);
  } else if constexpr (std::is_same_v<T, Truth>) {
    return static_cast<uint8_t>(value.byte != 0);
  } else {
    return value;
  }
}

template <typename To, typename From>
To converted(From value) {
  if constexpr (std::is_same_v<To, Half>) {
    return {numerics::toFloat16(static_cast<float>(value))};
  } else if constexpr (std::is_same_v<To, Brain>) {
    return {numerics::toBFloat16(static_cast<float>(value))};
  } else if constexpr (std::is_same_v<To, Truth>) {
    return {static_cast<uint8_t>(value != From{})};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // Saturates; NaN gives the maximum. The bounds as reals of type From may round outwards.
    if (std::isnan(value) || value >= static_cast<From>(std::numeric_limits<To>::max())) {
      return std::numeric_limits<To>::max();
    }
    if (value <= static_cast<From>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
    return static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

template <typename From, typename Use>
Result<std::unique_ptr<Kernel>> toType(const PrepareContext& context, size_t count, Use&& use) {
  const auto kernel = [&]<typename To>(To) { return use.template operator()<From, To>(count); };
  switch (context.output(0).type) {
    case ElementType::Float32:
      return kernel(float{});
    case ElementType::Float64:
      return kernel(double{});
    case ElementType::Float16:
      return kernel(Half{});
    case ElementType::BFloat16:
      return kernel(Brain{});
    case ElementType::Bool:
      return kernel(Truth{});
    case ElementType::Int8:
      return kernel(int8_t{});
    case ElementType::UInt8:
      return kernel(uint8_t{});
    case ElementType::Int16:
      return kernel(int16_t{});
    case ElementType::UInt16:
      return kernel(uint16_t{});
    case ElementType::Int32:
      return kernel(int32_t{});
    case ElementType::UInt32:
      return kernel(uint32_t{});
    case ElementType::Int64:
      return kernel(int64_t{});
    case ElementType::UInt64:
      return kernel(uint64_t{});
    default:
      return unsupportedTypes(context);
  }
}

template <typename From>
Result<std::unique_ptr<Kernel>> castFrom(const PrepareContext& context, size_t count) {
  return toType<From>(context, count, []<typename F, typename T>(size_t n) {
    return unaryKernel<F, T>(n, [](F value) { return converted<T>(loaded(value)); });
  });
}

/// int4, uint4 and int2 inputs: unpacked value by value.
Result<std::unique_ptr<Kernel>> castFromPacked(const PrepareContext& context, size_t count, ElementType type) {
  const int bits = bitsPerElement(type);
  const bool isUnsigned = type == ElementType::UInt4;
  return toType<int8_t>(context, count, [=]<typename F, typename T>(size_t n) {
    return makeKernel([=](const KernelContext& run) {
      const auto* x = run.input<uint8_t>(0);
      T* y = run.output<T>(0);
      const size_t perByte = 8 / static_cast<size_t>(bits);
      for (size_t i = 0; i < n; ++i) {
        const int raw = (x[i / perByte] >> (i % perByte * static_cast<size_t>(bits))) & ((1 << bits) - 1);
        const int value = !isUnsigned && raw >= 1 << (bits - 1) ? raw - (1 << bits) : raw;
        y[i] = converted<T>(static_cast<F>(value));
      }
    });
  });
}

/// Float or integer to int4, uint4, int2: clamped, then truncated.
template <typename From>
std::unique_ptr<Kernel> castToPacked(size_t count, ElementType type) {
  const int bits = bitsPerElement(type);
  const CodeLimits limits = codeLimits(type);
  return makeKernel([=](const KernelContext& run) {
    const From* x = run.input<From>(0);
    auto* y = run.output<uint8_t>(0);
    const size_t perByte = 8 / static_cast<size_t>(bits);
    for (size_t i = 0; i < count; i += perByte) {
      uint32_t byte = 0;
      for (size_t k = 0; k < perByte && i + k < count; ++k) {
        const auto value = static_cast<double>(loaded(x[i + k]));
        const double clamped = value > limits.max ? limits.max : value >= limits.min ? value : limits.min;
        byte |= (static_cast<uint32_t>(static_cast<int32_t>(clamped)) & ((1u << bits) - 1u)) << (k * size_t(bits));
      }
      *y++ = static_cast<uint8_t>(byte);
    }
  });
}

template <typename From>
Result<std::unique_ptr<Kernel>> prepareFrom(const PrepareContext& context, size_t count) {
  const ElementType to = context.output(0).type;
  if (to == ElementType::Int4 || to == ElementType::UInt4 || to == ElementType::Int2) {
    return castToPacked<From>(count, to);
  }
  return castFrom<From>(context, count);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareCast(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const ElementType from = context.input(0).type;
  switch (from) {
    case ElementType::Float32:
      return prepareFrom<float>(context, count);
    case ElementType::Float64:
      return prepareFrom<double>(context, count);
    case ElementType::Float16:
      return prepareFrom<Half>(context, count);
    case ElementType::BFloat16:
      return prepareFrom<Brain>(context, count);
    case ElementType::Bool:
      return prepareFrom<Truth>(context, count);
    case ElementType::Int8:
      return prepareFrom<int8_t>(context, count);
    case ElementType::UInt8:
      return prepareFrom<uint8_t>(context, count);
    case ElementType::Int16:
      return prepareFrom<int16_t>(context, count);
    case ElementType::UInt16:
      return prepareFrom<uint16_t>(context, count);
    case ElementType::Int32:
      return prepareFrom<int32_t>(context, count);
    case ElementType::UInt32:
      return prepareFrom<uint32_t>(context, count);
    case ElementType::Int64:
      return prepareFrom<int64_t>(context, count);
    case ElementType::UInt64:
      return prepareFrom<uint64_t>(context, count);
    case ElementType::Int4:
    case ElementType::UInt4:
    case ElementType::Int2:
      return castFromPacked(context, count, from);
    default:
      return unsupportedTypes(context);
  }
}

}  // namespace quantscope::ops
