#include <csetjmp>
#include <cstdio>
// jpeglib.h needs size_t and FILE before it.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/data/picture.h"

namespace quantscope::data {

namespace {

// Each scan of a progressive picture decodes all of it once more.
constexpr int kMostScans = 200;

/// libjpeg reports errors by a function that must not return: it jumps back into the method that called the library,
/// none of which holds objects with destructors.
class JpegReader {
public:
  JpegReader() {
    std::memset(&m_info, 0, sizeof(m_info));
    m_info.err = jpeg_std_error(&m_errors);
    m_info.client_data = this;
    m_errors.error_exit = [](j_common_ptr info) { of(info).fail(); };
    m_errors.emit_message = [](j_common_ptr info, int level) { of(info).notice(level); };
    m_errors.output_message = [](j_common_ptr) {};
    m_progress.progress_monitor = [](j_common_ptr info) {
      if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans)
        of(info).stop("it has too many scans");
    };
  }
  ~JpegReader() { jpeg_destroy_decompress(&m_info); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  bool readHeader(std::span<const std::byte> bytes) {
    if (setjmp(m_back) != 0) return false;
    jpeg_create_decompress(&m_info);
    m_info.progress = &m_progress;
    jpeg_mem_src(&m_info, reinterpret_cast<const unsigned char*>(bytes.data()),
                 static_cast<unsigned long>(bytes.size()));
    jpeg_save_markers(&m_info, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&m_info, TRUE);
    const bool inks = m_info.jpeg_color_space == JCS_CMYK || m_info.jpeg_color_space == JCS_YCCK;
    m_info.out_color_space = inks ? JCS_CMYK : JCS_RGB;
    m_info.dct_method = JDCT_ISLOW;
    m_info.do_fancy_upsampling = TRUE;
    return true;
  }
  int64_t pixels() const { return int64_t{m_info.image_width} * m_info.image_height; }
  int width() const { return static_cast<int>(m_info.image_width); }
  int height() const { return static_cast<int>(m_info.image_height); }
  size_t channels() const { return m_info.out_color_space == JCS_CMYK ? 4 : 3; }
  bool invertedInks() const { return m_info.saw_Adobe_marker != 0; }
  int orientation() const {
    for (auto* marker = m_info.marker_list; marker != nullptr; marker = marker->next) {
      const int found = exifOrientation({reinterpret_cast<const std::byte*>(marker->data), marker->data_length});
      if (found != 1) return found;
    }
    return 1;
  }

  /// `target` holds width x height x channels bytes.
  bool readRows(uint8_t* target) {
    if (setjmp(m_back) != 0) return false;
    jpeg_start_decompress(&m_info);
    const size_t stride = size_t{m_info.output_width} * channels();
    while (m_info.output_scanline < m_info.output_height) {
      JSAMPROW row = target + m_info.output_scanline * stride;
      jpeg_read_scanlines(&m_info, &row, 1);
    }
    jpeg_finish_decompress(&m_info);
    return true;
  }
  const char* message() const { return m_message; }

private:
  static JpegReader& of(j_common_ptr info) { return *static_cast<JpegReader*>(info->client_data); }
  [[noreturn]] void fail() {
    (*m_errors.format_message)(reinterpret_cast<j_common_ptr>(&m_info), m_message);
    std::longjmp(m_back, 1);
  }
  [[noreturn]] void stop(const char* why) {
    std::strncpy(m_message, why, sizeof(m_message) - 1);
    std::longjmp(m_back, 1);
  }
  /// The library would make up the rest of a damaged picture; numbers measured on that would be wrong.
  void notice(int level) {
    if (level >= 0) return;
    const int code = m_errors.msg_code;
    if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE) fail();
  }

  jpeg_decompress_struct m_info;
  jpeg_error_mgr m_errors;
  jpeg_progress_mgr m_progress{};
  std::jmp_buf m_back;
  char m_message[JMSG_LENGTH_MAX] = {};
};

/// In place: four bytes become three.
void inksToRgb(std::vector<uint8_t>& pixels, bool inverted) {
  const size_t count = pixels.size() / 4;
  for (size_t i = 0; i < count; ++i) {
    int ink[4];
    for (size_t k = 0; k < 4; ++k) ink[k] = inverted ? 255 - pixels[4 * i + k] : pixels[4 * i + k];
    const int light = 255 - ink[3];
    for (size_t k = 0; k < 3; ++k) {
      pixels[3 * i + k] = static_cast<uint8_t>(std::clamp(light - (ink[k] * light + 127) / 255, 0, 255));
    }
  }
  pixels.resize(count * 3);
}

}  // namespace

Result<Picture> decodeJpeg(std::span<const std::byte> bytes) {
  JpegReader reader;
  auto failed = [&] { return Error{ErrorCode::Malformed, "", "", reader.message(), ""}; };
  if (!reader.readHeader(bytes)) return failed();
  if (reader.pixels() > kMostPixels) {
    return Error{ErrorCode::ResourceLimit, "", "",
                 "it has " + std::to_string(reader.width()) + "×" + std::to_string(reader.height()) + " pixels", ""};
  }
  Picture picture{reader.width(), reader.height(), {}};
  picture.rgb.resize(static_cast<size_t>(reader.pixels()) * reader.channels());
  // The markers are gone once the rows are read.
  const int orientation = reader.orientation();
  if (!reader.readRows(picture.rgb.data())) return failed();
  if (reader.channels() == 4) inksToRgb(picture.rgb, reader.invertedInks());
  return upright(std::move(picture), orientation);
}

}  // namespace quantscope::data
