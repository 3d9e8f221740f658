#include <algorithm>
#include <complex>
#include <memory>

#include "core/ops/fourier.h"
#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"

/// RFFT2D, and the operators that take complex numbers apart: REAL, IMAG, COMPLEX_ABS.
namespace quantscope::ops {

namespace {

using Complex = std::complex<double>;

bool isPowerOfTwo(int32_t n) {
  return n > 0 && (n & (n - 1)) == 0;
}

}  // namespace

/// Input float [..., any, any], lengths int32 [2] (powers of two); output complex [..., height, width / 2 + 1].
/// Pictures are cut or filled with zeros to the lengths.
Result<std::unique_ptr<Kernel>> prepareRfft2d(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand &x = context.input(0), &lengths = context.input(1);
  QS_TRY(requireType(context, x, {ElementType::Float32}));
  QS_TRY(requireType(context, lengths, {ElementType::Int32}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Complex64}));
  QS_TRY(requireRank(context, x, 2, 8));
  if (lengths.rank() != 1 || lengths.shape[0] != 2) {
    return context.malformed(describe(context, lengths) + " must be two lengths");
  }
  const int32_t height = lengths.constantAs<int32_t>()[0], width = lengths.constantAs<int32_t>()[1];
  if (!isPowerOfTwo(height) || !isPowerOfTwo(width)) {
    return context.unsupported("its lengths " + std::to_string(height) + " and " + std::to_string(width) +
                               " are no powers of two");
  }
  std::vector<int32_t> shape = x.shape;
  const size_t rank = shape.size();
  const auto inHeight = static_cast<size_t>(shape[rank - 2]), inWidth = static_cast<size_t>(shape[rank - 1]);
  shape[rank - 2] = height;
  shape[rank - 1] = width / 2 + 1;
  QS_TRY(context.setOutputShape(0, shape));
  const size_t area = inHeight * inWidth;
  size_t pictures = 1;
  for (size_t d = 0; d + 2 < rank; ++d) pictures *= static_cast<size_t>(shape[d]);
  const auto rows = static_cast<size_t>(height), columns = static_cast<size_t>(width);
  if (int64_t{height} * width > (int64_t{1} << 40)) return context.malformed("its lengths are too large");
  const size_t slot = context.addScratch(rows * columns * sizeof(Complex));
  return makeKernel([=](const KernelContext& run) {
    const float* in = run.input<float>(0);
    auto* out = run.output<std::complex<float>>(0);
    auto* work = run.scratchAs<Complex>(slot);
    for (size_t p = 0; p < pictures; ++p, in += area) {
      std::fill_n(work, rows * columns, Complex{});
      for (size_t r = 0; r < std::min(rows, inHeight); ++r)
        for (size_t c = 0; c < std::min(columns, inWidth); ++c) {
          work[r * columns + c] = static_cast<double>(in[r * inWidth + c]);
        }
      for (size_t r = 0; r < rows; ++r) fourierTransform(work + r * columns, columns);
      for (size_t c = 0; c < std::min(columns, columns / 2 + 1); ++c) fourierTransform(work + c, rows, columns);
      for (size_t r = 0; r < rows; ++r)
        for (size_t c = 0; c <= columns / 2; ++c) *out++ = std::complex<float>(work[r * columns + c]);
    }
  });
}

namespace {

template <typename F>
Result<std::unique_ptr<Kernel>> preparePart(PrepareContext& context, F part) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(requireType(context, x, {ElementType::Complex64, ElementType::Complex128}));
  const bool wide = x.type == ElementType::Complex128;
  QS_TRY(requireType(context, y, {wide ? ElementType::Float64 : ElementType::Float32}));
  QS_TRY(context.setOutputShape(0, x.shape));
  const auto kernel = [count = x.elementCount(), part](auto real) {
    using T = decltype(real);
    return makeKernel([count, part](const KernelContext& run) {
      const auto* in = run.input<std::complex<T>>(0);
      T* out = run.output<T>(0);
      for (int64_t i = 0; i < count; ++i) out[i] = part(in[i]);
    });
  };
  if (wide) return kernel(double{});
  return kernel(float{});
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareReal(PrepareContext& context) {
  return preparePart(context, [](auto v) { return v.real(); });
}

Result<std::unique_ptr<Kernel>> prepareImag(PrepareContext& context) {
  return preparePart(context, [](auto v) { return v.imag(); });
}

Result<std::unique_ptr<Kernel>> prepareComplexAbs(PrepareContext& context) {
  return preparePart(context, [](auto v) { return std::abs(v); });
}

}  // namespace quantscope::ops
