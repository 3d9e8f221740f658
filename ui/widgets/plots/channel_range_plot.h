#pragma once

#include <QWidget>
#include <vector>

#include "core/statistics/tensor_statistics.h"

class QCustomPlot;

namespace quantscope::ui {

/// One bar from minimum to maximum per channel; the widest is marked. Where there are more channels than
/// pixels, neighbours are joined to their common range, so that 4,096 channels stay readable. Knows no workspace.
class ChannelRangePlot : public QWidget {
  Q_OBJECT
public:
  explicit ChannelRangePlot(QWidget* parent = nullptr);
  void setChannels(const std::vector<ValueSummary>& channels);
  /// Channels whose range is more than three times the median range, widest first (at most 5).
  const std::vector<int>& outliers() const { return m_outliers; }
  int widest() const { return m_widest; }
  QPixmap toPixmap();

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void rebuild();
  QCustomPlot* m_plot;
  std::vector<ValueSummary> m_channels;
  std::vector<int> m_outliers;
  int m_widest = -1;
};

}  // namespace quantscope::ui
