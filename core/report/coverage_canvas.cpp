#include "core/report/coverage_canvas.h"

#include <algorithm>
#include <cmath>

namespace quantscope::report {

namespace {

constexpr int kLines = 8;  // per pixel
// A curve is drawn as straight pieces of about this many pixels.
constexpr double kPieceLength = 6, kFewestPieces = 6, kMostPieces = 200;

struct Edge {
  double x0, y0, x1, y1;  ///< y0 < y1
  int direction;
};

std::vector<Edge> edgesOf(const Outline& area) {
  std::vector<Edge> edges;
  for (const auto& polygon : area) {
    for (size_t i = 0; i < polygon.size(); ++i) {
      const ScenePoint a = polygon[i], b = polygon[(i + 1) % polygon.size()];
      if (a.y < b.y) edges.push_back({a.x, a.y, b.x, b.y, 1});
      if (b.y < a.y) edges.push_back({b.x, b.y, a.x, a.y, -1});
    }
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.y0 < b.y0; });
  return edges;
}

/// Adds a part of a line to the pixels that it covers.
void cover(std::vector<float>& coverage, double from, double to) {
  const double most = static_cast<double>(coverage.size());
  from = std::clamp(from, 0.0, most);
  to = std::clamp(to, 0.0, most);
  if (!(to > from)) return;
  const auto first = static_cast<size_t>(from), last = std::min(static_cast<size_t>(to), coverage.size() - 1);
  for (size_t x = first; x <= last; ++x) {
    const double left = std::max(from, static_cast<double>(x)), right = std::min(to, static_cast<double>(x + 1));
    if (right > left) coverage[x] += static_cast<float>((right - left) / kLines);
  }
}

}  // namespace

void addCurve(std::vector<ScenePoint>& line, ScenePoint a, ScenePoint b, ScenePoint c, ScenePoint d) {
  const double length =
      std::hypot(b.x - a.x, b.y - a.y) + std::hypot(c.x - b.x, c.y - b.y) + std::hypot(d.x - c.x, d.y - c.y);
  const int pieces = static_cast<int>(std::clamp(length / kPieceLength, kFewestPieces, kMostPieces));
  for (int i = 1; i <= pieces; ++i) {
    const double t = static_cast<double>(i) / pieces, u = 1 - t;
    const double wa = u * u * u, wb = 3 * u * u * t, wc = 3 * u * t * t, wd = t * t * t;
    line.push_back({wa * a.x + wb * b.x + wc * c.x + wd * d.x, wa * a.y + wb * b.y + wc * c.y + wd * d.y});
  }
}

Outline strokeOf(const std::vector<ScenePoint>& line, double width) {
  std::vector<ScenePoint> points;
  for (const ScenePoint& p : line) {
    if (points.empty() || std::hypot(p.x - points.back().x, p.y - points.back().y) > 1e-6) points.push_back(p);
  }
  if (points.size() < 2) return {};
  std::vector<ScenePoint> left, right;
  for (size_t i = 0; i < points.size(); ++i) {
    const ScenePoint before = points[i == 0 ? 0 : i - 1], after = points[std::min(i + 1, points.size() - 1)];
    const double length = std::hypot(after.x - before.x, after.y - before.y);
    const double x = length > 0 ? -(after.y - before.y) / length * width / 2 : 0,
                 y = length > 0 ? (after.x - before.x) / length * width / 2 : width / 2;
    left.push_back({points[i].x + x, points[i].y + y});
    right.push_back({points[i].x - x, points[i].y - y});
  }
  left.insert(left.end(), right.rbegin(), right.rend());
  return {left};
}

Outline roundedRect(double x, double y, double width, double height, double radius) {
  const double r = std::min({radius, width / 2, height / 2}), k = r * (1 - 0.5523), right = x + width,
               bottom = y + height;
  if (r <= 0) return {{{x, y}, {right, y}, {right, bottom}, {x, bottom}}};
  std::vector<ScenePoint> line{{x + r, y}, {right - r, y}};
  addCurve(line, line.back(), {right - k, y}, {right, y + k}, {right, y + r});
  line.push_back({right, bottom - r});
  addCurve(line, line.back(), {right, bottom - k}, {right - k, bottom}, {right - r, bottom});
  line.push_back({x + r, bottom});
  addCurve(line, line.back(), {x + k, bottom}, {x, bottom - k}, {x, bottom - r});
  line.push_back({x, y + r});
  addCurve(line, line.back(), {x, y + k}, {x + k, y}, {x + r, y});
  return {line};
}

CoverageCanvas::CoverageCanvas(int width, int height, uint32_t background)
    : m_width(width), m_height(height), m_rgb(static_cast<size_t>(width) * static_cast<size_t>(height) * 3) {
  for (size_t i = 0; i < m_rgb.size(); i += 3) {
    m_rgb[i] = static_cast<uint8_t>(background >> 16);
    m_rgb[i + 1] = static_cast<uint8_t>(background >> 8);
    m_rgb[i + 2] = static_cast<uint8_t>(background);
  }
}

void CoverageCanvas::fill(const Outline& area, uint32_t color) {
  const auto edges = edgesOf(area);
  if (edges.empty()) return;
  double left = edges[0].x0, right = left, bottom = edges[0].y1;
  for (const Edge& e : edges) {
    left = std::min({left, e.x0, e.x1});
    right = std::max({right, e.x0, e.x1});
    bottom = std::max(bottom, e.y1);
  }
  auto pixel = [](double value, int most) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(most)));
  };
  const int firstColumn = pixel(std::floor(left), m_width), lastColumn = pixel(std::ceil(right), m_width);
  const int firstRow = pixel(std::floor(edges[0].y0), m_height), lastRow = pixel(std::ceil(bottom), m_height);
  if (lastColumn <= firstColumn) return;
  std::vector<float> coverage(static_cast<size_t>(lastColumn - firstColumn));
  std::vector<std::pair<double, int>> crossings;
  size_t begin = 0;
  for (int row = firstRow; row < lastRow; ++row) {
    std::fill(coverage.begin(), coverage.end(), 0.0f);
    while (begin < edges.size() && edges[begin].y1 <= row) ++begin;  // only a prefix: the rest is tested below
    for (int line = 0; line < kLines; ++line) {
      const double y = row + (line + 0.5) / kLines;
      crossings.clear();
      for (size_t i = begin; i < edges.size() && edges[i].y0 <= y; ++i) {
        const Edge& e = edges[i];
        if (y >= e.y1) continue;
        crossings.emplace_back(e.x0 + (e.x1 - e.x0) * (y - e.y0) / (e.y1 - e.y0), e.direction);
      }
      std::sort(crossings.begin(), crossings.end());
      int winding = 0;
      for (size_t i = 0; i + 1 < crossings.size(); ++i) {
        winding += crossings[i].second;
        if (winding != 0) cover(coverage, crossings[i].first - firstColumn, crossings[i + 1].first - firstColumn);
      }
    }
    blend(row, firstColumn, coverage, color);
  }
}

void CoverageCanvas::blend(int y, int from, const std::vector<float>& coverage, uint32_t color) {
  uint8_t* pixel =
      m_rgb.data() + (static_cast<size_t>(y) * static_cast<size_t>(m_width) + static_cast<size_t>(from)) * 3;
  const float channels[]{static_cast<float>((color >> 16) & 0xff), static_cast<float>((color >> 8) & 0xff),
                         static_cast<float>(color & 0xff)};
  for (const float share : coverage) {
    const float part = std::min(share, 1.0f);
    for (const float channel : channels) {
      const float old = static_cast<float>(*pixel);
      *pixel++ = static_cast<uint8_t>(old + (channel - old) * part + 0.5f);
    }
  }
}

}  // namespace quantscope::report
