#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "core/report/coverage_canvas.h"

namespace quantscope::report {

/// A TrueType font (OpenType specification, tables head, maxp, cmap formats 4 and 12, hhea, hmtx, loca, glyf). Files
/// are not trusted: every offset is checked, a damaged glyph is empty.
class OutlineFont {
public:
  /// Errors: NotFound, Io; Malformed; Unsupported (no TrueType outlines).
  static Result<OutlineFont> open(const std::filesystem::path& path);

  /// Width of a UTF-8 text in pixels.
  double width(const std::string& text, double size) const;
  /// Outlines of a text whose base line starts at (x, y).
  Outline outline(const std::string& text, double size, double x, double y) const;

private:
  struct Table {
    size_t offset = 0, length = 0;
  };
  explicit OutlineFont(std::vector<std::byte> bytes) : m_bytes(std::move(bytes)) {}
  Result<void> readTables(const std::string& where);
  uint32_t number(size_t offset, int bytes) const;
  int32_t signedNumber(size_t offset) const;
  uint32_t glyphOf(uint32_t code) const;
  double advance(uint32_t glyph) const;
  void addGlyph(uint32_t glyph, double scale, double x, double y, int depth, Outline& outline) const;
  void addSimple(size_t at, size_t end, int contours, double scale, double x, double y, Outline& outline) const;
  void addComposite(size_t at, double scale, double x, double y, int depth, Outline& outline) const;

  std::vector<std::byte> m_bytes;
  Table m_glyf, m_loca, m_hmtx;
  size_t m_mapping = 0;  ///< offset of the cmap subtable
  uint32_t m_mappingFormat = 0, m_glyphs = 0, m_metrics = 0, m_unitsPerEm = 0;
  bool m_longOffsets = false;
};

/// Code points of a UTF-8 text; U+FFFD for what is none.
std::vector<uint32_t> codePoints(const std::string& text);

}  // namespace quantscope::report
