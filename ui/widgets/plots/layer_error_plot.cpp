#include "ui/widgets/plots/layer_error_plot.h"

#include <qcustomplot.h>

#include <cmath>

#include "ui/widgets/plots/plot_menu.h"
#include "ui/widgets/plots/plot_theme.h"

namespace quantscope::ui {

namespace {

constexpr double kExactDecibel = 100;  // an exact layer is drawn at the top, not at infinity

QVector<double> finite(QVector<double> values) {
  for (double& value : values) value = std::isfinite(value) ? std::min(value, kExactDecibel) : kExactDecibel;
  return values;
}

}  // namespace

LayerErrorPlot::LayerErrorPlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_plot);
  setMinimumHeight(140);
  m_plot->setAccessibleName(tr("Error of each layer"));
  m_plot->installEventFilter(this);
  addPlotMenu(*m_plot);
  // In a row above the curves, where it covers none of them.
  m_plot->axisRect()->insetLayout()->take(m_plot->legend);
  m_plot->plotLayout()->insertRow(0);
  m_plot->plotLayout()->addElement(0, 0, m_plot->legend);
  m_plot->plotLayout()->setRowStretchFactor(0, 0.001);
  m_plot->legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
  m_plot->legend->setBorderPen(Qt::NoPen);
  rebuild();
}

void LayerErrorPlot::setErrors(const QVector<double>& accumulated, const QVector<double>& local,
                               const QStringList& names) {
  m_accumulated = finite(accumulated);
  m_local = finite(local);
  m_names = names;
  rebuild();
}

void LayerErrorPlot::setCurrent(int layer) {
  if (layer == m_current) return;
  m_current = layer;
  rebuild();
}

void LayerErrorPlot::rebuild() {
  m_plot->clearPlottables();
  m_plot->clearItems();
  themePlot(*m_plot);
  const PlotColors colors = plotColors();
  double top = 10, bottom = 0;
  auto line = [&](const QVector<double>& values, const QColor& color, const QString& name,
                  QCPScatterStyle::ScatterShape shape) {
    if (values.isEmpty()) return;
    QVector<double> keys;
    for (int i = 0; i < values.size(); ++i) {
      keys.append(i);
      top = std::max(top, values[i]);
      bottom = std::min(bottom, values[i]);
    }
    QCPGraph* graph = m_plot->addGraph();
    graph->setData(keys, values, true);
    graph->setPen(QPen(color, 1.6));
    graph->setScatterStyle(QCPScatterStyle(shape, color, 5));
    graph->setName(name);
  };
  line(m_local, colors.accent, tr("each layer alone"), QCPScatterStyle::ssCircle);
  line(m_accumulated, colors.overlay, tr("accumulated"), QCPScatterStyle::ssDisc);
  const auto count = std::max(m_accumulated.size(), m_local.size());
  if (m_current >= 0 && m_current < count) {
    auto* marker = new QCPItemStraightLine(m_plot);
    marker->point1->setCoords(m_current, 0);
    marker->point2->setCoords(m_current, 1);
    marker->setPen(QPen(colors.accent, 1, Qt::DashLine));
  }
  m_plot->legend->setVisible(count > 0);
  m_plot->legend->setBrush(colors.background);
  m_plot->legend->setTextColor(colors.text);
  m_plot->legend->setFont(m_plot->xAxis->tickLabelFont());
  m_plot->xAxis->setRange(-0.5, std::max<double>(static_cast<double>(count) - 0.5, 0.5));
  m_plot->yAxis->setRange(bottom, top * 1.08);
  m_plot->xAxis->setLabel(tr("layer"));
  m_plot->yAxis->setLabel(tr("SQNR dB (higher is better)"));
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool LayerErrorPlot::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_plot) return QWidget::eventFilter(watched, event);
  auto layerAt = [&](const QPoint& position) {
    const auto layer = static_cast<int>(std::lround(m_plot->xAxis->pixelToCoord(position.x())));
    return layer >= 0 && layer < std::max(m_accumulated.size(), m_local.size()) ? layer : -1;
  };
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int layer = layerAt(help->pos());
    if (layer < 0) return true;
    QString words = layer < m_names.size() ? m_names[layer] : QString::number(layer);
    auto add = [&](const QVector<double>& values, const QString& name) {
      if (layer < values.size())
        words += QStringLiteral("\n") + tr("%1: %2 dB").arg(name, locale().toString(values[layer], 'f', 1));
    };
    add(m_accumulated, tr("accumulated"));
    add(m_local, tr("alone"));
    QToolTip::showText(help->globalPos(), words, m_plot);
    return true;
  }
  if (event->type() == QEvent::MouseButtonRelease) {
    const int layer = layerAt(static_cast<QMouseEvent*>(event)->pos());
    if (layer >= 0) emit layerClicked(layer);
  }
  return false;
}

void LayerErrorPlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) rebuild();
  QWidget::changeEvent(event);
}

}  // namespace quantscope::ui
