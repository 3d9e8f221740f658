#pragma once

#include <QPalette>

/// The colours of the theme as they lie in the palette of the program (ui/workspace/theme.cpp), so that reusable
/// widgets need nothing but their palette.
namespace quantscope::ui {

struct PaletteColors {
  explicit PaletteColors(const QPalette& palette);
  QColor window, panel, alternate, line, grid, text, secondary, accent, accentArea, bad, good, onAccent;
};

/// A colour `share` (0..1) of the way from `a` to `b`.
QColor mixed(const QColor& a, const QColor& b, double share);

}  // namespace quantscope::ui
