#pragma once

#include <QColor>
#include <QIcon>
#include <QObject>
#include <QPalette>

#include "core/quantization/recipe.h"

class QApplication;

namespace quantscope::ui {

/// Colours by purpose, the tokens of docs/ui.md. Views take colours from here only.
struct ThemeColors {
  QColor window, panel, alternate, line, grid, text, secondary, accent, accentArea, bad, good;
};

/// Light or dark look of the whole program; follows the system unless the user chose.
class Theme : public QObject {
  Q_OBJECT
public:
  enum class Choice { System, Light, Dark };

  static Theme& instance();
  /// Sets style, palette, fonts and style sheet of the application.
  void apply(QApplication& application, Choice choice);
  Choice choice() const { return m_choice; }
  bool dark() const { return m_dark; }
  const ThemeColors& colors() const { return m_colors; }
  /// Colour of a precision; always shown together with its name.
  QColor precisionColor(Precision precision) const;
  /// Monoline icon of 16 px from resources/icons/<name>.svg, tinted with the text colour of the palette.
  QIcon icon(const QString& name) const;

signals:
  void changed();

private:
  Theme() = default;
  Choice m_choice = Choice::System;
  bool m_dark = false;
  ThemeColors m_colors;
};

}  // namespace quantscope::ui
