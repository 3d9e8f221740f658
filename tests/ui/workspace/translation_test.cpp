#include "ui/workspace/translation.h"

#include <QApplication>
#include <QFile>
#include <QXmlStreamReader>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

struct Message {
  QString context, source, type;
  QStringList translations;
};

std::vector<Message> messagesOf(const QString& language) {
  QFile file(QString::fromStdString(
      (tests::sourceFolder() / "resources/translations" / ("quantscope_" + language.toStdString() + ".ts")).string()));
  REQUIRE(file.open(QIODevice::ReadOnly));
  QXmlStreamReader xml(&file);
  std::vector<Message> messages;
  QString context;
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    if (xml.name() == QLatin1String("name")) context = xml.readElementText();
    if (xml.name() == QLatin1String("message")) messages.push_back({context, {}, {}, {}});
    if (xml.name() == QLatin1String("source")) messages.back().source = xml.readElementText();
    if (xml.name() == QLatin1String("translation")) {
      messages.back().type = xml.attributes().value(QLatin1String("type")).toString();
      const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
      messages.back().translations << text;
    }
  }
  REQUIRE_FALSE(xml.hasError());
  return messages;
}

std::set<QString> placesOf(const QString& text) {
  std::set<QString> places;
  for (int i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == u'%' && (text[i + 1].isDigit() || text[i + 1] == u'n')) places.insert(text.mid(i, 2));
  }
  return places;
}

}  // namespace

TEST_CASE("No string of a catalogue is unfinished, and none has lost a place for a value", "[ui][workspace][words]") {
  tests::application();
  for (const QString& language : Translation::languages()) {
    const auto messages = messagesOf(language);
    if (language == QLatin1String("de")) CHECK(messages.size() > 800);
    for (const Message& message : messages) {
      INFO(language.toStdString() << ": " << message.context.toStdString() << ": " << message.source.toStdString());
      CHECK(message.type != QLatin1String("unfinished"));
      REQUIRE_FALSE(message.translations.isEmpty());
      CHECK_FALSE(message.translations.front().trimmed().isEmpty());
      CHECK(placesOf(message.translations.front()) == placesOf(message.source));
    }
  }
}

TEST_CASE("A language is taken up by the words of the window, and goes again", "[ui][workspace][words]") {
  QCoreApplication& application = tests::application();
  CHECK(durationText(125) == QStringLiteral("2 min 5 s"));
  {
    const Translation german(application, QStringLiteral("de"));
    CHECK(QCoreApplication::translate("Views", "Layers") == QStringLiteral("Schichten"));
    CHECK(QCoreApplication::translate("quantscope::ui::WindowActions", "&Quantize") != QStringLiteral("&Quantize"));
  }
  CHECK(QCoreApplication::translate("Views", "Layers") == QStringLiteral("Layers"));
  QLocale::setDefault(QLocale::c());
}

TEST_CASE("English says one answer and two answers", "[ui][workspace][words]") {
  QCoreApplication& application = tests::application();
  const Translation english(application, QStringLiteral("en"));
  const char* context = "quantscope::ui::AnswerList";
  CHECK(QCoreApplication::translate(context, "%n answer(s) changed", nullptr, 1) == QStringLiteral("1 answer changed"));
  CHECK(QCoreApplication::translate(context, "%n answer(s) changed", nullptr, 2) ==
        QStringLiteral("2 answers changed"));
  QLocale::setDefault(QLocale::c());
}

}  // namespace quantscope::ui
