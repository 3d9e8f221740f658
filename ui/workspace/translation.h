#pragma once

#include <QString>
#include <QTranslator>

class QCoreApplication;

namespace quantscope::ui {

/// The words of the window in one language, from resources/translations, and Qt's own beside them. English has a
/// catalogue of its own for plurals. Lives as long as the program.
class Translation {
public:
  /// `language`: "de"; empty: that of the system, English where there is no catalogue of it.
  Translation(QCoreApplication& application, const QString& language);
  ~Translation();
  /// Codes of the languages that there are catalogues of, English first.
  static QStringList languages();

private:
  QCoreApplication& m_application;
  QTranslator m_words, m_toolkit;
};

}  // namespace quantscope::ui
