#pragma once

#include "core/ops/broadcast.h"
#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"

namespace quantscope::ops {

/// Two operands of one type and their broadcast result, checked and with the output shape set.
struct Binary {
  ElementType type = ElementType::Float32;
  BroadcastPlan plan;
};
/// Errors: counts, differing types, shapes that do not broadcast, more than 8 dimensions.
Result<Binary> prepareBinary(PrepareContext& context);

/// A kernel that applies f(A, A) -> R to every pair.
template <typename A, typename R, typename F>
std::unique_ptr<Kernel> binaryKernel(const BroadcastPlan& plan, F f) {
  return makeKernel([plan, f](const KernelContext& run) {
    broadcastBinary(plan, run.input<A>(0), run.input<A>(1), run.output<R>(0), f);
  });
}

/// f(a, b) in unsigned arithmetic, so that integers wrap.
template <typename T, typename F>
constexpr T wrapping(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    // int16 products would be promoted to int and may overflow there.
    using Wide = std::conditional_t<(sizeof(U) < 4), uint32_t, U>;
    return static_cast<T>(f(static_cast<Wide>(a), static_cast<Wide>(b)));
  } else {
    return f(a, b);
  }
}

/// clamp(f(a, b)) on float32, float16, int32, int64 or unquantized int16; null for other types.
template <typename F>
std::unique_ptr<Kernel> plainBinary(const PrepareContext& context, const Binary& op,
                                    tflite::ActivationFunctionType activation, F f);

}  // namespace quantscope::ops

#include "core/numerics/float16.h"

namespace quantscope::ops {

template <typename F>
std::unique_ptr<Kernel> plainBinary(const PrepareContext& context, const Binary& op,
                                    tflite::ActivationFunctionType activation, F f) {
  const auto kernelOf = [&]<typename T>(T) {
    const auto range = numerics::activationRange<T>(fused(activation));
    return binaryKernel<T, T>(op.plan, [range, f](T a, T b) { return range.clamp(wrapping(a, b, f)); });
  };
  switch (op.type) {
    case ElementType::Float32:
      return kernelOf(float{});
    case ElementType::Int32:
      return kernelOf(int32_t{});
    case ElementType::Int64:
      return kernelOf(int64_t{});
    case ElementType::Int16:
      if (!context.input(0).quantized()) return kernelOf(int16_t{});
      return nullptr;
    case ElementType::Float16: {
      const auto range = numerics::activationRange<float>(fused(activation));
      return binaryKernel<uint16_t, uint16_t>(op.plan, [range, f](uint16_t a, uint16_t b) {
        return numerics::toFloat16(range.clamp(f(numerics::fromFloat16(a), numerics::fromFloat16(b))));
      });
    }
    default:
      return nullptr;
  }
}

}  // namespace quantscope::ops
