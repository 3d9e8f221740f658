#pragma once

#include <QPushButton>
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace quantscope::ui {

/// What a view shows while it has nothing: an icon, one sentence that says why, and the way out as buttons.
class EmptyState : public QWidget {
  Q_OBJECT
public:
  EmptyState(const QIcon& icon, const QString& text, QWidget* parent = nullptr);
  void setText(const QString& text);
  QString text() const;
  QPushButton* addButton(const QString& label);

protected:
  void changeEvent(QEvent* event) override;

private:
  void refreshIcon();
  QIcon m_symbol;
  QLabel *m_icon, *m_text;
  QVBoxLayout* m_layout;
};

}  // namespace quantscope::ui
