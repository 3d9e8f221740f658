#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/statistics/tensor_statistics.h"

class QComboBox;
class QCustomPlot;
class QCPBars;
class QCPGraph;
class QCPItemLine;
class QCPItemStraightLine;
class QCPItemText;

namespace quantscope::ui {

/// A histogram with, laid over it, the histogram after quantization, bucket edges of the quantizer and two
/// handles that clip the range. Zoom with the wheel, pan by dragging, double click: all. Knows no workspace.
class HistogramPlot : public QWidget {
  Q_OBJECT
public:
  explicit HistogramPlot(QWidget* parent = nullptr);

  enum class CountScale { Linear, SquareRoot, Logarithmic };

  void setHistogram(const Histogram& histogram, const QString& name);
  /// Line over the bars; nothing removes it.
  void setOverlay(const std::optional<Histogram>& histogram, const QString& name);
  /// Values where the quantizer rounds from one level to the next; drawn where they are at least 6 pixels apart.
  void setBucketEdges(std::vector<double> edges);
  /// Handles that can be dragged (with clipChanged) or nothing.
  void setClipRange(std::optional<std::pair<double, double>> range);
  void setCountScale(CountScale scale);
  CountScale countScale() const { return m_scale; }
  /// A box that shows and sets the scale of the counts.
  QComboBox* makeCountScaleBox(QWidget* parent);
  void setAxisTitle(const QString& title);
  void clear();
  /// The plot as a picture, for the clipboard and for export.
  QPixmap toPixmap();
  bool savePdf(const QString& path);

signals:
  void clipChanged(double low, double high);    ///< while dragging
  void clipCommitted(double low, double high);  ///< at the end of a drag

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  void applyTheme();
  void rebuild();
  void updateEdges();
  void showCursor(const QPoint& position);
  double transformed(double count) const;
  int handleAt(const QPoint& position) const;

  QCustomPlot* m_plot;
  QCPBars* m_bars;
  QCPGraph* m_line;
  QCPItemStraightLine* m_handles[2];
  QCPItemText* m_readout;
  std::vector<QCPItemLine*> m_edgeLines;
  Histogram m_histogram;
  std::optional<Histogram> m_overlay;
  QString m_name, m_overlayName;
  std::vector<double> m_edges;
  std::optional<std::pair<double, double>> m_clip;
  CountScale m_scale = CountScale::SquareRoot;
  int m_dragged = -1;
};

}  // namespace quantscope::ui
