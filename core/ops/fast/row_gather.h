#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/ops/fast/pieces.h"
#include "core/ops/reference/convolution.h"

/// Convolutions as products of matrices without copying windows: a row of the left matrix is the window of one output
/// pixel, read in runs of neighbouring values from an image whose border was padded beforehand.
namespace quantscope::fast {

/// Where the values of the left matrix lie, in elements.
struct RowGather {
  std::vector<uint32_t> rowStart;  ///< by row; empty: row r starts at r * rowStride
  size_t rowStride = 0;
  size_t rows = 0;                ///< of one item
  std::vector<int64_t> runStart;  ///< within a row's window
  size_t runLength = 0;

  size_t start(size_t row) const { return rowStart.empty() ? row * rowStride : rowStart[row]; }
  size_t depth() const { return runStart.size() * runLength; }
};

/// The padded copy of one item, where one is needed.
struct PaddedImage {
  size_t height = 0, width = 0, channels = 0;  ///< of the padded image
  size_t inHeight = 0, inWidth = 0;
  size_t top = 0, left = 0;

  bool needed() const { return height != inHeight || width != inWidth; }
  size_t size() const { return height * width * channels; }

  /// Fills the border with `pad` and the middle with convert(input value), on the run's threads.
  template <typename To, typename From, typename Convert>
  void fill(const KernelContext& run, const From* image, To* padded, To pad, Convert convert) const {
    inPieces(run, height, 1, double(size()) * 2,
             [&](size_t begin, size_t end) { fillLines(begin, end, image, padded, pad, convert); });
  }
  template <typename To, typename From, typename Convert>
  void fillLines(size_t begin, size_t end, const From* image, To* padded, To pad, Convert convert) const {
    const size_t line = width * channels, inLine = inWidth * channels;
    for (size_t y = begin; y < end; ++y) {
      To* out = padded + y * line;
      if (y < top || y >= top + inHeight) {
        std::fill_n(out, line, pad);
        continue;
      }
      const From* in = image + (y - top) * inLine;
      std::fill_n(out, left * channels, pad);
      To* middle = out + left * channels;
      for (size_t i = 0; i < inLine; ++i) middle[i] = convert(in[i]);
      std::fill_n(middle + inLine, line - left * channels - inLine, pad);
    }
  }
};

struct ConvLowering {
  PaddedImage image;
  RowGather gather;  ///< of group 0; group g starts g * filterChannels later
  size_t groups = 1, groupColumns = 0;
};

/// Nothing where positions do not fit 32 bits.
std::optional<ConvLowering> lowerConvolution(const reference::ConvGeometry& geometry);

/// Rows of a plain matrix.
RowGather denseRows(size_t rows, size_t depth);

}  // namespace quantscope::fast
