#include "ui/widgets/plots/scatter_plot.h"

#include <qcustomplot.h>

#include <algorithm>

#include "ui/widgets/plots/plot_menu.h"
#include "ui/widgets/plots/plot_theme.h"

namespace quantscope::ui {

namespace {
constexpr double kReach = 14;  // pixels around a point that count as a click on it
}

ScatterPlot::ScatterPlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_plot);
  m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  m_plot->installEventFilter(this);
  addPlotMenu(*m_plot);
  m_plot->setAccessibleName(tr("Variants by size and accuracy"));
}

void ScatterPlot::setAxes(const QString& x, const QString& y) {
  m_xTitle = x;
  m_yTitle = y;
  rebuild();
}

void ScatterPlot::setPoints(std::vector<Point> points) {
  m_points = std::move(points);
  rebuild();
}

void ScatterPlot::setCurrent(int id) {
  m_current = id;
  rebuild();
}

bool ScatterPlot::savePdf(const QString& path) {
  return m_plot->savePdf(path);
}

QPixmap ScatterPlot::toPixmap() {
  return m_plot->toPixmap(m_plot->width(), m_plot->height(), 2.0);
}

void ScatterPlot::rebuild() {
  m_plot->clearPlottables();
  m_plot->clearItems();
  themePlot(*m_plot);
  const PlotColors colors = plotColors();
  m_plot->xAxis->grid()->setVisible(true);
  m_plot->xAxis->setLabel(m_xTitle);
  m_plot->yAxis->setLabel(m_yTitle);
  m_plot->xAxis->setNumberFormat(QStringLiteral("f"));
  m_plot->xAxis->setNumberPrecision(0);
  double left = INFINITY, right = -INFINITY, bottom = INFINITY, top = -INFINITY;
  for (const Point& point : m_points) {
    left = std::min(left, point.x);
    right = std::max(right, point.x);
    bottom = std::min(bottom, point.low);
    top = std::max(top, point.high);

    QCPGraph* graph = m_plot->addGraph();
    graph->addData(point.x, point.y);
    graph->setLineStyle(QCPGraph::lsNone);
    QColor color = point.color;
    if (point.faded) color.setAlphaF(0.4f);
    const bool current = point.id == m_current;
    graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle,
                                           QPen(current ? colors.accent : colors.background, current ? 2.5 : 1), color,
                                           current ? 13 : 11));
    auto* bars = new QCPErrorBars(m_plot->xAxis, m_plot->yAxis);
    bars->setDataPlottable(graph);
    bars->addData(point.y - point.low, point.high - point.y);
    bars->setPen(QPen(color, 1.2));
    auto* label = new QCPItemText(m_plot);
    label->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    label->position->setCoords(point.x, point.y);
    label->setPadding(QMargins(11, 0, 0, 0));
    label->setText(point.name);
    label->setFont(m_plot->xAxis->tickLabelFont());
    label->setColor(point.faded ? colors.secondary : colors.text);
  }
  if (m_points.empty()) {
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    return;
  }
  // The front: walking from small to large, every point better than all smaller ones.
  std::vector<const Point*> bySize;
  for (const Point& point : m_points) bySize.push_back(&point);
  std::sort(bySize.begin(), bySize.end(),
            [](const Point* a, const Point* b) { return a->x != b->x ? a->x < b->x : a->y > b->y; });
  QVector<double> keys, values;
  for (const Point* point : bySize) {
    if (!values.isEmpty() && point->y <= values.last()) continue;
    keys.append(point->x);
    values.append(point->y);
  }
  QCPGraph* front = m_plot->addGraph();
  front->setData(keys, values, true);
  front->setLineStyle(QCPGraph::lsStepLeft);
  front->setPen(QPen(colors.secondary, 1, Qt::DashLine));
  const double marginX = std::max((right - left) * 0.12, 1.0), marginY = std::max((top - bottom) * 0.12, 0.01);
  // Names stand on the right of their points.
  m_plot->xAxis->setRange(left - marginX, right + 2.2 * marginX);
  m_plot->yAxis->setRange(bottom - marginY, top + marginY);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

const ScatterPlot::Point* ScatterPlot::pointAt(const QPoint& position) const {
  const Point* best = nullptr;
  double bestDistance = kReach;
  for (const Point& point : m_points) {
    const QPointF there(m_plot->xAxis->coordToPixel(point.x), m_plot->yAxis->coordToPixel(point.y));
    const double distance = QLineF(there, position).length();
    if (distance >= bestDistance) continue;
    best = &point;
    bestDistance = distance;
  }
  return best;
}

bool ScatterPlot::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_plot) return QWidget::eventFilter(watched, event);
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const Point* point = pointAt(help->pos());
    QToolTip::showText(help->globalPos(), point ? point->toolTip : QString(), m_plot);
    return true;
  }
  if (event->type() == QEvent::MouseButtonPress) {
    if (const Point* point = pointAt(static_cast<QMouseEvent*>(event)->pos())) emit pointClicked(point->id);
  }
  if (event->type() == QEvent::MouseButtonDblClick) rebuild();
  return false;
}

void ScatterPlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) rebuild();
  QWidget::changeEvent(event);
}

}  // namespace quantscope::ui
