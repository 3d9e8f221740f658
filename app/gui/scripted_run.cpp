#include "app/gui/scripted_run.h"

#include <QAction>
#include <QApplication>
#include <QPixmap>
#include <cstdio>

#include "ui/main_window/dock_area.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/window_actions.h"

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
  finish(m_window.grab().save(m_plan.file));
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
