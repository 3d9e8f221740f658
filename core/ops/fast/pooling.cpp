#include "core/ops/fast/pooling.h"

#include <algorithm>
#include <cstring>
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

/// 64 bytes of values; the compiler takes as many registers as the level needs.
template <typename X>
struct Block {
  typedef X Vector __attribute__((vector_size(64)));
  static constexpr size_t size = 64 / sizeof(X);
};

template <typename X>
QS_INLINE void maximumBody(const Window<X>& window, const RangeOf<X>& range, X* out) {
  using Vector = typename Block<X>::Vector;
  constexpr size_t size = Block<X>::size;
  const X low = static_cast<X>(range.low), high = static_cast<X>(range.high);
  size_t c = 0;
  for (; c + size <= window.channels; c += size) {
    Vector most = Vector{} + std::numeric_limits<X>::lowest();
    for (size_t y = 0; y < window.rows; ++y) {
      const X* pixel = window.first + y * window.line + c;
      for (size_t x = 0; x < window.columns; ++x, pixel += window.channels) {
        Vector value;
        std::memcpy(&value, pixel, sizeof value);
        most = most < value ? value : most;
      }
    }
    const Vector lows = Vector{} + low, highs = Vector{} + high;
    most = most < lows ? lows : most;
    most = highs < most ? highs : most;
    std::memcpy(out + c, &most, sizeof most);
  }
  for (; c < window.channels; ++c) {
    X most = std::numeric_limits<X>::lowest();
    for (size_t y = 0; y < window.rows; ++y) {
      const X* pixel = window.first + y * window.line + c;
      for (size_t x = 0; x < window.columns; ++x, pixel += window.channels) most = most < *pixel ? *pixel : most;
    }
    out[c] = static_cast<X>(range.clamp(most));
  }
}

/// Sums of up to 16 channels in the order of the window.
template <typename X, typename Sum>
QS_INLINE void sumBlock(const Window<X>& window, size_t c, size_t count, Sum* sums) {
  for (size_t i = 0; i < 16; ++i) sums[i] = 0;
  for (size_t y = 0; y < window.rows; ++y) {
    const X* pixel = window.first + y * window.line + c;
    for (size_t x = 0; x < window.columns; ++x, pixel += window.channels) {
      if (count == 16) {
        for (size_t i = 0; i < 16; ++i) sums[i] += pixel[i];
      } else {
        for (size_t i = 0; i < count; ++i) sums[i] += pixel[i];
      }
    }
  }
}

template <typename X>
QS_INLINE void averageBody(const Window<X>& window, const RangeOf<X>& range, X* out) {
  // Windows hold fewer than 2^16 values or the plain loops serve, so codes sum up in 32 bits.
  using Sum = std::conditional_t<std::is_same_v<X, float>, float, int32_t>;
  const auto values = static_cast<int32_t>(window.rows * window.columns);
  for (size_t c = 0; c < window.channels; c += 16) {
    const size_t count = std::min<size_t>(window.channels - c, 16);
    alignas(64) Sum sums[16];
    sumBlock(window, c, count, sums);
    for (size_t i = 0; i < count; ++i) {
      if constexpr (std::is_same_v<X, float>) {
        out[c + i] = range.clamp(values == 0 ? 0.0f : sums[i] / static_cast<float>(values));
      } else {
        const int32_t half = values / 2;
        const int32_t rounded = values == 0 ? 0 : (sums[i] > 0 ? sums[i] + half : sums[i] - half) / values;
        out[c + i] = static_cast<X>(range.clamp(rounded));
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
