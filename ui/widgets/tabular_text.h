#pragma once

#include <QFontMetrics>
#include <QRect>
#include <QString>

class QPainter;

namespace quantscope::ui {

/// Text whose digits all take the width of the widest digit, so that columns of numbers line up in fonts with
/// proportional figures. Other characters keep their width.
int tabularWidth(const QFontMetrics& metrics, const QString& text);
/// Draws one line with the painter's font and pen; too long text ends in "…". Only the horizontal part and
/// AlignVCenter of `alignment` are used.
void drawTabularText(QPainter* painter, const QRect& rect, Qt::Alignment alignment, const QString& text);

}  // namespace quantscope::ui
