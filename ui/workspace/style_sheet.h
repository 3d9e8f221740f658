#pragma once

#include <QColor>
#include <QString>

namespace quantscope::ui {

struct ThemeColors;

/// The style sheet of the whole program. Dynamic properties that it knows:
/// `look` of QPushButton and QToolButton: "primary", "outlined", "link", "flat"; of QLabel: "secondary", "strong",
/// "title", "small"; of QFrame: "card", "strip".
QString styleSheet(const ThemeColors& colors, double textScale);
/// A colour `share` (0..1) of the way from `a` to `b`.
QColor blend(const QColor& a, const QColor& b, double share);

}  // namespace quantscope::ui
