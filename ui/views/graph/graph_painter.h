#pragma once

#include <QPainter>
#include <QSet>
#include <memory>

#include "ui/views/graph/graph_index.h"
#include "ui/views/graph/graph_overlay.h"
#include "ui/views/graph/graph_picture.h"

namespace quantscope::ui {

/// Everything that is needed to draw a graph: values only, so that it can be drawn on a window, a picture or a page.
struct GraphDrawing {
  GraphPicture picture;
  LayoutInput input;
  std::shared_ptr<const GraphLayout> layout;
  GraphIndex index;
  Overlay overlay;

  QRectF cardRect(int32_t card) const;
};

/// What is marked while drawing.
struct GraphMarks {
  QSet<int32_t> selected;  ///< cards
  int32_t current = -1, hovered = -1;
  QSet<int32_t> found;  ///< of a search; others are dimmed where not empty
  bool focused = false;
};

/// Draws the part `area` (in picture coordinates) at `scale`; details go where they could not be read.
void paintGraph(QPainter& painter, const GraphDrawing& drawing, const GraphMarks& marks, const QRectF& area,
                double scale);

}  // namespace quantscope::ui
