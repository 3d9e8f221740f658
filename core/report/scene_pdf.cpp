#include <zlib.h>

#include <array>
#include <cstdio>

#include "core/report/graph_scene.h"

namespace quantscope::report {

namespace {

/// CSS pixels to points.
constexpr double kPoint = 0.75;
/// Control points of a quarter circle.
constexpr double kCircle = 0.5523;

/// Widths of Helvetica's letters from space to ~, in thousandths of the size (Adobe Font Metrics).
constexpr std::array<uint16_t, 95> kWidths{
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};

/// UTF-8 to WinAnsiEncoding, as far as our own texts need it; other letters become "?".
std::string winAnsi(const std::string& utf8) {
  std::string result;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t code = length == 1 ? lead : lead & (0xff >> (length + 1));
    for (size_t k = 1; k < length && i + k < utf8.size(); ++k) {
      code = code << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3f);
    }
    i += length;
    if ((code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff)) {
      result += static_cast<char>(code);
    } else if (code == 0x2026) {
      result += '\x85';
    } else if (code == 0x2013) {
      result += '\x96';
    } else {
      result += '?';
    }
  }
  return result;
}

double widthOf(const std::string& text, double size) {
  double width = 0;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    width += code >= 32 && code < 127 ? kWidths[code - 32u] : 556;
  }
  return width * size / 1000;
}

std::string literal(const std::string& text) {
  std::string result = "(";
  for (const char c : text) {
    if (c == '(' || c == ')' || c == '\\') result += '\\';
    result += c;
  }
  return result + ")";
}

class PageWriter {
public:
  explicit PageWriter(double height) : m_height(height) {}
  const std::string& content() const { return m_content; }

  void operator()(const SceneRect& r) {
    const PaintColors colors = colorsOf(r.paint, false);
    color(colors.fill, "rg");
    if (colors.hasOutline) color(colors.outline, "RG"), m_content += number(kPoint) + " w ";
    const double k = r.radius * (1 - kCircle), right = r.x + r.width, bottom = r.y + r.height;
    if (r.radius <= 0) {
      m_content += at(r.x, bottom) + number(r.width * kPoint) + number(r.height * kPoint) + "re ";
    } else {
      m_content += at(r.x + r.radius, r.y) + "m " + at(right - r.radius, r.y) + "l " + at(right - k, r.y) +
                   at(right, r.y + k) + at(right, r.y + r.radius) + "c " + at(right, bottom - r.radius) + "l " +
                   at(right, bottom - k) + at(right - k, bottom) + at(right - r.radius, bottom) + "c " +
                   at(r.x + r.radius, bottom) + "l " + at(r.x + k, bottom) + at(r.x, bottom - k) +
                   at(r.x, bottom - r.radius) + "c " + at(r.x, r.y + r.radius) + "l " + at(r.x, r.y + k) +
                   at(r.x + k, r.y) + at(r.x + r.radius, r.y) + "c h ";
    }
    m_content += colors.hasOutline ? "B\n" : "f\n";
  }

  void operator()(const SceneCurve& curve) {
    color(colorsOf(Paint::Edge, false).fill, "RG");
    m_content += number(1.2 * kPoint) + "w " + (curve.dashed ? "[2.25 2.25] 0 d " : "[] 0 d ");
    const auto& p = curve.points;
    if (curve.dashed) {
      for (size_t i = 0; i + 1 < p.size(); i += 2) m_content += at(p[i]) + "m " + at(p[i + 1]) + "l ";
    } else {
      m_content += at(p[0]) + "m ";
      for (size_t i = 1; i + 2 < p.size(); i += 3) m_content += at(p[i]) + at(p[i + 1]) + at(p[i + 2]) + "c ";
    }
    m_content += "S [] 0 d\n";
  }

  void operator()(const SceneText& t) {
    const std::string text = winAnsi(t.text);
    const double size = textSize(t.paint);
    const double x = t.centered ? t.x - widthOf(text, size) / 2 : t.x;
    color(colorsOf(t.paint, false).fill, "rg");
    m_content += std::string("BT /") + (t.paint == Paint::BoldText ? "B" : "R") + " " + number(size * kPoint) + "Tf " +
                 at(x, t.y) + "Td " + literal(text) + " Tj ET\n";
  }

private:
  static std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f ", value);
    return text;
  }
  std::string at(double x, double y) const { return number(x * kPoint) + number((m_height - y) * kPoint); }
  std::string at(const ScenePoint& point) const { return at(point.x, point.y); }
  void color(uint32_t rgb, const char* command) {
    for (const int shift : {16, 8, 0}) m_content += number(((rgb >> shift) & 0xff) / 255.0);
    m_content += std::string(command) + " ";
  }

  double m_height;
  std::string m_content;
};

std::string deflated(const std::string& text) {
  uLongf size = compressBound(static_cast<uLong>(text.size()));
  std::string result(size, '\0');
  if (compress(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
               static_cast<uLong>(text.size())) != Z_OK) {
    return "";
  }
  result.resize(size);
  return result;
}

}  // namespace

std::string scenePdf(const Scene& scene) {
  PageWriter page(scene.height);
  for (const auto& item : scene.items) std::visit(page, item);
  const std::string packed = deflated(page.content());
  const std::string& stream = packed.empty() ? page.content() : packed;
  char box[96];
  // Pages beyond 200 inches need a larger user unit (ISO 32000-1, annex C).
  const double longest = std::max(scene.width, scene.height) * kPoint;
  const double unit = longest > 14400 ? longest / 14400 : 1;
  std::snprintf(box, sizeof box, "/MediaBox [0 0 %.2f %.2f] /UserUnit %.4f", scene.width * kPoint / unit,
                scene.height * kPoint / unit, unit);
  char zoom[48];
  std::snprintf(zoom, sizeof zoom, "%.6f 0 0 %.6f 0 0 cm\n", 1 / unit, 1 / unit);
  const std::string objects[]{
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      std::string("<< /Type /Page /Parent 2 0 R ") + box +
          " /Contents [4 0 R 5 0 R] /Resources << /Font << /R 6 0 R /B 7 0 R >> >> >>",
      "<< /Length " + std::to_string(std::string(zoom).size()) + " >>\nstream\n" + zoom + "\nendstream",
      "<< /Length " + std::to_string(stream.size()) + (packed.empty() ? "" : " /Filter /FlateDecode") +
          " >>\nstream\n" + stream + "\nendstream",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"};
  std::string pdf = "%PDF-1.6\n%\xe2\xe3\xcf\xd3\n", table;
  size_t count = 1;
  for (const std::string& object : objects) {
    char entry[32];
    std::snprintf(entry, sizeof entry, "%010zu 00000 n \n", pdf.size());
    table += entry;
    pdf += std::to_string(count++) + " 0 obj\n" + object + "\nendobj\n";
  }
  const size_t start = pdf.size();
  pdf += "xref\n0 " + std::to_string(count) + "\n0000000000 65535 f \n" + table + "trailer\n<< /Size " +
         std::to_string(count) + " /Root 1 0 R >>\nstartxref\n" + std::to_string(start) + "\n%%EOF\n";
  return pdf;
}

}  // namespace quantscope::report
