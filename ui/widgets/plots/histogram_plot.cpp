#include "ui/widgets/plots/histogram_plot.h"

#include <qcustomplot.h>

#include <QComboBox>
#include <algorithm>
#include <cmath>

#include "ui/widgets/plots/plot_menu.h"
#include "ui/widgets/plots/plot_theme.h"

namespace quantscope::ui {

namespace {

constexpr int kBars = 160;       // more cannot be told apart at the panel's width
constexpr double kEdgeGap = 6;   // pixels between drawn bucket edges, at least
constexpr int kHandleReach = 6;  // pixels

/// The same counts in fewer bins; a bin is split between those it lies in.
Histogram rebin(const Histogram& source, size_t bins, double low, double high) {
  Histogram result{low, high, std::vector<uint64_t>(bins, 0)};
  const double width = result.binWidth();
  if (width <= 0) return source;
  const double step = source.binWidth();
  for (size_t i = 0; i < source.counts.size(); ++i) {
    const double center = source.low + (static_cast<double>(i) + 0.5) * step;
    if (center < low || center > high) continue;
    const auto bin = std::min(bins - 1, static_cast<size_t>((center - low) / width));
    result.counts[bin] += source.counts[i];
  }
  return result;
}

}  // namespace

HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_plot);
  setMinimumHeight(150);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  m_plot->setAccessibleName(tr("Histogram"));
  m_bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);
  m_line = m_plot->addGraph();
  for (auto& handle : m_handles) {
    handle = new QCPItemStraightLine(m_plot);
    handle->setVisible(false);
  }
  m_readout = new QCPItemText(m_plot);
  m_readout->setPositionAlignment(Qt::AlignTop | Qt::AlignRight);
  m_readout->position->setType(QCPItemPosition::ptAxisRectRatio);
  m_readout->position->setCoords(1.0, 0.0);
  m_readout->setVisible(false);
  m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  m_plot->axisRect()->setRangeDrag(Qt::Horizontal);
  m_plot->axisRect()->setRangeZoom(Qt::Horizontal);
  m_plot->yAxis->setTickLabels(false);
  m_plot->yAxis->setTicks(false);
  m_plot->installEventFilter(this);
  addPlotMenu(*m_plot);
  // Stroked as one path, a line that goes up and down at every bin takes a fifth of a second: the rasterizer searches
  // all of a row's crossings for each of them.
  m_plot->setPlottingHint(QCP::phFastPolylines);
  connect(m_plot->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, &HistogramPlot::updateEdges);
  applyTheme();
}

void HistogramPlot::setHistogram(const Histogram& histogram, const QString& name) {
  m_histogram = histogram;
  m_name = name;
  rebuild();
}

void HistogramPlot::setOverlay(const std::optional<Histogram>& histogram, const QString& name) {
  m_overlay = histogram;
  m_overlayName = name;
  rebuild();
}

void HistogramPlot::setBucketEdges(std::vector<double> edges) {
  m_edges = std::move(edges);
  std::sort(m_edges.begin(), m_edges.end());
  updateEdges();
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::setClipRange(std::optional<std::pair<double, double>> range) {
  m_clip = range;
  const double ends[2] = {range ? range->first : 0, range ? range->second : 0};
  for (int i = 0; i < 2; ++i) {
    m_handles[i]->setVisible(range.has_value());
    m_handles[i]->point1->setCoords(ends[i], 0);
    m_handles[i]->point2->setCoords(ends[i], 1);
  }
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::setCountScale(CountScale scale) {
  m_scale = scale;
  rebuild();
}

QComboBox* HistogramPlot::makeCountScaleBox(QWidget* parent) {
  auto* box = new QComboBox(parent);
  box->addItems({tr("count"), tr("√count"), tr("log count")});
  box->setCurrentIndex(static_cast<int>(m_scale));
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(5);
  box->setToolTip(tr("Scale of the counts"));
  box->setAccessibleName(tr("Scale of the counts"));
  connect(box, &QComboBox::currentIndexChanged, this,
          [this](int index) { setCountScale(static_cast<CountScale>(index)); });
  return box;
}

void HistogramPlot::setAxisTitle(const QString& title) {
  m_plot->xAxis->setLabel(title);
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::clear() {
  m_histogram = {};
  m_overlay.reset();
  m_edges.clear();
  setClipRange(std::nullopt);
  rebuild();
}

QPixmap HistogramPlot::toPixmap() {
  return m_plot->toPixmap(m_plot->width(), m_plot->height(), 2.0);
}

bool HistogramPlot::savePdf(const QString& path) {
  return m_plot->savePdf(path);
}

double HistogramPlot::transformed(double count) const {
  switch (m_scale) {
    case CountScale::Linear:
      return count;
    case CountScale::SquareRoot:
      return std::sqrt(count);
    case CountScale::Logarithmic:
      return std::log10(1 + count);
  }
  return count;
}

void HistogramPlot::rebuild() {
  QVector<double> keys, heights, lineKeys, lineHeights;
  double top = 0;
  double low = m_histogram.low, high = m_histogram.high;
  if (!m_histogram.counts.empty()) {
    if (!(high > low)) {
      low -= 0.5;
      high += 0.5;
    }
    const Histogram shown = m_histogram.high > m_histogram.low ? rebin(m_histogram, kBars, low, high) : m_histogram;
    const double width = shown.high > shown.low ? shown.binWidth() : (high - low) / kBars;
    for (size_t i = 0; i < shown.counts.size(); ++i) {
      keys.append(shown.low + (static_cast<double>(i) + 0.5) * width);
      heights.append(transformed(static_cast<double>(shown.counts[i])));
      top = std::max(top, heights.back());
    }
    m_bars->setWidth(width * 0.92);
    if (m_overlay && !m_overlay->counts.empty() && m_overlay->high > m_overlay->low) {
      const Histogram line = rebin(*m_overlay, kBars, low, high);
      for (size_t i = 0; i < line.counts.size(); ++i) {
        lineKeys.append(line.low + (static_cast<double>(i) + 0.5) * line.binWidth());
        lineHeights.append(transformed(static_cast<double>(line.counts[i])));
        top = std::max(top, lineHeights.back());
      }
    }
  }
  m_bars->setData(keys, heights, true);
  m_line->setData(lineKeys, lineHeights, true);
  const double margin = (high - low) * 0.01;
  if (!keys.isEmpty()) m_plot->xAxis->setRange(low - margin, high + margin);
  m_plot->yAxis->setRange(0, top > 0 ? top * 1.05 : 1);
  updateEdges();
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::updateEdges() {
  for (QCPItemLine* line : m_edgeLines) m_plot->removeItem(line);
  m_edgeLines.clear();
  const QCPRange seen = m_plot->xAxis->range();
  const auto first = std::lower_bound(m_edges.begin(), m_edges.end(), seen.lower);
  const auto last = std::upper_bound(first, m_edges.end(), seen.upper);
  const double pixels = m_plot->axisRect()->width();
  if (last - first < 1 || pixels / static_cast<double>(last - first) < kEdgeGap) return;
  for (auto it = first; it != last; ++it) {
    auto* line = new QCPItemLine(m_plot);
    line->start->setCoords(*it, 0);
    line->end->setCoords(*it, m_plot->yAxis->range().upper);
    line->setPen(QPen(plotColors().line, 1, Qt::DotLine));
    m_edgeLines.push_back(line);
  }
}

int HistogramPlot::handleAt(const QPoint& position) const {
  if (!m_clip) return -1;
  const double ends[2] = {m_clip->first, m_clip->second};
  for (int i = 0; i < 2; ++i) {
    if (std::abs(m_plot->xAxis->coordToPixel(ends[i]) - position.x()) <= kHandleReach) return i;
  }
  return -1;
}

void HistogramPlot::showCursor(const QPoint& position) {
  const bool inside = m_plot->axisRect()->rect().contains(position) && !m_histogram.counts.empty();
  m_readout->setVisible(inside);
  if (inside) {
    const double value = m_plot->xAxis->pixelToCoord(position.x());
    const double width = m_histogram.binWidth();
    uint64_t count = 0;
    if (width > 0 && value >= m_histogram.low && value <= m_histogram.high) {
      const auto bin = std::min(m_histogram.counts.size() - 1, static_cast<size_t>((value - m_histogram.low) / width));
      count = m_histogram.counts[bin];
    }
    m_readout->setText(tr("%1: %n value(s)", nullptr, static_cast<int>(std::min<uint64_t>(count, 2000000000)))
                           .arg(locale().toString(value, 'g', 4)));
  }
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool HistogramPlot::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_plot) return QWidget::eventFilter(watched, event);
  switch (event->type()) {
    case QEvent::MouseButtonPress: {
      const auto* mouse = static_cast<QMouseEvent*>(event);
      m_dragged = handleAt(mouse->pos());
      return m_dragged >= 0;
    }
    case QEvent::MouseMove: {
      const auto* mouse = static_cast<QMouseEvent*>(event);
      if (m_dragged >= 0 && m_clip) {
        const double value = m_plot->xAxis->pixelToCoord(mouse->pos().x());
        auto range = *m_clip;
        (m_dragged == 0 ? range.first : range.second) = value;
        if (range.first < range.second) {
          setClipRange(range);
          emit clipChanged(range.first, range.second);
        }
        return true;
      }
      m_plot->setCursor(handleAt(mouse->pos()) >= 0 ? Qt::SizeHorCursor : Qt::ArrowCursor);
      showCursor(mouse->pos());
      return false;
    }
    case QEvent::MouseButtonRelease:
      if (m_dragged >= 0 && m_clip) {
        m_dragged = -1;
        emit clipCommitted(m_clip->first, m_clip->second);
        return true;
      }
      return false;
    case QEvent::MouseButtonDblClick:
      rebuild();
      return true;
    case QEvent::Leave:
      m_readout->setVisible(false);
      m_plot->replot(QCustomPlot::rpQueuedReplot);
      return false;
    default:
      return false;
  }
}

void HistogramPlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) applyTheme();
  QWidget::changeEvent(event);
}

void HistogramPlot::applyTheme() {
  const PlotColors colors = plotColors();
  themePlot(*m_plot);
  m_bars->setPen(Qt::NoPen);
  QColor fill = colors.bars;
  m_bars->setBrush(fill);
  m_line->setPen(QPen(colors.overlay, 1.6, Qt::SolidLine, Qt::RoundCap));
  for (auto* handle : m_handles) handle->setPen(QPen(colors.accent, 2));
  m_readout->setColor(colors.text);
  m_readout->setFont(m_plot->xAxis->tickLabelFont());
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace quantscope::ui
