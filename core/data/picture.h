#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/ground_truth.h"

namespace quantscope {

/// A decoded picture: 8-bit RGB, rows from the top, no padding.
struct Picture {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;
};

/// Largest picture that is decoded; more is a ResourceLimit error.
inline constexpr int64_t kMostPixels = 100'000'000;

/// Decodes a JPEG (integer DCT "islow", fancy upsampling, as Pillow does), a PNG, a still WebP, the first page of a
/// TIFF (of samples with more than 8 bits the upper ones) or a BMP (8, 24 or 32 bits, uncompressed), whichever the
/// bytes are, and turns it as its orientation says. Transparency is dropped, grey is spread to three channels, CMYK is
/// converted plainly. Untrusted. `where` names it in errors. Errors: Malformed (damaged, cut off), Unsupported (another
/// format, animated), ResourceLimit.
Result<Picture> decodePicture(std::span<const std::byte> bytes, const std::string& where);

/// The same from a file. Errors: also NotFound, Io.
Result<Picture> readPicture(const std::filesystem::path& path);

/// A PNG whose pixels are class numbers: palette indices or grey values as they are stored. Errors: as readPicture();
/// Unsupported (coloured, 16 bits, not a PNG).
Result<ClassMask> readClassMask(const std::filesystem::path& path);

/// Whether the file name ends like a picture that decodePicture() reads.
bool hasPictureName(const std::filesystem::path& path);

namespace data {
/// The formats. They return what is wrong in Error::why only.
Result<Picture> decodeJpeg(std::span<const std::byte> bytes);
Result<Picture> decodePng(std::span<const std::byte> bytes);
Result<Picture> decodeWebp(std::span<const std::byte> bytes);
Result<Picture> decodeTiff(std::span<const std::byte> bytes);
Result<Picture> decodeBmp(std::span<const std::byte> bytes);
Result<ClassMask> decodePngClasses(std::span<const std::byte> bytes);
/// Orientation 1 to 8 of an EXIF block ("Exif\0\0" and a TIFF header); 1 where there is none or it is broken.
int exifOrientation(std::span<const std::byte> exif);
/// Turns and mirrors a picture that is stored in this orientation upright.
Picture upright(Picture picture, int orientation);
}  // namespace data

}  // namespace quantscope
