#pragma once

#include <QLabel>

namespace quantscope::ui {

/// One line of plain text that ends in "…" (or has it in the middle) where there is no room; the whole text is the
/// tooltip then.
class ElidedLabel : public QLabel {
  Q_OBJECT
public:
  explicit ElidedLabel(Qt::TextElideMode mode, QWidget* parent = nullptr);
  QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

private:
  bool cut() const;
  Qt::TextElideMode m_mode;
};

}  // namespace quantscope::ui
