#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>

#include "core/quantization/recipe.h"

class QApplication;

namespace quantscope::ui {

/// Colours by purpose, the tokens of docs/ui.md. Views take colours from here only; reusable widgets take the
/// same colours from their palette (ui/widgets/palette_colors.h).
struct ThemeColors {
  QColor window, panel, alternate, line, grid, text, secondary, accent, accentArea, bad, good;
  QColor onAccent;  ///< text on the primary button
};

/// Colour of an icon.
enum class IconTint { Text, Secondary, Accent, OnAccent, Bad, Good };

/// Light or dark look of the whole program; follows the system unless the user chose.
class Theme : public QObject {
  Q_OBJECT
public:
  enum class Choice { System, Light, Dark };

  static Theme& instance();
  /// Sets style, palette, fonts and style sheet of the application.
  void apply(QApplication& application, Choice choice);
  /// Another choice after apply(); everything on screen follows.
  void setChoice(Choice choice);
  Choice choice() const { return m_choice; }
  bool dark() const { return m_dark; }
  const ThemeColors& colors() const { return m_colors; }

  /// Size of all text relative to the standard (1.0); rows and headers grow with it.
  void setTextScale(double scale);
  double textScale() const { return m_textScale; }
  QFont font() const;        ///< body text, 13 px at scale 1
  QFont strongFont() const;  ///< body text, semi-bold
  QFont smallFont() const;   ///< 12 px
  QFont monoFont() const;    ///< for expressions and values of files

  /// Colour of a precision; always shown together with its name.
  QColor precisionColor(Precision precision) const;
  /// "#1f6fb2" for rich text.
  static QString hex(const QColor& color) { return color.name(QColor::HexRgb); }
  /// Monoline icon of 16 px from resources/icons/<name>.svg, tinted when it is painted: follows the theme by itself.
  QIcon icon(const QString& name, IconTint tint = IconTint::Text) const;
  QColor tintColor(IconTint tint) const;

signals:
  void changed();

private:
  Theme() = default;
  void refresh();
  Choice m_choice = Choice::System;
  bool m_dark = false;
  bool m_systemDark = false;
  double m_textScale = 1.0;
  QString m_family;
  QApplication* m_application = nullptr;
  ThemeColors m_colors;
};

}  // namespace quantscope::ui
