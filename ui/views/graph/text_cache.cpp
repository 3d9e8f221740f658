#include "ui/views/graph/text_cache.h"

#include <cmath>

namespace quantscope::ui {

namespace {
constexpr qsizetype kMost = 8192;
}

TextCache::TextCache() {
  setFonts(QFont(), QFont());
}

void TextCache::setFonts(const QFont& strong, const QFont& small) {
  m_fonts[0] = strong;
  m_fonts[1] = small;
  for (int i = 0; i < 2; ++i) m_heights[i] = QFontMetricsF(m_fonts[i]).height();
  m_texts.clear();
}

const QStaticText& TextCache::text(Style style, const QString& text, double width) {
  const Key key{static_cast<int>(style), static_cast<int>(std::lround(width)), text};
  const auto known = m_texts.constFind(key);
  if (known != m_texts.constEnd()) return *known;
  if (m_texts.size() >= kMost) m_texts.clear();
  const QFont& used = m_fonts[index(style)];
  QStaticText made(width > 0 ? QFontMetricsF(used).elidedText(text, Qt::ElideRight, width) : text);
  made.setTextFormat(Qt::PlainText);
  made.setPerformanceHint(QStaticText::AggressiveCaching);
  made.prepare({}, used);
  return *m_texts.insert(key, made);
}

}  // namespace quantscope::ui
