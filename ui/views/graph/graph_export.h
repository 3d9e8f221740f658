#pragma once

#include <QString>

#include "core/base/result.h"
#include "ui/views/graph/graph_painter.h"

namespace quantscope::ui {

/// The whole graph as a .png (at most 16,384 pixels a side), .svg or .pdf file, by the name's ending. Errors:
/// Unsupported ending, Io, ResourceLimit.
Result<void> exportGraph(const GraphDrawing& drawing, const QString& path);

}  // namespace quantscope::ui
