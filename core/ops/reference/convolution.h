#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/numerics/fixed_point.h"

/// Convolutions as plain loops, in the order of sums of spec/tflite-kernels.md section 5.
namespace quantscope::reference {

/// Images are NHWC. Filters are OHWI (convolution, transposed convolution) or 1HWO (depthwise).
struct ConvGeometry {
  int32_t batches = 0, inHeight = 0, inWidth = 0, inChannels = 0;
  int32_t outHeight = 0, outWidth = 0, outChannels = 0;
  int32_t filterHeight = 0, filterWidth = 0;
  int32_t filterChannels = 0;  ///< input channels that one output channel reads (1 for depthwise)
  int32_t strideY = 1, strideX = 1, dilationY = 1, dilationX = 1;
  int32_t padTop = 0, padLeft = 0;

  size_t itemSize() const { return size_t(inHeight) * size_t(inWidth) * size_t(inChannels); }
  size_t outputItemSize() const { return size_t(outHeight) * size_t(outWidth) * size_t(outChannels); }
  size_t taps() const { return size_t(filterHeight) * size_t(filterWidth) * size_t(filterChannels); }
  /// Position of a pixel's first channel.
  size_t pixel(int32_t b, int32_t y, int32_t x) const {
    return ((size_t(b) * size_t(inHeight) + size_t(y)) * size_t(inWidth) + size_t(x)) * size_t(inChannels);
  }
};

/// Half-open range of batch items.
struct Items {
  int32_t first, end;
};

/// Zero points that are subtracted from codes before they are multiplied; both 0 for float.
struct CodeOffsets {
  int32_t input = 0;
  int32_t weight = 0;
};

/// 32-bit sums wrap: taken in 64 bits and cut off at the end.
template <typename Sum>
using Accumulator = std::conditional_t<std::is_same_v<Sum, int32_t>, int64_t, Sum>;

template <typename Sum>
constexpr Sum finished(Accumulator<Sum> sum) {
  if constexpr (std::is_same_v<Sum, int32_t>) {
    return numerics::wrap32(sum);
  } else {
    return sum;
  }
}

/// value * weight as a term of a Sum.
template <typename Sum, typename X, typename W>
constexpr auto product(X value, W weight, CodeOffsets zero) {
  if constexpr (std::is_same_v<Sum, float>) {
    return value * weight;
  } else {
    return int64_t{int32_t{value} - zero.input} * (int32_t{weight} - zero.weight);
  }
}

/// The taps [first, end) of a window that begins at `start` whose positions lie in [0, size). Windows may be far
/// larger than the image, so nobody walks over the taps outside.
struct TapRange {
  int32_t first, end;
};
inline TapRange tapsInside(int32_t start, int32_t taps, int32_t dilation, int32_t size) {
  const int64_t first = start < 0 ? (-int64_t{start} + dilation - 1) / dilation : 0;
  const int64_t end = start < size ? (int64_t{size} - start + dilation - 1) / dilation : 0;
  return {static_cast<int32_t>(first < taps ? first : taps), static_cast<int32_t>(end < taps ? end : taps)};
}

/// Calls tap(iy, ix, index of the tap) for the taps of one window that lie inside the image.
template <typename Tap>
void forEachTap(const ConvGeometry& g, int32_t oy, int32_t ox, Tap&& tap) {
  const int32_t y0 = oy * g.strideY - g.padTop, x0 = ox * g.strideX - g.padLeft;
  const TapRange rows = tapsInside(y0, g.filterHeight, g.dilationY, g.inHeight);
  const TapRange columns = tapsInside(x0, g.filterWidth, g.dilationX, g.inWidth);
  for (int32_t fy = rows.first; fy < rows.end; ++fy) {
    for (int32_t fx = columns.first; fx < columns.end; ++fx) {
      tap(y0 + fy * g.dilationY, x0 + fx * g.dilationX, size_t(fy) * size_t(g.filterWidth) + size_t(fx));
    }
  }
}

/// For every output pixel and channel: finish(sum over the valid taps, channel, position in the output).
/// Sum: float, int32_t or int64_t.
template <typename Sum, typename X, typename W, typename Finish>
void convolve(const ConvGeometry& g, Items items, const X* x, const W* w, CodeOffsets zero, Finish&& finish) {
  const int32_t outputsOfGroup = g.outChannels / (g.inChannels / g.filterChannels);
  size_t out = size_t(items.first) * g.outputItemSize();
  for (int32_t b = items.first; b < items.end; ++b) {
    for (int32_t oy = 0; oy < g.outHeight; ++oy) {
      for (int32_t ox = 0; ox < g.outWidth; ++ox) {
        for (int32_t oc = 0; oc < g.outChannels; ++oc, ++out) {
          const size_t firstChannel = size_t(oc / outputsOfGroup) * size_t(g.filterChannels);
          Accumulator<Sum> sum = 0;
          forEachTap(g, oy, ox, [&](int32_t iy, int32_t ix, size_t tap) {
            const X* pixel = x + g.pixel(b, iy, ix) + firstChannel;
            const W* filter = w + size_t(oc) * g.taps() + tap * size_t(g.filterChannels);
            for (int32_t c = 0; c < g.filterChannels; ++c) sum += product<Sum>(pixel[c], filter[c], zero);
          });
          finish(finished<Sum>(sum), size_t(oc), out);
        }
      }
    }
  }
}

/// The same for a depthwise convolution; outChannels is a multiple of inChannels.
template <typename Sum, typename X, typename W, typename Finish>
void convolveDepthwise(const ConvGeometry& g, Items items, const X* x, const W* w, CodeOffsets zero, Finish&& finish) {
  const int32_t multiplier = g.outChannels / g.inChannels;
  size_t out = size_t(items.first) * g.outputItemSize();
  for (int32_t b = items.first; b < items.end; ++b) {
    for (int32_t oy = 0; oy < g.outHeight; ++oy) {
      for (int32_t ox = 0; ox < g.outWidth; ++ox) {
        for (int32_t oc = 0; oc < g.outChannels; ++oc, ++out) {
          Accumulator<Sum> sum = 0;
          forEachTap(g, oy, ox, [&](int32_t iy, int32_t ix, size_t tap) {
            const X value = x[g.pixel(b, iy, ix) + size_t(oc / multiplier)];
            sum += product<Sum>(value, w[tap * size_t(g.outChannels) + size_t(oc)], zero);
          });
          finish(finished<Sum>(sum), size_t(oc), out);
        }
      }
    }
  }
}

/// Transposed convolution of one item: add(value, weight, output channel, position in the item's output) for every
/// product, in the order in which the reference kernel adds them up.
template <typename X, typename W, typename Add>
void scatterTransposed(const ConvGeometry& g, const X* item, const W* w, Add&& add) {
  for (int32_t iy = 0; iy < g.inHeight; ++iy) {
    for (int32_t ix = 0; ix < g.inWidth; ++ix) {
      const int32_t y0 = iy * g.strideY - g.padTop, x0 = ix * g.strideX - g.padLeft;
      for (int32_t ic = 0; ic < g.inChannels; ++ic) {
        const X value = item[g.pixel(0, iy, ix) + size_t(ic)];
        for (int32_t fy = 0; fy < g.filterHeight; ++fy) {
          const int32_t oy = y0 + fy;
          if (oy < 0 || oy >= g.outHeight) continue;
          for (int32_t fx = 0; fx < g.filterWidth; ++fx) {
            const int32_t ox = x0 + fx;
            if (ox < 0 || ox >= g.outWidth) continue;
            const size_t out = (size_t(oy) * size_t(g.outWidth) + size_t(ox)) * size_t(g.outChannels);
            const size_t tap = size_t(fy) * size_t(g.filterWidth) + size_t(fx);
            for (size_t oc = 0; oc < size_t(g.outChannels); ++oc) {
              add(value, w[oc * g.taps() + tap * size_t(g.inChannels) + size_t(ic)], oc, out + oc);
            }
          }
        }
      }
    }
  }
}

}  // namespace quantscope::reference
