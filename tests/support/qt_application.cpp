#include "tests/support/qt_application.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <QStandardPaths>

#include "tests/support/paths.h"
#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::tests {

QApplication& application() {
  // Never deleted: static objects of the toolkit outlive main().
  static QApplication* const instance = [] {
    static int argc = 1;
    static char name[] = "quantscope-test";
    static char* argv[] = {name, nullptr};
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    auto* created = new QApplication(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Quantscope"));
    // Test programs run side by side.
    QApplication::setApplicationName(QStringLiteral("quantscope-test-%1").arg(QApplication::applicationPid()));
    QApplication::setQuitOnLastWindowClosed(false);
    ui::Theme::instance().apply(*created, ui::Theme::Choice::Light);
    return created;
  }();
  return *instance;
}

bool waitFor(const std::function<bool()>& condition, int milliseconds) {
  QElapsedTimer timer;
  timer.start();
  while (!condition()) {
    if (timer.elapsed() > milliseconds) return false;
    QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 10);
    QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  }
  return true;
}

bool waitUntilIdle(ui::Document& document, int milliseconds) {
  int quiet = 0;
  return waitFor([&] { return (quiet = document.opening() || !document.jobs().idle() ? 0 : quiet + 1) > 3; },
                 milliseconds);
}

QString samplePath(const QString& name) {
  return QString::fromStdString((sourceFolder() / "resources" / "samples").string()) +
         (name.isEmpty() ? QString() : u'/' + name);
}

bool openSampleModel(ui::Document& document) {
  document.openModel(samplePath(QStringLiteral("shapes_cnn.tflite")));
  return waitFor([&] { return document.hasModel() && document.plan() && !document.planPending(); }) &&
         waitUntilIdle(document);
}

void forgetSettings() {
  QSettings().clear();
}

}  // namespace quantscope::tests
