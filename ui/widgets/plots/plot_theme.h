#pragma once

#include <QColor>

class QCustomPlot;

namespace quantscope::ui {

/// Colours of plots, derived from the application's palette, so that widgets need to know no workspace.
struct PlotColors {
  QColor background, text, secondary, line, grid, accent;
  QColor bars;     ///< int8 blue, lighter
  QColor overlay;  ///< dynamic-range orange
  QColor outlier;  ///< "bad"
};
PlotColors plotColors();

/// Quiet axes, grid and fonts for the current palette.
void themePlot(QCustomPlot& plot);

}  // namespace quantscope::ui
