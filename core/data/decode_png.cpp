#include <png.h>

#include <csetjmp>
#include <cstring>

#include "core/data/picture.h"

namespace quantscope::data {

namespace {

constexpr png_uint_32 kLongestSide = 65535;
constexpr png_alloc_size_t kMostChunkBytes = 8 << 20;

/// As with JPEG, the library leaves by a jump back into the method that called it.
class PngReader {
public:
  explicit PngReader(std::span<const std::byte> bytes) : m_rest(bytes) {
    m_png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, this,
        [](png_structp png, png_const_charp text) { of(png_get_error_ptr(png)).fail(text); },
        [](png_structp, png_const_charp) {});
    if (m_png != nullptr) m_info = png_create_info_struct(m_png);
  }
  ~PngReader() { png_destroy_read_struct(&m_png, &m_info, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  bool readHeader() {
    if (m_png == nullptr || m_info == nullptr) return false;
    if (setjmp(m_back) != 0) return false;
    png_set_read_fn(m_png, this,
                    [](png_structp png, png_bytep target, size_t size) { of(png_get_io_ptr(png)).take(target, size); });
    png_set_user_limits(m_png, kLongestSide, kLongestSide);
    png_set_chunk_malloc_max(m_png, kMostChunkBytes);
    png_set_chunk_cache_max(m_png, 64);
    png_read_info(m_png, m_info);
    return true;
  }
  int width() const { return static_cast<int>(png_get_image_width(m_png, m_info)); }
  int height() const { return static_cast<int>(png_get_image_height(m_png, m_info)); }

  /// Whether each pixel is stored as one small number.
  bool hasClasses() const {
    const int type = png_get_color_type(m_png, m_info);
    return (type == PNG_COLOR_TYPE_PALETTE || type == PNG_COLOR_TYPE_GRAY) && png_get_bit_depth(m_png, m_info) <= 8;
  }
  /// `rows` point to width bytes each.
  bool readClasses(png_bytep* rows) {
    if (setjmp(m_back) != 0) return false;
    png_set_packing(m_png);
    png_set_interlace_handling(m_png);
    png_read_update_info(m_png, m_info);
    if (png_get_rowbytes(m_png, m_info) != png_get_image_width(m_png, m_info)) png_error(m_png, "unexpected row size");
    png_read_image(m_png, rows);
    png_read_end(m_png, nullptr);
    return true;
  }

  /// `rows` point to width x 3 bytes each.
  bool readRows(png_bytep* rows) {
    if (setjmp(m_back) != 0) return false;
    png_set_strip_16(m_png);
    png_set_expand(m_png);
    png_set_gray_to_rgb(m_png);
    png_set_strip_alpha(m_png);
    png_set_interlace_handling(m_png);
    png_read_update_info(m_png, m_info);
    if (png_get_rowbytes(m_png, m_info) != size_t{3} * png_get_image_width(m_png, m_info))
      png_error(m_png, "unexpected row size");
    png_read_image(m_png, rows);
    png_read_end(m_png, nullptr);
    return true;
  }
  const char* message() const { return m_message; }

private:
  static PngReader& of(png_voidp pointer) { return *static_cast<PngReader*>(pointer); }
  [[noreturn]] void fail(const char* text) {
    std::strncpy(m_message, text, sizeof(m_message) - 1);
    std::longjmp(m_back, 1);
  }
  void take(png_bytep target, size_t size) {
    if (size > m_rest.size()) fail("it is cut off");
    std::memcpy(target, m_rest.data(), size);
    m_rest = m_rest.subspan(size);
  }

  std::span<const std::byte> m_rest;
  png_structp m_png = nullptr;
  png_infop m_info = nullptr;
  std::jmp_buf m_back;
  char m_message[128] = {};
};

}  // namespace

namespace {

Result<size_t> pixelsOf(const PngReader& reader) {
  const int64_t pixels = int64_t{reader.width()} * reader.height();
  if (pixels <= kMostPixels) return static_cast<size_t>(pixels);
  return Error{ErrorCode::ResourceLimit, "", "",
               "it has " + std::to_string(reader.width()) + "×" + std::to_string(reader.height()) + " pixels", ""};
}

}  // namespace

Result<ClassMask> decodePngClasses(std::span<const std::byte> bytes) {
  PngReader reader(bytes);
  auto failed = [&] { return Error{ErrorCode::Malformed, "", "", reader.message(), ""}; };
  if (!reader.readHeader()) return failed();
  if (!reader.hasClasses()) {
    return Error{ErrorCode::Unsupported, "", "", "its pixels are colours, not class numbers",
                 "store it with a palette or as 8-bit grey"};
  }
  QS_ASSIGN(const size_t pixels, pixelsOf(reader));
  ClassMask mask{reader.width(), reader.height(), std::vector<uint8_t>(pixels)};
  std::vector<png_bytep> rows(static_cast<size_t>(mask.height));
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = mask.classes.data() + y * static_cast<size_t>(mask.width);
  if (!reader.readClasses(rows.data())) return failed();
  return mask;
}

Result<Picture> decodePng(std::span<const std::byte> bytes) {
  PngReader reader(bytes);
  auto failed = [&] { return Error{ErrorCode::Malformed, "", "", reader.message(), ""}; };
  if (!reader.readHeader()) return failed();
  QS_ASSIGN(const size_t pixels, pixelsOf(reader));
  Picture picture{reader.width(), reader.height(), {}};
  picture.rgb.resize(pixels * 3);
  std::vector<png_bytep> rows(static_cast<size_t>(picture.height));
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = picture.rgb.data() + y * static_cast<size_t>(picture.width) * 3;
  if (!reader.readRows(rows.data())) return failed();
  return picture;
}

}  // namespace quantscope::data
