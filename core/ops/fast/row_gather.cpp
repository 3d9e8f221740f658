#include "core/ops/fast/row_gather.h"

#include <algorithm>

namespace quantscope::fast {

std::optional<ConvLowering> lowerConvolution(const reference::ConvGeometry& g) {
  ConvLowering lowering;
  PaddedImage& image = lowering.image;
  const auto needed = [](int32_t out, int32_t stride, int32_t filter, int32_t dilation) {
    return size_t(out - 1) * size_t(stride) + size_t(filter - 1) * size_t(dilation) + 1;
  };
  image.channels = size_t(g.inChannels);
  image.inHeight = size_t(g.inHeight);
  image.inWidth = size_t(g.inWidth);
  image.top = size_t(g.padTop);
  image.left = size_t(g.padLeft);
  image.height = std::max(image.inHeight + image.top, needed(g.outHeight, g.strideY, g.filterHeight, g.dilationY));
  image.width = std::max(image.inWidth + image.left, needed(g.outWidth, g.strideX, g.filterWidth, g.dilationX));
  if (image.size() > UINT32_MAX / 4) return std::nullopt;

  RowGather& gather = lowering.gather;
  gather.rows = size_t(g.outHeight) * size_t(g.outWidth);
  gather.rowStart.reserve(gather.rows);
  for (size_t y = 0; y < size_t(g.outHeight); ++y) {
    for (size_t x = 0; x < size_t(g.outWidth); ++x) {
      const size_t pixel = y * size_t(g.strideY) * image.width + x * size_t(g.strideX);
      gather.rowStart.push_back(static_cast<uint32_t>(pixel * image.channels));
    }
  }
  lowering.groups = size_t(g.inChannels / g.filterChannels);
  lowering.groupColumns = size_t(g.outChannels) / lowering.groups;
  const bool lines = lowering.groups == 1 && g.dilationX == 1;
  gather.runLength = size_t(g.filterChannels) * (lines ? size_t(g.filterWidth) : 1);
  for (size_t fy = 0; fy < size_t(g.filterHeight); ++fy) {
    for (size_t fx = 0; fx < (lines ? 1 : size_t(g.filterWidth)); ++fx) {
      const size_t pixel = fy * size_t(g.dilationY) * image.width + fx * size_t(g.dilationX);
      gather.runStart.push_back(static_cast<int64_t>(pixel * image.channels));
    }
  }
  return lowering;
}

RowGather denseRows(size_t rows, size_t depth) {
  RowGather gather;
  gather.rows = rows;
  gather.rowStride = depth;
  gather.runStart = {0};
  gather.runLength = depth;
  return gather;
}

}  // namespace quantscope::fast
