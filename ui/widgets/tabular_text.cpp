#include "ui/widgets/tabular_text.h"

#include <QPainter>
#include <algorithm>

namespace quantscope::ui {

namespace {

int digitWidth(const QFontMetrics& metrics) {
  int width = 0;
  for (char digit = '0'; digit <= '9'; ++digit) width = std::max(width, metrics.horizontalAdvance(QLatin1Char(digit)));
  return width;
}

}  // namespace

int tabularWidth(const QFontMetrics& metrics, const QString& text) {
  const int digit = digitWidth(metrics);
  int width = 0, run = 0;
  for (int i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !text[i].isDigit()) continue;
    width += metrics.horizontalAdvance(text.mid(run, i - run));
    if (i < text.size()) width += digit;
    run = i + 1;
  }
  return width;
}

void drawTabularText(QPainter* painter, const QRect& rect, Qt::Alignment alignment, const QString& text) {
  if (text.isEmpty()) return;
  const QFontMetrics metrics = painter->fontMetrics();
  const int width = tabularWidth(metrics, text);
  if (width > rect.width()) {
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, metrics.elidedText(text, Qt::ElideRight, rect.width()));
    return;
  }
  int x = rect.left();
  if (alignment & Qt::AlignRight) x = rect.right() + 1 - width;
  if (alignment & Qt::AlignHCenter) x = rect.left() + (rect.width() - width) / 2;
  const int y = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent();
  const int digit = digitWidth(metrics);
  int run = 0;
  for (int i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !text[i].isDigit()) continue;
    if (i > run) {
      const QString piece = text.mid(run, i - run);
      painter->drawText(x, y, piece);
      x += metrics.horizontalAdvance(piece);
    }
    if (i < text.size()) {
      painter->drawText(x + (digit - metrics.horizontalAdvance(text[i])) / 2, y, QString(text[i]));
      x += digit;
    }
    run = i + 1;
  }
}

}  // namespace quantscope::ui
