#include "ui/widgets/plots/channel_range_plot.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "ui/widgets/plots/plot_menu.h"
#include "ui/widgets/plots/plot_theme.h"

namespace quantscope::ui {

namespace {

constexpr double kOutlierFactor = 3.0;

double extent(const ValueSummary& channel) {
  return std::isfinite(channel.min) ? std::max(std::abs(channel.min), std::abs(channel.max)) : 0.0;
}

}  // namespace

ChannelRangePlot::ChannelRangePlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_plot);
  setMinimumHeight(120);
  m_plot->setAccessibleName(tr("Range of each channel"));
  m_plot->installEventFilter(this);
  addPlotMenu(*m_plot);
  m_plot->xAxis->setTickLabels(true);
  rebuild();
}

void ChannelRangePlot::setChannels(const std::vector<ValueSummary>& channels) {
  m_channels = channels;
  m_outliers.clear();
  m_widest = -1;
  std::vector<double> extents;
  for (const ValueSummary& channel : channels) extents.push_back(extent(channel));
  if (!extents.empty()) {
    m_widest = static_cast<int>(std::max_element(extents.begin(), extents.end()) - extents.begin());
    std::vector<double> sorted = extents;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
    const double median = sorted[sorted.size() / 2];
    for (size_t i = 0; i < extents.size(); ++i) {
      if (extents[i] > kOutlierFactor * median) m_outliers.push_back(static_cast<int>(i));
    }
    std::stable_sort(m_outliers.begin(), m_outliers.end(),
                     [&](int a, int b) { return extents[static_cast<size_t>(a)] > extents[static_cast<size_t>(b)]; });
    if (m_outliers.size() > 5) m_outliers.resize(5);
  }
  rebuild();
}

QPixmap ChannelRangePlot::toPixmap() {
  return m_plot->toPixmap(m_plot->width(), m_plot->height(), 2.0);
}

void ChannelRangePlot::rebuild() {
  m_plot->clearPlottables();
  themePlot(*m_plot);
  const PlotColors colors = plotColors();
  const size_t count = m_channels.size();
  // At least three pixels a bar.
  const size_t barSlots = std::max<size_t>(1, static_cast<size_t>(std::max(120, m_plot->width() - 60)) / 3);
  const size_t step = count > barSlots ? (count + barSlots - 1) / barSlots : 1;
  double low = 0, high = 0;
  auto* quiet = new QCPBars(m_plot->xAxis, m_plot->yAxis);
  auto* marked = new QCPBars(m_plot->xAxis, m_plot->yAxis);
  auto* quietBelow = new QCPBars(m_plot->xAxis, m_plot->yAxis);
  auto* markedBelow = new QCPBars(m_plot->xAxis, m_plot->yAxis);
  for (size_t first = 0; first < count; first += step) {
    double bottom = 0, top = 0;
    bool isMarked = false;
    for (size_t i = first; i < std::min(count, first + step); ++i) {
      if (!std::isfinite(m_channels[i].min)) continue;
      bottom = std::min(bottom, m_channels[i].min);
      top = std::max(top, m_channels[i].max);
      isMarked |= static_cast<int>(i) == m_widest;
    }
    const double key = static_cast<double>(first) + static_cast<double>(step - 1) / 2.0;
    (isMarked ? marked : quiet)->addData(key, top);
    (isMarked ? markedBelow : quietBelow)->addData(key, bottom);
    low = std::min(low, bottom);
    high = std::max(high, top);
  }
  for (auto* bars : {quiet, quietBelow, marked, markedBelow}) {
    bars->setWidth(static_cast<double>(step) * 0.78);
    bars->setPen(Qt::NoPen);
    bars->setBrush(bars == marked || bars == markedBelow ? colors.outlier : colors.bars);
  }
  const double margin = std::max((high - low) * 0.05, 1e-12);
  m_plot->xAxis->setRange(-0.5 - static_cast<double>(step) / 2,
                          static_cast<double>(std::max<size_t>(count, 1)) - 0.5 + static_cast<double>(step) / 2);
  m_plot->yAxis->setRange(low - margin, high + margin);
  m_plot->xAxis->setLabel(tr("channel"));
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool ChannelRangePlot::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_plot && event->type() == QEvent::ToolTip && !m_channels.empty()) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto channel = std::lround(m_plot->xAxis->pixelToCoord(help->pos().x()));
    if (channel >= 0 && channel < static_cast<long>(m_channels.size())) {
      const ValueSummary& summary = m_channels[static_cast<size_t>(channel)];
      QToolTip::showText(help->globalPos(),
                         tr("Channel %1: %2 to %3")
                             .arg(channel)
                             .arg(locale().toString(summary.min, 'g', 4), locale().toString(summary.max, 'g', 4)),
                         m_plot);
    }
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void ChannelRangePlot::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) rebuild();
  QWidget::changeEvent(event);
}

void ChannelRangePlot::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  rebuild();
}

}  // namespace quantscope::ui
