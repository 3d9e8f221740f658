#include "ui/widgets/palette_colors.h"

namespace quantscope::ui {

PaletteColors::PaletteColors(const QPalette& p)
    : window(p.color(QPalette::Active, QPalette::Window)),
      panel(p.color(QPalette::Active, QPalette::Base)),
      alternate(p.color(QPalette::Active, QPalette::AlternateBase)),
      line(p.color(QPalette::Active, QPalette::Mid)),
      grid(p.color(QPalette::Active, QPalette::Midlight)),
      text(p.color(QPalette::Active, QPalette::Text)),
      secondary(p.color(QPalette::Active, QPalette::PlaceholderText)),
      accent(p.color(QPalette::Active, QPalette::Link)),
      accentArea(p.color(QPalette::Active, QPalette::Highlight)),
      bad(p.color(QPalette::Active, QPalette::BrightText)),
      good(p.color(QPalette::Active, QPalette::LinkVisited)),
      onAccent(p.color(QPalette::Active, QPalette::NoRole)) {}

QColor mixed(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) { return qRound(x + (y - x) * share); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

}  // namespace quantscope::ui
