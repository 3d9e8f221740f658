#pragma once

#include <QProxyStyle>

namespace quantscope::ui {

/// Fusion with the metrics of docs/ui.md and its own tabs: text with an accent line below the chosen one; a number at
/// the end of a tab's text ("Problems 2") is drawn as a badge. Colours come from the theme.
class WorkbenchStyle : public QProxyStyle {
  Q_OBJECT
public:
  WorkbenchStyle();

  int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
  int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                QStyleHintReturn* data) const override;
  QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                         const QWidget* widget) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
};

}  // namespace quantscope::ui
