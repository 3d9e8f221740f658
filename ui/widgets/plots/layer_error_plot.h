#pragma once

#include <QStringList>
#include <QVector>
#include <QWidget>

class QCustomPlot;

namespace quantscope::ui {

/// SQNR of every layer, in order: one line for the error that has accumulated, one for each layer's own.
class LayerErrorPlot : public QWidget {
  Q_OBJECT
public:
  explicit LayerErrorPlot(QWidget* parent = nullptr);
  /// In dB, by layer; `names` for tooltips. Either line may be empty.
  void setErrors(const QVector<double>& accumulated, const QVector<double>& local, const QStringList& names);
  void setCurrent(int layer);

signals:
  void layerClicked(int layer);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  void rebuild();
  QCustomPlot* m_plot;
  QVector<double> m_accumulated, m_local;
  QStringList m_names;
  int m_current = -1;
};

}  // namespace quantscope::ui
