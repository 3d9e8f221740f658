#pragma once

#include <QDialog>

namespace quantscope::ui {

/// What the program remembers: language, theme, size of the text, what happens at the start. Every change acts at once,
/// but for the language, which the next start takes up.
class SettingsDialog : public QDialog {
  Q_OBJECT
public:
  explicit SettingsDialog(QWidget* parent = nullptr);
};

}  // namespace quantscope::ui
