#include "ui/main_window/panel_header.h"

#include <QHBoxLayout>
#include <QLabel>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

int panelHeaderHeight() {
  return std::max(34, QFontMetrics(Theme::instance().font()).height() + 18);
}

PanelHeader::PanelHeader(const QString& title, QWidget* parent)
    : QWidget(parent), m_title(new QLabel(title, this)), m_layout(new QHBoxLayout(this)) {
  m_title->setProperty("look", QStringLiteral("strong"));
  m_layout->setContentsMargins(12, 1, 6, 1);
  m_layout->setSpacing(10);
  m_layout->addWidget(m_title);
  m_layout->addStretch(0);
}

void PanelHeader::setTitle(const QString& title) {
  m_title->setText(title);
}

void PanelHeader::setTitleVisible(bool visible) {
  m_title->setVisible(visible);
  m_layout->setContentsMargins(visible ? 12 : 1, 1, visible ? 6 : 1, 1);
}

void PanelHeader::setExtra(QWidget* extra) {
  if (!extra || extra->parentWidget() == this) return;
  m_layout->insertWidget(1, extra, 1);
  extra->show();
}

void PanelHeader::setTabbed(bool tabbed) {
  m_tabbed = tabbed;
  setVisible(!tabbed);
  setFixedHeight(tabbed ? 0 : panelHeaderHeight());
  updateGeometry();
}

QSize PanelHeader::sizeHint() const {
  return m_tabbed ? QSize(0, 0) : QSize(QWidget::sizeHint().width(), panelHeaderHeight());
}

QSize PanelHeader::minimumSizeHint() const {
  return m_tabbed ? QSize(0, 0) : QSize(40, panelHeaderHeight());
}

}  // namespace quantscope::ui
