#include <cstdlib>

#include "core/data/picture.h"

namespace quantscope::data {

namespace {

/// BITMAPINFOHEADER and its successors, as far as they say how plain pixels lie.
struct Layout {
  int64_t width = 0, height = 0;
  bool topDown = false;
  uint32_t bits = 0, colors = 0;
  size_t pixels = 0, palette = 0;
};

uint32_t little(std::span<const std::byte> bytes, size_t at, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) value |= std::to_integer<uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

Result<Layout> readLayout(std::span<const std::byte> bytes) {
  if (bytes.size() < 54) return Error{ErrorCode::Malformed, "", "", "it is cut off", ""};
  const uint32_t header = little(bytes, 14, 4), compression = little(bytes, 30, 4);
  Layout layout;
  layout.pixels = little(bytes, 10, 4);
  layout.width = static_cast<int32_t>(little(bytes, 18, 4));
  layout.height = static_cast<int32_t>(little(bytes, 22, 4));
  layout.bits = little(bytes, 28, 2);
  layout.topDown = layout.height < 0;
  layout.height = std::llabs(layout.height);
  if (header < 40 || header > 1024 || layout.width < 1 || layout.height < 1) {
    return Error{ErrorCode::Malformed, "", "", "its head makes no sense", ""};
  }
  // 3: the channels have masks, which are those of plain pixels with 32 bits in practice, but need not be.
  const bool plain = compression == 0 && (layout.bits == 8 || layout.bits == 24 || layout.bits == 32);
  if (!plain) {
    return Error{ErrorCode::Unsupported, "", "",
                 "it has " + std::to_string(layout.bits) + " bits a pixel in coding " + std::to_string(compression),
                 "save it with 24 bits, uncompressed"};
  }
  if (layout.width * layout.height > kMostPixels) {
    return Error{ErrorCode::ResourceLimit, "", "",
                 "it has " + std::to_string(layout.width) + "×" + std::to_string(layout.height) + " pixels", ""};
  }
  if (layout.bits == 8) {
    layout.colors = little(bytes, 46, 4);
    if (layout.colors == 0 || layout.colors > 256) layout.colors = 256;
    layout.palette = size_t{14} + header;
    if (layout.palette + size_t{4} * layout.colors > bytes.size()) {
      return Error{ErrorCode::Malformed, "", "", "its palette is cut off", ""};
    }
  }
  return layout;
}

}  // namespace

Result<Picture> decodeBmp(std::span<const std::byte> bytes) {
  QS_ASSIGN(const Layout layout, readLayout(bytes));
  const auto width = static_cast<size_t>(layout.width), height = static_cast<size_t>(layout.height);
  const size_t step = layout.bits / 8, row = (width * step + 3) / 4 * 4;
  if (layout.pixels > bytes.size() || row * height > bytes.size() - layout.pixels) {
    return Error{ErrorCode::Malformed, "", "", "its pixels are cut off", ""};
  }
  Picture picture{static_cast<int>(width), static_cast<int>(height), {}};
  picture.rgb.reserve(width * height * 3);
  for (size_t y = 0; y < height; ++y) {
    const size_t from = layout.pixels + (layout.topDown ? y : height - 1 - y) * row;
    for (size_t x = 0; x < width; ++x) {
      size_t at = from + x * step;
      if (layout.bits == 8) {
        const auto index = std::to_integer<uint32_t>(bytes[at]);
        if (index >= layout.colors) return Error{ErrorCode::Malformed, "", "", "a colour is not in its palette", ""};
        at = layout.palette + size_t{4} * index;
      }
      for (const size_t channel : {2, 1, 0}) picture.rgb.push_back(std::to_integer<uint8_t>(bytes[at + channel]));
    }
  }
  return picture;
}

}  // namespace quantscope::data
