#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>

namespace quantscope::ui {

class MainWindow;

/// Drives the window for a picture: waits until all work is done, triggers actions by name one after the other, then
/// saves what the window shows and ends the program (status 1 where something failed).
/// Names: those of the window's actions ("quantize"), "show-<view>", "select-<operator>", "tensor-<n>",
/// "tab-<view>-<n>", "menu-<name>", "choose-<list>-<n>", "accept" (the button of the open dialog), "scale-<percent>",
/// "wait-<milliseconds>".
class ScriptedRun : public QObject {
  Q_OBJECT
public:
  struct Plan {
    QString file;  ///< .png
    QStringList actions;
    QString size;  ///< "1600x1000"
  };
  ScriptedRun(MainWindow& window, Plan plan, QObject* parent);
  void start();

private:
  void step();
  bool perform(const QString& action);
  QPixmap picture() const;
  void finish(bool good);

  MainWindow& m_window;
  Plan m_plan;
  QTimer m_timer;
  int m_quietTicks = 0;
};

}  // namespace quantscope::ui
