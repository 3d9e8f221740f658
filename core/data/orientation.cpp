#include <cstring>
#include <optional>

#include "core/data/picture.h"

namespace quantscope::data {

namespace {

/// Numbers of a TIFF block in its own byte order (TIFF 6.0 section 2).
class TiffBlock {
public:
  explicit TiffBlock(std::span<const std::byte> bytes) : m_bytes(bytes) {}
  bool begins() {
    if (m_bytes.size() < 8) return false;
    const char order = static_cast<char>(m_bytes[0]);
    m_big = order == 'M';
    return (order == 'I' || order == 'M') && m_bytes[1] == m_bytes[0] && number(2, 2) == 42u;
  }
  std::optional<uint32_t> number(size_t at, size_t size) const {
    if (at > m_bytes.size() || m_bytes.size() - at < size) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value = value << 8 | static_cast<uint32_t>(m_bytes[m_big ? at + i : at + size - 1 - i]);
    return value;
  }

private:
  std::span<const std::byte> m_bytes;
  bool m_big = false;
};

}  // namespace

int exifOrientation(std::span<const std::byte> exif) {
  constexpr uint32_t kOrientationTag = 0x0112;
  if (exif.size() < 6 || std::memcmp(exif.data(), "Exif\0", 6) != 0) return 1;
  TiffBlock block(exif.subspan(6));
  if (!block.begins()) return 1;
  const size_t directory = block.number(4, 4).value_or(0);
  const uint32_t entries = block.number(directory, 2).value_or(0);
  for (uint32_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + size_t{12} * i;
    const auto tag = block.number(entry, 2);
    if (!tag) return 1;
    if (*tag != kOrientationTag) continue;
    const uint32_t value = block.number(entry + 8, 2).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

Picture upright(Picture picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  const bool swapped = orientation >= 5;
  Picture result{swapped ? picture.height : picture.width, swapped ? picture.width : picture.height, {}};
  result.rgb.resize(picture.rgb.size());
  uint8_t* target = result.rgb.data();
  for (int y = 0; y < result.height; ++y) {
    for (int x = 0; x < result.width; ++x, target += 3) {
      // Where the pixel that belongs here is stored (EXIF 2.32, tag Orientation).
      int column = swapped ? y : x, row = swapped ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        column = picture.width - 1 - column;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) row = picture.height - 1 - row;
      std::memcpy(target,
                  picture.rgb.data() +
                      3 * (static_cast<size_t>(row) * static_cast<size_t>(picture.width) + static_cast<size_t>(column)),
                  3);
    }
  }
  return result;
}

}  // namespace quantscope::data
