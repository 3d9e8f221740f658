#include "ui/widgets/filter_line.h"

#include <QKeyEvent>
#include <QLabel>
#include <QStyle>

namespace quantscope::ui {

FilterLine::FilterLine(const QIcon& icon, QWidget* parent) : QLineEdit(parent), m_count(new QLabel(this)) {
  addAction(icon, LeadingPosition);
  m_count->setProperty("look", QStringLiteral("secondary"));
  m_count->setAttribute(Qt::WA_TransparentForMouseEvents);
}

void FilterLine::setCount(const QString& text) {
  m_count->setText(text);
  m_count->adjustSize();
  setTextMargins(0, 0, m_count->width() + 12, 0);
  placeCount();
}

QString FilterLine::count() const {
  return m_count->text();
}

void FilterLine::setProblem(const QString& why) {
  if (why == m_problem) return;
  m_problem = why;
  setProperty("invalid", !why.isEmpty());
  style()->unpolish(this);
  style()->polish(this);
  setToolTip(why.isEmpty() ? m_help : why);
}

void FilterLine::setHelp(const QString& richText) {
  m_help = richText;
  if (m_problem.isEmpty()) setToolTip(richText);
}

void FilterLine::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Escape:
      if (text().isEmpty()) emit escaped();
      clear();
      return;
    case Qt::Key_Down:
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit entered();
      return;
    default:
      QLineEdit::keyPressEvent(event);
  }
}

void FilterLine::resizeEvent(QResizeEvent* event) {
  QLineEdit::resizeEvent(event);
  placeCount();
}

void FilterLine::changeEvent(QEvent* event) {
  QLineEdit::changeEvent(event);
  if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) setCount(m_count->text());
}

void FilterLine::placeCount() {
  m_count->move(width() - m_count->width() - 12, (height() - m_count->height()) / 2);
}

}  // namespace quantscope::ui
