#include "ui/views/inspector/inspector_page.h"

#include <QLabel>
#include <QVBoxLayout>

namespace quantscope::ui {

InspectorPage::InspectorPage(QWidget* parent)
    : QScrollArea(parent), m_page(new QWidget(this)), m_layout(new QVBoxLayout(m_page)), m_title(new QLabel(m_page)) {
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_layout->setContentsMargins(12, 12, 12, 12);
  m_layout->setSpacing(8);
  m_title->setProperty("title", true);
  m_title->setWordWrap(true);
  m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
}

}  // namespace quantscope::ui
