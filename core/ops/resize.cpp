#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "core/ops/fast/bilinear.h"
#include "core/ops/operand_checks.h"

/// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: spec/tflite-kernels.md section 11.
namespace quantscope::ops {

namespace {

struct Resize {
  int32_t batches, inHeight, inWidth, outHeight, outWidth, channels;
  bool alignCorners, halfPixelCenters;

  size_t pixel(int32_t b, int32_t y, int32_t x) const {
    return ((size_t(b) * size_t(inHeight) + size_t(y)) * size_t(inWidth) + size_t(x)) * size_t(channels);
  }
};

Result<Resize> prepareResize(PrepareContext& context, bool alignCorners, bool halfPixelCenters) {
  const Operand &x = context.input(0), &size = context.input(1);
  QS_TRY(requireRank(context, x, 4, 4));
  QS_TRY(requireSameType(context, x, context.output(0)));
  QS_TRY(requireType(context, size, {ElementType::Int32}));
  if (size.elementCount() != 2) return context.malformed(describe(context, size) + " must be height and width");
  if (alignCorners && halfPixelCenters) {
    return context.malformed("it has both align_corners and half_pixel_centers");
  }
  const auto sides = size.constantAs<int32_t>();
  Resize r{x.shape[0], x.shape[1], x.shape[2], sides[0], sides[1], x.shape[3], alignCorners, halfPixelCenters};
  if (r.outHeight < 1 || r.outWidth < 1 || r.inHeight < 1 || r.inWidth < 1 || r.inHeight > 1 << 20 ||
      r.inWidth > 1 << 20 || r.outHeight > 1 << 20 || r.outWidth > 1 << 20) {
    return context.malformed("it cannot resize " + describe(context, x) + " to " + std::to_string(sides[0]) + "×" +
                             std::to_string(sides[1]));
  }
  QS_TRY(context.setOutputShape(0, {r.batches, r.outHeight, r.outWidth, r.channels}));
  return r;
}

/// The two inputs that an output position lies between, and the weight of the second.
template <typename Real>
struct Blend {
  int32_t low, high;
  Real toHigh, toLow;
};

std::vector<Blend<float>> realBlends(const Resize& r, int32_t in, int32_t out) {
  float scale = static_cast<float>(in) / static_cast<float>(out);
  if (r.alignCorners && out > 1) scale = static_cast<float>(in - 1) / static_cast<float>(out - 1);
  std::vector<Blend<float>> blends;
  for (int32_t o = 0; o < out; ++o) {
    const float at = r.halfPixelCenters ? (static_cast<float>(o) + 0.5f) * scale - 0.5f : static_cast<float>(o) * scale;
    const int32_t low = std::max(static_cast<int32_t>(std::floor(at)), 0);
    const int32_t high = std::min(static_cast<int32_t>(std::ceil(at)), in - 1);
    const float fraction = at - static_cast<float>(low);
    blends.push_back({low, high, fraction, 1.0f - fraction});
  }
  return blends;
}

/// In units of 1 / 1024.
std::vector<Blend<int64_t>> fixedBlends(const Resize& r, int32_t in, int32_t out) {
  int32_t scale = (1024 * in + out / 2) / out;
  if (r.alignCorners && out > 1) scale = (1024 * (in - 1) + (out - 1) / 2) / (out - 1);
  std::vector<Blend<int64_t>> blends;
  for (int64_t o = 0; o < out; ++o) {
    const int64_t at = r.halfPixelCenters ? o * scale + scale / 2 - 512 : o * scale;
    const int64_t low = std::max<int64_t>(at / 1024, 0);
    const int64_t high = std::min<int64_t>((at + 1023) / 1024, in - 1);
    const int64_t fraction = at - 1024 * low;
    blends.push_back(
        {static_cast<int32_t>(std::min<int64_t>(low, in - 1)), static_cast<int32_t>(high), fraction, 1024 - fraction});
  }
  return blends;
}

/// Every output value from its four neighbours: finish(weighted sum).
template <typename Real, typename X, typename Finish>
std::unique_ptr<Kernel> bilinearKernel(const Resize& r, std::vector<Blend<Real>> rows, std::vector<Blend<Real>> columns,
                                       Finish finish) {
  return makeKernel([=, rows = std::move(rows), columns = std::move(columns)](const KernelContext& run) {
    const X* x = run.input<X>(0);
    X* y = run.output<X>(0);
    for (int32_t b = 0; b < r.batches; ++b) {
      for (const auto& v : rows) {
        for (const auto& h : columns) {
          const X *topLeft = x + r.pixel(b, v.low, h.low), *bottomLeft = x + r.pixel(b, v.high, h.low);
          const X *topRight = x + r.pixel(b, v.low, h.high), *bottomRight = x + r.pixel(b, v.high, h.high);
          for (int32_t c = 0; c < r.channels; ++c) {
            const Real sum = static_cast<Real>(topLeft[c]) * v.toLow * h.toLow +
                             static_cast<Real>(bottomLeft[c]) * v.toHigh * h.toLow +
                             static_cast<Real>(topRight[c]) * v.toLow * h.toHigh +
                             static_cast<Real>(bottomRight[c]) * v.toHigh * h.toHigh;
            *y++ = finish(sum);
          }
        }
      }
    }
  });
}

template <typename X>
std::unique_ptr<Kernel> fixedKernel(const Resize& r) {
  return bilinearKernel<int64_t, X>(r, fixedBlends(r, r.inHeight, r.outHeight), fixedBlends(r, r.inWidth, r.outWidth),
                                    [](int64_t sum) {
                                      const int64_t rounded = (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20);
                                      return static_cast<X>(rounded);
                                    });
}

/// int8 whose weighted sums fit 32 bits: lines are blended first, then their pixels.
std::unique_ptr<Kernel> linesKernel(PrepareContext& context, const Resize& r) {
  const fast::BilinearCodes blend = fast::bilinearCodes(context.options.cpu);
  const size_t line = size_t(r.inWidth) * size_t(r.channels);
  const size_t slot = context.addScratch(line * sizeof(int32_t));
  return makeKernel([=, rows = fixedBlends(r, r.inHeight, r.outHeight),
                     columns = fixedBlends(r, r.inWidth, r.outWidth)](const KernelContext& run) {
    const int8_t* x = run.input<int8_t>(0);
    int8_t* y = run.output<int8_t>(0);
    auto* blended = run.scratchAs<int32_t>(slot);
    const size_t channels = size_t(r.channels);
    for (int32_t b = 0; b < r.batches; ++b) {
      for (const auto& v : rows) {
        blend.lines(x + r.pixel(b, v.low, 0), x + r.pixel(b, v.high, 0), static_cast<int32_t>(v.toLow),
                    static_cast<int32_t>(v.toHigh), blended, line);
        for (const auto& h : columns) {
          blend.pixels(blended + size_t(h.low) * channels, blended + size_t(h.high) * channels,
                       static_cast<int32_t>(h.toLow), static_cast<int32_t>(h.toHigh), y, channels);
          y += channels;
        }
      }
    }
  });
}

std::vector<int32_t> nearest(const Resize& r, int32_t in, int32_t out) {
  const float scale = r.alignCorners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                                : static_cast<float>(in) / static_cast<float>(out);
  const float offset = r.halfPixelCenters ? 0.5f : 0.0f;
  std::vector<int32_t> sources;
  for (int32_t o = 0; o < out; ++o) {
    const float at = (static_cast<float>(o) + offset) * scale;
    const auto source = static_cast<int32_t>(r.alignCorners ? std::round(at) : std::floor(at));
    sources.push_back(std::max(std::min(source, in - 1), 0));
  }
  return sources;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareResizeBilinear(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const auto* options = context.op.options.AsResizeBilinearOptions();
  if (!options) return context.malformed("it has no ResizeBilinearOptions");
  QS_ASSIGN(const Resize r, prepareResize(context, options->align_corners, options->half_pixel_centers));
  const Operand &x = context.input(0), &y = context.output(0);
  if (x.quantized()) QS_TRY(requireSameScale(context, x, y));
  switch (x.type) {
    case ElementType::Float32:
      return bilinearKernel<float, float>(r, realBlends(r, r.inHeight, r.outHeight),
                                          realBlends(r, r.inWidth, r.outWidth), [](float sum) { return sum; });
    case ElementType::UInt8:
      return bilinearKernel<float, uint8_t>(
          r, realBlends(r, r.inHeight, r.outHeight), realBlends(r, r.inWidth, r.outWidth),
          [](float sum) { return static_cast<uint8_t>(std::clamp(sum + 0.5f, 0.0f, 255.0f)); });
    case ElementType::Int8:
      if (context.options.kernels == KernelSet::Fast) return linesKernel(context, r);
      return fixedKernel<int8_t>(r);
    case ElementType::Int16:
      return fixedKernel<int16_t>(r);
    default:
      return unsupportedTypes(context);
  }
}

Result<std::unique_ptr<Kernel>> prepareResizeNearestNeighbor(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const auto* options = context.op.options.AsResizeNearestNeighborOptions();
  if (!options) return context.malformed("it has no ResizeNearestNeighborOptions");
  // The nearest neighbour takes both options at once: rounding, of half-pixel positions.
  QS_ASSIGN(Resize r, prepareResize(context, options->align_corners, false));
  r.halfPixelCenters = options->half_pixel_centers;
  const Operand& x = context.input(0);
  QS_TRY(requireType(context, x, {ElementType::Float32, ElementType::Int8, ElementType::UInt8, ElementType::Int16}));
  if (x.quantized()) QS_TRY(requireSameScale(context, x, context.output(0)));
  const size_t pixelBytes = size_t(r.channels) * size_t(bitsPerElement(x.type)) / 8;
  return makeKernel([r, pixelBytes, rows = nearest(r, r.inHeight, r.outHeight),
                     columns = nearest(r, r.inWidth, r.outWidth)](const KernelContext& run) {
    std::byte* y = run.outputs[0];
    for (size_t b = 0; b < size_t(r.batches); ++b) {
      for (const int32_t row : rows) {
        const std::byte* line = run.inputs[0] + (b * size_t(r.inHeight) + size_t(row)) * size_t(r.inWidth) * pixelBytes;
        for (const int32_t column : columns) {
          std::memcpy(y, line + size_t(column) * pixelBytes, pixelBytes);
          y += pixelBytes;
        }
      }
    }
  });
}

}  // namespace quantscope::ops
