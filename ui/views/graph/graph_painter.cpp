#include "ui/views/graph/graph_painter.h"

#include <QPainterPath>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr double kTextScale = 0.45;   // below: no text
constexpr double kShapeScale = 0.16;  // below: plain rectangles, no wires between distant cards
constexpr double kRadius = 6, kStrip = 5, kPadding = 12;

QPainterPath curve(const PlacedEdge& edge) {
  QPainterPath path;
  const auto& p = edge.points;
  auto point = [&](size_t i) { return QPointF(p[i].x, p[i].y); };
  path.moveTo(point(0));
  if (edge.stub) {
    path.lineTo(point(1));
    path.moveTo(point(2));
    path.lineTo(point(3));
    return path;
  }
  for (size_t i = 3; i < p.size(); i += 3) path.cubicTo(point(i - 2), point(i - 1), point(i));
  return path;
}

class Drawer {
public:
  Drawer(QPainter& painter, const GraphDrawing& drawing, const GraphMarks& marks, double scale)
      : m_painter(painter), m_drawing(drawing), m_marks(marks), m_scale(scale), m_colors(Theme::instance().colors()) {
    m_font = painter.font();
    m_font.setPixelSize(13);
    m_font.setWeight(QFont::DemiBold);
    m_small = painter.font();
    m_small.setPixelSize(12);
  }

  void wires(const std::vector<int32_t>& items) {
    m_painter.setRenderHint(QPainter::Antialiasing, m_scale > kShapeScale);
    std::vector<int32_t> marked;
    m_painter.setPen(QPen(m_colors.secondary, m_scale > kShapeScale ? 1.3 : 0, Qt::SolidLine, Qt::RoundCap));
    m_painter.setBrush(Qt::NoBrush);
    for (const int32_t item : items) {
      if (touchesSelection(item)) {
        marked.push_back(item);
      } else {
        wire(item);
      }
    }
    m_painter.setPen(QPen(m_colors.accent, 2, Qt::SolidLine, Qt::RoundCap));
    for (const int32_t item : marked) wire(item);
    if (m_scale >= kTextScale) labels(items);
  }

  void cards(const std::vector<int32_t>& items) {
    for (const int32_t item : items) {
      m_painter.setOpacity(!m_marks.found.isEmpty() && !m_marks.found.contains(item) ? 0.35 : 1.0);
      if (m_scale < kShapeScale) {
        block(item);
      } else if (m_drawing.picture.cards[static_cast<size_t>(item)].kind == GraphCard::Kind::Operator) {
        card(item);
      } else {
        pill(item);
      }
    }
    m_painter.setOpacity(1.0);
  }

private:
  bool touchesSelection(int32_t item) const {
    const GraphWire& wire = m_drawing.picture.wires[static_cast<size_t>(item)];
    return m_marks.selected.contains(wire.from) || m_marks.selected.contains(wire.to);
  }

  void wire(int32_t item) {
    const PlacedEdge& edge = m_drawing.layout->edges[static_cast<size_t>(item)];
    m_painter.drawPath(curve(edge));
    if (!edge.stub || m_scale <= kShapeScale) return;
    // A stub ends in a dot, so that it is not taken for a wire that was cut off.
    m_painter.save();
    m_painter.setBrush(m_painter.pen().color());
    m_painter.drawEllipse(QPointF(edge.points[1].x, edge.points[1].y), 1.6, 1.6);
    m_painter.drawEllipse(QPointF(edge.points[2].x, edge.points[2].y), 1.6, 1.6);
    m_painter.restore();
  }

  void labels(const std::vector<int32_t>& items) {
    m_painter.setFont(m_small);
    m_painter.setPen(m_colors.secondary);
    for (const int32_t item : items) {
      const PlacedEdge& edge = m_drawing.layout->edges[static_cast<size_t>(item)];
      // Only straight wires have quiet room beside them.
      if (edge.stub || edge.points.size() != 4 || edge.points[0].x != edge.points[3].x) continue;
      const QRectF box(edge.label.x + 8, edge.label.y - 9, 150, 18);
      m_painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter,
                         m_drawing.picture.wires[static_cast<size_t>(item)].label);
    }
  }

  const OverlayValue* valueOf(int32_t item) const {
    const GraphCard& card = m_drawing.picture.cards[static_cast<size_t>(item)];
    if (!card.op.valid() || card.op.position() >= m_drawing.overlay.operators.size()) return nullptr;
    return &m_drawing.overlay.operators[card.op.position()];
  }

  void block(int32_t item) {
    const OverlayValue* value = valueOf(item);
    const QColor fill = m_marks.selected.contains(item) ? m_colors.accent : value ? value->color : m_colors.secondary;
    m_painter.fillRect(m_drawing.cardRect(item), fill);
  }

  void frame(const QRectF& rect, int32_t item, double radius) {
    const bool selected = m_marks.selected.contains(item);
    QPen pen(selected ? m_colors.accent : m_colors.line, selected ? 2 : 1);
    if (!selected && item == m_marks.hovered) pen.setColor(m_colors.secondary);
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setPen(pen);
    m_painter.setBrush(m_colors.panel);
    m_painter.drawRoundedRect(rect, radius, radius);
    if (item == m_marks.current && m_marks.focused) {
      m_painter.setPen(QPen(m_colors.accent, 1, Qt::DotLine));
      m_painter.setBrush(Qt::NoBrush);
      m_painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), radius + 3, radius + 3);
    }
  }

  void card(int32_t item) {
    const GraphCard& content = m_drawing.picture.cards[static_cast<size_t>(item)];
    const OverlayValue* value = valueOf(item);
    const QRectF rect = m_drawing.cardRect(item);
    frame(rect, item, kRadius);
    QPainterPath shape;
    shape.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    m_painter.save();
    m_painter.setClipPath(shape, Qt::IntersectClip);
    m_painter.fillRect(QRectF(rect.left(), rect.top(), kStrip, rect.height()), value ? value->color : m_colors.line);
    m_painter.restore();
    if (m_scale < kTextScale) return;

    const QRectF inside = rect.adjusted(kStrip + kPadding - 4, 4, -kPadding + 4, -4);
    QRectF firstLine(inside.left(), inside.top(), inside.width(), inside.height() / 2);
    if (value && !value->word.isEmpty()) {
      m_painter.setFont(m_small);
      m_painter.setPen(value->color);
      const double width = QFontMetricsF(m_small).horizontalAdvance(value->word);
      m_painter.drawText(firstLine, Qt::AlignRight | Qt::AlignVCenter, value->word);
      firstLine.setRight(firstLine.right() - width - 6);
    }
    m_painter.setFont(m_font);
    m_painter.setPen(m_colors.text);
    m_painter.drawText(firstLine, Qt::AlignLeft | Qt::AlignVCenter,
                       QFontMetricsF(m_font).elidedText(content.title, Qt::ElideRight, firstLine.width()));
    QString detail = content.detail;
    if (value && !value->detail.isEmpty())
      detail += detail.isEmpty() ? value->detail : QStringLiteral(" · ") + value->detail;
    const QRectF secondLine(inside.left(), inside.center().y(), inside.width(), inside.height() / 2);
    m_painter.setFont(m_small);
    m_painter.setPen(m_colors.secondary);
    m_painter.drawText(secondLine, Qt::AlignLeft | Qt::AlignVCenter,
                       QFontMetricsF(m_small).elidedText(detail, Qt::ElideRight, secondLine.width()));
  }

  void pill(int32_t item) {
    const GraphCard& content = m_drawing.picture.cards[static_cast<size_t>(item)];
    const QRectF rect = m_drawing.cardRect(item);
    frame(rect, item, rect.height() / 2);
    if (m_scale < kTextScale) return;
    m_painter.setFont(m_small);
    m_painter.setPen(m_colors.secondary);
    const QString text = content.title + QStringLiteral(" · ") + content.detail;
    m_painter.drawText(rect.adjusted(10, 0, -10, 0), Qt::AlignCenter,
                       QFontMetricsF(m_small).elidedText(text, Qt::ElideRight, rect.width() - 20));
  }

  QPainter& m_painter;
  const GraphDrawing& m_drawing;
  const GraphMarks& m_marks;
  double m_scale;
  const ThemeColors& m_colors;
  QFont m_font, m_small;
};

}  // namespace

QRectF GraphDrawing::cardRect(int32_t card) const {
  const auto i = static_cast<size_t>(card);
  return {layout->nodes[i].x, layout->nodes[i].y, input.nodes[i].width, input.nodes[i].height};
}

void paintGraph(QPainter& painter, const GraphDrawing& drawing, const GraphMarks& marks, const QRectF& area,
                double scale) {
  if (!drawing.layout) return;
  const QRectF wide = area.adjusted(-20, -20, 20, 20);
  Drawer drawer(painter, drawing, marks, scale);
  drawer.wires(drawing.index.wiresIn(wide));
  drawer.cards(drawing.index.cardsIn(wide));
}

}  // namespace quantscope::ui
