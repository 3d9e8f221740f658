#pragma once

#include <QWidget>

namespace quantscope::ui {

class Document;

/// The rules of the recipe in one line, each with the number of operators it sets. Click or Enter opens the rules.
class RulesStrip : public QWidget {
  Q_OBJECT
public:
  explicit RulesStrip(Document& document, QWidget* parent = nullptr);
  QSize sizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;

private:
  void refresh();
  void open();
  Document& m_document;
  bool m_hovered = false;
};

}  // namespace quantscope::ui
