#pragma once

#include <QPixmap>
#include <QWidget>

namespace quantscope::ui {

class GraphCanvas;

/// The whole graph in small, with the seen part marked; click or drag to go there. Floats over the canvas.
class GraphMinimap : public QWidget {
  Q_OBJECT
public:
  explicit GraphMinimap(GraphCanvas* canvas);
  /// Draws the graph anew (after a layout, an overlay or a theme change).
  void refresh();

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

private:
  void goTo(const QPointF& widget);
  QTransform toWidget() const;
  GraphCanvas* m_canvas;
  QPixmap m_picture;
};

}  // namespace quantscope::ui
