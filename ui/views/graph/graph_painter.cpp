#include "ui/views/graph/graph_painter.h"

#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/views/graph/graph_blocks.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr double kAllScale = 0.62, kTypesScale = 0.34;
constexpr double kRadius = 6, kStrip = 5, kPadding = 12;
constexpr double kSpriteMargin = 3;
constexpr qsizetype kMostSprites = 400;
/// Far away, wires are drawn while there are few; antialiased while there are fewer.
constexpr size_t kMostFarWires = 2500, kMostSmoothWires = 400;
constexpr double kMostSmoothLength = 20'000;  ///< pixels of curved wires in view
constexpr double kLabelWidth = 150, kStubLabelWidth = 110;

QPainterPath curve(const PlacedEdge& edge) {
  QPainterPath path;
  const auto& p = edge.points;
  auto point = [&](size_t i) { return QPointF(p[i].x, p[i].y); };
  path.moveTo(point(0));
  for (size_t i = 3; i < p.size(); i += 3) path.cubicTo(point(i - 2), point(i - 1), point(i));
  return path;
}

bool isStraight(const PlacedEdge& edge) {
  return edge.stub || std::all_of(edge.points.begin(), edge.points.end(),
                                  [&](const LayoutPoint& p) { return p.x == edge.points.front().x; });
}

/// The wire leaves its card straight downwards, so that there is quiet room beside it.
bool leavesStraight(const PlacedEdge& edge) {
  return edge.points.size() >= 4 && edge.points[0].x == edge.points[1].x && edge.points[0].x == edge.points[3].x;
}

}  // namespace

/// One picture that is being drawn.
struct GraphPainter::Frame {
  QPainter& painter;
  const GraphDrawing& drawing;
  const GraphScene& scene;
  const GraphMarks& marks;
  const ThemeColors& colors;
  QPointF origin;
  double scale;
  QRectF area;
  Detail detail;
  std::vector<int32_t> wires, cards;

  QPointF toWidget(const QPointF& picture) const { return (picture - origin) * scale; }
  bool touchesSelection(int32_t index) const {
    const GraphWire& wire = scene.wire(index);
    return marks.selected.contains(wire.from) || marks.selected.contains(wire.to);
  }
  double opacityOf(int32_t card) const { return marks.searching && !marks.found.contains(card) ? 0.35 : 1.0; }
};

GraphPainter::Detail GraphPainter::detailAt(double scale) {
  return scale >= kAllScale ? Detail::All : scale >= kTypesScale ? Detail::Types : Detail::Blocks;
}

GraphPainter::GraphPainter(bool vector) : m_vector(vector) {
  forget();
}

void GraphPainter::forget() {
  // The sizes of cards are fixed; text scales with the picture, not with the window's text.
  QFont strong = Theme::instance().font(), small = strong;
  strong.setPixelSize(13);
  strong.setWeight(QFont::DemiBold);
  small.setPixelSize(12);
  m_texts.setFonts(strong, small);
  m_sprites.clear();
}

void GraphPainter::paint(QPainter& painter, const GraphDrawing& drawing, const GraphMarks& marks, const QPointF& origin,
                         double scale, const QSizeF& size, Detail detail) {
  if (!drawing) return;
  const QRectF area(origin, size / scale);
  Frame frame{painter, drawing, drawing.scene(), marks, Theme::instance().colors(), origin, scale, area, detail,
              {},      {}};
  const QRectF wide = area.adjusted(-40, -40, 40, 40);
  if (detail == Detail::Blocks) {
    size_t count = 0;
    frame.scene.index.wires.visit(wide, [&count](int32_t) { ++count; });
    if (count <= kMostFarWires) frame.wires = frame.scene.index.wires.in(wide);
    paintWires(frame);
    const double ratio = painter.device()->devicePixelRatioF();
    QTransform toPixels;
    toPixels.scale(ratio * scale, ratio * scale);
    toPixels.translate(-origin.x(), -origin.y());
    QImage blocks = paintBlocks(drawing, marks, toPixels, (size * ratio).toSize());
    blocks.setDevicePixelRatio(ratio);
    painter.drawImage(QPointF(), blocks);
    return;
  }
  frame.wires = frame.scene.index.wires.in(wide);
  frame.cards = frame.scene.index.cards.in(wide);
  paintWires(frame);
  if (detail == Detail::All) paintLabels(frame);
  paintCards(frame);
}

// --- wires -----------------------------------------------------------------------------------------------

void GraphPainter::paintWires(const Frame& frame) {
  QPainter& painter = frame.painter;
  std::vector<int32_t> straight, straightMarked, curved, curvedMarked;
  for (const int32_t wire : frame.wires) {
    const bool marked = frame.touchesSelection(wire);
    if (isStraight(frame.scene.edge(wire)))
      (marked ? straightMarked : straight).push_back(wire);
    else
      (marked ? curvedMarked : curved).push_back(wire);
  }
  // Wide strokes with soft edges cost by their length; where wires fill the view, fine lines say as much.
  double length = 0;
  for (const int32_t wire : curved) {
    const auto& points = frame.scene.edge(wire).points;
    const QRectF box(
        QPointF(std::min(points.front().x, points.back().x), std::min(points.front().y, points.back().y)),
        QSizeF(std::abs(points.front().x - points.back().x), std::abs(points.front().y - points.back().y)));
    const QRectF seen = box.intersected(frame.area);
    length += (seen.width() + seen.height()) * frame.scale;
  }
  const bool fine = !m_vector && length > kMostSmoothLength;
  const double thin = frame.detail == Detail::All && !fine ? 1.3 : 1.0;
  paintStraight(frame, straight, frame.colors.secondary, thin);
  painter.save();
  painter.setBrush(Qt::NoBrush);
  painter.setRenderHint(QPainter::Antialiasing,
                        m_vector || frame.detail == Detail::All || curved.size() <= kMostSmoothWires);
  painter.scale(frame.scale, frame.scale);
  painter.translate(-frame.origin);
  QPen pen(frame.colors.secondary, thin, Qt::SolidLine, Qt::FlatCap);
  pen.setCosmetic(frame.detail != Detail::All || fine);
  painter.setPen(pen);
  for (const int32_t wire : curved) painter.drawPath(curve(frame.scene.edge(wire)));
  painter.setRenderHint(QPainter::Antialiasing);
  pen.setColor(frame.colors.accent);
  pen.setWidthF(2);
  painter.setPen(pen);
  for (const int32_t wire : curvedMarked) painter.drawPath(curve(frame.scene.edge(wire)));
  painter.restore();
  paintStraight(frame, straightMarked, frame.colors.accent, 2);
}

/// Vertical lines, on whole pixels: crisp and quick. Stubs end in dots, so that they are not taken for lines cut off.
void GraphPainter::paintStraight(const Frame& frame, const std::vector<int32_t>& wires, const QColor& color,
                                 double width) {
  if (wires.empty()) return;
  QPainter& painter = frame.painter;
  const double wide = frame.detail == Detail::All ? std::max(1.0, std::round(width * frame.scale)) : 1.0;
  QList<QRectF> lines;
  std::vector<QPointF> dots;
  const auto add = [&](const LayoutPoint& from, const LayoutPoint& to) {
    const QPointF a = frame.toWidget({from.x, from.y}), b = frame.toWidget({to.x, to.y});
    const double x = m_vector ? a.x() - wide / 2 : std::round(a.x() - wide / 2);
    lines.append(QRectF(QPointF(x, std::min(a.y(), b.y())), QPointF(x + wide, std::max(a.y(), b.y()))));
  };
  for (const int32_t wire : wires) {
    const auto& points = frame.scene.edge(wire).points;
    if (!frame.scene.edge(wire).stub) {
      add(points.front(), points.back());
    } else if (frame.detail == Detail::All) {
      add(points[0], points[1]);
      add(points[2], points[3]);
      dots.push_back(frame.toWidget({points[1].x, points[1].y}));
      dots.push_back(frame.toWidget({points[2].x, points[2].y}));
    }
  }
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, m_vector);
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawRects(lines);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const QPointF& dot : dots) painter.drawEllipse(dot, 2.2 * frame.scale, 2.2 * frame.scale);
  painter.restore();
}

void GraphPainter::paintLabels(const Frame& frame) {
  frame.painter.save();
  frame.painter.scale(frame.scale, frame.scale);
  frame.painter.translate(-frame.origin);
  frame.painter.setFont(m_texts.font(TextCache::Style::Small));
  for (const int32_t wire : frame.wires) {
    const PlacedEdge& edge = frame.scene.edge(wire);
    if (edge.stub) {
      paintStubLabels(frame, wire);
      continue;
    }
    if (!frame.scene.wire(wire).labelled) continue;
    const LayoutPoint start = edge.points.front();
    const double middle = start.y + frame.scene.input.layerGap / 2;
    const bool right = leavesStraight(edge) || edge.points.back().x < start.x;
    paintLabel(frame, frame.scene.picture.wireLabel(wire), {start.x + (right ? 8 : -8), middle},
               right ? Qt::AlignLeft : Qt::AlignRight);
  }
  frame.painter.restore();
}

/// The name of what comes over a stub, at its lower end; upper ends are labelled with the shape as other wires.
void GraphPainter::paintStubLabels(const Frame& frame, int32_t wire) {
  const auto& points = frame.scene.edge(wire).points;
  if (frame.scene.wire(wire).labelled && frame.area.contains(QPointF(points[0].x, points[0].y)))
    paintLabel(frame, frame.scene.picture.wireLabel(wire), {points[0].x + 8, points[1].y - 2}, Qt::AlignLeft);
  if (!frame.area.contains(QPointF(points[3].x, points[3].y))) return;
  QString name = frame.scene.picture.tensorName(frame.scene.wire(wire).tensor);
  name = QStringLiteral("↑ ") + name.mid(name.lastIndexOf(u'/', name.size() - 2) + 1);
  paintLabel(frame, name, {points[3].x - 8, points[2].y + 2}, Qt::AlignRight);
}

/// On a patch of the background, so that a wire that passes behind does not cross it out.
void GraphPainter::paintLabel(const Frame& frame, const QString& text, const QPointF& at, Qt::Alignment side) {
  if (text.isEmpty()) return;
  const QStaticText& label =
      m_texts.text(TextCache::Style::Small, text, side == Qt::AlignLeft ? kLabelWidth : kStubLabelWidth);
  const QSizeF size = label.size();
  const QPointF corner(side == Qt::AlignLeft ? at.x() : at.x() - size.width(), at.y() - size.height() / 2);
  frame.painter.fillRect(QRectF(corner, size).adjusted(-2, 2, 2, -2), frame.colors.alternate);
  frame.painter.setPen(frame.colors.secondary);
  frame.painter.drawStaticText(corner, label);
}

// --- cards -----------------------------------------------------------------------------------------------

void GraphPainter::paintCards(const Frame& frame) {
  QPainter& painter = frame.painter;
  const double ratio = painter.device()->devicePixelRatioF();
  for (const int32_t card : frame.cards) {
    const GraphCard& content = frame.scene.card(card);
    const bool end = content.kind == GraphCard::Kind::Input || content.kind == GraphCard::Kind::Output;
    const bool group = content.kind == GraphCard::Kind::Group;
    const bool selected = frame.marks.selected.contains(card), hovered = card == frame.marks.hovered;
    const QRectF rect = frame.scene.cardRect(card);
    const QRgb strip = frame.drawing.colorOf(card, frame.colors.line.rgb());
    painter.setOpacity(frame.opacityOf(card));
    if (m_vector) {
      painter.save();
      painter.translate(frame.toWidget(rect.topLeft()));
      painter.scale(frame.scale, frame.scale);
      paintFrame(painter, QRectF(QPointF(), rect.size()), end, group, strip, selected, hovered);
      painter.restore();
    } else {
      const QPixmap& picture = sprite(frame, rect.size(), end, group, strip, selected, hovered);
      const QPointF corner = frame.toWidget(rect.topLeft()) * ratio;
      painter.drawPixmap(
          QPointF(std::round(corner.x()), std::round(corner.y())) / ratio - QPointF(kSpriteMargin, kSpriteMargin),
          picture);
    }
  }
  painter.setOpacity(1.0);
  painter.save();
  painter.scale(frame.scale, frame.scale);
  painter.translate(-frame.origin);
  for (const int32_t card : frame.cards) {
    painter.setOpacity(frame.opacityOf(card));
    const GraphCard::Kind kind = frame.scene.card(card).kind;
    if (kind == GraphCard::Kind::Group) paintShares(frame, card);
    if (kind == GraphCard::Kind::Input || kind == GraphCard::Kind::Output)
      paintEndText(frame, card);
    else
      paintTexts(frame, card);
  }
  painter.setOpacity(1.0);
  const int32_t current = frame.marks.current;
  if (frame.marks.focused && current >= 0 && current < frame.scene.count()) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(frame.colors.accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(frame.scene.cardRect(current).adjusted(-4, -4, 4, 4), kRadius + 3, kRadius + 3);
  }
  painter.restore();
}

void GraphPainter::paintFrame(QPainter& painter, const QRectF& rect, bool end, bool group, QRgb strip, bool selected,
                              bool hovered) const {
  const ThemeColors& colors = Theme::instance().colors();
  const double radius = end ? rect.height() / 2 : kRadius;
  QPen pen(selected ? colors.accent : hovered ? colors.secondary : colors.line, selected ? 2 : 1);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(pen);
  painter.setBrush(colors.panel);
  if (group) painter.drawRoundedRect(rect.adjusted(3, 3, 2, 2), radius, radius);
  painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
  if (end) return;
  // The strip as a shape of its own: clipping to rounded corners leaves jagged edges.
  QPainterPath outline, band;
  outline.addRoundedRect(rect, radius, radius);
  band.addRect(QRectF(rect.left(), rect.top(), kStrip, rect.height()));
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(strip));
  painter.drawPath(outline.intersected(band));
}

const QPixmap& GraphPainter::sprite(const Frame& frame, const QSizeF& size, bool end, bool group, QRgb strip,
                                    bool selected, bool hovered) {
  const double ratio = frame.painter.device()->devicePixelRatioF();
  if (m_spriteScale != frame.scale * ratio) {
    m_spriteScale = frame.scale * ratio;
    m_sprites.clear();
  }
  const quint64 key = (static_cast<quint64>(end ? 0 : strip & 0xffffffu) << 4) | (end ? 8u : 0u) | (group ? 4u : 0u) |
                      (selected ? 2u : 0u) | (hovered ? 1u : 0u);
  const auto known = m_sprites.constFind(key);
  if (known != m_sprites.constEnd()) return *known;
  if (m_sprites.size() >= kMostSprites) m_sprites.clear();
  const QSizeF room = size * frame.scale + QSizeF(2 * kSpriteMargin, 2 * kSpriteMargin);
  QPixmap pixmap((room * ratio).toSize() + QSize(1, 1));
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.translate(kSpriteMargin, kSpriteMargin);
  painter.scale(frame.scale, frame.scale);
  paintFrame(painter, QRectF(QPointF(), size), end, group, strip, selected, hovered);
  painter.end();
  return *m_sprites.insert(key, pixmap);
}

/// The strip of a group shows the colours of its operators by their share.
void GraphPainter::paintShares(const Frame& frame, int32_t card) {
  const auto& shares = frame.drawing.sharesOf(card);
  if (shares.size() < 2) return;
  const QRectF rect = frame.scene.cardRect(card);
  double top = rect.top() + rect.height() * shares.front().share;
  for (size_t i = 1; i < shares.size(); ++i) {
    const bool last = i + 1 == shares.size();
    const double bottom = last ? rect.bottom() - 2 : std::min(rect.bottom() - 2, top + rect.height() * shares[i].share);
    frame.painter.fillRect(QRectF(rect.left() + (last ? 1 : 0), top, kStrip - (last ? 1 : 0), bottom - top),
                           QColor(shares[i].color));
    top = bottom;
  }
}

void GraphPainter::paintTexts(const Frame& frame, int32_t card) {
  using Style = TextCache::Style;
  QPainter& painter = frame.painter;
  const QRectF rect = frame.scene.cardRect(card);
  const QRectF inside = rect.adjusted(kStrip + kPadding - 4, 0, -kPadding + 3, 0);
  const QString& title = frame.scene.card(card).title;
  if (frame.detail == Detail::Types) {
    painter.setFont(m_texts.font(Style::Strong));
    painter.setPen(frame.colors.text);
    painter.drawStaticText(QPointF(inside.left(), rect.center().y() - m_texts.height(Style::Strong) / 2),
                           m_texts.text(Style::Strong, title, inside.width()));
    return;
  }
  const double first = rect.top() + 13.5, second = rect.top() + 29.5;
  double room = inside.width();
  if (const QString word = frame.drawing.wordOf(card); !word.isEmpty()) {
    const QStaticText& text = m_texts.text(Style::Small, word);
    painter.setFont(m_texts.font(Style::Small));
    // Precisions are coloured words; numbers on a scale stay readable on the panel.
    const QColor color(frame.drawing.colorOf(card, frame.colors.secondary.rgb()));
    const bool readable = frame.drawing.overlay().extra != nullptr && frame.drawing.sharesOf(card).size() < 2;
    painter.setPen(readable ? color : frame.colors.secondary);
    painter.drawStaticText(QPointF(inside.right() - text.size().width(), first - m_texts.height(Style::Small) / 2),
                           text);
    room -= text.size().width() + 6;
  }
  painter.setFont(m_texts.font(Style::Strong));
  painter.setPen(frame.colors.text);
  painter.drawStaticText(QPointF(inside.left(), first - m_texts.height(Style::Strong) / 2),
                         m_texts.text(Style::Strong, title, room));
  const QString detail = frame.drawing.detailOf(card);
  if (detail.isEmpty()) return;
  painter.setFont(m_texts.font(Style::Small));
  painter.setPen(frame.colors.secondary);
  painter.drawStaticText(QPointF(inside.left(), second - m_texts.height(Style::Small) / 2),
                         m_texts.text(Style::Small, detail, inside.width()));
}

void GraphPainter::paintEndText(const Frame& frame, int32_t card) {
  const QRectF rect = frame.scene.cardRect(card);
  const QString& title = frame.scene.card(card).title;
  const QString words =
      frame.detail == Detail::Types ? title : title + QStringLiteral(" · ") + frame.drawing.detailOf(card);
  const QStaticText& text = m_texts.text(TextCache::Style::Small, words, rect.width() - 20);
  frame.painter.setFont(m_texts.font(TextCache::Style::Small));
  frame.painter.setPen(frame.colors.secondary);
  frame.painter.drawStaticText(rect.center() - QPointF(text.size().width() / 2, text.size().height() / 2), text);
}

}  // namespace quantscope::ui
