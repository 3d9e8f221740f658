#include <webp/decode.h>

#include <cstring>

#include "core/data/picture.h"

namespace quantscope::data {

namespace {

uint32_t little32(std::span<const std::byte> bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | std::to_integer<uint32_t>(bytes[at + i]);
  return value;
}

/// What the EXIF chunk says (RIFF container of WebP, chunks padded to even lengths); 1 where there is none.
int orientationOf(std::span<const std::byte> bytes) {
  constexpr std::string_view kBegin("Exif\0\0", 6);
  for (size_t at = 12; at + 8 <= bytes.size();) {
    const size_t size = little32(bytes, at + 4), left = bytes.size() - at - 8;
    if (size > left) return 1;
    const auto chunk = bytes.subspan(at + 8, size);
    if (std::memcmp(bytes.data() + at, "EXIF", 4) == 0) {
      // Some writers leave out what begins the block in a JPEG.
      if (size >= kBegin.size() && std::memcmp(chunk.data(), kBegin.data(), kBegin.size()) == 0)
        return exifOrientation(chunk);
      const auto begin = std::as_bytes(std::span(kBegin));
      std::vector<std::byte> block(begin.begin(), begin.end());
      block.insert(block.end(), chunk.begin(), chunk.end());
      return exifOrientation(block);
    }
    at += 8 + size + size % 2;
  }
  return 1;
}

const char* inWords(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "it is cut off";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "it uses a part of the format that the decoder does not know";
    default:
      return "it is damaged";
  }
}

}  // namespace

Result<Picture> decodeWebp(std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  auto failed = [](VP8StatusCode status) {
    const bool memory = status == VP8_STATUS_OUT_OF_MEMORY;
    return Error{memory ? ErrorCode::ResourceLimit : ErrorCode::Malformed, "", "",
                 memory ? "there is no memory for its pixels" : inWords(status), ""};
  };
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return Error{ErrorCode::Unsupported, "", "", "libwebp has another version", ""};
  if (const auto status = WebPGetFeatures(data, bytes.size(), &config.input); status != VP8_STATUS_OK)
    return failed(status);
  if (config.input.has_animation) {
    return Error{ErrorCode::Unsupported, "", "", "it is animated", "save the frame that is meant as a still picture"};
  }
  const int width = config.input.width, height = config.input.height;
  if (int64_t{width} * height > kMostPixels) {
    return Error{ErrorCode::ResourceLimit, "", "",
                 "it has " + std::to_string(width) + "×" + std::to_string(height) + " pixels", ""};
  }
  Picture picture{width, height, {}};
  picture.rgb.resize(static_cast<size_t>(width) * static_cast<size_t>(height) * 3);
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = picture.rgb.data();
  config.output.u.RGBA.stride = width * 3;
  config.output.u.RGBA.size = picture.rgb.size();
  if (const auto status = WebPDecode(data, bytes.size(), &config); status != VP8_STATUS_OK) return failed(status);
  return upright(std::move(picture), orientationOf(bytes));
}

}  // namespace quantscope::data
