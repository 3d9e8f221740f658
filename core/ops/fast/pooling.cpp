#include "core/ops/fast/pooling.h"

#include <algorithm>
#include <limits>

#include "core/ops/fast/levels.h"
#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

using numerics::ActivationRange;
using reference::ConvGeometry;

/// The values of one window of all channels: `rows` lines of `columns` pixels.
template <typename X>
struct Window {
  const X* first;
  size_t rows, columns, line;  ///< line: values from line to line
  size_t channels;
};

template <typename X>
using RangeOf = std::conditional_t<std::is_same_v<X, float>, ActivationRange<float>, ActivationRange<int32_t>>;

template <typename X>
using WindowFunction = void (*)(const Window<X>& window, const RangeOf<X>& range, X* out);

/// Channels whose results are held on the stack while the window passes.
constexpr size_t kTogether = 128;

/// Calls use(first value of a pixel) for every pixel of the window, in its order.
template <typename X, typename Use>
QS_INLINE void forEachPixel(const Window<X>& window, size_t channel, Use&& use) {
  for (size_t y = 0; y < window.rows; ++y) {
    const X* pixel = window.first + y * window.line + channel;
    for (size_t x = 0; x < window.columns; ++x, pixel += window.channels) use(pixel);
  }
}

template <typename X>
QS_INLINE void maximumBody(const Window<X>& window, const RangeOf<X>& range, X* out) {
  const X low = static_cast<X>(range.low), high = static_cast<X>(range.high);
  for (size_t first = 0; first < window.channels; first += kTogether) {
    const size_t count = std::min(window.channels - first, kTogether);
    alignas(64) X most[kTogether];
    for (size_t c = 0; c < count; ++c) most[c] = std::numeric_limits<X>::lowest();
    forEachPixel(window, first, [&](const X* pixel) {
      for (size_t c = 0; c < count; ++c) most[c] = most[c] < pixel[c] ? pixel[c] : most[c];
    });
    for (size_t c = 0; c < count; ++c) {
      const X above = most[c] < low ? low : most[c];
      out[first + c] = high < above ? high : above;
    }
  }
}

template <typename X>
QS_INLINE void averageBody(const Window<X>& window, const RangeOf<X>& range, X* out) {
  // Windows hold fewer than 2^16 values or the plain loops serve, so codes sum up in 32 bits.
  using Sum = std::conditional_t<std::is_same_v<X, float>, float, int32_t>;
  const auto values = static_cast<int32_t>(window.rows * window.columns);
  for (size_t first = 0; first < window.channels; first += kTogether) {
    const size_t count = std::min(window.channels - first, kTogether);
    alignas(64) Sum sums[kTogether];
    for (size_t c = 0; c < count; ++c) sums[c] = 0;
    forEachPixel(window, first, [&](const X* pixel) {
      for (size_t c = 0; c < count; ++c) sums[c] += pixel[c];
    });
    for (size_t c = 0; c < count; ++c) {
      if constexpr (std::is_same_v<X, float>) {
        out[first + c] = range.clamp(values == 0 ? 0.0f : sums[c] / static_cast<float>(values));
      } else {
        const int32_t half = values / 2;
        const int32_t rounded = values == 0 ? 0 : (sums[c] > 0 ? sums[c] + half : sums[c] - half) / values;
        out[first + c] = static_cast<X>(range.clamp(rounded));
      }
    }
  }
}

#define QS_POOL(X, suffix)                                                                                     \
  QS_INLINE void maximum##suffix##Body(const Window<X>& window, const RangeOf<X>& range, X* out) {             \
    maximumBody<X>(window, range, out);                                                                        \
  }                                                                                                            \
  QS_LEVELS(maximum##suffix, (const Window<X>& window, const RangeOf<X>& range, X* out), (window, range, out)) \
  QS_INLINE void average##suffix##Body(const Window<X>& window, const RangeOf<X>& range, X* out) {             \
    averageBody<X>(window, range, out);                                                                        \
  }                                                                                                            \
  QS_LEVELS(average##suffix, (const Window<X>& window, const RangeOf<X>& range, X* out), (window, range, out)) \
  WindowFunction<X> maximumOf(X, CpuLevel cpu) {                                                               \
    return maximum##suffix##At(cpu);                                                                           \
  }                                                                                                            \
  WindowFunction<X> averageOf(X, CpuLevel cpu) {                                                               \
    return average##suffix##At(cpu);                                                                           \
  }

QS_POOL(float, Float)
QS_POOL(int8_t, Int8)
QS_POOL(uint8_t, UInt8)
QS_POOL(int16_t, Int16)
#undef QS_POOL

template <typename X>
std::unique_ptr<Kernel> makePool(const ConvGeometry& g, const RangeOf<X>& range, WindowFunction<X> function) {
  return makeKernel([=](const KernelContext& run) {
    const double work = double(g.outputItemSize()) * double(g.filterHeight) * double(g.filterWidth);
    for (int32_t b = 0; b < g.batches; ++b) {
      const X* item = run.input<X>(0) + size_t(b) * g.itemSize();
      X* out = run.output<X>(0) + size_t(b) * g.outputItemSize();
      inPieces(run, size_t(g.outHeight), 1, work, [&](size_t begin, size_t end) {
        for (size_t oy = begin; oy < end; ++oy) {
          const int32_t y0 = static_cast<int32_t>(oy) * g.strideY - g.padTop;
          const auto rows = reference::tapsInside(y0, g.filterHeight, 1, g.inHeight);
          for (int32_t ox = 0; ox < g.outWidth; ++ox) {
            const int32_t x0 = ox * g.strideX - g.padLeft;
            const auto columns = reference::tapsInside(x0, g.filterWidth, 1, g.inWidth);
            Window<X> window{};
            window.rows = size_t(std::max(rows.end - rows.first, 0));
            window.columns = size_t(std::max(columns.end - columns.first, 0));
            window.line = size_t(g.inWidth) * size_t(g.inChannels);
            window.channels = size_t(g.inChannels);
            const bool inside = window.rows > 0 && window.columns > 0;
            window.first = inside ? item + g.pixel(0, y0 + rows.first, x0 + columns.first) : item;
            if (!inside) window.rows = window.columns = 0;
            function(window, range, out + (oy * size_t(g.outWidth) + size_t(ox)) * window.channels);
          }
        }
      });
    }
  });
}

}  // namespace

template <typename X, typename Range>
std::unique_ptr<Kernel> makeMaximumPool(const ConvGeometry& g, Range range, CpuLevel cpu) {
  return makePool<X>(g, range, maximumOf(X{}, cpu));
}

template <typename X, typename Range>
std::unique_ptr<Kernel> makeAveragePool(const ConvGeometry& g, Range range, CpuLevel cpu) {
  if (size_t(std::min(g.filterHeight, g.inHeight)) * size_t(std::min(g.filterWidth, g.inWidth)) >= 65536) {
    return nullptr;
  }
  return makePool<X>(g, range, averageOf(X{}, cpu));
}

template std::unique_ptr<Kernel> makeMaximumPool<float>(const ConvGeometry&, ActivationRange<float>, CpuLevel);
template std::unique_ptr<Kernel> makeMaximumPool<int8_t>(const ConvGeometry&, ActivationRange<int32_t>, CpuLevel);
template std::unique_ptr<Kernel> makeMaximumPool<uint8_t>(const ConvGeometry&, ActivationRange<int32_t>, CpuLevel);
template std::unique_ptr<Kernel> makeMaximumPool<int16_t>(const ConvGeometry&, ActivationRange<int32_t>, CpuLevel);
template std::unique_ptr<Kernel> makeAveragePool<float>(const ConvGeometry&, ActivationRange<float>, CpuLevel);
template std::unique_ptr<Kernel> makeAveragePool<int8_t>(const ConvGeometry&, ActivationRange<int32_t>, CpuLevel);
template std::unique_ptr<Kernel> makeAveragePool<uint8_t>(const ConvGeometry&, ActivationRange<int32_t>, CpuLevel);
template std::unique_ptr<Kernel> makeAveragePool<int16_t>(const ConvGeometry&, ActivationRange<int32_t>, CpuLevel);

}  // namespace quantscope::fast
