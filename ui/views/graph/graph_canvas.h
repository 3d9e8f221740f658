#pragma once

#include <QWidget>

#include "ui/views/graph/graph_painter.h"

namespace quantscope::ui {

/// The drawn graph: pan, zoom, selection, keyboard walk along the wires. Knows no document: the view feeds it.
class GraphCanvas : public QWidget {
  Q_OBJECT
public:
  explicit GraphCanvas(QWidget* parent = nullptr);

  void setDrawing(GraphDrawing drawing, bool keepView);
  void setOverlay(Overlay overlay);
  void setSelected(const QSet<int32_t>& cards, int32_t current, bool reveal);
  void setFound(const QSet<int32_t>& cards);
  const GraphDrawing& drawing() const { return m_drawing; }
  double scale() const { return m_scale; }
  /// The part of the picture that is seen.
  QRectF visibleArea() const;

  void zoomTo(const QRectF& area);
  void zoomBy(double factor, const QPointF& fixed);
  void fitAll();
  void zoomToSelection();
  void reveal(int32_t card);
  void centerOn(const QPointF& point);

signals:
  void selectionRequested(const std::vector<int32_t>& cards, int32_t current);
  void wireClicked(quantscope::TensorIndex tensor);
  void viewChanged();

protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

private:
  QPointF toPicture(const QPointF& widget) const { return widget / m_scale + m_origin; }
  int32_t cardAt(const QPointF& widget) const;
  int32_t wireAt(const QPointF& widget) const;
  int32_t neighbour(int key) const;
  void keepInReach();
  void startView();

  GraphDrawing m_drawing;
  GraphMarks m_marks;
  double m_scale = 1.0;
  QPointF m_origin;  ///< picture coordinates of the widget's top left corner
  QPointF m_pressed, m_dragOrigin;
  bool m_dragging = false, m_started = false;
};

}  // namespace quantscope::ui
