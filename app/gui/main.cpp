#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>

#include "app/gui/scripted_run.h"
#include "app/gui/single_instance.h"
#include "ui/main_window/main_window.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/theme.h"
#include "ui/workspace/translation.h"

using namespace quantscope::ui;

namespace {

QCommandLineOption hidden(const QString& name, const QString& value) {
  QCommandLineOption option(name, {}, value);
  option.setFlags(QCommandLineOption::HiddenFromHelp);
  return option;
}

Theme::Choice themeChoice(const QString& text) {
  if (text == QLatin1String("light")) return Theme::Choice::Light;
  if (text == QLatin1String("dark")) return Theme::Choice::Dark;
  return settings::themeChoice();
}

/// Takes "--style light" out of the arguments: Qt would read it as the name of one of its own styles.
QString takeStyle(int& argc, char** argv) {
  QString style;
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const QString argument = QString::fromLocal8Bit(argv[i]);
    if (argument == QLatin1String("--style") && i + 1 < argc)
      style = QString::fromLocal8Bit(argv[++i]);
    else if (argument.startsWith(QLatin1String("--style=")))
      style = argument.mid(8);
    else
      argv[kept++] = argv[i];
  }
  argc = kept;
  argv[argc] = nullptr;
  return style;
}

}  // namespace

int main(int argc, char** argv) {
  const QString style = takeStyle(argc, argv);
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("Quantscope"));
  QApplication::setApplicationName(QStringLiteral("quantscope"));
  QApplication::setApplicationDisplayName(QStringLiteral("Quantscope"));
  QApplication::setApplicationVersion(QStringLiteral(QUANTSCOPE_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("quantscope"));

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QApplication::translate("main", "Inspect, quantize, calibrate and evaluate TensorFlow Lite models."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(QStringLiteral("FILE"),
                               QApplication::translate("main", "A model (.tflite) or a workspace (.qscope) to open."),
                               QStringLiteral("[FILE]"));
  // For scripts that take pictures of the window.
  const QCommandLineOption screenshot = hidden(QStringLiteral("screenshot"), QStringLiteral("FILE"));
  const QCommandLineOption size = hidden(QStringLiteral("size"), QStringLiteral("WxH"));
  const QCommandLineOption actions = hidden(QStringLiteral("do"), QStringLiteral("ACTIONS"));
  const QCommandLineOption language = hidden(QStringLiteral("language"), QStringLiteral("CODE"));
  const QCommandLineOption newWindow(
      QStringLiteral("new-window"),
      QApplication::translate("main", "Open a window of its own where the settings ask for one window only."));
  parser.addOptions({screenshot, size, actions, language, newWindow});
  parser.process(application);

  const bool scripted = parser.isSet(screenshot);
  if (scripted) {
    // A picture shows the program as it comes, and leaves no traces.
    QApplication::setApplicationName(QStringLiteral("quantscope-scripted"));
    QSettings().clear();
  }
  Translation translation(application, scripted ? parser.value(language) : settings::language());
  const QStringList files = parser.positionalArguments();
  const bool single = !scripted && settings::singleInstance() && !parser.isSet(newWindow);
  if (single && SingleInstance::handOver(files)) return 0;
  Theme::instance().setTextScale(settings::textScale());
  Theme::instance().apply(application, themeChoice(style));
  MainWindow window;
  if (scripted) {
    ScriptedRun::Plan plan;
    plan.file = parser.value(screenshot);
    plan.actions = parser.value(actions).split(u',', Qt::SkipEmptyParts);
    plan.size = parser.value(size);
    auto* run = new ScriptedRun(window, plan, &window);
    window.show();
    window.openPath(files.value(0));
    run->start();
  } else {
    window.show();
    const bool recovery = window.offerRecovery();
    if (!files.isEmpty())
      window.openPath(files.front());
    else if (!recovery && settings::restoresSession())
      window.openPath(settings::lastSession());
  }
  SingleInstance instance;
  if (single) instance.listen();
  QObject::connect(&instance, &SingleInstance::opened, &window, [&window](const QStringList& paths) {
    window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
    window.raise();
    window.activateWindow();
    if (!paths.isEmpty()) window.openPath(paths.front());
  });
  return QApplication::exec();
}
