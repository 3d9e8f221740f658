#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QListView;
class QStandardItemModel;

namespace quantscope::ui {

/// Every action of the window in one list to type into (Ctrl+K). Enter runs the chosen one; what is disabled is shown
/// greyed.
class CommandPalette : public QDialog {
  Q_OBJECT
public:
  /// `actions`: with the menus they stand in ("Run › Calibrate").
  CommandPalette(const QList<std::pair<QString, QAction*>>& actions, QWidget* parent);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void filter(const QString& text);
  void runCurrent();

  QLineEdit* m_line;
  QListView* m_list;
  QStandardItemModel* m_model;
  QList<QAction*> m_actions;
};

}  // namespace quantscope::ui
