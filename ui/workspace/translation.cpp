#include "ui/workspace/translation.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QStringList>

namespace quantscope::ui {

namespace {
const QString kFolder = QStringLiteral(":/translations/");
}

QStringList Translation::languages() {
  return {QStringLiteral("en"), QStringLiteral("de")};
}

Translation::Translation(QCoreApplication& application, const QString& language) : m_application(application) {
  QString code = language;
  if (code.isEmpty()) {
    for (const QString& wanted : QLocale::system().uiLanguages()) {
      const QString candidate = wanted.section(u'-', 0, 0);
      if (!languages().contains(candidate)) continue;
      code = candidate;
      break;
    }
  }
  if (!languages().contains(code)) code = languages().front();
  // Numbers follow the words: "1.000" in a German sentence.
  if (!language.isEmpty()) QLocale::setDefault(QLocale(language));
  if (m_words.load(kFolder + QStringLiteral("quantscope_") + code)) application.installTranslator(&m_words);
  if (m_toolkit.load(QStringLiteral("qtbase_") + code, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    application.installTranslator(&m_toolkit);
}

Translation::~Translation() {
  m_application.removeTranslator(&m_words);
  m_application.removeTranslator(&m_toolkit);
}

}  // namespace quantscope::ui
