#include "ui/views/graph/graph_blocks.h"

#include <algorithm>
#include <cmath>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

/// The colour at a third of its strength, premultiplied.
QRgb dimmed(QRgb color) {
  return qPremultiply(qRgba(qRed(color), qGreen(color), qBlue(color), 80));
}

}  // namespace

QImage paintBlocks(const GraphDrawing& drawing, const GraphMarks& marks, const QTransform& toPixels,
                   const QSize& size) {
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return image;
  image.fill(Qt::transparent);
  if (!drawing) return image;
  const GraphScene& scene = drawing.scene();
  const ThemeColors& colors = Theme::instance().colors();
  const QRgb none = colors.secondary.rgb(), chosen = colors.accent.rgb();
  const double sx = toPixels.m11(), sy = toPixels.m22(), dx = toPixels.dx(), dy = toPixels.dy();
  auto* const pixels = reinterpret_cast<QRgb*>(image.bits());
  const qsizetype stride = image.bytesPerLine() / 4;
  const int width = size.width(), height = size.height();
  const QRectF area = toPixels.inverted().mapRect(QRectF(QPointF(), QSizeF(size)));
  const bool anySelected = !marks.selected.isEmpty();
  scene.index.cards.visit(area, [&](int32_t card) {
    const auto i = static_cast<size_t>(card);
    const LayoutPoint& at = scene.layout->nodes[i];
    const LayoutNode& box = scene.input.nodes[i];
    int left = static_cast<int>(std::lround(at.x * sx + dx)), top = static_cast<int>(std::lround(at.y * sy + dy));
    int right = std::max(static_cast<int>(std::lround((at.x + box.width) * sx + dx)), left + 1);
    int bottom = std::max(static_cast<int>(std::lround((at.y + box.height) * sy + dy)), top + 1);
    left = std::max(left, 0);
    top = std::max(top, 0);
    right = std::min(right, width);
    bottom = std::min(bottom, height);
    if (left >= right || top >= bottom) return;
    QRgb color = drawing.colorOf(card, none) | 0xff000000u;
    if (anySelected && marks.selected.contains(card))
      color = chosen;
    else if (marks.searching && !marks.found.contains(card))
      color = dimmed(color);
    for (int y = top; y < bottom; ++y) {
      QRgb* const row = pixels + y * stride;
      std::fill(row + left, row + right, color);
    }
  });
  return image;
}

}  // namespace quantscope::ui
