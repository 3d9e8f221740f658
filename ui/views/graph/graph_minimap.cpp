#include "ui/views/graph/graph_minimap.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/views/graph/graph_blocks.h"
#include "ui/views/graph/graph_canvas.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {
constexpr double kPadding = 8;
}

GraphMinimap::GraphMinimap(GraphCanvas* canvas) : QWidget(canvas), m_canvas(canvas) {
  setAccessibleName(tr("Overview of the graph"));
  setCursor(Qt::PointingHandCursor);
  resize(100, 152);
  connect(canvas, &GraphCanvas::viewChanged, this, qOverload<>(&QWidget::update));
}

QTransform GraphMinimap::toWidget() const {
  const GraphLayout* layout = m_canvas->drawing() ? m_canvas->drawing().scene().layout.get() : nullptr;
  if (!layout || layout->width <= 0 || layout->height <= 0) return {};
  const QRectF room = QRectF(rect()).adjusted(kPadding, kPadding, -kPadding, -kPadding);
  // Long graphs are squeezed, so that every layer stays in sight; never stretched.
  const double sx = std::min(room.width() / layout->width, 0.14), sy = std::min(room.height() / layout->height, 0.14);
  QTransform transform;
  transform.translate(room.center().x() - layout->width * sx / 2, room.top());
  transform.scale(sx, sy);
  return transform;
}

void GraphMinimap::refresh() {
  const double ratio = devicePixelRatioF();
  QTransform toPixels = toWidget() * QTransform::fromScale(ratio, ratio);
  QImage blocks = paintBlocks(m_canvas->drawing(), {}, toPixels, size() * ratio);
  blocks.setDevicePixelRatio(ratio);
  m_picture = QPixmap::fromImage(std::move(blocks));
  update();
}

void GraphMinimap::paintEvent(QPaintEvent*) {
  const ThemeColors& colors = Theme::instance().colors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(colors.line);
  painter.setBrush(colors.panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  if (!m_canvas->drawing()) return;
  const QRectF room = QRectF(rect()).adjusted(3, 3, -3, -3);
  QColor area = colors.accentArea;
  painter.setPen(QPen(colors.accent, 1));
  painter.setBrush(area);
  painter.drawRect(toWidget().mapRect(m_canvas->visibleArea()).intersected(room));
  painter.drawPixmap(0, 0, m_picture);
}

void GraphMinimap::goTo(const QPointF& widget) {
  m_canvas->centerOn(toWidget().inverted().map(widget));
}

void GraphMinimap::mousePressEvent(QMouseEvent* event) {
  goTo(event->position());
}

void GraphMinimap::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & Qt::LeftButton) goTo(event->position());
}

void GraphMinimap::wheelEvent(QWheelEvent* event) {
  m_canvas->zoomBy(std::pow(1.2, event->angleDelta().y() / 120.0),
                   QPointF(m_canvas->width() / 2.0, m_canvas->height() / 2.0));
  event->accept();
}

}  // namespace quantscope::ui
