#include "ui/widgets/empty_state.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>

namespace quantscope::ui {

EmptyState::EmptyState(const QIcon& icon, const QString& text, QWidget* parent)
    : QWidget(parent),
      m_symbol(icon),
      m_icon(new QLabel(this)),
      m_text(new QLabel(text, this)),
      m_layout(new QVBoxLayout(this)) {
  m_layout->setContentsMargins(24, 16, 24, 16);
  m_layout->setSpacing(10);
  m_layout->addStretch(2);
  m_layout->addWidget(m_icon, 0, Qt::AlignHCenter);
  m_text->setProperty("look", QStringLiteral("secondary"));
  m_text->setWordWrap(true);
  m_text->setAlignment(Qt::AlignCenter);
  m_layout->addWidget(m_text);
  m_layout->addStretch(3);
  refreshIcon();
}

void EmptyState::setText(const QString& text) {
  m_text->setText(text);
}

QString EmptyState::text() const {
  return m_text->text();
}

QPushButton* EmptyState::addButton(const QString& label) {
  auto* button = new QPushButton(label, this);
  m_layout->insertWidget(m_layout->count() - 1, button, 0, Qt::AlignHCenter);
  return button;
}

void EmptyState::refreshIcon() {
  m_icon->setPixmap(m_symbol.pixmap(QSize(24, 24), devicePixelRatioF()));
}

void EmptyState::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange) refreshIcon();
  QWidget::changeEvent(event);
}

}  // namespace quantscope::ui
