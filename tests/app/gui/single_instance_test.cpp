#include "app/gui/single_instance.h"

#include <QDir>
#include <QSignalSpy>

#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/qt_application.h"

namespace quantscope::ui {

TEST_CASE("Only where a window listens are files handed over, with absolute paths", "[gui]") {
  tests::application();
  // A home of its own: the name that a window of the person who runs this listens by is made of theirs.
  const tests::TemporaryFolder home;
  qputenv("HOME", home.path().string().c_str());
  CHECK_FALSE(SingleInstance::handOver({QStringLiteral("a.tflite")}));

  SingleInstance window;
  QSignalSpy opened(&window, &SingleInstance::opened);
  window.listen();
  CHECK(SingleInstance::handOver({QStringLiteral("a.tflite"), QStringLiteral("/tmp/ä b.qscope")}));
  REQUIRE(tests::waitFor([&] { return opened.size() == 1; }));
  CHECK(opened[0][0].toStringList() ==
        QStringList{QDir::current().absoluteFilePath(QStringLiteral("a.tflite")), QStringLiteral("/tmp/ä b.qscope")});
  // A start without a file wants to see the window.
  CHECK(SingleInstance::handOver({}));
  REQUIRE(tests::waitFor([&] { return opened.size() == 2; }));
  CHECK(opened[1][0].toStringList().isEmpty());
}

TEST_CASE("A window takes over where another one crashed or was closed", "[gui]") {
  tests::application();
  const tests::TemporaryFolder home;
  qputenv("HOME", home.path().string().c_str());
  {
    SingleInstance first;
    first.listen();
  }
  CHECK_FALSE(SingleInstance::handOver({}));
  SingleInstance second;
  QSignalSpy opened(&second, &SingleInstance::opened);
  second.listen();
  CHECK(SingleInstance::handOver({}));
  CHECK(tests::waitFor([&] { return opened.size() == 1; }));
}

}  // namespace quantscope::ui
