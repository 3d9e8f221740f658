#pragma once

#include <QString>
#include <functional>

class QApplication;

namespace quantscope::ui {
class Document;
}

namespace quantscope::tests {

/// The one application of this test program, with theme, and with settings and data folders of its own that are empty
/// in the beginning. Every test of the window calls it first.
QApplication& application();

/// Runs the event loop until the condition holds; false after `milliseconds`.
bool waitFor(const std::function<bool()>& condition, int milliseconds = 20000);
/// Waits until nothing is opened, runs or waits, and what that started, too.
bool waitUntilIdle(ui::Document& document, int milliseconds = 60000);

/// Absolute path below resources/samples.
QString samplePath(const QString& name);
/// Opens the sample's model and waits for its plan.
bool openSampleModel(ui::Document& document);

/// Forgets settings: recent files, arrangement, theme.
void forgetSettings();

}  // namespace quantscope::tests
