#pragma once

#include <QImage>
#include <QTransform>

#include "ui/views/graph/graph_drawing.h"

namespace quantscope::ui {

/// The far view: every card of the area as a block of its colour, at least one pixel large, written straight into the
/// pixels of a transparent picture of `size` pixels. Tens of thousands of cards take a millisecond or two.
QImage paintBlocks(const GraphDrawing& drawing, const GraphMarks& marks, const QTransform& toPixels, const QSize& size);

}  // namespace quantscope::ui
