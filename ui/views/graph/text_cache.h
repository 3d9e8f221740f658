#pragma once

#include <QFont>
#include <QFontMetricsF>
#include <QHash>
#include <QStaticText>

namespace quantscope::ui {

/// Texts whose layout is kept: drawing one again costs the glyphs only. Forgets all when there are too many.
class TextCache {
public:
  enum class Style { Strong, Small };

  TextCache();
  void setFonts(const QFont& strong, const QFont& small);
  const QFont& font(Style style) const { return m_fonts[index(style)]; }
  double height(Style style) const { return m_heights[index(style)]; }
  /// The text, elided to the width (pixels of the font; 0: as it is).
  const QStaticText& text(Style style, const QString& text, double width = 0);
  double widthOf(Style style, const QString& text) { return this->text(style, text).size().width(); }

private:
  struct Key {
    int style;
    int width;
    QString text;
    friend bool operator==(const Key&, const Key&) = default;
    friend size_t qHash(const Key& key, size_t seed) { return qHashMulti(seed, key.style, key.width, key.text); }
  };
  static size_t index(Style style) { return style == Style::Strong ? 0 : 1; }
  QFont m_fonts[2];
  double m_heights[2] = {0, 0};
  QHash<Key, QStaticText> m_texts;
};

}  // namespace quantscope::ui
