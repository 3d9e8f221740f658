#include "core/data/resize.h"

#include <algorithm>
#include <cmath>

namespace quantscope::data {

namespace {

/// Weight of input pixel `pixel` for output pixel `i`, before they are made to sum to 1.
double weightOf(Interpolation interpolation, int pixel, int i, int in, double ratio) {
  const double center = (i + 0.5) * ratio - 0.5;
  switch (interpolation) {
    case Interpolation::Bilinear:
      // Beyond the edge the outermost pixel is repeated; with antialiasing it is left out and the others weigh more.
      return std::max(0.0, 1.0 - std::abs(pixel - std::clamp(center, 0.0, in - 1.0)));
    case Interpolation::Antialiased:
      return std::max(0.0, 1.0 - std::abs(pixel - center) / std::max(1.0, ratio));
    case Interpolation::Area:
      return std::max(0.0, std::min(pixel + 1.0, (i + 1) * ratio) - std::max<double>(pixel, i * ratio));
    case Interpolation::Nearest:
      break;
  }
  return pixel == std::min(in - 1, static_cast<int>((i + 0.5) * ratio)) ? 1.0 : 0.0;
}

}  // namespace

ResizeTaps resizeTaps(int in, int out, int first, int count, Interpolation interpolation) {
  const double ratio = static_cast<double>(in) / out;
  const double support = interpolation == Interpolation::Bilinear ? 1.0 : std::max(1.0, ratio);
  ResizeTaps taps;
  taps.perOutput = std::min(in, static_cast<int>(std::ceil(2 * support)) + 1);
  for (int i = first; i < first + count; ++i) {
    const double center = (i + 0.5) * ratio - 0.5;
    const int begin = std::clamp(static_cast<int>(std::ceil(center - support)), 0, in - taps.perOutput);
    taps.begin.push_back(begin);
    double sum = 0;
    std::vector<double> weights(static_cast<size_t>(taps.perOutput));
    for (int k = 0; k < taps.perOutput; ++k) {
      weights[static_cast<size_t>(k)] = weightOf(interpolation, begin + k, i, in, ratio);
      sum += weights[static_cast<size_t>(k)];
    }
    for (const double weight : weights) taps.weights.push_back(static_cast<float>(weight / sum));
  }
  return taps;
}

std::vector<float> resizeRows(std::span<const uint8_t> pixels, int width, int channels, const ResizeTaps& x,
                              const ResizeTaps& y) {
  const size_t outWidth = x.begin.size(), outHeight = y.begin.size(), depth = static_cast<size_t>(channels);
  const size_t stride = static_cast<size_t>(width) * depth;
  const int firstRow = outHeight > 0 ? *std::min_element(y.begin.begin(), y.begin.end()) : 0;
  const int lastRow = outHeight > 0 ? *std::max_element(y.begin.begin(), y.begin.end()) + y.perOutput : 0;
  std::vector<float> narrowed(static_cast<size_t>(lastRow - firstRow) * outWidth * depth);
  float* target = narrowed.data();
  for (int row = firstRow; row < lastRow; ++row) {
    const uint8_t* source = pixels.data() + static_cast<size_t>(row) * stride;
    for (size_t i = 0; i < outWidth; ++i) {
      const float* weights = x.weights.data() + i * static_cast<size_t>(x.perOutput);
      const uint8_t* from = source + static_cast<size_t>(x.begin[i]) * depth;
      for (size_t c = 0; c < depth; ++c) {
        float sum = 0;
        for (int k = 0; k < x.perOutput; ++k)
          sum += weights[k] * static_cast<float>(from[static_cast<size_t>(k) * depth + c]);
        *target++ = sum;
      }
    }
  }
  const size_t rowSize = outWidth * depth;
  std::vector<float> result(outHeight * rowSize);
  for (size_t i = 0; i < outHeight; ++i) {
    float* row = result.data() + i * rowSize;
    for (int k = 0; k < y.perOutput; ++k) {
      const float weight = y.weights[i * static_cast<size_t>(y.perOutput) + static_cast<size_t>(k)];
      const float* from = narrowed.data() + static_cast<size_t>(y.begin[i] + k - firstRow) * rowSize;
      for (size_t j = 0; j < rowSize; ++j) row[j] += weight * from[j];
    }
  }
  return result;
}

}  // namespace quantscope::data
