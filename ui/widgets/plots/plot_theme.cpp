#include "ui/widgets/plots/plot_theme.h"

#include <qcustomplot.h>

#include <QGuiApplication>
#include <QPalette>

namespace quantscope::ui {

PlotColors plotColors() {
  const QPalette palette = QGuiApplication::palette();
  const bool dark = palette.color(QPalette::Base).lightness() < 128;
  PlotColors colors;
  colors.background = palette.color(QPalette::Base);
  colors.text = palette.color(QPalette::Text);
  colors.secondary = QColor(dark ? "#93a0ad" : "#667280");
  colors.line = QColor(dark ? "#363d46" : "#dde2e8");
  colors.grid = QColor(dark ? "#2c333b" : "#eceff3");
  colors.accent = QColor(dark ? "#7aa5ff" : "#2458d6");
  colors.bars = QColor(dark ? "#3b6fa3" : "#8fb9dd");
  colors.overlay = QColor(dark ? "#e5a52a" : "#d58f00");
  colors.outlier = QColor(dark ? "#ef7b4d" : "#c4481b");
  return colors;
}

void themePlot(QCustomPlot& plot) {
  const PlotColors colors = plotColors();
  plot.setBackground(colors.background);
  QFont font = QGuiApplication::font();
  font.setPixelSize(11);
  for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
    axis->setBasePen(QPen(colors.line, 1));
    axis->setTickPen(QPen(colors.line, 1));
    axis->setSubTickPen(Qt::NoPen);
    axis->setTickLabelColor(colors.secondary);
    axis->setLabelColor(colors.secondary);
    axis->setTickLabelFont(font);
    axis->setLabelFont(font);
    axis->grid()->setPen(QPen(colors.grid, 1));
    axis->grid()->setZeroLinePen(QPen(colors.line, 1));
  }
  plot.xAxis->grid()->setVisible(false);
}

}  // namespace quantscope::ui
