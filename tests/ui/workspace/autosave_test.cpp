#include "ui/workspace/autosave.h"

#include <QDir>
#include <QFile>

#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

TEST_CASE("A changed workspace is kept beside, and taken away when the session ends well", "[ui][workspace]") {
  tests::application();
  tests::TemporaryFolder folder;
  const QString path = QString::fromStdString(folder.path().string());
  Document document;
  REQUIRE(tests::openSampleModel(document));
  {
    Autosave autosave(document, path);
    autosave.setDelay(20);
    document.setOperatorPrecision({OperatorIndex(0)}, Precision::Float32);
    REQUIRE(tests::waitFor([&] { return !QDir(path).entryList({QStringLiteral("*.autosave")}).isEmpty(); }));
    // Held by a living session: nothing to recover.
    Document other;
    Autosave second(other, path);
    CHECK(second.left().empty());
  }
  CHECK(QDir(path).entryList({QStringLiteral("*.autosave*")}, QDir::Files).filter(QStringLiteral(".lock")).isEmpty());
  CHECK(QDir(path).entryList({QStringLiteral("*.autosave")}).isEmpty());
}

TEST_CASE("What a crashed session left is offered, recovered with its own name, and counts as modified",
          "[ui][workspace]") {
  tests::application();
  tests::TemporaryFolder folder;
  const QString path = QString::fromStdString(folder.path().string());
  const QString left = path + QStringLiteral("/crashed.autosave");
  {
    // What a session that crashed leaves: the copy and its name, and no lock that anybody holds.
    Document document;
    REQUIRE(tests::openSampleModel(document));
    document.setOperatorPrecision({OperatorIndex(0)}, Precision::Float32);
    REQUIRE(document.copyWriter(left)().ok());
    CHECK(document.modified());
    QFile name(left + QStringLiteral(".name"));
    REQUIRE(name.open(QIODevice::WriteOnly));
    name.write("/somewhere/mine.qscope");
  }
  Document document;
  Autosave autosave(document, path);
  const auto found = autosave.left();
  REQUIRE(found.size() == 1);
  CHECK(found[0].title == QStringLiteral("mine.qscope"));
  document.openWorkspace(found[0].file, found[0].savedAs);
  REQUIRE(tests::waitFor([&] { return document.hasModel(); }));
  CHECK(document.workspacePath() == QStringLiteral("/somewhere/mine.qscope"));
  CHECK(document.modified());
  CHECK(document.resolved().operators[0].precision == Precision::Float32);
  Autosave::discard(found[0]);
  CHECK(autosave.left().empty());
  REQUIRE(tests::waitUntilIdle(document));
}

}  // namespace quantscope::ui
