#pragma once

#include <QWidget>

#include "ui/views/graph/graph_painter.h"

class QHelpEvent;

namespace quantscope::ui {

/// The drawn graph: pan, zoom, selection, keyboard walk along the wires. Knows no document: the view feeds it.
class GraphCanvas : public QWidget {
  Q_OBJECT
public:
  explicit GraphCanvas(QWidget* parent = nullptr);

  /// Shows another graph. `keepView` leaves the seen part where it is.
  void setDrawing(GraphDrawing drawing, bool keepView);
  void setOverlay(Overlay overlay);
  void setSelected(const QSet<int32_t>& cards, int32_t current, bool reveal);
  /// Marks cards and dims the others; with `searching` false all are as usual.
  void setFound(const QSet<int32_t>& cards, bool searching);
  const GraphDrawing& drawing() const { return m_drawing; }
  const GraphMarks& marks() const { return m_marks; }
  double scale() const { return m_scale; }
  /// The part of the picture that is seen.
  QRectF visibleArea() const;
  /// Where a point of the picture is on the widget, and back.
  QPointF toWidget(const QPointF& picture) const { return (picture - m_origin) * m_scale; }
  QPointF toPicture(const QPointF& widget) const { return widget / m_scale + m_origin; }

  void zoomTo(const QRectF& area);
  void zoomBy(double factor, const QPointF& fixed);
  void panBy(const QPointF& widget);
  void fitAll();
  void zoomToSelection();
  void reveal(int32_t card);
  void centerOn(const QPointF& point);
  /// Moves the picture so that the point of it lies at the place on the widget.
  void putAt(const QPointF& picture, const QPointF& widget);
  /// Draws as the widget does, for pictures and measurements.
  void paintOn(QPainter& painter);
  int32_t cardAt(const QPointF& widget) const;
  int32_t wireAt(const QPointF& widget) const;

signals:
  void selectionRequested(const std::vector<int32_t>& cards, int32_t current);
  void wireClicked(quantscope::TensorIndex tensor);
  /// A card was double-clicked, or Enter was pressed on it.
  void activated(int32_t card);
  /// Collapse (true) or expand what the card belongs to.
  void collapseRequested(int32_t card, bool collapse);
  void leaveRequested();   ///< out of the shown subgraph
  void searchRequested();  ///< the keyboard asks for the search line
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
  void leaveEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;

private:
  int32_t neighbour(int key) const;
  void goTo(int32_t card);
  void clickWire(int32_t wire, const QPointF& widget);
  bool showTip(QHelpEvent* event);
  void keepInReach();
  void changed();
  void startView();

  GraphDrawing m_drawing;
  GraphMarks m_marks;
  GraphPainter m_painter;
  double m_scale = 1.0;
  QPointF m_origin;  ///< picture coordinates of the widget's top left corner
  QPointF m_pressed, m_dragOrigin;
  bool m_dragging = false, m_started = false;
  bool m_onGround = false;  ///< the mouse was pressed beside cards and wires
};

}  // namespace quantscope::ui
