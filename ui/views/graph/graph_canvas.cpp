#include "ui/views/graph/graph_canvas.h"

#include <QHelpEvent>
#include <QPainterPath>
#include <QPainterPathStroker>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {
constexpr double kMinScale = 0.0002, kMaxScale = 4.0, kMargin = 28;
constexpr double kWireReach = 5;         // pixels around a wire that count as on it
constexpr double kClickableScale = 0.2;  // below, wires are too close to each other
}  // namespace

GraphCanvas::GraphCanvas(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setObjectName(QStringLiteral("graphCanvas"));
  setAccessibleName(tr("Graph of the model"));
  setAccessibleDescription(tr("The Layers table lists the same operators as text."));
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    m_painter.forget();
    update();
  });
}

void GraphCanvas::setDrawing(GraphDrawing drawing, bool keepView) {
  m_drawing = std::move(drawing);
  m_marks = {};
  m_marks.focused = hasFocus();
  if (!keepView) m_started = false;
  startView();
  changed();
}

void GraphCanvas::setOverlay(Overlay overlay) {
  m_drawing.setOverlay(std::move(overlay));
  update();
}

void GraphCanvas::setSelected(const QSet<int32_t>& cards, int32_t current, bool revealIt) {
  m_marks.selected = cards;
  m_marks.current = current;
  if (revealIt && current >= 0) reveal(current);
  update();
}

void GraphCanvas::setFound(const QSet<int32_t>& cards, bool searching) {
  m_marks.found = cards;
  m_marks.searching = searching;
  update();
}

// --- what is seen ----------------------------------------------------------------------------------------

QRectF GraphCanvas::visibleArea() const {
  return {m_origin, QSizeF(width() / m_scale, height() / m_scale)};
}

void GraphCanvas::changed() {
  update();
  emit viewChanged();
}

void GraphCanvas::startView() {
  if (m_started || !m_drawing || width() < 50 || height() < 50) return;
  m_started = true;
  const GraphLayout& layout = *m_drawing.scene().layout;
  const QRectF all(0, 0, layout.width, layout.height);
  const double fit = std::min((width() - 2 * kMargin) / std::max(1.0, all.width()),
                              (height() - 2 * kMargin) / std::max(1.0, all.height()));
  if (fit > 0.7) return fitAll();
  // Too large to read as a whole: start at the top of the trunk, at reading size.
  m_scale = 1.0;
  const QRectF first = layout.nodes.empty() ? all : m_drawing.scene().cardRect(0);
  const bool narrow = all.width() + 2 * kMargin < width();
  m_origin = QPointF((narrow ? all.center().x() : first.center().x()) - width() / 2.0, -kMargin);
  keepInReach();
  changed();
}

void GraphCanvas::zoomTo(const QRectF& area) {
  const double fit = std::min((width() - 2 * kMargin) / std::max(1.0, area.width()),
                              (height() - 2 * kMargin) / std::max(1.0, area.height()));
  m_scale = std::clamp(fit, kMinScale, 1.4);
  centerOn(area.center());
}

void GraphCanvas::fitAll() {
  if (m_drawing) zoomTo({0, 0, m_drawing.scene().layout->width, m_drawing.scene().layout->height});
}

void GraphCanvas::zoomToSelection() {
  if (!m_drawing) return;
  QRectF area;
  for (const int32_t card : std::as_const(m_marks.selected)) area |= m_drawing.scene().cardRect(card);
  if (area.isEmpty()) return fitAll();
  zoomTo(area.adjusted(-120, -80, 120, 80));
}

void GraphCanvas::zoomBy(double factor, const QPointF& fixed) {
  const QPointF anchor = toPicture(fixed);
  m_scale = std::clamp(m_scale * factor, kMinScale, kMaxScale);
  putAt(anchor, fixed);
}

void GraphCanvas::panBy(const QPointF& widget) {
  m_origin -= widget / m_scale;
  keepInReach();
  changed();
}

void GraphCanvas::putAt(const QPointF& picture, const QPointF& widget) {
  m_origin = picture - widget / m_scale;
  keepInReach();
  changed();
}

void GraphCanvas::centerOn(const QPointF& point) {
  putAt(point, QPointF(width() / 2.0, height() / 2.0));
}

void GraphCanvas::reveal(int32_t card) {
  if (!m_drawing || card < 0 || card >= m_drawing.scene().count()) return;
  const QRectF rect = m_drawing.scene().cardRect(card);
  const double margin = 30 / m_scale;
  if (!visibleArea().adjusted(margin, margin, -margin, -margin).contains(rect)) centerOn(rect.center());
}

/// At least a part of the graph stays in the window.
void GraphCanvas::keepInReach() {
  if (!m_drawing) return;
  const GraphLayout& layout = *m_drawing.scene().layout;
  const QSizeF seen(width() / m_scale, height() / m_scale);
  const double slackX = seen.width() * 0.75, slackY = seen.height() * 0.75;
  m_origin.setX(std::clamp(m_origin.x(), std::min(-slackX, layout.width - seen.width() / 2 - slackX),
                           std::max(layout.width - seen.width() + slackX, -seen.width() / 4)));
  m_origin.setY(std::clamp(m_origin.y(), -slackY, std::max(layout.height - seen.height() + slackY, 0.0)));
}

int32_t GraphCanvas::cardAt(const QPointF& widget) const {
  if (!m_drawing) return -1;
  const QPointF point = toPicture(widget);
  int32_t hit = -1;
  m_drawing.scene().index.cards.visit(QRectF(point, QSizeF(1, 1)), [&](int32_t card) {
    if (m_drawing.scene().cardRect(card).contains(point)) hit = card;
  });
  return hit;
}

int32_t GraphCanvas::wireAt(const QPointF& widget) const {
  if (!m_drawing || m_scale < kClickableScale) return -1;
  const QPointF point = toPicture(widget);
  const double reach = kWireReach / m_scale;
  const QRectF around(point - QPointF(reach, reach), QSizeF(2 * reach, 2 * reach));
  for (const int32_t wire : m_drawing.scene().index.wires.in(around)) {
    const PlacedEdge& edge = m_drawing.scene().edge(wire);
    const auto at = [&edge](size_t i) { return QPointF(edge.points[i].x, edge.points[i].y); };
    QPainterPath path(at(0));
    if (edge.stub) {
      path.lineTo(at(1));
      path.moveTo(at(2));
      path.lineTo(at(3));
    }
    for (size_t i = 3; !edge.stub && i < edge.points.size(); i += 3) path.cubicTo(at(i - 2), at(i - 1), at(i));
    QPainterPathStroker stroker;
    stroker.setWidth(2 * reach);
    if (stroker.createStroke(path).contains(point)) return wire;
  }
  return -1;
}

void GraphCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintOn(painter);
}

void GraphCanvas::paintOn(QPainter& painter) {
  painter.fillRect(rect(), Theme::instance().colors().alternate);
  m_painter.paint(painter, m_drawing, m_marks, m_origin, m_scale, size());
}

// --- mouse -----------------------------------------------------------------------------------------------

void GraphCanvas::wheelEvent(QWheelEvent* event) {
  const QPointF steps = QPointF(event->angleDelta()) / 120.0;
  if (event->modifiers() & Qt::ControlModifier) {
    zoomBy(std::pow(1.2, steps.y()), event->position());
  } else {
    const QPointF pixels = event->pixelDelta().isNull() ? steps * 60 : QPointF(event->pixelDelta());
    panBy(event->modifiers() & Qt::ShiftModifier ? QPointF(pixels.y(), pixels.x()) : pixels);
  }
  event->accept();
}

void GraphCanvas::mousePressEvent(QMouseEvent* event) {
  m_pressed = event->position();
  m_dragOrigin = m_origin;
  m_dragging = m_onGround = false;
  if (event->button() == Qt::BackButton) emit leaveRequested();
  const int32_t card = cardAt(event->position());
  // A menu is for what was clicked, or for the selection where that is part of it.
  if (event->button() == Qt::RightButton && card >= 0 && !m_marks.selected.contains(card))
    emit selectionRequested({card}, card);
  if (event->button() != Qt::LeftButton) return;
  if (card < 0) {
    const int32_t wire = wireAt(event->position());
    m_onGround = wire < 0;
    if (wire >= 0) clickWire(wire, event->position());
    return;
  }
  QSet<int32_t> selected = m_marks.selected;
  if (event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier)) {
    if (!selected.remove(card)) selected.insert(card);
  } else {
    selected = {card};
  }
  emit selectionRequested({selected.begin(), selected.end()}, selected.contains(card) ? card : -1);
}

/// A wire shows its tensor; the end of a stub jumps to the other end.
void GraphCanvas::clickWire(int32_t index, const QPointF& widget) {
  const GraphWire wire = m_drawing.scene().wire(index);
  const PlacedEdge& edge = m_drawing.scene().edge(index);
  if (edge.stub) {
    const double y = toPicture(widget).y();
    const bool atSource = std::abs(y - edge.points[0].y) < std::abs(y - edge.points[3].y);
    goTo(atSource ? wire.to : wire.from);
  }
  emit wireClicked(wire.tensor);
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) {
    const QPointF moved = event->position() - m_pressed;
    if (!m_dragging && moved.manhattanLength() < 6) return;
    m_dragging = true;
    setCursor(Qt::ClosedHandCursor);
    m_origin = m_dragOrigin - moved / m_scale;
    keepInReach();
    changed();
    return;
  }
  const int32_t hovered = cardAt(event->position());
  const bool hand = hovered >= 0 || wireAt(event->position()) >= 0;
  setCursor(hand ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (hovered == m_marks.hovered) return;
  m_marks.hovered = hovered;
  update();
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event) {
  const bool onCard = cardAt(event->position()) >= 0, onWire = wireAt(event->position()) >= 0;
  setCursor(onCard || onWire ? Qt::PointingHandCursor : Qt::ArrowCursor);
  if (event->button() == Qt::LeftButton && !m_dragging && m_onGround && !(event->modifiers() & Qt::ControlModifier)) {
    emit selectionRequested({}, -1);
  }
  m_dragging = false;
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const int32_t card = cardAt(event->position());
  card >= 0 ? emit activated(card) : fitAll();
}

void GraphCanvas::leaveEvent(QEvent*) {
  if (std::exchange(m_marks.hovered, -1) >= 0) update();
}

bool GraphCanvas::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) return showTip(static_cast<QHelpEvent*>(event));
  return QWidget::event(event);
}

bool GraphCanvas::showTip(QHelpEvent* help) {
  const int32_t card = cardAt(help->pos());
  const int32_t wire = card < 0 ? wireAt(help->pos()) : -1;
  if (card < 0 && wire < 0) {
    QToolTip::hideText();
    return true;
  }
  const GraphPicture& picture = m_drawing.scene().picture;
  QStringList lines;
  if (card >= 0) {
    const GraphCard& content = m_drawing.scene().card(card);
    const bool group = content.kind == GraphCard::Kind::Group;
    if (group)
      lines << picture.scopes->all()[static_cast<size_t>(content.scope)].path;
    else
      lines << (content.isOperator() ? tr("%1 %2").arg(content.op.value).arg(content.title) : content.title)
            << picture.tensorName(content.tensor);
    lines << m_drawing.detailOf(card) << m_drawing.wordOf(card);
    if (group) lines << tr("Double-click or E expands it");
  } else {
    const TensorIndex tensor = m_drawing.scene().wire(wire).tensor;
    const Tensor& content = picture.model->subgraphs[picture.subgraph.position()].tensor(tensor);
    const std::string_view type = elementTypeName(content.type);
    lines << picture.tensorName(tensor)
          << QString::fromStdString(shapeText(content.shape)) + u' ' +
                 QString::fromUtf8(type.data(), static_cast<qsizetype>(type.size()));
    if (m_drawing.scene().edge(wire).stub) lines << tr("Click jumps to the other end");
  }
  lines.removeAll(QString());
  QToolTip::showText(help->globalPos(), lines.join(u'\n'), this);
  return true;
}

// --- keyboard --------------------------------------------------------------------------------------------

/// The next card along the wires (up, down) or in the same row (left, right); -1: none.
int32_t GraphCanvas::neighbour(int key) const {
  const GraphScene& scene = m_drawing.scene();
  const int32_t from = m_marks.current;
  if (from < 0) return scene.count() ? 0 : -1;
  const QRectF here = scene.cardRect(from);
  int32_t best = -1;
  double bestDistance = INFINITY;
  auto consider = [&](int32_t card, double distance) {
    if (distance < bestDistance) {
      best = card;
      bestDistance = distance;
    }
  };
  if (key == Qt::Key_Up || key == Qt::Key_Down) {
    for (const GraphWire& wire : scene.picture.wires) {
      const int32_t other =
          key == Qt::Key_Down ? (wire.from == from ? wire.to : -1) : (wire.to == from ? wire.from : -1);
      if (other < 0) continue;
      const QRectF there = scene.cardRect(other);
      // Straight on first, then the nearest.
      consider(other, std::abs(there.center().x() - here.center().x()) * 4 + std::abs(there.top() - here.top()));
    }
    return best;
  }
  const QRectF row(0, here.top() - 1, scene.layout->width, here.height() + 2);
  for (const int32_t other : scene.index.cards.in(row)) {
    const QRectF there = scene.cardRect(other);
    const double dx = there.center().x() - here.center().x();
    if (other == from || (key == Qt::Key_Right ? dx <= 0 : dx >= 0)) continue;
    if (std::abs(there.center().y() - here.center().y()) > 2 * here.height()) continue;
    consider(other, std::abs(dx) + 3 * std::abs(there.center().y() - here.center().y()));
  }
  return best;
}

void GraphCanvas::goTo(int32_t card) {
  if (card < 0) return;
  emit selectionRequested({card}, card);
  reveal(card);
}

void GraphCanvas::keyPressEvent(QKeyEvent* event) {
  const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
  if (!m_drawing || !plain) return QWidget::keyPressEvent(event);
  const QPointF middle(width() / 2.0, height() / 2.0);
  const int32_t current = m_marks.current;
  switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right:
      return goTo(neighbour(event->key()));
    case Qt::Key_Home:
      return goTo(m_drawing.scene().count() ? 0 : -1);
    case Qt::Key_End: {
      const GraphPicture& picture = m_drawing.scene().picture;
      return goTo(picture.cardOf.empty() ? -1 : picture.cardOf.back());
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (current >= 0) emit activated(current);
      return;
    case Qt::Key_C:
    case Qt::Key_E:
      if (current >= 0) emit collapseRequested(current, event->key() == Qt::Key_C);
      return;
    case Qt::Key_Backspace:
      emit leaveRequested();
      return;
    case Qt::Key_Slash:
      emit searchRequested();
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
    case Qt::Key_PageDown:
    case Qt::Key_PageUp:
      return panBy(QPointF(0, (event->key() == Qt::Key_PageDown ? -0.8 : 0.8) * height()));
    case Qt::Key_Escape:
      emit selectionRequested({}, -1);
      return;
    default:
      QWidget::keyPressEvent(event);
  }
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
