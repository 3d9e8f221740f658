#include "ui/views/graph/graph_canvas.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainterPath>
#include <QPainterPathStroker>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {
constexpr double kMinScale = 0.002, kMaxScale = 4.0, kMargin = 28;
}

GraphCanvas::GraphCanvas(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setObjectName(QStringLiteral("graphCanvas"));
  setAccessibleName(tr("Graph of the model"));
  setAccessibleDescription(tr("The Layers table lists the same operators as text."));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void GraphCanvas::setDrawing(GraphDrawing drawing, bool keepView) {
  m_drawing = std::move(drawing);
  m_marks = {};
  m_marks.focused = hasFocus();
  if (!keepView) m_started = false;
  startView();
  update();
}

void GraphCanvas::setOverlay(Overlay overlay) {
  m_drawing.overlay = std::move(overlay);
  update();
  emit viewChanged();
}

void GraphCanvas::setSelected(const QSet<int32_t>& cards, int32_t current, bool revealIt) {
  m_marks.selected = cards;
  m_marks.current = current;
  if (revealIt && current >= 0) reveal(current);
  update();
}

void GraphCanvas::setFound(const QSet<int32_t>& cards) {
  m_marks.found = cards;
  update();
}

QRectF GraphCanvas::visibleArea() const {
  return {m_origin, QSizeF(width() / m_scale, height() / m_scale)};
}

void GraphCanvas::startView() {
  if (m_started || !m_drawing.layout || width() < 50 || height() < 50) return;
  m_started = true;
  const QRectF all(0, 0, m_drawing.layout->width, m_drawing.layout->height);
  const double fit = std::min((width() - 2 * kMargin) / std::max(1.0, all.width()),
                              (height() - 2 * kMargin) / std::max(1.0, all.height()));
  if (fit > 0.7) {
    fitAll();
    return;
  }
  // Too large to read as a whole: start at the top of the trunk, at reading size.
  m_scale = 1.0;
  const QRectF first = m_drawing.layout->nodes.empty() ? all : m_drawing.cardRect(0);
  const bool narrow = all.width() + 2 * kMargin < width();
  m_origin = QPointF((narrow ? all.center().x() : first.center().x()) - width() / 2.0, -kMargin);
  keepInReach();
  emit viewChanged();
}

void GraphCanvas::zoomTo(const QRectF& area) {
  const double fit = std::min((width() - 2 * kMargin) / std::max(1.0, area.width()),
                              (height() - 2 * kMargin) / std::max(1.0, area.height()));
  m_scale = std::clamp(fit, kMinScale, 1.4);
  centerOn(area.center());
}

void GraphCanvas::fitAll() {
  if (m_drawing.layout) zoomTo({0, 0, m_drawing.layout->width, m_drawing.layout->height});
}

void GraphCanvas::zoomToSelection() {
  QRectF area;
  for (const int32_t card : std::as_const(m_marks.selected)) area |= m_drawing.cardRect(card);
  if (area.isEmpty()) {
    fitAll();
  } else {
    zoomTo(area.adjusted(-120, -80, 120, 80));
  }
}

void GraphCanvas::zoomBy(double factor, const QPointF& fixed) {
  const QPointF anchor = toPicture(fixed);
  m_scale = std::clamp(m_scale * factor, kMinScale, kMaxScale);
  m_origin = anchor - fixed / m_scale;
  keepInReach();
  update();
  emit viewChanged();
}

void GraphCanvas::centerOn(const QPointF& point) {
  m_origin = point - QPointF(width() / m_scale / 2, height() / m_scale / 2);
  keepInReach();
  update();
  emit viewChanged();
}

void GraphCanvas::reveal(int32_t card) {
  if (!m_drawing.layout || card < 0) return;
  const QRectF rect = m_drawing.cardRect(card);
  const double margin = 30 / m_scale;
  if (visibleArea().adjusted(margin, margin, -margin, -margin).contains(rect)) return;
  centerOn(rect.center());
}

/// At least a part of the graph stays in the window.
void GraphCanvas::keepInReach() {
  if (!m_drawing.layout) return;
  const QSizeF seen(width() / m_scale, height() / m_scale);
  const double slackX = seen.width() * 0.75, slackY = seen.height() * 0.75;
  m_origin.setX(std::clamp(m_origin.x(), std::min(-slackX, m_drawing.layout->width - seen.width() / 2 - slackX),
                           std::max(m_drawing.layout->width - seen.width() + slackX, -seen.width() / 4)));
  m_origin.setY(std::clamp(m_origin.y(), -slackY, std::max(m_drawing.layout->height - seen.height() + slackY, 0.0)));
}

int32_t GraphCanvas::cardAt(const QPointF& widget) const {
  if (!m_drawing.layout) return -1;
  const QPointF point = toPicture(widget);
  for (const int32_t card : m_drawing.index.cardsIn(QRectF(point, QSizeF(1, 1)))) {
    if (m_drawing.cardRect(card).contains(point)) return card;
  }
  return -1;
}

int32_t GraphCanvas::wireAt(const QPointF& widget) const {
  if (!m_drawing.layout || m_scale < 0.2) return -1;
  const QPointF point = toPicture(widget);
  const double reach = 5 / m_scale;
  const QRectF around(point - QPointF(reach, reach), QSizeF(2 * reach, 2 * reach));
  for (const int32_t wire : m_drawing.index.wiresIn(around)) {
    const PlacedEdge& edge = m_drawing.layout->edges[static_cast<size_t>(wire)];
    QPainterPath path(QPointF(edge.points[0].x, edge.points[0].y));
    for (size_t i = 3; !edge.stub && i < edge.points.size(); i += 3) {
      path.cubicTo(edge.points[i - 2].x, edge.points[i - 2].y, edge.points[i - 1].x, edge.points[i - 1].y,
                   edge.points[i].x, edge.points[i].y);
    }
    QPainterPathStroker stroker;
    stroker.setWidth(2 * reach);
    if (stroker.createStroke(path).contains(point)) return wire;
  }
  return -1;
}

void GraphCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::instance().colors().alternate);
  painter.translate(-m_origin * m_scale);
  painter.scale(m_scale, m_scale);
  paintGraph(painter, m_drawing, m_marks, visibleArea(), m_scale);
}

void GraphCanvas::wheelEvent(QWheelEvent* event) {
  const QPointF steps = QPointF(event->angleDelta()) / 120.0;
  if (event->modifiers() & Qt::ControlModifier) {
    zoomBy(std::pow(1.2, steps.y()), event->position());
  } else {
    const QPointF pixels = event->pixelDelta().isNull() ? steps * 60 : QPointF(event->pixelDelta());
    const bool sideways = event->modifiers() & Qt::ShiftModifier;
    m_origin -= (sideways ? QPointF(pixels.y(), pixels.x()) : pixels) / m_scale;
    keepInReach();
    update();
    emit viewChanged();
  }
  event->accept();
}

void GraphCanvas::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->position();
  m_dragOrigin = m_origin;
  m_dragging = false;
  if (event->button() != Qt::LeftButton) return;
  const int32_t card = cardAt(event->position());
  if (card < 0) {
    if (const int32_t wire = wireAt(event->position()); wire >= 0) {
      emit wireClicked(m_drawing.picture.wires[static_cast<size_t>(wire)].tensor);
    }
    return;
  }
  QSet<int32_t> selected = m_marks.selected;
  if (event->modifiers() & Qt::ControlModifier) {
    if (!selected.remove(card)) selected.insert(card);
  } else {
    selected = {card};
  }
  emit selectionRequested({selected.begin(), selected.end()}, selected.contains(card) ? card : -1);
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) {
    const QPointF moved = event->position() - m_pressed;
    if (!m_dragging && moved.manhattanLength() < 4) return;
    m_dragging = true;
    setCursor(Qt::ClosedHandCursor);
    m_origin = m_dragOrigin - moved / m_scale;
    keepInReach();
    update();
    emit viewChanged();
    return;
  }
  const int32_t hovered = cardAt(event->position());
  if (hovered == m_marks.hovered) return;
  m_marks.hovered = hovered;
  setCursor(hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  update();
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event) {
  setCursor(cardAt(event->position()) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (event->button() == Qt::LeftButton && !m_dragging && cardAt(event->position()) < 0 &&
      wireAt(event->position()) < 0 && !(event->modifiers() & Qt::ControlModifier)) {
    emit selectionRequested({}, -1);
  }
  m_dragging = false;
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  const int32_t card = cardAt(event->position());
  if (card >= 0) {
    zoomTo(m_drawing.cardRect(card).adjusted(-200, -150, 200, 150));
  } else {
    fitAll();
  }
}

/// The next card along the wires (up, down) or in the same row (left, right); -1: none.
int32_t GraphCanvas::neighbour(int key) const {
  const int32_t from = m_marks.current;
  if (from < 0) return m_drawing.picture.cards.empty() ? -1 : 0;
  const QRectF here = m_drawing.cardRect(from);
  int32_t best = -1;
  double bestDistance = INFINITY;
  auto consider = [&](int32_t card, double distance) {
    if (distance < bestDistance) {
      best = card;
      bestDistance = distance;
    }
  };
  if (key == Qt::Key_Up || key == Qt::Key_Down) {
    for (const GraphWire& wire : m_drawing.picture.wires) {
      const int32_t other =
          key == Qt::Key_Down ? (wire.from == from ? wire.to : -1) : (wire.to == from ? wire.from : -1);
      if (other < 0) continue;
      const QRectF there = m_drawing.cardRect(other);
      // Straight on first, then the nearest.
      consider(other, std::abs(there.center().x() - here.center().x()) * 4 + std::abs(there.top() - here.top()));
    }
    return best;
  }
  const QRectF row(0, here.top() - 1, m_drawing.layout->width, here.height() + 2);
  for (const int32_t other : m_drawing.index.cardsIn(row)) {
    const QRectF there = m_drawing.cardRect(other);
    const double dx = there.center().x() - here.center().x();
    if (other == from || (key == Qt::Key_Right ? dx <= 0 : dx >= 0)) continue;
    consider(other, std::abs(dx) + 3 * std::abs(there.center().y() - here.center().y()));
  }
  return best;
}

void GraphCanvas::keyPressEvent(QKeyEvent* event) {
  if (!m_drawing.layout) return QWidget::keyPressEvent(event);
  const QPointF middle(width() / 2.0, height() / 2.0);
  switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right:
      if (const int32_t next = neighbour(event->key()); next >= 0) {
        emit selectionRequested({next}, next);
        reveal(next);
      }
      return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoomBy(1.2, middle);
    case Qt::Key_Minus:
      return zoomBy(1 / 1.2, middle);
    case Qt::Key_0:
      return fitAll();
    case Qt::Key_F:
      return zoomToSelection();
    case Qt::Key_Home:
      if (!m_drawing.picture.cards.empty()) emit selectionRequested({0}, 0), reveal(0);
      return;
    case Qt::Key_PageDown:
    case Qt::Key_PageUp:
      m_origin.ry() += (event->key() == Qt::Key_PageDown ? 0.8 : -0.8) * height() / m_scale;
      keepInReach();
      update();
      emit viewChanged();
      return;
    case Qt::Key_Escape:
      emit selectionRequested({}, -1);
      return;
    default:
      QWidget::keyPressEvent(event);
  }
}

bool GraphCanvas::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    const int32_t card = cardAt(help->pos());
    const int32_t wire = card < 0 ? wireAt(help->pos()) : -1;
    if (card >= 0) {
      const GraphCard& content = m_drawing.picture.cards[static_cast<size_t>(card)];
      QString text = content.op.valid() ? tr("%1 %2").arg(content.op.value).arg(content.title) : content.title;
      if (!content.detail.isEmpty()) text += QStringLiteral("\n") + content.detail;
      QToolTip::showText(help->globalPos(), text, this);
    } else if (wire >= 0) {
      QToolTip::showText(help->globalPos(), m_drawing.picture.wires[static_cast<size_t>(wire)].label, this);
    } else {
      QToolTip::hideText();
    }
    return true;
  }
  return QWidget::event(event);
}

void GraphCanvas::focusInEvent(QFocusEvent* event) {
  m_marks.focused = true;
  update();
  QWidget::focusInEvent(event);
}

void GraphCanvas::focusOutEvent(QFocusEvent* event) {
  m_marks.focused = false;
  update();
  QWidget::focusOutEvent(event);
}

void GraphCanvas::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  startView();
  emit viewChanged();
}

}  // namespace quantscope::ui
