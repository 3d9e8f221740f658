#include "core/data/picture.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <new>
#include <string_view>

#include "core/data/file_bytes.h"

namespace quantscope {

namespace {

constexpr uint64_t kMostFileBytes = uint64_t{256} << 20;

bool beginsWith(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::string_view(reinterpret_cast<const char*>(bytes.data()), magic.size()) == magic;
}

}  // namespace

Result<Picture> decodePicture(std::span<const std::byte> bytes, const std::string& where) {
  auto decode = [&]() -> Result<Picture> {
    if (bytes.empty()) return Error{ErrorCode::Malformed, "", "", "it is empty", ""};
    try {
      if (beginsWith(bytes, "\xff\xd8")) return data::decodeJpeg(bytes);
      if (beginsWith(bytes, "\x89PNG\r\n\x1a\n")) return data::decodePng(bytes);
      if (beginsWith(bytes, "BM")) return data::decodeBmp(bytes);
      if (beginsWith(bytes, "RIFF") && bytes.size() > 12 && beginsWith(bytes.subspan(8), "WEBP"))
        return data::decodeWebp(bytes);
      if (beginsWith(bytes, {"II*\0", 4}) || beginsWith(bytes, {"MM\0*", 4}) || beginsWith(bytes, {"II+\0", 4}) ||
          beginsWith(bytes, {"MM\0+", 4}))
        return data::decodeTiff(bytes);
    } catch (const std::bad_alloc&) {
      return Error{ErrorCode::ResourceLimit, "", "", "there is no memory for its pixels", ""};
    }
    return Error{ErrorCode::Unsupported, "", "", "it is no JPEG, PNG, WebP, TIFF or BMP", "convert it to one of these"};
  };
  auto picture = decode();
  if (picture.ok()) return picture;
  Error error = std::move(picture).error();
  error.what = "cannot read the picture";
  error.where = where;
  return error;
}

Result<Picture> readPicture(const std::filesystem::path& path) {
  QS_ASSIGN(const auto bytes, data::readFileBytes(path, kMostFileBytes));
  return decodePicture(bytes, path.string());
}

Result<ClassMask> readClassMask(const std::filesystem::path& path) {
  QS_ASSIGN(const auto bytes, data::readFileBytes(path, kMostFileBytes));
  auto decode = [&]() -> Result<ClassMask> {
    if (!beginsWith(bytes, "\x89PNG\r\n\x1a\n")) {
      return Error{ErrorCode::Unsupported, "", "", "it is not a PNG", "store class numbers losslessly, as PNG"};
    }
    return data::decodePngClasses(bytes);
  };
  auto mask = decode();
  if (mask.ok()) return mask;
  Error error = std::move(mask).error();
  error.what = "cannot read the mask";
  error.where = path.string();
  return error;
}

bool hasPictureName(const std::filesystem::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 8> kEndings{".jpg",  ".jpeg", ".jfif", ".png",
                                                     ".webp", ".tif",  ".tiff", ".bmp"};
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace quantscope
