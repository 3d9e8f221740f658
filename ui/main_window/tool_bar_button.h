#pragma once

#include <QToolButton>

namespace quantscope::ui {

/// A button of the toolbar: icon, 7 px, word, and ▾ where it opens a menu. Background and frame come from the style
/// sheet.
class ToolBarButton : public QToolButton {
  Q_OBJECT
public:
  /// `icon`: name below resources/icons; empty: word only. Primary buttons are filled with the accent.
  ToolBarButton(const QString& icon, bool primary, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return sizeHint(); }

protected:
  void paintEvent(QPaintEvent* event) override;
  void initStyleOption(QStyleOptionToolButton* option) const override;

private:
  bool wordShown() const { return toolButtonStyle() != Qt::ToolButtonIconOnly && !text().isEmpty(); }
  QString m_icon;
  bool m_primary;
};

}  // namespace quantscope::ui
