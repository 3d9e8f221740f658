#pragma once

#include <cstdint>
#include <vector>

#include "core/report/graph_scene.h"

namespace quantscope::report {

/// Closed polygons; what several of them enclose in the same direction is one area, in opposite ones a hole.
using Outline = std::vector<std::vector<ScenePoint>>;

/// A cubic piece as straight ones; the start is left out.
void addCurve(std::vector<ScenePoint>& line, ScenePoint start, ScenePoint control1, ScenePoint control2,
              ScenePoint end);
/// The area of a line of this width.
Outline strokeOf(const std::vector<ScenePoint>& line, double width);
Outline roundedRect(double x, double y, double width, double height, double radius);

/// 8-bit RGB pixels that areas are painted on with smooth edges.
class CoverageCanvas {
public:
  CoverageCanvas(int width, int height, uint32_t background);
  /// By the nonzero rule. Coverage is exact across, and of 8 lines per pixel down.
  void fill(const Outline& area, uint32_t color);
  int width() const { return m_width; }
  int height() const { return m_height; }
  const std::vector<uint8_t>& rgb() const { return m_rgb; }

private:
  void blend(int y, int from, const std::vector<float>& coverage, uint32_t color);

  int m_width, m_height;
  std::vector<uint8_t> m_rgb;
};

}  // namespace quantscope::report
