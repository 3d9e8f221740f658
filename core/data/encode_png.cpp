#include "core/data/encode_png.h"

#include <png.h>

namespace quantscope {

Result<std::string> encodePng(int width, int height, std::span<const uint8_t> rgb) {
  if (width < 1 || height < 1 || rgb.size() != size_t{3} * static_cast<size_t>(width) * static_cast<size_t>(height)) {
    return Error{ErrorCode::InvalidArgument, "cannot write the picture", "", "its size and its pixels disagree", ""};
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  std::string png;
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, rgb.data(), 0, nullptr)) {
    png.resize(size);
    if (png_image_write_to_memory(&image, png.data(), &size, 0, rgb.data(), 0, nullptr)) {
      png.resize(size);
      return png;
    }
  }
  return Error{ErrorCode::Internal, "cannot write the picture", "", image.message, ""};
}

}  // namespace quantscope
