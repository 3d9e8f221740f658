#pragma once

#include <QLineEdit>

class QLabel;

namespace quantscope::ui {

/// A line to type a filter into: magnifier at the left, a count at the right ("16 of 16"), an error frame with the
/// reason as tooltip where the text is wrong. Escape clears it, then gives the focus back by escaped().
class FilterLine : public QLineEdit {
  Q_OBJECT
public:
  explicit FilterLine(const QIcon& icon, QWidget* parent = nullptr);
  void setCount(const QString& text);
  QString count() const;
  /// Empty: the text is right.
  void setProblem(const QString& why);
  QString problem() const { return m_problem; }
  void setHelp(const QString& richText);

signals:
  void escaped();
  /// Arrow down or Enter: to the first match.
  void entered();

protected:
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  void placeCount();
  QLabel* m_count;
  QString m_problem, m_help;
};

}  // namespace quantscope::ui
