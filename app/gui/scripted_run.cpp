#include "app/gui/scripted_run.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QPixmap>
#include <QPushButton>
#include <QTabWidget>
#include <cstdio>

#include "ui/main_window/dock_area.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kTickMilliseconds = 50;
/// Ticks without work before the next step: layouts, plans and statistics follow each other with small gaps.
constexpr int kQuietTicks = 8;

}  // namespace

ScriptedRun::ScriptedRun(MainWindow& window, Plan plan, QObject* parent)
    : QObject(parent), m_window(window), m_plan(std::move(plan)) {
  m_timer.setInterval(kTickMilliseconds);
  connect(&m_timer, &QTimer::timeout, this, &ScriptedRun::step);
  connect(&window.document(), &Document::failed, this,
          [](const Error& error) { std::fprintf(stderr, "error: %s\n", error.message().c_str()); });
}

void ScriptedRun::start() {
  const QStringList sides = m_plan.size.split(u'x');
  if (sides.size() == 2) m_window.resize(sides[0].toInt(), sides[1].toInt());
  m_window.setUnsavedAnswer([] { return 0; });
  m_timer.start();
}

void ScriptedRun::step() {
  const bool busy = m_window.document().opening() || !m_window.document().jobs().idle();
  m_quietTicks = busy ? 0 : m_quietTicks + 1;
  if (m_quietTicks < kQuietTicks) return;
  m_quietTicks = 0;
  if (!m_plan.actions.isEmpty()) {
    if (!perform(m_plan.actions.takeFirst())) finish(false);
    return;
  }
  finish(picture().save(m_plan.file));
}

/// The window, with the dialogs and menus that stand above it.
QPixmap ScriptedRun::picture() const {
  QPixmap picture = m_window.grab();
  QPainter painter(&picture);
  for (QWidget* above : QApplication::topLevelWidgets()) {
    if (above == &m_window || !above->isVisible() || above->windowType() == Qt::ToolTip) continue;
    const QPoint place = above->windowType() == Qt::Popup ? above->pos() - m_window.pos()
                                                          : QPoint((m_window.width() - above->width()) / 2,
                                                                   (m_window.height() - above->height()) / 2);
    painter.fillRect(QRect(place, above->size()).adjusted(-1, -1, 1, 1), above->palette().color(QPalette::Mid));
    painter.drawPixmap(place, above->grab());
  }
  return picture;
}

bool ScriptedRun::perform(const QString& action) {
  if (action.startsWith(QLatin1String("show-"))) {
    m_window.docks().showView(action.mid(5));
    return true;
  }
  if (action.startsWith(QLatin1String("select-"))) {
    const OperatorIndex op(action.mid(7).toInt());
    m_window.document().selection().setOperators({op}, op);
    return true;
  }
  if (action.startsWith(QLatin1String("menu-"))) {
    // "menu-model": the menu of the bar with that name, opened.
    for (QAction* top : m_window.menuBar()->actions()) {
      if (top->text().remove(u'&').compare(action.mid(5), Qt::CaseInsensitive) != 0 || !top->menu()) continue;
      top->menu()->popup(m_window.mapToGlobal(m_window.menuBar()->actionGeometry(top).bottomLeft()));
      return true;
    }
    return false;
  }
  if (action.startsWith(QLatin1String("tab-"))) {
    // "tab-inspector-3": a page of a view with tabs.
    const QStringList parts = action.split(u'-');
    auto* tabs = qobject_cast<QTabWidget*>(m_window.docks().view(parts.value(1)));
    if (tabs) tabs->setCurrentIndex(parts.value(2).toInt());
    return tabs != nullptr;
  }
  if (action.startsWith(QLatin1String("choose-"))) {
    // "choose-taskChoice-3": an entry of a list by the list's name.
    const QStringList parts = action.split(u'-');
    auto* box = m_window.findChild<QComboBox*>(parts.value(1));
    if (!box) return false;
    box->setCurrentIndex(parts.value(2).toInt());
    emit box->activated(box->currentIndex());
    return true;
  }
  if (action == QLatin1String("accept")) {
    auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
    const auto buttons = dialog ? dialog->findChildren<QPushButton*>() : QList<QPushButton*>();
    for (QPushButton* button : buttons) {
      if (!button->isDefault()) continue;
      button->click();
      return true;
    }
    return false;
  }
  if (action.startsWith(QLatin1String("wait-"))) {
    m_quietTicks = -action.mid(5).toInt() / kTickMilliseconds;
    return true;
  }
  if (action.startsWith(QLatin1String("scale-"))) {
    Theme::instance().setTextScale(action.mid(6).toDouble() / 100);
    return true;
  }
  if (action.startsWith(QLatin1String("tensor-"))) {
    m_window.document().selection().setTensor(TensorIndex(action.mid(7).toInt()));
    return true;
  }
  auto* found = m_window.actions().findChild<QAction*>(action);
  if (!found || !found->isEnabled()) {
    std::fprintf(stderr, "error: no action \"%s\" can be done now\n", qPrintable(action));
    return false;
  }
  found->trigger();
  return true;
}

void ScriptedRun::finish(bool good) {
  m_timer.stop();
  m_window.close();
  QApplication::exit(good ? 0 : 1);
}

}  // namespace quantscope::ui
