#include "core/report/outline_font.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace quantscope::report {

namespace {

constexpr size_t kMostBytes = size_t{64} << 20;
constexpr int kDeepest = 5;
constexpr int kPieces = 5;  // of a quadratic curve
constexpr int kMostPoints = 10'000;

constexpr uint32_t tag(const char (&name)[5]) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(name[i]);
  return value;
}

struct GlyphPoint {
  double x = 0, y = 0;
  bool onCurve = false;
};

/// A closed line of points of which some only bend it; between two of those lies one that is on it.
std::vector<ScenePoint> flatten(const std::vector<GlyphPoint>& points) {
  std::vector<ScenePoint> line;
  const size_t count = points.size();
  if (count < 2) return line;
  auto middle = [](const GlyphPoint& a, const GlyphPoint& b) {
    return GlyphPoint{(a.x + b.x) / 2, (a.y + b.y) / 2, true};
  };
  GlyphPoint current = points[0].onCurve           ? points[0]
                       : points[count - 1].onCurve ? points[count - 1]
                                                   : middle(points[0], points[count - 1]);
  line.push_back({current.x, current.y});
  for (size_t i = points[0].onCurve ? 1 : 0; i < count + (points[0].onCurve ? 1 : 0); ++i) {
    const GlyphPoint p = points[i % count];
    if (p.onCurve) {
      line.push_back({p.x, p.y});
      current = p;
      continue;
    }
    const GlyphPoint next = points[(i + 1) % count];
    const GlyphPoint end = next.onCurve ? next : middle(p, next);
    for (int k = 1; k <= kPieces; ++k) {
      const double t = static_cast<double>(k) / kPieces, u = 1 - t;
      line.push_back(
          {u * u * current.x + 2 * u * t * p.x + t * t * end.x, u * u * current.y + 2 * u * t * p.y + t * t * end.y});
    }
    current = end;
  }
  return line;
}

}  // namespace

std::vector<uint32_t> codePoints(const std::string& text) {
  std::vector<uint32_t> codes;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 0;
    if (length == 0 || i + length > text.size()) {
      codes.push_back(0xfffd);
      ++i;
      continue;
    }
    uint32_t code = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t k = 1; k < length; ++k) code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    codes.push_back(code);
    i += length;
  }
  return codes;
}

uint32_t OutlineFont::number(size_t offset, int bytes) const {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) {
    const size_t at = offset + static_cast<size_t>(i);
    value = value << 8 | (at < m_bytes.size() ? std::to_integer<uint32_t>(m_bytes[at]) : 0);
  }
  return value;
}

int32_t OutlineFont::signedNumber(size_t offset) const {
  return static_cast<int16_t>(number(offset, 2));
}

Result<OutlineFont> OutlineFont::open(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Error{ErrorCode::NotFound, "cannot read the font", path.string(), std::strerror(errno), ""};
  const auto size = static_cast<std::streamoff>(file.tellg());
  if (size < 12 || static_cast<size_t>(size) > kMostBytes) {
    return Error{ErrorCode::Malformed, "cannot read the font", path.string(), "its size is no font's", ""};
  }
  std::vector<std::byte> bytes(static_cast<size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) return Error{ErrorCode::Io, "cannot read the font", path.string(), std::strerror(errno), ""};
  OutlineFont font(std::move(bytes));
  QS_TRY(font.readTables(path.string()));
  return font;
}

Result<void> OutlineFont::readTables(const std::string& where) {
  Table head, maxp, cmap, hhea;
  const size_t count = number(4, 2);
  for (size_t i = 0; i < count; ++i) {
    const size_t entry = 12 + 16 * i;
    const uint32_t name = number(entry, 4);
    const Table table{number(entry + 8, 4), number(entry + 12, 4)};
    if (table.offset > m_bytes.size() || table.length > m_bytes.size() - table.offset) continue;
    if (name == tag("head")) head = table;
    if (name == tag("maxp")) maxp = table;
    if (name == tag("cmap")) cmap = table;
    if (name == tag("hhea")) hhea = table;
    if (name == tag("hmtx")) m_hmtx = table;
    if (name == tag("loca")) m_loca = table;
    if (name == tag("glyf")) m_glyf = table;
  }
  if (m_glyf.length == 0 || m_loca.length == 0) {
    return Error{ErrorCode::Unsupported, "cannot use the font", where, "it has no TrueType outlines", ""};
  }
  m_unitsPerEm = number(head.offset + 18, 2);
  m_longOffsets = number(head.offset + 50, 2) != 0;
  m_glyphs = number(maxp.offset + 4, 2);
  m_metrics = number(hhea.offset + 34, 2);
  for (size_t i = 0; i < number(cmap.offset + 2, 2); ++i) {
    const size_t subtable = cmap.offset + number(cmap.offset + 4 + 8 * i + 4, 4);
    const uint32_t format = number(subtable, 2);
    if ((format == 4 || format == 12) && format > m_mappingFormat) m_mapping = subtable, m_mappingFormat = format;
  }
  if (head.length < 54 || m_unitsPerEm == 0 || m_metrics == 0 || m_mappingFormat == 0) {
    return Error{ErrorCode::Malformed, "cannot use the font", where, "a table that it needs is missing", ""};
  }
  return {};
}

uint32_t OutlineFont::glyphOf(uint32_t code) const {
  if (m_mappingFormat == 12) {
    const uint32_t groups = std::min(number(m_mapping + 12, 4), 100'000u);
    for (uint32_t g = 0; g < groups; ++g) {
      const size_t at = m_mapping + 16 + size_t{12} * g;
      if (code < number(at, 4)) return 0;
      if (code <= number(at + 4, 4)) return number(at + 8, 4) + code - number(at, 4);
    }
    return 0;
  }
  if (code > 0xffff) return 0;
  const size_t segments = number(m_mapping + 6, 2) / 2;
  const size_t ends = m_mapping + 14, starts = ends + 2 * segments + 2, deltas = starts + 2 * segments,
               offsets = deltas + 2 * segments;
  for (size_t s = 0; s < segments; ++s) {
    if (code > number(ends + 2 * s, 2)) continue;
    const uint32_t start = number(starts + 2 * s, 2), offset = number(offsets + 2 * s, 2);
    if (code < start) return 0;
    uint32_t glyph = code;
    if (offset != 0) glyph = number(offsets + 2 * s + offset + 2 * size_t{code - start}, 2);
    return offset != 0 && glyph == 0 ? 0 : (glyph + number(deltas + 2 * s, 2)) & 0xffff;
  }
  return 0;
}

double OutlineFont::advance(uint32_t glyph) const {
  return number(m_hmtx.offset + size_t{4} * std::min(glyph, m_metrics - 1), 2);
}

double OutlineFont::width(const std::string& text, double size) const {
  double sum = 0;
  for (const uint32_t code : codePoints(text)) sum += advance(glyphOf(code));
  return sum * size / m_unitsPerEm;
}

Outline OutlineFont::outline(const std::string& text, double size, double x, double y) const {
  Outline outline;
  const double scale = size / m_unitsPerEm;
  for (const uint32_t code : codePoints(text)) {
    const uint32_t glyph = glyphOf(code);
    addGlyph(glyph, scale, x, y, 0, outline);
    x += advance(glyph) * scale;
  }
  return outline;
}

void OutlineFont::addGlyph(uint32_t glyph, double scale, double x, double y, int depth, Outline& outline) const {
  if (glyph >= m_glyphs || depth > kDeepest) return;
  const size_t step = m_longOffsets ? 4 : 2, factor = m_longOffsets ? 1 : 2;
  if ((size_t{glyph} + 2) * step > m_loca.length) return;
  const size_t begin = number(m_loca.offset + glyph * step, static_cast<int>(step)) * factor;
  const size_t end = number(m_loca.offset + (size_t{glyph} + 1) * step, static_cast<int>(step)) * factor;
  if (end > m_glyf.length || begin + 10 > end) return;  // empty, or damaged
  const int contours = signedNumber(m_glyf.offset + begin);
  if (contours >= 0) {
    addSimple(m_glyf.offset + begin + 10, m_glyf.offset + end, contours, scale, x, y, outline);
  } else {
    addComposite(m_glyf.offset + begin + 10, scale, x, y, depth, outline);
  }
}

void OutlineFont::addSimple(size_t at, size_t end, int contours, double scale, double x, double y,
                            Outline& outline) const {
  std::vector<int> lasts;
  for (int i = 0; i < contours; ++i, at += 2) lasts.push_back(static_cast<int>(number(at, 2)));
  const int count = lasts.empty() ? 0 : lasts.back() + 1;
  if (count > kMostPoints) return;
  at += 2 + number(at, 2);  // instructions
  std::vector<uint32_t> flags;
  while (static_cast<int>(flags.size()) < count && at < end) {
    const uint32_t flag = number(at++, 1);
    for (uint32_t repeat = flag & 8 ? number(at++, 1) + 1 : 1; repeat > 0; --repeat) flags.push_back(flag);
  }
  if (static_cast<int>(flags.size()) < count) return;
  std::vector<GlyphPoint> points(static_cast<size_t>(count));
  auto readAxis = [&](uint32_t shortBit, uint32_t sameBit, double GlyphPoint::*axis) {
    int value = 0;
    for (size_t i = 0; i < points.size(); ++i) {
      if (flags[i] & shortBit) {
        const int step = static_cast<int>(number(at++, 1));
        value += flags[i] & sameBit ? step : -step;
      } else if (!(flags[i] & sameBit)) {
        value += signedNumber(at);
        at += 2;
      }
      points[i].*axis = value;
      points[i].onCurve = (flags[i] & 1) != 0;
    }
  };
  readAxis(2, 16, &GlyphPoint::x);
  readAxis(4, 32, &GlyphPoint::y);
  int first = 0;
  for (const int last : lasts) {
    if (last < first || last >= count) return;
    std::vector<GlyphPoint> contour(points.begin() + first, points.begin() + last + 1);
    for (GlyphPoint& p : contour) p = {x + p.x * scale, y - p.y * scale, p.onCurve};
    outline.push_back(flatten(contour));
    first = last + 1;
  }
}

/// Parts are moved and evenly scaled; those that are turned or skewed are drawn straight, which Latin letters and signs
/// have no need of.
void OutlineFont::addComposite(size_t at, double scale, double x, double y, int depth, Outline& outline) const {
  constexpr uint32_t kWords = 1, kOffsets = 2, kScale = 8, kMore = 32, kTwoScales = 64, kMatrix = 128;
  for (int part = 0; part < 16; ++part) {
    const uint32_t flags = number(at, 2), glyph = number(at + 2, 2);
    at += 4;
    double dx = 0, dy = 0, factor = 1;
    if (flags & kWords) {
      dx = signedNumber(at), dy = signedNumber(at + 2);
      at += 4;
    } else {
      dx = static_cast<int8_t>(number(at, 1)), dy = static_cast<int8_t>(number(at + 1, 1));
      at += 2;
    }
    if (!(flags & kOffsets)) dx = dy = 0;
    if (flags & (kScale | kTwoScales | kMatrix)) factor = signedNumber(at) / 16384.0;
    at += flags & kScale ? 2 : flags & kTwoScales ? 4 : flags & kMatrix ? 8 : 0;
    addGlyph(glyph, scale * factor, x + dx * scale, y - dy * scale, depth + 1, outline);
    if (!(flags & kMore)) return;
  }
}

}  // namespace quantscope::report
