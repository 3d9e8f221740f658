// Any bytes as a picture.
#include <cstdlib>

#include "core/data/picture.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto picture = decodePicture({reinterpret_cast<const std::byte*>(data), size}, "input");
  if (!picture.ok()) return 0;
  const auto bytes = size_t{3} * static_cast<size_t>(picture->width) * static_cast<size_t>(picture->height);
  if (picture->width <= 0 || picture->height <= 0 || picture->rgb.size() != bytes) std::abort();
  return 0;
}
