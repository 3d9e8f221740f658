#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/data/picture.h"

namespace quantscope::data {

namespace {

/// One strip, tile or table of a picture may ask for so much; the pixels themselves are counted by kMostPixels.
constexpr tmsize_t kMostBytesAtOnce = tmsize_t{512} << 20;

/// A file in memory, as libtiff wants to read it, and its first complaint.
struct Source {
  std::span<const std::byte> bytes;
  uint64_t at = 0;
  char message[200] = {};

  static Source& of(thandle_t handle) { return *static_cast<Source*>(handle); }

  static tmsize_t read(thandle_t handle, void* target, tmsize_t size) {
    Source& source = of(handle);
    const uint64_t left = source.bytes.size() - std::min<uint64_t>(source.at, source.bytes.size());
    const auto count = std::min<uint64_t>(left, static_cast<uint64_t>(std::max<tmsize_t>(size, 0)));
    if (count > 0) std::memcpy(target, source.bytes.data() + source.at, count);
    source.at += count;
    return static_cast<tmsize_t>(count);
  }
  static tmsize_t write(thandle_t, void*, tmsize_t) { return -1; }
  static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    Source& source = of(handle);
    const uint64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source.at : source.bytes.size();
    source.at = from + offset;  // may lie behind the end: reading gives nothing there
    return source.at;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return of(handle).bytes.size(); }

  static int complain(TIFF*, void* user, const char*, const char* format, va_list arguments) {
    Source& source = *static_cast<Source*>(user);
    if (source.message[0] == '\0') std::vsnprintf(source.message, sizeof(source.message), format, arguments);
    return 1;
  }
  static int ignore(TIFF*, void*, const char*, const char*, va_list) { return 1; }
};

using File = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

File open(Source& source) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 &TIFFOpenOptionsFree);
  if (!options) return {nullptr, &TIFFClose};
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostBytesAtOnce);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &Source::complain, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &Source::ignore, nullptr);
  // "m": not mapped.
  return {TIFFClientOpenExt("", "rm", &source, &Source::read, &Source::write, &Source::seek, &Source::close,
                            &Source::size, nullptr, nullptr, options.get()),
          &TIFFClose};
}

/// libtiff multiplies colours by an alpha that is not multiplied in yet; ours is dropped, so it is told that it was.
void dropTransparency(TIFF* file) {
  uint16_t count = 0;
  uint16_t* kinds = nullptr;
  if (!TIFFGetField(file, TIFFTAG_EXTRASAMPLES, &count, &kinds) || count == 0) return;
  std::vector<uint16_t> multiplied(kinds, kinds + count);
  std::replace(multiplied.begin(), multiplied.end(), uint16_t{EXTRASAMPLE_UNASSALPHA},
               uint16_t{EXTRASAMPLE_ASSOCALPHA});
  TIFFSetField(file, TIFFTAG_EXTRASAMPLES, count, multiplied.data());
}

}  // namespace

Result<Picture> decodeTiff(std::span<const std::byte> bytes) {
  Source source{bytes};
  auto failed = [&](ErrorCode code, const char* otherwise) {
    return Error{code, "", "", source.message[0] != '\0' ? source.message : otherwise, ""};
  };
  const File file = open(source);
  if (!file) return failed(ErrorCode::Malformed, "its head makes no sense");
  uint32_t width = 0, height = 0;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
  if (width == 0 || height == 0) return Error{ErrorCode::Malformed, "", "", "it has no pixels", ""};
  if (uint64_t{width} * height > uint64_t{kMostPixels}) {
    return Error{ErrorCode::ResourceLimit, "", "",
                 "it has " + std::to_string(width) + "×" + std::to_string(height) + " pixels", ""};
  }
  char why[1024] = {};
  if (!TIFFRGBAImageOK(file.get(), why)) {
    return Error{ErrorCode::Unsupported, "", "", why, "save it with 8 bits for each of grey, or red, green and blue"};
  }
  dropTransparency(file.get());
  TIFFRGBAImage image;
  if (!TIFFRGBAImageBegin(&image, file.get(), 1, why)) return Error{ErrorCode::Malformed, "", "", why, ""};
  const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> end(&image, &TIFFRGBAImageEnd);
  const int orientation = image.orientation;
  image.req_orientation = image.orientation;  // rows as they are stored
  std::vector<uint32_t> raster(size_t{width} * height);
  if (!TIFFRGBAImageGet(&image, raster.data(), width, height) || source.message[0] != '\0')
    return failed(ErrorCode::Malformed, "its pixels are damaged");
  Picture picture{static_cast<int>(width), static_cast<int>(height), {}};
  picture.rgb.resize(raster.size() * 3);
  uint8_t* target = picture.rgb.data();
  for (const uint32_t pixel : raster) {
    *target++ = static_cast<uint8_t>(TIFFGetR(pixel));
    *target++ = static_cast<uint8_t>(TIFFGetG(pixel));
    *target++ = static_cast<uint8_t>(TIFFGetB(pixel));
  }
  return upright(std::move(picture), orientation);
}

}  // namespace quantscope::data
