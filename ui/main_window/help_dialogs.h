#pragma once

class QWidget;

namespace quantscope::ui {

class WindowActions;

/// One page with every shortcut.
void showShortcuts(const WindowActions& actions, QWidget* parent);
/// Name, version, licence.
void showAbout(QWidget* parent);

}  // namespace quantscope::ui
