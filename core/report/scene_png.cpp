#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "core/data/encode_png.h"
#include "core/report/coverage_canvas.h"
#include "core/report/graph_scene.h"
#include "core/report/outline_font.h"

namespace quantscope::report {

namespace {

constexpr double kMostPixels = 4e8;

struct FontPair {
  const char* regular;
  const char* bold;
};
constexpr std::array kFonts{
    FontPair{"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"},
    FontPair{"/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
             "/usr/share/fonts/truetype/liberation/LiberationSans-Bold.ttf"},
    FontPair{"/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
             "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf"},
    FontPair{"/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf", "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"},
    FontPair{"/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
             "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans-Bold.ttf"},
    FontPair{"/usr/share/fonts/TTF/DejaVuSans.ttf", "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf"}};

struct Fonts {
  OutlineFont regular, bold;
};

Result<Fonts> findFonts() {
  if (const char* chosen = std::getenv("QUANTSCOPE_FONT")) {
    QS_ASSIGN(OutlineFont font, OutlineFont::open(chosen));
    return Fonts{font, font};
  }
  for (const FontPair& pair : kFonts) {
    auto regular = OutlineFont::open(pair.regular);
    if (!regular) continue;
    auto bold = OutlineFont::open(pair.bold);
    if (!bold) bold = *regular;
    return Fonts{std::move(*regular), std::move(*bold)};
  }
  return Error{ErrorCode::NotFound, "cannot draw letters", "", "there is no DejaVu, Liberation or Noto font",
               "install fonts-dejavu-core, name a .ttf file in QUANTSCOPE_FONT, or draw an .svg or .pdf"};
}

class Painter {
public:
  Painter(CoverageCanvas& canvas, const Fonts& fonts, double scale)
      : m_canvas(canvas), m_fonts(fonts), m_scale(scale) {}

  void operator()(const SceneRect& r) {
    const PaintColors colors = colorsOf(r.paint, false);
    const double s = m_scale;
    if (!colors.hasOutline) {
      m_canvas.fill(roundedRect(r.x * s, r.y * s, r.width * s, r.height * s, r.radius * s), colors.fill);
      return;
    }
    // The line lies half outside and half inside.
    const double h = s / 2;
    m_canvas.fill(roundedRect(r.x * s - h, r.y * s - h, r.width * s + s, r.height * s + s, r.radius * s + h),
                  colors.outline);
    m_canvas.fill(roundedRect(r.x * s + h, r.y * s + h, r.width * s - s, r.height * s - s, r.radius * s - h),
                  colors.fill);
  }

  void operator()(const SceneCurve& curve) {
    const uint32_t color = colorsOf(Paint::Edge, false).fill;
    auto at = [&](size_t i) { return ScenePoint{curve.points[i].x * m_scale, curve.points[i].y * m_scale}; };
    if (curve.dashed) {
      for (size_t i = 0; i + 1 < curve.points.size(); i += 2) dash(at(i), at(i + 1), color);
      return;
    }
    std::vector<ScenePoint> line{at(0)};
    for (size_t i = 1; i + 2 < curve.points.size(); i += 3) addCurve(line, line.back(), at(i), at(i + 1), at(i + 2));
    m_canvas.fill(strokeOf(line, kLine * m_scale), color);
  }

  void operator()(const SceneText& t) {
    const OutlineFont& font = t.paint == Paint::BoldText ? m_fonts.bold : m_fonts.regular;
    // These fonts are wider than those of browsers, which the boxes were measured for.
    const double size = 0.92 * textSize(t.paint) * m_scale;
    const double x = t.x * m_scale - (t.centered ? font.width(t.text, size) / 2 : 0);
    m_canvas.fill(font.outline(t.text, size, x, t.y * m_scale), colorsOf(t.paint, false).fill);
  }

private:
  static constexpr double kLine = 1.2, kDash = 3;

  void dash(ScenePoint a, ScenePoint b, uint32_t color) {
    const double length = std::hypot(b.x - a.x, b.y - a.y), step = kDash * m_scale;
    for (double from = 0; from < length; from += 2 * step) {
      const double p = from / length, q = std::min(length, from + step) / length;
      m_canvas.fill(
          strokeOf({{a.x + (b.x - a.x) * p, a.y + (b.y - a.y) * p}, {a.x + (b.x - a.x) * q, a.y + (b.y - a.y) * q}},
                   kLine * m_scale),
          color);
    }
  }

  CoverageCanvas& m_canvas;
  const Fonts& m_fonts;
  double m_scale;
};

}  // namespace

Result<std::string> scenePng(const Scene& scene, double scale) {
  const double width = std::ceil(scene.width * scale), height = std::ceil(scene.height * scale);
  if (!(width >= 1) || !(height >= 1) || width * height > kMostPixels) {
    return Error{
        ErrorCode::ResourceLimit, "the picture would be too large", "",
        std::to_string(static_cast<int64_t>(width)) + "×" + std::to_string(static_cast<int64_t>(height)) + " pixels",
        "choose a smaller scale, or draw an .svg or .pdf"};
  }
  QS_ASSIGN(const Fonts fonts, findFonts());
  CoverageCanvas canvas(static_cast<int>(width), static_cast<int>(height), colorsOf(Paint::Background, false).fill);
  Painter painter(canvas, fonts, scale);
  for (const auto& item : scene.items) std::visit(painter, item);
  return encodePng(canvas.width(), canvas.height(), canvas.rgb());
}

}  // namespace quantscope::report
