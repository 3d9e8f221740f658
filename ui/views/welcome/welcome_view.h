#pragma once

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace quantscope::ui {

class Document;

/// Shown while nothing is open: open or drop a model, the sample, what was open lately.
class WelcomeView : public QWidget {
  Q_OBJECT
public:
  explicit WelcomeView(Document& document, QWidget* parent = nullptr);

protected:
  void paintEvent(QPaintEvent* event) override;
  void showEvent(QShowEvent* event) override;

private:
  void fillRecent();
  void askOpen();

  Document& m_document;
  QVBoxLayout* m_recent;
  QLabel *m_recentTitle, *m_state;
  QWidget* m_drop;
};

}  // namespace quantscope::ui
