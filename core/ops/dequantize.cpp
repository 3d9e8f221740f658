#include <memory>

#include "core/numerics/float16.h"
#include "core/numerics/packing.h"
#include "core/ops/fast/real_functions.h"
#include "core/ops/unary.h"

/// DEQUANTIZE: spec/tflite-kernels.md section 13.
namespace quantscope::ops {

namespace {

/// Null where the type has no vectorized form.
template <typename X>
fast::ToReals<X> toReals([[maybe_unused]] CpuLevel cpu) {
  if constexpr (std::is_same_v<X, int8_t>) return fast::fromInt8(cpu);
  if constexpr (std::is_same_v<X, uint8_t>) return fast::fromUInt8(cpu);
  if constexpr (std::is_same_v<X, int16_t>) return fast::fromInt16(cpu);
  return nullptr;
}

template <typename X>
std::unique_ptr<Kernel> singleScale(const PrepareContext& context, size_t count, float scale, int32_t zero) {
  // A code of 16 bits and a scale multiply exactly in double, so that one rounding in float is the same.
  const auto convert = toReals<X>(context.options.cpu);
  if (convert && context.options.kernels == KernelSet::Fast) {
    return makeKernel(
        [=](const KernelContext& run) { convert(run.input<X>(0), run.output<float>(0), count, scale, zero); });
  }
  return unaryKernel<X, float>(count,
                               [=](X code) { return static_cast<float>(double{scale} * (int64_t{code} - zero)); });
}

/// Element i belongs to slice (i / inner) % scales.
template <typename X>
std::unique_ptr<Kernel> scalePerSlice(size_t count, std::vector<float> scales, std::vector<int32_t> zeros,
                                      size_t inner) {
  return makeKernel([=](const KernelContext& run) {
    const X* x = run.input<X>(0);
    float* y = run.output<float>(0);
    for (size_t i = 0; i < count; ++i) {
      const size_t slice = i / inner % scales.size();
      y[i] = scales[slice] * static_cast<float>(x[i] - zeros[slice]);
    }
  });
}

/// int4 and int2: unpacked into scratch, then as int8.
std::unique_ptr<Kernel> unpacked(size_t count, int bits, bool isUnsigned, size_t slot, std::unique_ptr<Kernel> inner) {
  return makeKernel([=, shared = std::shared_ptr<Kernel>(std::move(inner))](const KernelContext& run) {
    const std::span<const std::byte> packed{run.inputs[0], numerics::packedBytes(count, bits)};
    if (isUnsigned) {
      numerics::unpackUnsigned(packed, bits, {run.scratchAs<uint8_t>(slot), count});
    } else {
      numerics::unpackSigned(packed, bits, {run.scratchAs<int8_t>(slot), count});
    }
    const std::byte* codes = run.scratch[slot];
    KernelContext context = run;
    context.inputs = {&codes, 1};
    return shared->run(context);
  });
}

template <typename X>
Result<std::unique_ptr<Kernel>> dequantize(PrepareContext& context, size_t count) {
  const Operand& x = context.input(0);
  if (!x.quantized() || x.scales().size() == 1) {
    QS_TRY(requireSingleScale(context, x));
    return singleScale<X>(context, count, x.scale(), x.zeroPoint());
  }
  const int32_t dimension = x.tensor->quantization->quantizedDimension;
  QS_TRY(requireChannelScales(context, x, dimension));
  size_t inner = 1;
  for (int d = dimension + 1; d < x.rank(); ++d) inner *= static_cast<size_t>(x.shape[size_t(d)]);
  std::vector<int32_t> zeros;
  for (size_t c = 0; c < x.scales().size(); ++c) zeros.push_back(x.zeroPoint(c));
  return scalePerSlice<X>(count, x.scales(), std::move(zeros), std::max<size_t>(inner, 1));
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareDequantize(PrepareContext& context) {
  QS_ASSIGN(const size_t count, prepareUnary(context));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireType(context, y, {ElementType::Float32}));
  switch (x.type) {
    case ElementType::Float16:
      return unaryKernel<uint16_t, float>(count, [](uint16_t bits) { return numerics::fromFloat16(bits); });
    case ElementType::BFloat16:
      return unaryKernel<uint16_t, float>(count, [](uint16_t bits) { return numerics::fromBFloat16(bits); });
    case ElementType::Int8:
      return dequantize<int8_t>(context, count);
    case ElementType::UInt8:
      return dequantize<uint8_t>(context, count);
    case ElementType::Int16:
      QS_TRY(requireSymmetric(context, x));
      return dequantize<int16_t>(context, count);
    case ElementType::Int32:
      return dequantize<int32_t>(context, count);
    case ElementType::Int4:
    case ElementType::Int2: {
      QS_ASSIGN(auto inner, dequantize<int8_t>(context, count));
      return unpacked(count, bitsPerElement(x.type), false, context.addScratch(count), std::move(inner));
    }
    case ElementType::UInt4: {
      QS_ASSIGN(auto inner, dequantize<uint8_t>(context, count));
      return unpacked(count, 4, true, context.addScratch(count), std::move(inner));
    }
    default:
      return unsupportedTypes(context);
  }
}

}  // namespace quantscope::ops
