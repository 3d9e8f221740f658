#pragma once

#include <QString>

#include "core/base/result.h"

class QCustomPlot;

namespace quantscope::ui {

/// Gives a plot a context menu: copy it as a picture (Ctrl+C while it has the focus), save it as PNG, SVG or PDF.
void addPlotMenu(QCustomPlot& plot);
/// Writes a plot by the ending of the name. Errors: InvalidArgument (another ending), Io.
Result<void> savePlot(QCustomPlot& plot, const QString& path);

}  // namespace quantscope::ui
