#pragma once

#include <QHash>
#include <QPainter>
#include <QPixmap>

#include "ui/views/graph/graph_drawing.h"
#include "ui/views/graph/text_cache.h"

namespace quantscope::ui {

/// Draws graphs. Keeps what is costly between frames: laid out texts, and the frames of cards as small pictures.
class GraphPainter {
public:
  /// How much is drawn: blocks of colour, cards with their type, everything.
  enum class Detail { Blocks, Types, All };
  /// What can be read at a scale (pixels per unit of the picture).
  static Detail detailAt(double scale);

  /// `vector`: as shapes and text throughout, for files that scale (SVG, PDF).
  explicit GraphPainter(bool vector = false);

  /// Draws the part of the picture that begins at `origin`, at `scale`, on `size` (units of the painter, whose own
  /// transformation must be the identity or a translation).
  void paint(QPainter& painter, const GraphDrawing& drawing, const GraphMarks& marks, const QPointF& origin,
             double scale, const QSizeF& size, Detail detail);
  void paint(QPainter& painter, const GraphDrawing& drawing, const GraphMarks& marks, const QPointF& origin,
             double scale, const QSizeF& size) {
    paint(painter, drawing, marks, origin, scale, size, detailAt(scale));
  }
  /// After a change of theme or fonts.
  void forget();

private:
  struct Frame;
  void paintWires(const Frame& frame);
  void paintStraight(const Frame& frame, const std::vector<int32_t>& wires, const QColor& color, double width);
  void paintLabels(const Frame& frame);
  void paintStubLabels(const Frame& frame, int32_t wire);
  void paintLabel(const Frame& frame, const QString& text, const QPointF& at, Qt::Alignment side);
  void paintCards(const Frame& frame);
  void paintFrame(QPainter& painter, const QRectF& rect, bool end, bool group, QRgb strip, bool selected,
                  bool hovered) const;
  void paintShares(const Frame& frame, int32_t card);
  void paintTexts(const Frame& frame, int32_t card);
  void paintEndText(const Frame& frame, int32_t card);
  const QPixmap& sprite(const Frame& frame, const QSizeF& size, bool end, bool group, QRgb strip, bool selected,
                        bool hovered);

  bool m_vector;
  TextCache m_texts;
  QHash<quint64, QPixmap> m_sprites;
  double m_spriteScale = 0;
};

}  // namespace quantscope::ui
