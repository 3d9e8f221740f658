#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace quantscope::ui {

/// Header of a panel that stands alone (34 px): title, then the view's own header widget, then float and close while
/// the mouse or the focus is on it. Without height while the panel is one of several tabs, which have the tab bar as
/// header.
class PanelHeader : public QWidget {
  Q_OBJECT
public:
  PanelHeader(const QString& title, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  void setTitleVisible(bool visible);
  /// Takes the widget in (null: none). Who had it before loses it.
  void setExtra(QWidget* extra);
  void setTabbed(bool tabbed);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

private:
  QLabel* m_title;
  QHBoxLayout* m_layout;
  bool m_tabbed = false;
};

/// Height of panel headers and tab bars at the present text size.
int panelHeaderHeight();

}  // namespace quantscope::ui
