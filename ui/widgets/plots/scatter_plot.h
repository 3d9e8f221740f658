#pragma once

#include <QWidget>
#include <vector>

class QCustomPlot;

namespace quantscope::ui {

/// Labelled points with vertical intervals; the ones that no other beats on both axes are joined. Click selects.
class ScatterPlot : public QWidget {
  Q_OBJECT
public:
  struct Point {
    int id = 0;
    double x = 0, y = 0;
    double low = 0, high = 0;  ///< interval of y
    QString name, toolTip;
    QColor color;
    bool faded = false;  ///< stale
  };
  explicit ScatterPlot(QWidget* parent = nullptr);
  void setAxes(const QString& x, const QString& y);
  /// Smaller x and greater y are better.
  void setPoints(std::vector<Point> points);
  void setCurrent(int id);
  bool savePdf(const QString& path);
  QPixmap toPixmap();

signals:
  void pointClicked(int id);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  void rebuild();
  const Point* pointAt(const QPoint& position) const;
  QCustomPlot* m_plot;
  std::vector<Point> m_points;
  QString m_xTitle, m_yTitle;
  int m_current = -1;
};

}  // namespace quantscope::ui
