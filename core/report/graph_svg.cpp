#include <array>

#include "core/report/graph_scene.h"
#include "core/report/report.h"
#include "core/report/text.h"

namespace quantscope {

namespace report {

namespace {

constexpr std::array kPrecisions{Paint::Float32, Paint::Float16, Paint::Int16,
                                 Paint::Int8,    Paint::Int4,    Paint::Dynamic};

std::string number(double value) {
  return text::fixed(value, 1);
}

std::string hex(uint32_t color) {
  char text[8];
  std::snprintf(text, sizeof text, "#%06x", color & 0xffffff);
  return text;
}

const char* styleOf(Paint paint) {
  switch (paint) {
    case Paint::Background:
      return "bg";
    case Paint::Card:
      return "card";
    case Paint::Text:
      return "";
    case Paint::SmallText:
      return "small";
    case Paint::BoldText:
      return "op";
    case Paint::Edge:
      return "edge";
    case Paint::Float32:
      return "f32";
    case Paint::Float16:
      return "f16";
    case Paint::Int16:
      return "i16";
    case Paint::Int8:
      return "i8";
    case Paint::Int4:
      return "i4";
    case Paint::Dynamic:
      return "dyn";
  }
  return "";
}

/// Colours of one theme.
std::string themeRules(bool dark) {
  auto fill = [&](Paint paint) { return "fill:" + hex(colorsOf(paint, dark).fill); };
  std::string css = ".qsg text{" + fill(Paint::Text) + "}.qsg text.small{" + fill(Paint::SmallText) + "}.qsg .bg{" +
                    fill(Paint::Background) + "}.qsg .card{" + fill(Paint::Card) +
                    ";stroke:" + hex(colorsOf(Paint::Card, dark).outline) +
                    "}.qsg .edge{stroke:" + hex(colorsOf(Paint::Edge, dark).fill) + "}";
  for (const Paint paint : kPrecisions) css += std::string(".qsg .") + styleOf(paint) + "{" + fill(paint) + "}";
  return css;
}

/// Everything is below .qsg, so that an embedding page keeps its own style.
std::string styleSheet() {
  return "<style>.qsg text{font-family:system-ui,sans-serif;font-size:12px}.qsg text.op{font-weight:600}"
         ".qsg text.small{font-size:11px}.qsg .edge{fill:none;stroke-width:1.2}.qsg .stub{stroke-dasharray:3 3}" +
         themeRules(false) + "@media (prefers-color-scheme:dark){" + themeRules(true) + "}</style>";
}

std::string svgOf(const SceneRect& r) {
  std::string svg = std::string("<rect class=\"") + styleOf(r.paint) + "\" x=\"" + number(r.x) + "\" y=\"" +
                    number(r.y) + "\" width=\"" + number(r.width) + "\" height=\"" + number(r.height) + "\"";
  if (r.radius > 0) svg += " rx=\"" + number(r.radius) + "\"";
  return svg + (r.hover.empty() ? "/>" : "><title>" + text::escape(r.hover) + "</title></rect>");
}

std::string svgOf(const SceneCurve& curve) {
  auto at = [&](size_t i) { return number(curve.points[i].x) + " " + number(curve.points[i].y); };
  std::string path;
  if (curve.dashed) {
    for (size_t i = 0; i + 1 < curve.points.size(); i += 2) path += "M" + at(i) + "L" + at(i + 1);
  } else {
    path = "M" + at(0);
    for (size_t i = 1; i + 2 < curve.points.size(); i += 3) path += "C" + at(i) + " " + at(i + 1) + " " + at(i + 2);
  }
  return std::string("<path class=\"edge") + (curve.dashed ? " stub" : "") + "\" d=\"" + path + "\"/>";
}

std::string svgOf(const SceneText& t) {
  const std::string style = styleOf(t.paint);
  return "<text" + (style.empty() ? "" : " class=\"" + style + "\"") +
         (t.centered ? std::string(" text-anchor=\"middle\"") : std::string()) + " x=\"" + number(t.x) + "\" y=\"" +
         number(t.y) + "\">" + text::escape(t.text) + "</text>";
}

}  // namespace

PaintColors colorsOf(Paint paint, bool dark) {
  switch (paint) {
    case Paint::Background:
      return {dark ? 0x1b1f24u : 0xf3f5f7u};
    case Paint::Card:
      return {dark ? 0x22272eu : 0xffffffu, dark ? 0x363d46u : 0xdde2e8u, true};
    case Paint::Text:
    case Paint::BoldText:
      return {dark ? 0xdfe5ecu : 0x1c2530u};
    case Paint::SmallText:
      return {dark ? 0x93a0adu : 0x5d6874u};
    case Paint::Edge:
    case Paint::Float32:
      return {0x8b95a3u};
    case Paint::Float16:
      return {dark ? 0x5bb8e6u : 0x4aa8d8u};
    case Paint::Int16:
      return {dark ? 0x27b88eu : 0x0b9a74u};
    case Paint::Int8:
      return {dark ? 0x4c9be0u : 0x1f6fb2u};
    case Paint::Int4:
      return {dark ? 0xcf8abbu : 0xb0679bu};
    case Paint::Dynamic:
      return {dark ? 0xe5a52au : 0xd58f00u};
  }
  return {};
}

double textSize(Paint paint) {
  return paint == Paint::SmallText ? 11 : 12;
}

std::string sceneSvg(const Scene& scene) {
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qsg\" width=\"" + number(scene.width) +
                    "\" height=\"" + number(scene.height) + "\" viewBox=\"0 0 " + number(scene.width) + " " +
                    number(scene.height) + "\">" + styleSheet() + "\n";
  for (const auto& item : scene.items) svg += std::visit([](const auto& shape) { return svgOf(shape); }, item) + "\n";
  return svg + "</svg>\n";
}

}  // namespace report

Result<std::string> renderGraphSvg(const Model& model, Progress& progress) {
  QS_ASSIGN(const auto scene, report::graphScene(model, progress));
  return report::sceneSvg(scene);
}

}  // namespace quantscope
